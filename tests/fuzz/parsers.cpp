// Text that other programs and people write.
#include "cli/options.h"
#include "cli/setup.h"
#include "config/reader.h"
#include "delayed_job/arguments.h"
#include "delayed_job/command_line.h"
#include "delayed_job/preloader.h"
#include "doctor/crontab.h"
#include "doctor/gems.h"
#include "doctor/proposal.h"
#include "fuzz/targets.h"
#include "launch/environment.h"
#include "system/lock.h"
#include "system/pid_file.h"
#include "system/proc_fs.h"
#include "system/user_database.h"
#include "util/duration.h"

#include <string>

namespace bootcheck::fuzz {
namespace {

/// The words between NULs.
Argv words_of(std::string_view input) {
  Argv words;
  for (;;) {
    const auto end = input.find('\0');
    words.emplace_back(input.substr(0, end));
    if (end == std::string_view::npos) return words;
    input.remove_prefix(end + 1);
  }
}

/// What was read is the same when it is written down and read again.
void feed_pid_file(std::string_view input) {
  const auto file = parse_pid_file(input);
  if (const auto* named = std::get_if<PidInFile>(&file)) {
    require(named->pid > 1, "no pid file names init, or nobody");
    const auto again = parse_pid_file(std::to_string(named->pid) + "\n");
    const auto* same = std::get_if<PidInFile>(&again);
    require(same != nullptr && same->pid == named->pid, "a pid is written as it is read");
  }
}

void feed_proc(std::string_view input) {
  parse_stat(input);
  parse_status(input);
  parse_proportional_size(input);
  for (const auto& word : parse_cmdline(input))
    require(word.find('\0') == std::string::npos, "no NUL in a word");
  const auto argv = parse_cmdline(input);
  require(argv.empty() || !argv.back().empty(), "no empty words at the end of a command line");
}

void feed_locks(std::string_view input) {
  const auto holder = parse_locks(input, 0xfe01, 4711);
  require(!holder || *holder > 0, "who holds a lock has a pid");
}

void feed_duration(std::string_view input) {
  if (const auto duration = parse_duration(input)) {
    require(*duration >= Duration{0}, "no negative duration");
    require_one_line(format_duration(*duration));
  }
  if (const auto size = parse_size(input)) require_one_line(format_size(*size));
}

void feed_env_file(std::string_view input) {
  for (const auto& [key, value] : parse_env_file(std::string(input))) {
    require(!key.empty() && key.find('=') == std::string::npos, "a variable has a name");
    require(value.find('\n') == std::string::npos, "a value is of one line");
  }
}

void feed_arguments(std::string_view input) {
  const auto words = words_of(input);
  read_delayed_job_args(words);
  const auto joined = join_lists(words);
  require(join_lists(joined) == joined, "joined lists stay as they are");
  const bool is_worker = delayed_job::is_worker(words);
  require(!is_worker || words.size() == 1 || !words.front().empty(), "a worker has a title");
  delayed_job::is_start_of(words, "3");
}

void feed_crontab(std::string_view input) {
  const AppPlace place{.root = "/srv/shop/current", .config = {}};
  for (const auto kind : {CrontabKind::user, CrontabKind::system}) {
    for (const auto& job : parse_crontab(input, kind)) {
      if (const auto call = pass_of(job)) is_over(*call, place);
    }
  }
  const std::string line = "* * * * * /usr/bin/bootcheck -C /srv/shop/current -n 3";
  const auto once = install_line(input, place, line);
  if (const auto* installed = std::get_if<Installed>(&once)) {
    const auto again = install_line(installed->text, place, line);
    const auto* same = std::get_if<Installed>(&again);
    require(same != nullptr && same->change == Installed::Change::none,
            "a line that is there is not added again");
    require(same->text == installed->text, "what is there stays as it is");
  }
}

/// What `init` writes can be read.
void require_readable(const AppLook& look) {
  const auto proposed = proposed_config(look);
  if (!proposed) return;
  ConfigContext context;
  context.root = "/srv/shop/current";
  const auto parsed = parse_config(*proposed, context);
  require(std::holds_alternative<Config>(parsed), "a proposed configuration is one");
}

void feed_gemfile_lock(std::string_view input) {
  for (const auto& [gem, version] : gems_in(input))
    is_older(version, "1.2");
  require_readable({.gemfile_lock = std::string(input),
                    .procfile = {},
                    .has_delayed_job = true,
                    .has_jobs = true,
                    .ruby_folders = {}});
}

void feed_procfile(std::string_view input) {
  for (const auto& each : parse_procfile(input))
    require(!each.name.empty() && !each.command.empty(), "a line of a Procfile has both parts");
  require_readable({.gemfile_lock = {},
                    .procfile = std::string(input),
                    .has_delayed_job = false,
                    .has_jobs = false,
                    .ruby_folders = {}});
}

void feed_preloader(std::string_view input) {
  read_answer(input);
}

void feed_users(std::string_view input) {
  parse_passwd(input, "deploy");
  parse_passwd(input, "1000");
  parse_initgroups(input);
  parse_id(input);
}

void feed_options(std::string_view input) {
  const auto parsed = parse_options(words_of(input));
  if (const auto* wrong = std::get_if<UsageError>(&parsed))
    require(!wrong->message.empty(), "what is wrong is said");
}

void feed_globs(std::string_view input) {
  static const Config config = [] {
    ConfigContext context;
    context.root = "/srv/shop/current";
    return std::get<Config>(zero_config({"1", "2", "reports"}, context));
  }();
  const auto selected = select_workers(config, words_of(input));
  if (const auto* which = std::get_if<std::vector<bool>>(&selected))
    require(which->empty() || which->size() == config.workers.size(),
            "each worker is selected or not");
}

}  // namespace

std::vector<Target> parser_targets() {
  return {{"pid_file", feed_pid_file}, {"proc", feed_proc},
          {"locks", feed_locks},       {"duration", feed_duration},
          {"env_file", feed_env_file}, {"arguments", feed_arguments},
          {"crontab", feed_crontab},   {"gemfile_lock", feed_gemfile_lock},
          {"procfile", feed_procfile}, {"preloader", feed_preloader},
          {"users", feed_users},       {"options", feed_options},
          {"globs", feed_globs}};
}

}  // namespace bootcheck::fuzz
