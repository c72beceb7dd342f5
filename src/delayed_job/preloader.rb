# Boots an application once and starts delayed_job workers from it, each in a fork. Ruby reads it from stdin:
#
#   ruby - bin/delayed_job -- --identifier=1 --queues=a start -- --identifier=2 start
#
# that is: the application's own script, and for each worker that is to be started first "--" and the arguments that the
# script gets. By this command line others see in /proc that a start is under way, until the application has booted; from
# then on each fork says so by a title of its own, until it has loaded the script.
#
# What is loaded here is shared, copy-on-write, by all the workers. That is why config/environment comes first:
# whatever else the script does before it requires that, happens after it here.
#
# The conversation, a JSON object a line. Behind __END__ stands the first, on what is to be done besides those starts:
#
#   {"batch": 0, "hand_back": [{"worker": "delayed_job.1", "pid": 123}]}
#
# Where stdin is a socket it stays open. Under systemd it cannot be one: once the application has booted this leaves the
# rest to a fork, so that the unit is started, and calls the socket that $BOOTCHECK_CALL names. Each further line is one
# more batch, and the answers are lines, too:
#
#   {"batch": 1, "output": "/srv/shop/log/x.log", "start": [["--identifier=1", "start"]], "hand_back": []}
#   booted                  nothing is said to us before that
#   ended 1 0               the second batch, with exit status 0
#
# A batch may ask who of a host has locked jobs, for one that is gone for good (recovery_host.rb). The answer is a line of
# its output for each, that begins with the given tag and goes on with JSON:
#
#   {"batch": 1, "output": "/srv/shop/log/x.log", "locks_of": "web2", "tag": "locks 4711"}
#
# The dead workers' jobs are handed back (recovery.rb, which stands before this) once those of the same batch are
# started: lines on stdout. Everything that fails has a line on stderr. Both go to the output of the batch, where it
# names one. With the end of its input this ends as well, once the starts under way are done.
module Bootcheck
  # Runs a step and returns its error, if it fails. What daemons forked in a step comes out of it as well, by SystemExit
  # at its end: it must leave for good, and not go on here to start the others once more.
  def self.error_of
    parent = Process.pid
    yield
    nil
  rescue SystemExit, ScriptError, StandardError => error
    exit!(error.status) if error.is_a?(SystemExit) && between?(parent)
    raise unless Process.pid == parent

    error unless error.is_a?(SystemExit) && error.success?
  end

  # daemons forks twice (Daemonize.call_as_daemon). To the process between, the application's at_exit hooks mean nothing,
  # and to finalize all objects at its end copies the pages that they are in: it leaves without either.
  def self.between?(parent)
    return false unless Process.ppid == parent

    Process.wait(-1, Process::WNOHANG)
    true
  rescue Errno::ECHILD # nobody was forked here: an application's script may do with one fork, and this is the worker
    false
  end

  # daemons closes the descriptors 3 to 8192 one after another, an exception for each that is not open: most of what a
  # worker's start costs once the application has booted. Those that are open are enough.
  module CloseWhatIsOpen
    def close_io
      ObjectSpace.each_object(IO) { |io| close(io) unless [$stdin, $stdout, $stderr].include?(io) }
      Dir.children("/proc/self/fd").map(&:to_i).each { |fd| close(fd) if fd > 2 }
    end

    private

    def close(open)
      open.is_a?(IO) ? open.close : IO.for_fd(open).close
    rescue StandardError # it is closed, or Ruby itself needs it
      nil
    end
  end

  # `$0` as the application expects it, while the command line in /proc stays as it is.
  module ProgramName
    def self.pretend(name)
      $bootcheck_name = name
      eval("alias $bootcheck_real_name $0; alias $0 $bootcheck_name; alias $PROGRAM_NAME $bootcheck_name")
    end

    def self.restore
      eval("alias $0 $bootcheck_real_name; alias $PROGRAM_NAME $bootcheck_real_name")
      $0 = $bootcheck_name
    end
  end

  class Preloader
    def initialize(script, groups, conversation)
      @given = script
      @script = File.expand_path(script)
      @groups = groups
      @first = conversation.gets
      @call = ENV.delete("BOOTCHECK_CALL")
      @conversation, @answers = conversation.dup, IO.for_fd(0, "w", :autoclose => false).dup if conversation.stat.socket?
      $stdin.reopen(File::NULL)
    end

    # Returns whether the application has booted and all has gone well.
    def run
      ProgramName.pretend(@given)
      return give_up unless boot

      warm_up
      call if @call
      first = batch_of(@first).merge("start" => @groups)
      return carry_out(first) unless @conversation

      answer("booted")
      pending = [begin_batch(first)]
      Process.setproctitle("bootcheck preloader of #{File.dirname(@script, 2)}")
      while (line = @conversation.gets)
        pending << begin_batch(batch_of(line))
      end
      pending.map(&:value).all?
    end

    private

    def boot
      environment = File.expand_path("../../config/environment.rb", @script)
      error = Bootcheck.error_of { require environment if File.exist?(environment) }
      return true unless error

      $stderr.puts(Array(error.backtrace).first(10).map { |line| "    from #{line}" })
      $stderr.puts "bootcheck: the application does not boot: #{Bootcheck.reason(error)}"
      false
    end

    def call
      require "socket"
      exit!(0) if fork
      @conversation = UNIXSocket.new("\0#{@call}")
      @answers = @conversation.dup
    end

    def give_up
      dead = batch_of(@first)["hand_back"]
      recovery.give_up(dead, "the application does not boot") if dead
      false
    end

    # What every worker would build for itself is built once, and shared: for its first look at the queue (as in
    # Delayed::Backend::ActiveRecord::Job.reserve, but it takes no job) Active Record reads the schema and makes methods
    # of it. If that fails here, it does so in each worker, and is for them to tell. No connection is kept.
    def warm_up
      Bootcheck.error_of { Delayed::Job.ready_to_run("bootcheck", Delayed::Worker.max_run_time).by_priority.limit(1).to_a }
      Bootcheck.error_of { require "delayed/command" }
      Daemonize.singleton_class.prepend(CloseWhatIsOpen) if closes_io_as_daemons_does?
      Bootcheck.error_of { Delayed::Worker.before_fork }
      # Ruby 3.3 and later also compact the heap for sharing; before that, compaction has crashed native extensions.
      Process.respond_to?(:warmup) ? Process.warmup : GC.start
    end

    # The application may have a way of its own.
    def closes_io_as_daemons_does?
      defined?(Daemonize) && Daemonize.respond_to?(:close_io) &&
        Daemonize.method(:close_io).owner == Daemonize.singleton_class
    end

    def batch_of(line)
      require "json" # not before the boot: Bundler may want another version of it
      JSON.parse(line || "{}")
    end

    def recovery
      Recovery.new { |line| puts "bootcheck hand-back: #{line}" }
    end

    def answer(line)
      @answers.syswrite("#{line}\n")
    rescue SystemCallError # nobody listens any more
      nil
    end

    # Whoever hangs, or ends the process that it is in, holds up nobody else: each step is a fork.
    def begin_batch(batch)
      starts = fork_starts(batch)
      Thread.new do
        good = finish(starts, batch)
        answer("ended #{batch['batch']} #{good ? 0 : 1}")
        good
      end
    end

    def carry_out(batch)
      finish(fork_starts(batch), batch)
    end

    def fork_starts(batch)
      Array(batch["start"]).map { |group| fork_start(group, batch["output"]) }
    end

    def finish(starts, batch)
      started = starts.map { |pid| succeeds?(pid) }.all?
      started &&= succeeds?(fork_step(batch["output"]) { say_locks(batch) }) if batch["locks_of"]
      dead = Array(batch["hand_back"])
      succeeds?(fork_step(batch["output"]) { recovery.run(dead) }) unless dead.empty?
      started
    end

    def say_locks(batch)
      error = Bootcheck.error_of do
        Recovery::HostLocks.new(batch["locks_of"]).entries.each { |entry| puts "#{batch['tag']} #{JSON.generate(entry)}" }
      end
      $stderr.puts "bootcheck: the jobs cannot be looked at: #{Bootcheck.reason(error)}" if error
      !error
    end

    def succeeds?(pid)
      Process.wait2(pid).last.success?
    end

    def fork_step(output)
      fork do
        [$stdout, $stderr].each { |stream| stream.reopen(output, "a").sync = true } if output
        [@conversation, @answers].compact.each(&:close)
        good = yield
        exit!(good ? 0 : 1)
      end
    end

    def fork_start(group, output)
      fork_step(output) do
        ProgramName.restore
        Process.setproctitle("ruby #{@given} #{group.join(' ')}")
        ARGV.replace(group)
        error = Bootcheck.error_of { load @script }
        $stderr.puts "bootcheck: #{@script} #{group.join(' ')}: #{Bootcheck.reason(error)}" if error
        !error
      end
    end
  end
end

$stdout.sync = $stderr.sync = true
(bootcheck_script, *), *bootcheck_groups = ARGV.slice_before("--").to_a
exit Bootcheck::Preloader.new(bootcheck_script, bootcheck_groups.map { |group| group.drop(1) }, DATA).run
