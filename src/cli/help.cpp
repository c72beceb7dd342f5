#include "cli/help.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

namespace bootcheck {
namespace {

struct CommandHelp {
  Command command;
  std::string_view usage;  ///< behind the program's name
  std::string_view about;
  std::string_view options;  ///< of its own
  std::string_view examples;
};

constexpr auto kCommandHelp = std::to_array<CommandHelp>({
    {Command::run, "[OPTION...] run [WORKER...]",
     R"(One pass: looks at every worker, starts what is missing, finishes what restarts and holds have
begun. Without a command it is the same. From cron it prints nothing while all is well.
)",
     R"(      --stay DURATION      go on for that long, with a pass whenever a worker exits
)",
     R"(  * * * * * bootcheck -C /srv/shop/current -n 3      # in a crontab: three delayed_job workers
  bootcheck --dry-run                                # what a pass would do now
)"},
    {Command::status, "[OPTION...] status [--json] [WORKER...]",
     R"(What each worker is doing. Exit status 3: one that should run does not.
)",
     "",
     R"(  bootcheck status 'delayed_job.*'
  bootcheck status --json | jq -r '.workers[] | select(.state != "running") | .name'
)"},
    {Command::restart, "[OPTION...] restart [--surge] [--wait[=DURATION]] [WORKER...]",
     R"(Asks every worker to finish its job and exit, and starts its successor on the present code. The
passes of cron finish what takes longer.
)",
     R"(      --surge              start each successor at once, beside the old worker
      --wait[=DURATION]    stay until every worker is rolled
)",
     R"(  bootcheck restart --wait=1h                        # at the end of a deploy
)"},
    {Command::stop, "[OPTION...] stop [WORKER...]",
     R"(Holds workers down: they finish their jobs, and no pass starts them until `bootcheck start`.
)",
     R"(      --for DURATION       end the hold by itself
      --reason TEXT        shown by status
      --wait[=DURATION]    stay until every worker has finished its job
)",
     R"(  bootcheck stop --for 2h --reason 'rebuilding mails' 'delayed_job.mail*'
)"},
    {Command::start, "[OPTION...] start [WORKER...]",
     R"(Releases holds and the waiting time of workers that do not stay up, and starts what is missing.
)",
     "",
     R"(  bootcheck start delayed_job.2
)"},
    {Command::why, "[OPTION...] why WORKER...",
     R"(What was seen of a worker, what is remembered, what follows, and what the next pass will do.
)",
     "",
     R"(  bootcheck why delayed_job.2
)"},
    {Command::logs, "[OPTION...] logs [-f] [--lines NUMBER] [WORKER...]",
     R"(What workers printed when they were started and, those in the foreground, since.
)",
     R"(  -f, --follow             go on printing what is added, until it is interrupted
      --lines NUMBER       begin with that many lines of each file (default: 20)
)",
     R"(  bootcheck logs -f feed-eu
)"},
    {Command::config, "[OPTION...] config [--json]",
     R"(Checks the configuration and prints what it amounts to, with what it names and is not there.
)",
     "",
     R"(  bootcheck -c config/bootcheck.yml config
)"},
    {Command::init, "[-C DIR] init [--dry-run]",
     R"(Writes a first config/bootcheck.yml, by what the application looks like. Never overwrites one.
)",
     "",
     R"(  bootcheck -C /srv/shop/current init
)"},
    {Command::doctor, "[OPTION...] doctor [--json]",
     R"(Looks for what would keep the workers from coming up under cron, and prints each finding with a
line that mends it. Exit status 1: something was found.
)",
     "",
     R"(  bootcheck -C /srv/shop/current -n 3 doctor
)"},
    {Command::crontab, "[OPTION...] crontab [--install]",
     R"(Prints the crontab line for this application.
)",
     R"(      --install            put the line into this user's crontab, in place of an older one
)",
     R"(  bootcheck -C /srv/shop/current -n 3 crontab --install
)"},
    {Command::recover, "[OPTION...] recover --host NAME [--yes | --dry-run]",
     R"(Hands back the jobs that the delayed_job workers of another host have locked, as failed attempts,
when that host is gone for good. Shows them and asks first.
)",
     R"(      --host NAME          the host, as it stands in locked_by
      --yes                do not ask, and do not wait until no job can still run there
      --dry-run            only show them
)",
     R"(  bootcheck -C /srv/shop/current recover --host web2
)"},
});

constexpr const char* kTop = R"(Usage: bootcheck [OPTION...] [COMMAND] [WORKER...]

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
)";

constexpr const char* kEnd = R"(Durations: 500ms, 45s, 10m, 4h, 1d, or seconds.
Exit status: 0 all is well; 1 a worker is missing, could not be started or cannot be judged;
  2 wrong usage or configuration; 3 status: a worker that should run does not;
  4 bootcheck could not do its work; 75 the lock stayed busy.
)";

}  // namespace

std::string help_text() {
  std::string text = kTop;
  for (const auto& [command, usage, about, options, examples] : kCommandHelp) {
    if (!options.empty()) text += fmt::format("\n{}:\n{}", name_of(command), options);
  }
  return text + "\n" + kEnd;
}

std::string command_help(Command command) {
  const auto* const help = std::ranges::find(kCommandHelp, command, &CommandHelp::command);
  const auto* const gap = help->options.empty() ? "" : "\n";
  return fmt::format("Usage: bootcheck {}\n\n{}{}{}\n{}", help->usage, help->about, gap,
                     help->options, help->examples);
}

std::string version_text() {
  return "bootcheck " BOOTCHECK_VERSION "\n";
}

}  // namespace bootcheck
