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
  recover              hand back the jobs of a host that is gone for good (delayed_job)

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
      --help [COMMAND]     this, or one command with an example
      --version

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

recover:
      --host NAME          the host, as it stands in locked_by
      --yes                do not ask, and do not wait until no job can still run there

Durations: 500ms, 45s, 10m, 4h, 1d, or seconds.
Exit status: 0 all is well; 1 a worker is missing, could not be started or cannot be judged;
  2 wrong usage or configuration; 3 status: a worker that should run does not;
  4 bootcheck could not do its work; 75 the lock stayed busy.
)";
}

std::string command_help(Command command) {
  switch (command) {
    case Command::run:
      return R"(Usage: bootcheck [OPTION...] run [WORKER...]

One pass: looks at every worker, starts what is missing, finishes what restarts and holds have
begun. Without a command it is the same. From cron it prints nothing while all is well.

      --stay DURATION      go on for so long, with a pass whenever a worker exits

  * * * * * bootcheck -C /srv/shop/current -n 3      # in a crontab: three delayed_job workers
  bootcheck --dry-run                                # what a pass would do now
)";
    case Command::status:
      return R"(Usage: bootcheck [OPTION...] status [--json] [WORKER...]

What each worker is doing. Exit status 3: one that should run does not.

  bootcheck status 'delayed_job.*'
  bootcheck status --json | jq -r '.workers[] | select(.state != "running") | .name'
)";
    case Command::restart:
      return R"(Usage: bootcheck [OPTION...] restart [--surge] [--wait[=DURATION]] [WORKER...]

Asks every worker to finish its job and exit, and starts its successor on the present code. The
passes of cron finish what takes longer.

      --surge              start each successor at once, beside the old worker
      --wait[=DURATION]    stay until every worker is rolled

  bootcheck restart --wait=1h                        # at the end of a deploy
)";
    case Command::stop:
      return R"(Usage: bootcheck [OPTION...] stop [WORKER...]

Holds workers down: they finish their jobs, and no pass starts them until `bootcheck start`.

      --for DURATION       end the hold by itself
      --reason TEXT        shown by status
      --wait[=DURATION]    stay until every worker has finished its job

  bootcheck stop --for 2h --reason 'rebuilding mails' 'delayed_job.mail*'
)";
    case Command::start:
      return R"(Usage: bootcheck [OPTION...] start [WORKER...]

Releases holds and the waiting time of workers that do not stay up, and starts what is missing.

  bootcheck start delayed_job.2
)";
    case Command::why:
      return R"(Usage: bootcheck [OPTION...] why WORKER...

What was seen of a worker, what is remembered, what follows, and what the next pass will do.

  bootcheck why delayed_job.2
)";
    case Command::logs:
      return R"(Usage: bootcheck [OPTION...] logs [-f] [--lines NUMBER] [WORKER...]

What workers printed when they were started and, those in the foreground, since.

  -f, --follow             go on printing what is added, until it is interrupted
      --lines NUMBER       begin with that many lines of each file (default: 20)

  bootcheck logs -f feed-eu
)";
    case Command::config:
      return R"(Usage: bootcheck [OPTION...] config [--json]

Checks the configuration and prints what it amounts to, with what it names and is not there.

  bootcheck -c config/bootcheck.yml config
)";
    case Command::init:
      return R"(Usage: bootcheck [-C DIR] init [--dry-run]

Writes a first config/bootcheck.yml, by what the application looks like. Never overwrites one.

  bootcheck -C /srv/shop/current init
)";
    case Command::doctor:
      return R"(Usage: bootcheck [OPTION...] doctor [--json]

Looks for what would keep the workers from coming up under cron, and prints each finding with a
line that mends it. Exit status 1: something was found.

  bootcheck -C /srv/shop/current -n 3 doctor
)";
    case Command::crontab:
      return R"(Usage: bootcheck [OPTION...] crontab [--install]

Prints the crontab line for this application.

      --install            put the line into this user's crontab, in place of an older one

  bootcheck -C /srv/shop/current -n 3 crontab --install
)";
    case Command::recover:
      return R"(Usage: bootcheck [OPTION...] recover --host NAME [--yes | --dry-run]

Hands back the jobs that the delayed_job workers of another host have locked, as failed attempts,
when that host is gone for good. Shows them and asks first.

      --host NAME          the host, as it stands in locked_by
      --yes                do not ask, and do not wait until no job can still run there
      --dry-run            only show them

  bootcheck -C /srv/shop/current recover --host web2
)";
  }
  return help_text();
}

std::string version_text() {
  return "bootcheck " BOOTCHECK_VERSION "\n";
}

}  // namespace bootcheck
