# Starts delayed_job workers, all from one boot of their application. Ruby reads it from stdin:
#
#   ruby - bin/delayed_job -- --identifier=1 --queues=a start -- --identifier=2 start
#
# that is: the application's own script, and for each worker "--" and the arguments that the script gets. By this
# command line others see in /proc that a start is under way, so $0, which would replace it, stays "-".
# What is loaded here is shared, copy-on-write, by all the workers. That is why config/environment comes first:
# whatever else the script does before it requires that, happens after it here.
#
# `[{"worker":"delayed_job.1","pid":123}]` behind __END__ names dead workers (recovery.rb, which stands before this); there
# is no limit to that as there is to an environment. Their jobs are handed back once everything is started: lines on
# stdout. Everything that fails has a line on stderr.
module Bootcheck
  STARTER = Process.pid

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

  # The steps, in order. Returns whether all went well.
  def self.run(script, groups, dead)
    booted = boot(script)
    started = booted && (groups.empty? || start_all(script, groups))
    recover(dead, booted) if dead
    started
  end

  def self.start_all(script, groups)
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
    entries = JSON.parse(dead)
    recovery = Recovery.new { |line| puts "bootcheck hand-back: #{line}" }
    booted ? recovery.run(entries) : recovery.give_up(entries, "the application does not boot")
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
