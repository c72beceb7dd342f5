#include "delayed_job/arguments.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace bootcheck {
namespace {

struct Option {
  std::string_view word;  ///< long name
  char letter;
  bool has_value;
  std::string_view mistake;                      ///< why it cannot be used; empty: it can
  std::string DelayedJobArgs::*value = nullptr;  ///< where its value goes
};

// In the order of delayed/command.rb; options that concern nobody's identity are here for their
// values only.
constexpr auto kOptions = std::to_array<Option>({
    {"environment", 'e', true, ""},
    {"min-priority", '\0', true, ""},
    {"max-priority", '\0', true, ""},
    {"number-of-workers", 'n', true, "`count` or `identifiers` say how many there are"},
    {"pid-dir", '\0', true, "", &DelayedJobArgs::pid_dir},
    {"identifier", 'i', true, "`identifiers` says it"},
    {"monitor", 'm', false,
     "its monitor starts workers of an old release again; bootcheck does what it is for"},
    {"sleep-delay", '\0', true, ""},
    {"read-ahead", '\0', true, ""},
    {"prefix", 'p', true, "", &DelayedJobArgs::prefix},
    {"queues", '\0', true, ""},
    {"queue", '\0', true, ""},
    {"pool", '\0', true, "one entry of `workers:` for each pool does the same"},
    {"exit-on-complete", '\0', false,
     "a worker that exits when there is nothing to do would be started every minute"},
    {"daemon-options", '\0', true, ""},
    {"log-dir", '\0', true, ""},
});

constexpr auto kCommands =
    std::to_array<std::string_view>({"start", "stop", "restart", "reload", "run", "zap", "status"});

bool is_command(std::string_view word) {
  return std::ranges::find(kCommands, word) != kCommands.end();
}

bool is_option(std::string_view word) {
  return word.size() > 1 && word.starts_with('-');
}

/// OptionParser takes `--Number_Of_Workers` for `--number-of-workers`.
std::string as_declared(std::string_view word) {
  std::string plain(word);
  for (auto& each : plain) {
    if (each == '_') each = '-';
    if (each >= 'A' && each <= 'Z') each = static_cast<char>(each - 'A' + 'a');
  }
  return plain;
}

const Option* find_long(std::string_view typed) {
  const auto word = as_declared(typed);
  const auto* const exact = std::ranges::find(kOptions, word, &Option::word);
  if (exact != kOptions.end()) return exact;
  const auto* const near = std::ranges::find_if(
      kOptions, [&](const Option& option) { return option.word.starts_with(word); });
  return word.empty() || near == kOptions.end() ? nullptr : near;
}

const Option* find_short(char letter) {
  const auto* const found = std::ranges::find(kOptions, letter, &Option::letter);
  return found == kOptions.end() ? nullptr : found;
}

/// `--prefix=app`, `-papp`: the option, and the value if it is attached.
std::pair<const Option*, std::optional<std::string>> split(std::string_view word) {
  if (word.starts_with("--")) {
    word.remove_prefix(2);
    const auto equals = word.find('=');
    const auto value =
        equals == word.npos ? std::nullopt : std::optional(std::string(word.substr(equals + 1)));
    return {find_long(word.substr(0, equals)), value};
  }
  const auto value = word.size() > 2 ? std::optional(std::string(word.substr(2))) : std::nullopt;
  return {find_short(word[1]), value};
}

}  // namespace

Argv join_lists(const Argv& args) {
  Argv joined;
  bool in_list = false;  // the last word ends with names of queues
  for (auto arg = args.begin(); arg != args.end(); ++arg) {
    if (is_option(*arg)) {
      const auto [option, value] = split(*arg);
      joined.push_back(*arg);
      if (option != nullptr && option->has_value && !value && arg + 1 != args.end())
        joined.push_back(*++arg);
      in_list = option != nullptr && (option->word == "queues" || option->word == "queue");
    } else if (in_list && !is_command(*arg)) {
      joined.back() += "," + *arg;
    } else {
      joined.push_back(*arg);
      in_list = false;
    }
  }
  return joined;
}

DelayedJobArgs read_delayed_job_args(const Argv& args) {
  DelayedJobArgs found;
  bool may_be_value = false;  // of an option that only a newer delayed_job knows
  for (auto arg = args.begin(); arg != args.end(); ++arg) {
    if (!is_option(*arg)) {
      if (is_command(*arg)) {
        found.mistake =
            fmt::format("`{}` cannot stand here: bootcheck says what delayed_job has to do", *arg);
      } else if (!may_be_value && found.mistake.empty()) {
        found.mistake = fmt::format(
            "`{}` cannot stand here: delayed_job would take it for a command; a value with commas "
            "needs quotes in a list",
            *arg);
      }
      may_be_value = false;
      continue;
    }
    auto [option, value] = split(*arg);
    may_be_value = option == nullptr;
    if (option == nullptr) continue;
    if (!option->mistake.empty())
      found.mistake = fmt::format("`{}` cannot stand here: {}", *arg, option->mistake);
    if (option->has_value && !value && arg + 1 != args.end()) value = *++arg;
    if (option->value != nullptr && value) found.*(option->value) = *value;
  }
  return found;
}

}  // namespace bootcheck
