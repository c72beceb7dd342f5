#include "doctor/crontab.h"

#include "util/shell_words.h"
#include "util/trimmed.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace bootcheck {
namespace {

constexpr std::string_view kBlanks = " \t";
constexpr std::string_view kMarker = "# written by `bootcheck crontab --install` for ";

/// `%`, which cron turns into a newline, escaped (crontab(5)).
std::string crontab_word(std::string_view text) {
  std::string line;
  for (const char each : shell_word(text))
    line += each == '%' ? std::string("'\\%'") : std::string(1, each);
  return line;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string_view take_field(std::string_view& line) {
  line = trimmed(line);
  const auto field = line.substr(0, line.find_first_of(kBlanks));
  line.remove_prefix(field.size());
  return field;
}

std::string without_quotes(std::string_view text) {
  const bool quoted = text.size() > 1 && (text.front() == '"' || text.front() == '\'') &&
                      text.front() == text.back();
  return std::string(quoted ? text.substr(1, text.size() - 2) : text);
}

bool is_name(std::string_view text) {
  constexpr std::string_view kFirst = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
  constexpr std::string_view kMore =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
  return !text.empty() && kFirst.find(text.front()) != std::string_view::npos &&
         text.find_first_not_of(kMore) == std::string_view::npos;
}

/// `NAME = value`
std::optional<std::pair<std::string, std::string>> read_setting(std::string_view line) {
  const auto equals = line.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  auto name = without_quotes(trimmed(line.substr(0, equals)));
  if (!is_name(name)) return std::nullopt;
  return std::pair(std::move(name), without_quotes(trimmed(line.substr(equals + 1))));
}

/// What stands before the first `%` that is not escaped is the command.
std::string command_of(std::string_view text) {
  std::string command;
  for (std::size_t at = 0; at < text.size() && text[at] != '%'; ++at) {
    if (text[at] == '\\' && at + 1 < text.size() && text[at + 1] == '%') ++at;
    command += text[at];
  }
  return command;
}

std::optional<CrontabJob> read_job(std::string_view line, CrontabKind kind) {
  const int fields = line.front() == '@' ? 1 : 5;
  for (int field = 0; field < fields; ++field) {
    if (take_field(line).empty()) return std::nullopt;
  }
  CrontabJob job;
  if (kind == CrontabKind::system) job.user = take_field(line);
  job.command = command_of(trimmed(line));
  if (job.command.empty()) return std::nullopt;
  return job;
}

bool is_operator(const std::string& word) {
  return word == ";" || word == "&&" || word == "||" || word == "|" || word == "&" || word == "(" ||
         word == ")";
}

Path normal(const Path& path) {
  const auto tidy = path.lexically_normal();
  return tidy.filename_is_dot() || tidy.filename().empty() ? tidy.parent_path() : tidy;
}

/// The value of the option at `at`, attached or in the next word; none: it is another option.
std::optional<std::string> value_of(const Argv& words, std::size_t& at, std::string_view letter,
                                    std::string_view name) {
  const std::string_view word = words[at];
  if (word.starts_with(std::string(name) + "=")) return std::string(word.substr(name.size() + 1));
  if (word != letter && word != name) {
    const bool attached = word.starts_with(letter) && !word.starts_with("--");
    return attached ? std::optional(std::string(word.substr(letter.size()))) : std::nullopt;
  }
  return ++at < words.size() ? std::optional(words[at]) : std::nullopt;
}

bool takes_a_value(const std::string& word) {
  constexpr auto kOptions = std::to_array<std::string_view>(
      {"-n", "-i", "-e", "--workers", "--identifier", "--environment", "--lock-wait", "--stay"});
  return std::ranges::find(kOptions, word) != kOptions.end();
}

/// The words behind the program; false: they are no pass.
bool read_call(const Argv& words, std::size_t at, PassCall& call) {
  for (; at < words.size() && !is_operator(words[at]) && words[at] != ">" && words[at] != ">>";
       ++at) {
    if (const auto root = value_of(words, at, "-C", "--root")) {
      call.root = *root;
    } else if (at < words.size()) {
      if (const auto config = value_of(words, at, "-c", "--config")) {
        call.config = *config;
      } else if (at < words.size() && takes_a_value(words[at])) {
        ++at;
      } else if (at < words.size() && !words[at].starts_with('-') && words[at] != "run" &&
                 words[at] != "2") {
        return false;  // another command
      }
    }
  }
  return true;
}

/// `test -x /usr/bin/bootcheck` is no pass.
bool only_looks(const std::string& word) {
  constexpr auto kWords =
      std::to_array<std::string_view>({"-x", "-e", "-f", "-v", "which", "type", "echo"});
  return std::ranges::find(kWords, word) != kWords.end();
}

std::string marker_of(const AppPlace& place) {
  return std::string(kMarker) + (place.config ? *place.config : place.root).native();
}

bool is_our_program(const std::string& word) {
  return Path(word).filename() == "bootcheck";
}

}  // namespace

std::string naming_options(const CrontabOrder& order) {
  std::string line;
  if (order.config) line += " -c " + shell_word(order.config->native());
  line += " -C " + shell_word(order.root.native());
  if (order.count) line += fmt::format(" -n {}", *order.count);
  for (const auto& identifier : order.identifiers)
    line += " -i " + shell_word(identifier);
  if (!order.environment.empty()) line += " -e " + shell_word(order.environment);
  return line.substr(1);
}

std::string crontab_line(const CrontabOrder& order) {
  std::string line = "* * * * * ";
  if (!order.path.empty()) line += "PATH=" + crontab_word(order.path) + " ";
  line += crontab_word(order.program.native());
  for (const auto& word : shell_words(naming_options(order)))
    line += " " + crontab_word(word);
  return line;
}

std::vector<CrontabJob> parse_crontab(std::string_view text, CrontabKind kind) {
  std::vector<CrontabJob> jobs;
  std::map<std::string, std::string> env;
  const auto lines = lines_of(text);
  for (std::size_t at = 0; at < lines.size(); ++at) {
    const auto line = trimmed(lines[at]);
    if (line.empty() || line.front() == '#') continue;
    if (auto setting = read_setting(line)) {
      env.insert_or_assign(std::move(setting->first), std::move(setting->second));
    } else if (auto job = read_job(line, kind)) {
      job->line = at;
      job->env = env;
      jobs.push_back(std::move(*job));
    }
  }
  return jobs;
}

std::optional<PassCall> pass_of(const CrontabJob& job) {
  const auto words = shell_words(job.command);
  PassCall call;
  call.env = job.env;
  for (std::size_t at = 0; at < words.size(); ++at) {
    if (words[at] == "cd" && at + 1 < words.size()) call.root = words[at + 1];
    const bool is_command = at == 0 || !only_looks(words[at - 1]);
    if (const auto setting = read_setting(words[at])) {
      call.env.insert_or_assign(setting->first, setting->second);
    } else if (is_our_program(words[at]) && is_command && read_call(words, at + 1, call)) {
      return call;
    }
  }
  return std::nullopt;
}

bool is_over(const PassCall& call, const AppPlace& place) {
  auto config = call.config;
  if (!config) {
    if (const auto named = call.env.find("BOOTCHECK_CONFIG"); named != call.env.end())
      config = named->second;
  }
  if (config) {
    if (!config->is_absolute() && call.root) config = *call.root / *config;
    if (!place.config) return false;
    return normal(*config) == normal(*place.config) ||
           normal(*config) == normal(place.config->parent_path());
  }
  return call.root && normal(*call.root) == normal(place.root);
}

std::variant<Installed, ForeignLine> install_line(std::string_view crontab, const AppPlace& place,
                                                  const std::string& line) {
  const auto marker = marker_of(place);
  const auto lines = lines_of(crontab);
  std::vector<bool> is_ours(lines.size());
  for (std::size_t at = 0; at < lines.size(); ++at)
    is_ours[at] = lines[at] == marker;
  for (const auto& job : parse_crontab(crontab, CrontabKind::user)) {
    const auto call = pass_of(job);
    if (!call || !is_over(*call, place)) continue;
    if (job.line > 0 && lines[job.line - 1].starts_with(kMarker)) {
      is_ours[job.line - 1] = is_ours[job.line] = true;
      continue;
    }
    const auto there = std::string(trimmed(lines[job.line]));
    if (there == line) return Installed{.change = Installed::Change::none, .text = {}};
    return ForeignLine{there};
  }
  Installed installed{.change = Installed::Change::added, .text = {}};
  bool is_placed = false;
  const auto place_line = [&] {
    if (!is_placed) installed.text += marker + "\n" + line + "\n";
    is_placed = true;
  };
  for (std::size_t at = 0; at < lines.size(); ++at) {
    if (is_ours[at]) {
      installed.change = Installed::Change::replaced;
      place_line();
    } else {
      installed.text += std::string(lines[at]) + "\n";
    }
  }
  place_line();
  if (installed.text == crontab) installed.change = Installed::Change::none;
  return installed;
}

}  // namespace bootcheck
