#include "cli/options.h"

#include "cli/help.h"
#include "report/text.h"
#include "util/duration.h"
#include "util/nearest.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include <getopt.h>

namespace bootcheck {
namespace {

constexpr auto kCommands = std::to_array<std::pair<const char*, Command>>({
    {"run", Command::run},
    {"status", Command::status},
    {"restart", Command::restart},
    {"stop", Command::stop},
    {"start", Command::start},
    {"why", Command::why},
    {"logs", Command::logs},
    {"config", Command::config},
    {"init", Command::init},
    {"doctor", Command::doctor},
    {"crontab", Command::crontab},
    {"recover", Command::recover},
});

constexpr int kMostWorkers = 1000;
constexpr const char* kSeeHelp = "; see bootcheck --help";

/// Long options without a letter have numbers beyond those of the letters.
enum LongOnly {
  kDryRun = 256,
  kJson,
  kStay,
  kSurge,
  kLockWait,
  kWait,
  kFor,
  kReason,
  kLines,
  kInstall,
  kHost,
  kYes,
  kVersion
};

constexpr const char* kLetters = ":hc:C:n:i:e:vqf";  // the colon: a missing value is told apart
const auto kLongOptions =
    std::to_array<option>({{"help", no_argument, nullptr, 'h'},
                           {"version", no_argument, nullptr, kVersion},
                           {"config", required_argument, nullptr, 'c'},
                           {"root", required_argument, nullptr, 'C'},
                           {"workers", required_argument, nullptr, 'n'},
                           {"identifier", required_argument, nullptr, 'i'},
                           {"environment", required_argument, nullptr, 'e'},
                           {"dry-run", no_argument, nullptr, kDryRun},
                           {"json", no_argument, nullptr, kJson},
                           {"verbose", no_argument, nullptr, 'v'},
                           {"quiet", no_argument, nullptr, 'q'},
                           {"stay", required_argument, nullptr, kStay},
                           {"surge", no_argument, nullptr, kSurge},
                           {"lock-wait", required_argument, nullptr, kLockWait},
                           {"wait", optional_argument, nullptr, kWait},
                           {"for", required_argument, nullptr, kFor},
                           {"reason", required_argument, nullptr, kReason},
                           {"follow", no_argument, nullptr, 'f'},
                           {"lines", required_argument, nullptr, kLines},
                           {"install", no_argument, nullptr, kInstall},
                           {"host", required_argument, nullptr, kHost},
                           {"yes", no_argument, nullptr, kYes},
                           {nullptr, 0, nullptr, 0}});

/// These return what is wrong; empty: nothing.
std::string read_duration(const std::string& name, const std::string& text,
                          std::optional<Duration>& value) {
  value = parse_duration(text);
  return value ? std::string()
               : name + ": `" + text + "` is no duration (write 500ms, 45s, 10m, 4h, 1d)";
}

std::string read_count(std::string_view text, std::optional<int>& value) {
  int count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size() || count < 1 || count > kMostWorkers)
    return "-n: from 1 to " + std::to_string(kMostWorkers) + " workers" + kSeeHelp;
  value = count;
  return {};
}

std::string read_lines(std::string_view text, std::optional<std::size_t>& value) {
  std::size_t lines = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), lines);
  if (error != std::errc() || end != text.data() + text.size())
    return "--lines: `" + std::string(text) + "` is no number of lines";
  value = lines;
  return {};
}

std::string read_host(const std::string& name, std::string& value) {
  value = name;
  return name.empty() || printable(name) != name ? "--host: `" + name + "` is no host's name"
                                                 : std::string();
}

/// One option as getopt_long(3) has found it; `value` is empty where it takes none.
std::string read_option(int option, const std::string& value, bool has_value, Options& options) {
  switch (option) {
    case 'c':
      if (options.config) return "-c is given twice; a folder of configurations is read as a whole";
      options.config = value;
      break;
    case 'C':
      options.root = value;
      break;
    case 'n':
      return read_count(value, options.count);
    case 'i':
      options.identifiers.push_back(value);
      break;
    case 'e':
      options.environment = value;
      break;
    case 'v':
      options.verbose = true;
      break;
    case 'q':
      options.quiet = true;
      break;
    case kDryRun:
      options.dry_run = true;
      break;
    case kJson:
      options.json = true;
      break;
    case kStay:
      return read_duration("--stay", value, options.stay);
    case kSurge:
      options.surge = true;
      break;
    case kLockWait:
      return read_duration("--lock-wait", value, options.lock_wait);
    case kWait:
      if (has_value) return read_duration("--wait", value, options.wait);
      options.wait = kForEver;
      break;
    case kFor:
      return read_duration("--for", value, options.hold_for);
    case kReason:
      options.reason = value;
      break;
    case 'f':
      options.follow = true;
      break;
    case kLines:
      return read_lines(value, options.lines);
    case kInstall:
      options.install = true;
      break;
    case kHost:
      return read_host(value, options.host);
    case kYes:
      options.yes = true;
      break;
    default:
      break;
  }
  return {};
}

