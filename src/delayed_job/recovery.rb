# Hands the jobs of dead delayed_job workers back to their queue, as failed attempts. Entries in, lines out:
#
#   Bootcheck::Recovery.new { |line| puts line }.run([{ "worker" => "delayed_job.1", "pid" => 123 }])
#
# An entry may also say "host", what the host was called while the worker lived (else as it is called now), "born" and
# "gone", the seconds since the epoch between which it lived, "pid_taken", since when another process has its pid and
# maybe its name, and "shown", what it is called in the lines (else as here).
# Each line names the process, and the last one for an entry whose jobs have all been dealt with begins with "done with":
#
#   recovered job 7 of delayed_job.1 (pid 123), attempt 1, next run at 2026-11-23T06:25:01Z
#   left job 8 of delayed_job.1 (pid 123) alone: ...
#   could not recover job 9 of delayed_job.1 (pid 123): ...
#   done with delayed_job.1 (pid 123): it left no job behind
#
# No transaction is open while code of the application runs (hooks, reschedule_at, plugins). That a job is handed back
# once, whoever else is at it, is the work of a claim: one UPDATE that changes `locked_by` from the dead worker's name to
# ours. Before each later write it is looked whether the claim still stands.
module Bootcheck
  class WorkerDied < StandardError; end

  def self.reason(error)
    return "it exited with status #{error.status}" if error.is_a?(SystemExit)

    "#{error.message.scrub.strip.lines.first.to_s.strip} (#{error.class})"
  end

  class Recovery
    APPLICATIONS_ERRORS = [SystemExit, ScriptError, StandardError].freeze

    def initialize(&say)
      @say = say
      @database = Database.new
    end

    # Closes the connection at its end.
    def run(entries)
      dead = entries.map { |entry| DeadWorker.new(entry) }
      rows = find_rows(dead)
      dead.each { |worker| look_after(worker, rows[worker.owner]) } if rows
    ensure
      @database.close
    end

    # Says of each that nothing could be done.
    def give_up(entries, reason)
      entries.each { |entry| @say.call("could not recover the jobs of #{DeadWorker.new(entry)}: #{reason}") }
    end

    private

    # By the names of the workers; nil: they cannot be had.
    def find_rows(dead)
      @database.bound_waits
      rows = Row.all_of(@database, dead.map(&:owner).uniq)
      Hash.new { |all, owner| all[owner] = rows.select { |row| row.owner == owner } }
    rescue *APPLICATIONS_ERRORS => error
      dead.each { |worker| @say.call("could not recover the jobs of #{worker}: #{Bootcheck.reason(error)}") }
      nil
    end

    def look_after(worker, rows)
      foreign, own = rows.partition { |row| worker.cannot_have_locked?(row) }
      foreign.each { |row| @say.call("left job #{row.id} of #{worker} alone: #{worker.why_not(row)}") }
      failures = own.map { |row| hand_back(worker, row) }.compact
      return say_failures(worker, failures) unless failures.empty?

      @say.call("done with #{worker}: #{own.empty? ? 'it left no job behind' : 'its jobs are dealt with'}")
    end

    # Returns why it could not be done, with the row; nil: it could.
    def hand_back(worker, row)
      @database.check_time
      if row.failed_at
        row.unlock(@database) # as a worker does at its end: a job that failed for good is locked until then
      else
        outcome = Claim.new(@database, row, worker, @say).hand_back
        @say.call("recovered job #{row.id} of #{worker}, #{outcome}") if outcome
      end
      nil
    rescue *APPLICATIONS_ERRORS => error
      [row, Bootcheck.reason(error)]
    end

    def say_failures(worker, failures)
      ids = failures.map { |row, _| row.id }
      what = ids.size == 1 ? "job #{ids.first}" : "#{ids.size} jobs (#{ids.first(5).join(', ')}#{', ...' if ids.size > 5})"
      @say.call("could not recover #{what} of #{worker}: #{failures.first.last}")
    end

    # A dead process, and when it lived.
    class DeadWorker
      # The clocks of two hosts, and of a host that was set right meanwhile, may differ by so much.
      TOLERANCE = 300

      attr_reader :owner

      def initialize(entry)
        name, @pid, host = entry.values_at("worker", "pid", "host")
        @worker = entry["shown"] || "#{name} (pid #{@pid})"
        require "socket"
        host = Socket.gethostname if host.to_s.empty?
        # As in Delayed::Worker#name; `rake jobs:work` gives no name before it.
        @owner = "#{"#{name} " unless name.empty?}host:#{host} pid:#{@pid}"
        @born, @gone, @pid_taken = entry.values_at("born", "gone", "pid_taken").map { |time| time if time.to_i > 0 }
        @gone = [@gone, @pid_taken].compact.min
      end

      def to_s
        @worker
      end

      # Containers may share a host's name, and have the same few pids. What we have claimed was looked at before that.
      def cannot_have_locked?(row)
        return false if row.claimed? || row.locked_at.nil?

        locked_at = row.locked_at.to_i
        return true if @pid_taken && locked_at >= @pid_taken # by this host's clock, as that process's birth

        (@born && locked_at < @born - TOLERANCE) || (@gone && locked_at > @gone + TOLERANCE)
      end

      def why_not(row)
        code = "Delayed::Job.where(:id => #{row.id}, :locked_by => #{@owner.inspect})" \
               ".update_all(:locked_by => nil, :locked_at => nil)"
        "it was locked at #{time(row.locked_at)}, and that process was born #{@born ? "at #{time(@born)}" : 'some time'} " \
          "and gone by #{@gone ? time(@gone) : 'now'}; if the job is its own all the same: " \
          "cd #{Dir.pwd} && bin/rails runner '#{code}'"
      end

      private

      def time(moment)
        Time.at(moment.to_i).utc.strftime("%FT%TZ")
      end
    end
  end
end
