#include "system/user_database.h"

#include "system/command_output.h"
#include "util/errors.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace bootcheck {
namespace {

constexpr const char* kGetent = "/usr/bin/getent";
constexpr Duration kTimeLimit = std::chrono::seconds{10};
constexpr int kNotFound = 2;  // getent(1), EXIT STATUS

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t start = 0; start <= text.size();) {
    const auto end = std::min(text.find(separator, start), text.size());
    parts.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (std::size_t start = 0; (start = line.find_first_not_of(" \t\n", start)) < line.size();) {
    const auto end = std::min(line.find_first_of(" \t\n", start), line.size());
    words.push_back(line.substr(start, end - start));
    start = end;
  }
  return words;
}

/// What getent prints of a key; none: it knows no such key.
std::optional<std::string> ask(const std::string& database, const std::string& key) {
  const auto result = command_output({kGetent, database, "--", key}, kTimeLimit);
  if (result.exit_status == kNotFound) return std::nullopt;
  if (result.exit_status != 0) {
    throw_error(EIO, fmt::format("`getent {} {}` ended with status {}, so the user is not known",
                                 database, key, result.exit_status));
  }
  return result.output;
}

/// Nothing that getent would take for an option, or that no entry can have.
bool can_be_asked(std::string_view key) {
  return !key.empty() && key.front() != '-' &&
         std::ranges::none_of(key, [](unsigned char byte) { return byte <= ' ' || byte == ':'; });
}

}  // namespace

std::optional<uid_t> parse_id(std::string_view text) {
  uid_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  // Means "unchanged" to setresuid(2).
  if (id == static_cast<uid_t>(-1)) return std::nullopt;
  return id;
}

std::optional<PasswdEntry> parse_passwd(std::string_view text, std::string_view name_or_uid) {
  for (const auto line : split(text, '\n')) {
    const auto fields = split(line, ':');  // name:password:uid:gid:comment:home:shell
    if (fields.size() != 7 || fields[0].empty()) continue;
    const auto uid = parse_id(fields[2]);
    const auto gid = parse_id(fields[3]);
    const bool is_meant = fields[0] == name_or_uid || (uid && uid == parse_id(name_or_uid));
    if (!uid || !gid || !is_meant) continue;
    return PasswdEntry{.name = std::string(fields[0]),
                       .uid = *uid,
                       .gid = *gid,
                       .home = std::string(fields[5]),
                       .shell = std::string(fields[6])};
  }
  return std::nullopt;
}

std::vector<gid_t> parse_initgroups(std::string_view text) {
  std::vector<gid_t> groups;
  for (const auto word : words_of(text.substr(0, text.find('\n')))) {
    if (const auto gid = parse_id(word)) groups.push_back(*gid);
  }
  return groups;
}

std::optional<Identity> find_user(const std::string& name_or_uid) {
  if (!can_be_asked(name_or_uid)) return std::nullopt;
  const auto line = ask("passwd", name_or_uid);
  if (!line) return std::nullopt;
  auto entry = parse_passwd(*line, name_or_uid);
  if (!entry) throw_error(EIO, "`getent passwd " + name_or_uid + "` printed no entry of that user");
  auto groups = parse_initgroups(ask("initgroups", entry->name).value_or(""));
  return Identity(std::move(*entry), std::move(groups));
}

}  // namespace bootcheck
