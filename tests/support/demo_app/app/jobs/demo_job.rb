# A job that keeps a diary, so that "it ran exactly once" can be asserted.
DemoJob = Struct.new(:name, :seconds, :max_attempts, :retry_after)

class DemoJob
  class Run < ActiveRecord::Base; end
  class Hook < ActiveRecord::Base; end

  # Sleeps and is done.
  class Sleep < DemoJob
    def work; end
  end

  # Is done as soon as somebody says so: touch log/go.
  class Wait < DemoJob
    def work
      sleep 0.05 until Rails.root.join("log/go").exist?
    end
  end

  class Fail < DemoJob
    def work
      raise "#{name} fails"
    end
  end

  # Takes its worker down with it.
  class Kill < DemoJob
    def work
      Process.kill(:KILL, Process.pid)
      sleep
    end
  end

  class KillOnce < Kill
    def work
      super if Run.where(:name => name).count == 1
    end
  end

  # Its hooks ask the database for what it does not have.
  class BadHooks < Sleep
    def error(_job, _error)
      Hook.connection.execute("SELECT nothing FROM nowhere")
    end

    def failure(_job)
      Hook.connection.execute("SELECT nothing FROM nowhere")
    end
  end

  # Its row is taken while its hook runs.
  class Stolen < Sleep
    def error(job, _error)
      job.class.where(:id => job.id).update_all(:locked_by => "somebody else")
    end
  end

  def self.kinds
    { "sleep" => Sleep, "wait" => Wait, "fail" => Fail, "kill" => Kill, "kill_once" => KillOnce,
      "bad_hooks" => BadHooks, "stolen" => Stolen }
  end

  def self.transaction(&block)
    Run.transaction(&block)
  end

  def perform
    run = Run.create!(:name => name, :worker => $PROGRAM_NAME, :pid => Process.pid, :started_at => Time.now)
    Rails.root.join("log/begun.log").write("#{name} #{$PROGRAM_NAME} #{Process.pid}\n", :mode => "a")
    sleep seconds
    work
    run.update!(:finished_at => Time.now)
  end

  # Without RETRY_AFTER as delayed_job has it.
  def reschedule_at(now, attempts)
    now + (retry_after || 5 + attempts**4)
  end

  def error(_job, error)
    Hook.create!(:name => name, :hook => "error", :message => error.message)
  end

  def failure(_job)
    Hook.create!(:name => name, :hook => "failure")
  end
end
