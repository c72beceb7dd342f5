#include "system/proc_fs.h"

#include <algorithm>
#include <charconv>
#include <type_traits>

#include <unistd.h>

namespace bootcheck {
namespace {

bool is_blank(char character) {
  return character == ' ' || character == '\t' || character == '\n';
}

/// Takes the next word off the front; empty: there is none.
std::string_view take_word(std::string_view& text) {
  const auto* const begin = std::ranges::find_if_not(text, is_blank);
  const auto* const end = std::find_if(begin, text.end(), is_blank);
  text = {end, text.end()};
  return {begin, end};
}

template <class Number>
std::optional<Number> to_number(std::string_view word) {
  Number number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (error != std::errc() || end != word.data() + word.size()) return {};
  return number;
}

/// What follows `NAME:` at the beginning of a line.
std::string_view line_of(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    if (line.starts_with(name)) return line.substr(name.size());
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return {};
}

}  // namespace

// 4711 (ruby) S 1 4711 4711 0 -1 4194624 9 0 0 0 3 1 0 0 20 0 2 0 118337 95948800 6120 ...
std::optional<Stat> parse_stat(std::string_view text) {
  const auto bracket = text.rfind(')');
  if (bracket == std::string_view::npos) return {};
  text.remove_prefix(bracket + 1);

  Stat stat;
  std::optional<std::uint64_t> threads;
  std::optional<std::uint64_t> start_time;
  std::optional<std::int64_t> pages;  // signed: the kernel's counters may be a little behind
  for (int field = 3; field <= 24; ++field) {
    const auto word = take_word(text);
    if (word.empty()) return {};
    if (field == 3) stat.state = word.front();
    if (field == 4) stat.parent = to_number<pid_t>(word).value_or(0);
    if (field == 6) stat.session = to_number<pid_t>(word).value_or(0);
    if (field == 20) threads = to_number<std::uint64_t>(word);
    if (field == 22) start_time = to_number<std::uint64_t>(word);
    if (field == 24) pages = to_number<std::int64_t>(word);
  }
  if (!threads || !start_time || !pages) return {};
  for (int field = 25; field < 28; ++field)
    take_word(text);
  stat.stack = to_number<std::uint64_t>(take_word(text)).value_or(0);
  static const auto page_size = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  stat.threads = *threads;
  stat.start_time = *start_time;
  stat.resident = *pages > 0 ? static_cast<std::uint64_t>(*pages) * page_size : 0;
  return stat;
}

// `Name:` comes first and bears whatever the process likes, but the kernel escapes its newlines.
std::optional<Status> parse_status(std::string_view text) {
  auto leader_line = line_of(text, "Tgid:");
  auto uid_line = line_of(text, "Uid:");
  const auto leader = to_number<pid_t>(take_word(leader_line));
  take_word(uid_line);  // Uid:  real  effective  saved  filesystem
  const auto uid = to_number<uid_t>(take_word(uid_line));
  if (!leader || !uid) return {};
  return Status{.leader = *leader, .uid = *uid};
}

std::vector<pid_t> parse_children(std::string_view text) {
  std::vector<pid_t> children;
  for (auto word = take_word(text); !word.empty(); word = take_word(text)) {
    if (const auto pid = to_number<pid_t>(word); pid && *pid > 1) children.push_back(*pid);
  }
  return children;
}

// Pss:                1234 kB
std::optional<std::uint64_t> parse_proportional_size(std::string_view text) {
  auto line = line_of(text, "Pss:");
  const auto kilobytes = to_number<std::uint64_t>(take_word(line));
  if (!kilobytes) return {};
  return *kilobytes * 1024;
}

// delayed_job.3\0\0\0\0: a program that changes its title has the room of its former command line,
// and leaves NULs behind the new one.
Argv parse_cmdline(std::string_view text) {
  Argv argv;
  const auto last = text.find_last_not_of('\0');
  if (last == std::string_view::npos) return argv;
  text = text.substr(0, last + 1);
  for (auto end = text.find('\0'); end != std::string_view::npos; end = text.find('\0')) {
    argv.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  argv.emplace_back(text);
  return argv;
}

}  // namespace bootcheck
