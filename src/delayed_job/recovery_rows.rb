# How the hand-back (recovery.rb) reads and waits.
module Bootcheck
  class Recovery
    # The connection's waits, and what is tried again.
    class Database
      LOCK_WAIT = 2 # s, for one lock
      PER_WRITE = 6 # s, for all tries of one statement
      IN_ALL = 60 # s; what is not done by then is left to the next time
      TRIED_AGAIN = /deadlock|lock ?wait ?timeout|lock ?timeout|LockNotAvailable|Serializ|try restarting|is locked|BusyException/i

      def initialize
        @began = now
      end

      def bound_waits
        return unless Delayed::Job.respond_to?(:connection)

        case Delayed::Job.connection.adapter_name
        when /postg/i then execute("SET lock_timeout = '#{LOCK_WAIT}s'")
        when /mysql|trilogy/i
          execute("SET SESSION innodb_lock_wait_timeout = #{LOCK_WAIT}, SESSION lock_wait_timeout = #{LOCK_WAIT}")
        when /sqlite/i then execute("PRAGMA busy_timeout = #{LOCK_WAIT * 1000}")
        end
      end

      # A statement of our own, or a write that is a transaction by itself. Databases end one of two that wait for each
      # other, and expect that it is tried again.
      def again
        give_up_at = now + PER_WRITE
        begin
          yield
        rescue StandardError => error
          raise unless tried_again?(error) && now < give_up_at

          sleep(rand * 0.05)
          retry
        end
      end

      def check_time
        raise "no time is left for it now" if now > @began + IN_ALL
      end

      # As it is before each fork of a worker.
      def close
        Delayed::Job.before_fork
      rescue *APPLICATIONS_ERRORS # it has broken, or was never there
        nil
      end

      private

      def now
        Process.clock_gettime(Process::CLOCK_MONOTONIC)
      end

      def execute(statement)
        Delayed::Job.connection.execute(statement)
      end

      def tried_again?(error)
        [error, error.cause].compact.any? { |each| "#{each.class} #{each.message.scrub}" =~ TRIED_AGAIN }
      end
    end

    # What is read of a job before it is claimed.
    class Row
      CLAIMED = /\Abootcheck pid:\d+ for /
      AT_ONCE = 200

      attr_reader :id, :locked_by, :locked_at, :failed_at

      # Those locked by these names, and those that were claimed for them by somebody who died over it. All in one look
      # at the table where that is possible: it has no index for this.
      def self.all_of(database, owners)
        raise "#{Delayed::Job} cannot search for them" unless Delayed::Job.respond_to?(:where)

        queries =
          if Delayed::Job.respond_to?(:arel_table)
            owners.each_slice(AT_ONCE).map do |names|
              Delayed::Job.where("locked_by IN (?) OR locked_by LIKE ?", names, "bootcheck pid:% for %")
                          .select("id, locked_by, locked_at, failed_at")
            end
          else
            owners.map { |owner| Delayed::Job.where(:locked_by => owner) }
          end
        read(database, queries)
      end

      # Those locked by workers of this host, and maybe some others: it is for the caller to look at the names. In LIKE,
      # `_` stands for any character, so also for one that has a meaning there itself.
      def self.of_host(database, host)
        raise "#{Delayed::Job} cannot search for them" unless Delayed::Job.respond_to?(:where)

        query =
          if Delayed::Job.respond_to?(:arel_table)
            Delayed::Job.where("locked_by LIKE ?", "%host:#{host.gsub(/[\\%_]/, '_')} pid:%")
                        .select("id, locked_by, locked_at, failed_at")
          else
            Delayed::Job.where(:locked_by => /host:#{Regexp.escape(host)} pid:[0-9]+\z/)
          end
        read(database, [query])
      end

      def self.read(database, queries)
        queries.flat_map { |query| database.again { query.to_a } }.map { |job| new(job) }.uniq(&:id)
      end
      private_class_method :read

      def initialize(job)
        @id = job.id
        @locked_by = job.locked_by
        @locked_at = job.locked_at
        @failed_at = job.failed_at
      end

      def owner
        locked_by.sub(CLAIMED, "")
      end

      def claimed?
        owner != locked_by
      end

      def unlock(database)
        database.again do
          Delayed::Job.where(:id => id, :locked_by => locked_by).update_all(:locked_by => nil, :locked_at => nil)
        end
      end
    end
  end
end
