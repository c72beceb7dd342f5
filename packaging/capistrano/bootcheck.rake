# Capistrano 3 tasks for bootcheck. Copy this file to lib/capistrano/tasks/ of the application; the Capfile that
# `cap install` writes loads it from there. In config/deploy.rb:
#
#   set :bootcheck_roles, :app          # where the workers run
#   set :bootcheck_options, %w[-n 3]    # none with config/bootcheck.yml, nor once the crontab line has said it
#   after "deploy:published", "bootcheck:restart"
#
# A deploy needs none of this: the next pass sees that `current` has moved. With it workers without a job are replaced
# before the deploy ends, and one whose release does not boot fails: the workers go on with the old code.
#
# tmp/pids and log have to be among :linked_dirs.
namespace :load do
  task :defaults do
    set :bootcheck_command, "bootcheck"
    set :bootcheck_options, []
    set :bootcheck_roles, :app
  end
end

namespace :bootcheck do
  {
    :restart => "Replace the workers by ones with the present code; no job is killed",
    :stop => "Let the workers finish their jobs and hold them down",
    :start => "Let workers that are held go again",
    :status => "Show what each worker is doing"
  }.each do |command, description|
    desc description
    task command do
      on roles(fetch(:bootcheck_roles)) do |host|
        words = [fetch(:bootcheck_command), "-C", current_path, *fetch(:bootcheck_options), command]
        if command == :status
          info "#{host}\n#{capture(*words, :raise_on_non_zero_exit => false)}"
        else
          execute(*words)
        end
      end
    end
  end
end
