#include "system/user_database.h"

#include <algorithm>
#include <charconv>

namespace bootcheck {
namespace {

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

std::optional<std::uint32_t> id_of(std::string_view text) {
  std::uint32_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return id;
}

}  // namespace

std::optional<User> parse_passwd(std::string_view text, std::string_view name) {
  for (const auto line : split(text, '\n')) {
    const auto fields = split(line, ':');  // name:password:uid:gid:comment:home:shell
    if (fields.size() != 7 || name.empty() || fields[0] != name) continue;
    const auto uid = id_of(fields[2]);
    const auto gid = id_of(fields[3]);
    if (!uid || !gid) continue;
    return User{.name = std::string(name),
                .uid = *uid,
                .gid = *gid,
                .groups = {},
                .home = std::string(fields[5]),
                .shell = std::string(fields[6])};
  }
  return std::nullopt;
}

std::vector<gid_t> parse_groups(std::string_view text, std::string_view name) {
  std::vector<gid_t> groups;
  for (const auto line : split(text, '\n')) {
    const auto fields = split(line, ':');  // name:password:gid:members
    if (fields.size() != 4) continue;
    const auto gid = id_of(fields[2]);
    if (gid && std::ranges::count(split(fields[3], ','), name) > 0) groups.push_back(*gid);
  }
  return groups;
}

std::vector<gid_t> parse_initgroups(std::string_view text) {
  std::vector<gid_t> groups;
  for (const auto word : words_of(text)) {
    if (const auto gid = id_of(word)) groups.push_back(*gid);
  }
  return groups;
}

bool files_know_all_groups(std::string_view nsswitch) {
  const auto is_known = [](std::string_view word) {
    // [NOTFOUND=return] and the like only end the search earlier.
    return word == "files" || word == "compat" || word == "systemd" || word.starts_with('[');
  };
  return std::ranges::all_of(split(nsswitch, '\n'), [&](std::string_view line) {
    const auto words = words_of(line.substr(0, line.find('#')));
    if (words.empty() || (words[0] != "group:" && words[0] != "initgroups:")) return true;
    return std::all_of(words.begin() + 1, words.end(), is_known);
  });
}

}  // namespace bootcheck
