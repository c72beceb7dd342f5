# Who of one host has locked jobs, for a host that is gone for good.
module Bootcheck
  class Recovery
    # Entries for JSON: one for each worker, with how many jobs it has locked, and since when and when last (seconds
    # since the epoch, nil: not known); and a last one, with what tells whether a worker may still be at it.
    #
    #   {"worker": "delayed_job.1", "pid": 77, "jobs": 2, "since": 1795000000, "last": 1795000100}
    #   {"now": 1795003600, "max_run_time": 14400}
    #
    # `rake jobs:work` gives its workers no name but that of host and process: "worker" is empty.
    class HostLocks
      def initialize(host)
        @host = host
        @owner = /\A(?:(.*) )?host:#{Regexp.escape(host)} pid:(0|[1-9][0-9]{0,8})\z/m
        @database = Database.new
      end

      # Closes the connection at its end.
      def entries
        @database.bound_waits
        rows = Row.of_host(@database, @host).group_by { |row| @owner.match(row.owner) && row.owner }
        rows.delete(nil)
        rows.map { |owner, own| entry(owner, own) } +
          [{ "now" => Delayed::Job.db_time_now.to_i, "max_run_time" => Delayed::Worker.max_run_time.to_i }]
      ensure
        @database.close
      end

      private

      def entry(owner, rows)
        name, pid = @owner.match(owner).captures
        times = rows.map(&:locked_at).compact.map(&:to_i)
        { "worker" => name.to_s.scrub, "pid" => pid.to_i, "jobs" => rows.size, "since" => times.min, "last" => times.max }
      end
    end
  end
end
