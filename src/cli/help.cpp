#include "cli/help.h"

namespace bootcheck {

std::string help_text() {
  return R"(Usage: bootcheck [OPTION...] [COMMAND] [WORKER...]

Keeps delayed_job and other background workers running, from cron.
WORKER is a name or a glob ('delayed_job.*'); none means all.

Commands:
  run                  one pass, for cron (also: no command)
  status               what each worker is doing
  restart              roll every worker onto the present code; no job is killed
  stop / start         hold workers down / release the hold
  why WORKER...        the evidence and the decision for a worker
  logs                 what workers printed when they were started, and since
  config               check the configuration, print the effective one
  init                 write a first config/bootcheck.yml, by what the app looks like
  doctor               look for what would keep the workers from coming up under cron
  crontab              print the crontab line for this app

Options:
  -c, --config FILE        a folder means every *.yml in it (default: $BOOTCHECK_CONFIG,
                           else config/bootcheck.yml under the root, else none)
  -C, --root DIR           the application (default: the folder that holds
                           config/bootcheck.yml, else the working directory)
  -n, --workers N          without a configuration: N delayed_job workers, 0 to N-1
  -i, --identifier ID      without a configuration: this delayed_job worker; may be repeated
  -e, --environment NAME   RAILS_ENV and RACK_ENV of what is started
      --dry-run            print the plan; signal, start and write nothing
      --lock-wait DURATION wait for the lock (default: 0 for run, 60s for the others)
      --json               one JSON document
  -v, --verbose            say more
  -q, --quiet              only problems
      --help, --version

run:
      --stay DURATION      go on for that long: a pass whenever a worker exits

restart:
      --surge              start each successor at once, beside the old worker
      --wait[=DURATION]    stay until every worker is rolled

stop:
      --for DURATION       end the hold by itself
      --reason TEXT        shown by status
      --wait[=DURATION]    stay until every worker has finished its job

logs:
  -f, --follow             go on printing what is added, until it is interrupted
      --lines NUMBER       begin with that many lines of each file (default: 20)

crontab:
      --install            put the line into this user's crontab, in place of an older one

Durations: 500ms, 45s, 10m, 4h, 1d, or seconds.
Exit status: 0 all is well; 1 a worker is missing, could not be started or cannot be judged;
  2 wrong usage or configuration; 3 status: a worker that should run does not;
  4 bootcheck could not do its work; 75 the lock stayed busy.
)";
}

std::string version_text() {
  return "bootcheck " BOOTCHECK_VERSION "\n";
}

}  // namespace bootcheck