/// What else a first word may have been meant to be.
std::string meant(const std::string& word) {
  std::vector<std::string_view> names;
  names.reserve(kCommands.size());
  for (const auto& command : kCommands)
    names.emplace_back(command.first);
  const auto near = nearest(word, names);
  if (near.empty()) return kSeeHelp;
  return ": did you mean `" + std::string(near) + "`?";
}

/// The first word is the command; empty: all is well.
std::string read_words(const std::vector<std::string>& words, Options& options) {
  if (words.empty()) return {};
  const auto* const found = std::ranges::find(
      kCommands, words.front(), [](const auto& each) { return std::string(each.first); });
  if (found == kCommands.end()) return "no command `" + words.front() + "`" + meant(words.front());
  options.command = found->second;
  options.workers.assign(words.begin() + 1, words.end());
  return {};
}

/// `5m`: a bare number may well be a worker.
bool is_time(const std::string& word) {
  const auto is_digit = [](unsigned char byte) { return byte >= '0' && byte <= '9'; };
  return parse_duration(word) && !std::ranges::all_of(word, is_digit);
}

std::string find_contradiction(const Options& options) {
  const auto is = [&](Command command) { return options.command == command; };
  if (options.count && !options.identifiers.empty()) return "-n and -i exclude each other";
  if (options.config && (options.count || !options.identifiers.empty()))
    return "-n and -i are for use without a configuration";
  if (options.stay && !is(Command::run)) return "--stay goes with run";
  if (options.stay && (options.json || options.dry_run || options.lock_wait))
    return "--stay goes without --json, --dry-run and --lock-wait";
  if (options.surge && !is(Command::restart)) return "--surge goes with restart";
  if (options.wait && !is(Command::restart) && !is(Command::stop))
    return "--wait goes with restart and stop";
  if (options.wait == kForEver && !options.workers.empty() && is_time(options.workers.front()))
    return "write --wait=" + options.workers.front() + ", in one word";
  if ((options.hold_for || !options.reason.empty()) && !is(Command::stop))
    return "--for and --reason go with stop";
  if ((options.follow || options.lines) && !is(Command::logs)) return "-f and --lines go with logs";
  if (options.install && !is(Command::crontab)) return "--install goes with crontab";
  if ((!options.host.empty() || options.yes) && !is(Command::recover))
    return "--host and --yes go with recover";
  if (is(Command::recover)) {
    if (options.host.empty()) return "recover: of which host? --host NAME, as locked_by has it";
    if (!options.workers.empty()) return "recover is about all workers of a host: name none";
    if (options.json) return "recover goes without --json";
  }
  if (is(Command::init) && (options.count || !options.identifiers.empty()))
    return "init: say which workers there are in the file that it writes";
  if (is(Command::why) && options.workers.empty()) return "why: which worker?";
  if (options.verbose && options.quiet) return "-v and -q exclude each other";
  return {};
}

/// Why getopt_long stopped at `word`.
std::string refusal(int sign, std::string word) {
  if (::optopt > 0 && ::optopt < kDryRun && !word.starts_with("--"))
    word = {'-', static_cast<char>(::optopt)};
  if (sign == ':') return "`" + word + "` needs a value" + kSeeHelp;
  if (::optopt != 0 && word.starts_with("--")) return "`" + word + "` takes no value" + kSeeHelp;
  return "no option `" + word + "`" + kSeeHelp;
}

/// Of the command that the words name, wherever it stands; else of all.
std::string help_about(const std::vector<std::string>& words) {
  for (const auto& word : words) {
    for (const auto& [name, command] : kCommands) {
      if (word == name) return command_help(command);
    }
  }
  return help_text();
}

}  // namespace

std::string name_of(Command command) {
  return std::ranges::find(kCommands, command, &std::pair<const char*, Command>::second)->first;
}

ParsedOptions parse_options(std::vector<std::string> words) {
  std::string program = "bootcheck";
  std::vector<char*> argv = {program.data()};
  for (auto& word : words)
    argv.push_back(word.data());
  argv.push_back(nullptr);
  const auto count = static_cast<int>(argv.size()) - 1;
  Options options;
  ::opterr = 0;
  ::optind = 0;  // a fresh beginning, getopt(3)
  int option = 0;
  while ((option = ::getopt_long(count, argv.data(), kLetters, kLongOptions.data(), nullptr)) !=
         -1) {
    if (option == 'h') return Information{help_about({argv.begin() + 1, argv.end() - 1})};
    if (option == kVersion) return Information{version_text()};
    if (option == '?' || option == ':')
      return UsageError{refusal(option, argv[static_cast<std::size_t>(::optind) - 1])};
    auto message =
        read_option(option, ::optarg == nullptr ? "" : ::optarg, ::optarg != nullptr, options);
    if (!message.empty()) return UsageError{std::move(message)};
  }
  const std::vector<std::string> rest(argv.begin() + ::optind, argv.end() - 1);
  if (!rest.empty() && rest.front() == "help") return Information{help_about(rest)};
  if (auto message = read_words(rest, options); !message.empty())
    return UsageError{std::move(message)};
  if (auto message = find_contradiction(options); !message.empty())
    return UsageError{std::move(message)};
  return options;
}

}  // namespace bootcheck
