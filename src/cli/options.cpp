#include "cli/options.h"

#include "cli/help.h"
#include "config/duration.h"

#include <algorithm>
#include <array>
#include <utility>

#include <CLI/CLI.hpp>

namespace bootcheck {
namespace {

constexpr auto kCommands = std::to_array<std::pair<const char*, Command>>({
    {"run", Command::run},
    {"status", Command::status},
    {"restart", Command::restart},
    {"stop", Command::stop},
    {"start", Command::start},
    {"why", Command::why},
    {"config", Command::config},
    {"crontab", Command::crontab},
});

/// What `--wait` alone is taken for.
constexpr const char* kWaitForEver = "forever";
constexpr int kMostWorkers = 1000;

/// Durations as they were typed; read once the words are parsed, so that a mistake names its
/// option.
struct Durations {
  std::string lock_wait;
  std::string wait;
  std::string hold_for;
};

void declare(CLI::App& app, Options& options, Durations& durations, std::vector<std::string>& words,
             bool& help, bool& version) {
  app.set_help_flag();
  app.add_flag("--help,-h", help);
  app.add_flag("--version", version);
  app.add_option_function<std::string>(
      "-c,--config", [&options](const std::string& file) { options.config = file; });
  app.add_option_function<std::string>(
      "-C,--root", [&options](const std::string& folder) { options.root = folder; });
  app.add_option("-n,--workers", options.count);
  app.add_option("-i,--identifier", options.identifiers)
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->allow_extra_args(false);  // or the command behind it would be an identifier
  app.add_option("-e,--environment", options.environment);
  app.add_flag("--dry-run", options.dry_run);
  app.add_flag("--json", options.json);
  app.add_flag("-v,--verbose", options.verbose);
  app.add_flag("-q,--quiet", options.quiet);
  app.add_flag("--surge", options.surge);
  app.add_option("--lock-wait", durations.lock_wait);
  app.add_option("--wait", durations.wait);
  app.add_option("--for", durations.hold_for);
  app.add_option("--reason", options.reason);
  app.add_option("words", words);
}

std::string read_duration(const std::string& name, const std::string& text,
                          std::optional<Duration>& value) {
  if (text.empty()) return {};
  value = parse_duration(text);
  return value ? std::string()
               : name + ": `" + text + "` is no duration (write 500ms, 45s, 10m, 4h, 1d)";
}

std::string read_wait(const std::string& text, std::optional<Duration>& value) {
  if (text != kWaitForEver) return read_duration("--wait", text, value);
  value = kForEver;  // only here: no hold ends so late, and no lock is waited for so long
  return {};
}

/// The first word is the command; empty: all is well.
std::string read_words(const std::vector<std::string>& words, Options& options) {
  if (words.empty()) return {};
  const auto* const found = std::ranges::find(
      kCommands, words.front(), [](const auto& each) { return std::string(each.first); });
  if (found == kCommands.end()) return "no command `" + words.front() + "`; see bootcheck --help";
  options.command = found->second;
  options.workers.assign(words.begin() + 1, words.end());
  return {};
}

std::string find_contradiction(const Options& options) {
  const auto is = [&](Command command) { return options.command == command; };
  if (options.count && (*options.count < 1 || *options.count > kMostWorkers))
    return "-n: from 1 to " + std::to_string(kMostWorkers) + " workers";
  if (options.count && !options.identifiers.empty()) return "-n and -i exclude each other";
  if (options.config && (options.count || !options.identifiers.empty()))
    return "-n and -i are for use without a configuration";
  if (options.surge && !is(Command::restart)) return "--surge goes with restart";
  if (options.wait && !is(Command::restart) && !is(Command::stop))
    return "--wait goes with restart and stop";
  if ((options.hold_for || !options.reason.empty()) && !is(Command::stop))
    return "--for and --reason go with stop";
  if (is(Command::why) && options.workers.empty()) return "why: which worker?";
  if (options.verbose && options.quiet) return "-v and -q exclude each other";
  return {};
}

}  // namespace

std::string name_of(Command command) {
  return std::ranges::find(kCommands, command, &std::pair<const char*, Command>::second)->first;
}

ParsedOptions parse_options(std::vector<std::string> words) {
  // `--wait` alone waits as long as it takes; its duration can only come behind an equals sign, or
  // a worker's name would be taken for one.
  std::ranges::replace(words, std::string("--wait"), std::string("--wait=") + kWaitForEver);
  Options options;
  Durations durations;
  std::vector<std::string> rest;
  bool help = false;
  bool version = false;
  CLI::App app;
  declare(app, options, durations, rest, help, version);
  try {
    std::ranges::reverse(words);  // CLI11 takes them from the back
    app.parse(words);
  } catch (const CLI::ParseError& error) {
    return UsageError{std::string(error.what()) + "; see bootcheck --help"};
  }
  if (help) return Information{help_text()};
  if (version) return Information{version_text()};
  for (auto message : {read_words(rest, options),
                       read_duration("--lock-wait", durations.lock_wait, options.lock_wait),
                       read_wait(durations.wait, options.wait),
                       read_duration("--for", durations.hold_for, options.hold_for)}) {
    if (!message.empty()) return UsageError{std::move(message)};
  }
  if (auto message = find_contradiction(options); !message.empty())
    return UsageError{std::move(message)};
  return options;
}

}  // namespace bootcheck
