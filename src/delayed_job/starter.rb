# Starts delayed_job workers, all from one boot of their application. Ruby reads it from stdin:
#
#   ruby - bin/delayed_job -- --identifier=1 --queues=a start -- --identifier=2 start
#
# that is: the application's own script, and for each worker "--" and the arguments that the script gets. By this
# command line others see in /proc that a start is under way, so $0, which would replace it, stays "-".
# What is loaded here is shared, copy-on-write, by all the workers. That is why config/environment comes first:
# whatever else the script does before it requires that, happens after it here.
#
# `[{"worker":"delayed_job.1","pid":123,"host":""}]` behind __END__ names dead workers; there is no limit to that as there
# is to an environment. Their jobs are handed back to the queue before anything is started: a line on stdout for each.
# Everything that fails has a line on stderr.
module Bootcheck
  STARTER = Process.pid

  class WorkerDied < StandardError; end

  # Runs a step and returns its error, if it fails. What daemons forked in a step comes out of it as well, by SystemExit
  # at its end: it must leave for good, and not go on here to start the others once more.
  def self.error_of
    yield
    nil
  rescue SystemExit, ScriptError, StandardError => error
    exit!(error.status) if error.is_a?(SystemExit) && between_starter_and_worker?
    raise unless Process.pid == STARTER

    error unless error.is_a?(SystemExit) && error.success?
  end

  # daemons forks twice (Daemonize.call_as_daemon). To the process between the application's at_exit hooks mean nothing,
  # and to finalize all objects at its end copies the pages that they are in: it leaves without either.
  def self.between_starter_and_worker?
    return false unless Process.ppid == STARTER

    Process.wait(-1, Process::WNOHANG)
    true
  rescue Errno::ECHILD # nobody was forked here: an application's script may do with one fork, and this is the worker
    false
  end

  def self.reason(error)
    return "it exited with status #{error.status}" if error.is_a?(SystemExit)

    "#{error.message.scrub.strip.lines.first.to_s.strip} (#{error.class})"
  end

  # The jobs that a dead worker had locked. They go through what a worker does with a job that failed.
  class Recovery
    # +host+: as it was called while the worker lived; empty: as it is called now.
    def initialize(name, pid, host)
      @worker = "#{name} (pid #{pid})"
      @owner = "#{name} host:#{host.empty? ? Socket.gethostname : host} pid:#{pid}" # as in Delayed::Worker#name
    end

    def run
      jobs = []
      error = Bootcheck.error_of { jobs = locked_jobs.to_a }
      return give_up("the jobs", Bootcheck.reason(error)) if error

      puts "bootcheck: #{@worker} left no job behind" if jobs.empty?
      failed = jobs.select do |job|
        error = Bootcheck.error_of { hand_back(job) }
        give_up("job #{job.id}", Bootcheck.reason(error)) if error
        error
      end
      # As a worker does at its end: a job that failed for good is locked until then.
      Bootcheck.error_of { Delayed::Job.clear_locks!(@owner) } if failed.empty?
    end

    def give_up(what, reason)
      puts "bootcheck: could not recover #{what} of #{@worker}: #{reason}"
    end

    private

    def locked_jobs(conditions = {})
      raise "#{Delayed::Job} cannot search for them" unless Delayed::Job.respond_to?(:where)

      Delayed::Job.where({ :locked_by => @owner, :failed_at => nil }.merge(conditions))
    end

    def hand_back(found)
      error = WorkerDied.new("#{@worker} died while it ran this job")
      error.set_backtrace([])
      call_error_hook(found, error)
      in_transaction do
        # The write comes first: it locks the row (in SQLite the database). Who has taken the job by now keeps it.
        locked_jobs(:id => found.id).update_all(:locked_at => Delayed::Job.db_time_now)
        job = locked_jobs(:id => found.id).first
        next unless job

        fail_job(job, error)
        puts "bootcheck: recovered job #{job.id} of #{@worker}, attempt #{job.attempts}, #{outcome(job)}"
      end
    end

    # As in Delayed::Backend::Base#invoke_job. It is the application's code: its failure is no reason to keep the job.
    def call_error_hook(job, error)
      failure = Bootcheck.error_of { job.hook(:error, error) }
      $stderr.puts "bootcheck: the error hook of job #{job.id} failed: #{Bootcheck.reason(failure)}" if failure
    end

    # As in Delayed::Worker#run, from `rescue Exception` on.
    def fail_job(job, error)
      worker = Delayed::Worker.new
      worker.name = "bootcheck for #{@owner}"
      Delayed::Worker.lifecycle.run_callbacks(:error, worker, job) { worker.send(:handle_failed_job, job, error) }
    rescue Delayed::DeserializationError
      job.unlock # the next worker finds out what is wrong with it
      job.save!
    end

    def outcome(job)
      return "failed for good and removed" if job.respond_to?(:destroyed?) && job.destroyed?

      job.failed? ? "failed for good" : "next run at #{job.run_at.utc.strftime('%FT%TZ')}"
    end

    def in_transaction(&block)
      Delayed::Job.respond_to?(:transaction) ? Delayed::Job.transaction(&block) : block.call
    end
  end

  # The steps, in order. Returns whether all went well.
  def self.run(script, groups, dead)
    booted = boot(script)
    recover(dead, booted) if dead
    return booted if groups.empty? || !booted

    warm_up
    groups.map { |group| start(script, group) }.all?
  end

  def self.boot(script)
    environment = File.expand_path("../../config/environment.rb", script)
    error = error_of { require environment if File.exist?(environment) }
    return true unless error

    $stderr.puts(Array(error.backtrace).first(10).map { |line| "    from #{line}" })
    $stderr.puts "bootcheck: the application does not boot: #{reason(error)}"
    false
  end

  # What every worker would build for itself is built once, and shared: for its first look at the queue (as in
  # Delayed::Backend::ActiveRecord::Job.reserve, but it takes no job) Active Record reads the schema and makes methods
  # of it. If that fails here, it does so in each worker, and is for them to tell.
  def self.warm_up
    error_of { Delayed::Job.ready_to_run("bootcheck", Delayed::Worker.max_run_time).by_priority.limit(1).to_a }
    # Ruby 3.3 and later also compact the heap for sharing; before that, compaction has crashed native extensions.
    Process.respond_to?(:warmup) ? Process.warmup : GC.start
  end

  def self.recover(dead, booted)
    require "json" # not before the boot: Bundler may want another version of it
    require "socket"
    JSON.parse(dead).each do |entry|
      recovery = Recovery.new(entry.fetch("worker"), entry.fetch("pid"), entry.fetch("host"))
      booted ? recovery.run : recovery.give_up("the jobs", "the application does not boot")
    end
  end

  def self.start(script, group)
    ARGV.replace(group)
    error = error_of { load script }
    $stderr.puts "bootcheck: #{script} #{group.join(' ')}: #{reason(error)}" if error
    !error
  end
end

bootcheck_dead = DATA.read if defined?(DATA)
$stdin.reopen(File::NULL)
$stdout.sync = true
(bootcheck_script, *), *bootcheck_groups = ARGV.slice_before("--").to_a
exit Bootcheck.run(File.expand_path(bootcheck_script), bootcheck_groups.map { |group| group.drop(1) }, bootcheck_dead)
