# A real Rails application, no larger than delayed_job needs. The tests and packaging/demo make copies of it.
ENV["RAILS_ENV"] ||= "production"

# What the tests want to see or to cause.
root = File.expand_path("..", __dir__)
File.write(File.join(root, "log/boots.log"), "#{Process.pid} #{Time.now.utc}\n", :mode => "a")
sleep ENV.fetch("BOOT_DELAY", 0).to_f
raise "BOOT_FAIL is set" if ENV["BOOT_FAIL"]

require "rails"
require "active_record/railtie"
require "delayed_job_active_record"

class DemoApp < Rails::Application
  config.root = File.expand_path("..", __dir__)
  config.load_defaults 6.1
  config.eager_load = true # as in production everywhere: the workers of one boot share the code
  config.secret_key_base = "none"
  config.log_level = :info
end
DemoApp.initialize!

Delayed::Worker.sleep_delay = ENV.fetch("SLEEP_DELAY", 1).to_f
Delayed::Worker.destroy_failed_jobs = false
strategy = ENV["RESERVE_SQL_STRATEGY"]
Delayed::Backend::ActiveRecord.configure { |config| config.reserve_sql_strategy = strategy.to_sym } if strategy
