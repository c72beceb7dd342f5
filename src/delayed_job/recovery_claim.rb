# How the hand-back (recovery.rb) deals with one job.
module Bootcheck
  class Recovery
    # One job that is ours to hand back for as long as its row says so.
    class Claim
      LASTS = 60 # s; whoever has claimed a row longer ago is taken to be dead

      class Lost < StandardError; end
      class NotWritten < StandardError; end

      # The job's own writes, made by delayed_job.
      module Guarded
        attr_accessor :bootcheck_claim

        def save!(*)
          bootcheck_claim.write { super }
        end

        def destroy(*)
          bootcheck_claim.write { super }
        end
      end

      def initialize(database, row, worker, say)
        @database = database
        @row = row
        @worker = worker
        @say = say
        @name = "bootcheck pid:#{Process.pid} for #{worker.owner}"
      end

      # In words, what became of the job; nil: somebody else has taken it.
      def hand_back
        return unless (@job = take)

        error = WorkerDied.new("#{@worker} died while it ran this job")
        error.set_backtrace([])
        call_error_hook(error)
        fail_job(error)
        outcome = describe_outcome
        where_claimed { |row| row.update_all(:locked_by => nil, :locked_at => nil) } # of one that failed for good
        outcome
      rescue Lost
        nil
      rescue *APPLICATIONS_ERRORS
        release
        raise
      end

      def write
        @database.again do
          raise Lost unless renew

          yield.tap { @written = true }
        end
      rescue Lost
        raise
      rescue StandardError => error
        raise NotWritten, Bootcheck.reason(error)
      end

      private

      def take
        if @row.claimed? && @row.locked_at && @row.locked_at > Delayed::Job.db_time_now - LASTS
          raise "somebody else is handing it back" unless @row.locked_by == @name
        end
        change_owner(@row.locked_by, @name, Delayed::Job.db_time_now)
        where_claimed(&:first).tap { |job| guard(job) if job }
      end

      def guard(job)
        job.extend(Guarded)
        job.bootcheck_claim = self
      end

      def renew
        row = Delayed::Job.where(:id => @row.id, :locked_by => @name)
        row.update_all(:locked_at => Delayed::Job.db_time_now)
        row.first
      end

      # So that it is found by its owner's name again.
      def release
        change_owner(@name, @worker.owner, @row.locked_at) unless @written
      rescue *APPLICATIONS_ERRORS => error
        @say.call("the claim of job #{@row.id} stands for another minute: #{Bootcheck.reason(error)}")
      end

      def change_owner(from, to, locked_at)
        @database.again do
          Delayed::Job.where(:id => @row.id, :locked_by => from, :failed_at => nil)
                      .update_all(:locked_by => to, :locked_at => locked_at)
        end
      end

      def where_claimed
        @database.again { yield Delayed::Job.where(:id => @row.id, :locked_by => @name) }
      end

      # As in Delayed::Backend::Base#invoke_job. It is the application's code: its failure is no reason to keep the job.
      def call_error_hook(error)
        @job.hook(:error, error)
      rescue *APPLICATIONS_ERRORS => failure
        @say.call("the error hook of job #{@row.id} failed: #{Bootcheck.reason(failure)}")
      end

      # As in Delayed::Worker#run, from `rescue Exception` on.
      def fail_job(error)
        attempts = @job.attempts + 1
        worker = Delayed::Worker.new
        worker.name = @name
        Delayed::Worker.lifecycle.run_callbacks(:error, worker, @job) { worker.send(:handle_failed_job, @job, error) }
      rescue Lost, NotWritten
        raise
      rescue *APPLICATIONS_ERRORS => failure
        # It is handed back all the same. One that cannot be loaded is the next worker's to fail for good.
        @say.call("the rules of job #{@row.id} failed: #{Bootcheck.reason(failure)}")
        fail_plainly(error, attempts) unless @written
      end

      def fail_plainly(error, attempts)
        @job.error = error
        @job.attempts = attempts
        @job.run_at = Delayed::Job.db_time_now + attempts**4 + 5 # as in Delayed::Backend::Base#reschedule_at
        @job.unlock
        @job.save!
      end

      def describe_outcome
        removed = @job.respond_to?(:destroyed?) && @job.destroyed?
        "attempt #{@job.attempts}, " +
          if removed then "failed for good and removed"
          elsif @job.failed? then "failed for good"
          else "next run at #{@job.run_at.utc.strftime('%FT%TZ')}"
          end
      end
    end
  end
end
