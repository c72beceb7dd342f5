#include "doctor/gems.h"

#include <algorithm>
#include <charconv>

namespace bootcheck {
namespace {

int take_number(std::string_view& version) {
  int number = 0;
  const auto [end, error] =
      std::from_chars(version.data(), version.data() + version.size(), number);
  version.remove_prefix(static_cast<std::size_t>(end - version.data()));
  if (version.starts_with('.')) version.remove_prefix(1);
  return error == std::errc() ? number : 0;
}

bool is_version(std::string_view text) {
  const auto fits = [](unsigned char byte) { return byte > ' ' && byte < 0x7f; };
  return !text.empty() && std::ranges::all_of(text, fits);
}

}  // namespace

std::map<std::string, std::string> gems_in(std::string_view gemfile_lock) {
  std::map<std::string, std::string> gems;
  while (!gemfile_lock.empty()) {
    const auto end = std::min(gemfile_lock.find('\n'), gemfile_lock.size());
    const auto line = gemfile_lock.substr(0, end);
    gemfile_lock.remove_prefix(std::min(end + 1, gemfile_lock.size()));
    // `    delayed_job (4.1.9)`; what a gem needs in its turn has two blanks more.
    const auto open = line.find(" (");
    const auto close = line.find(')');
    const bool is_gem = line.starts_with("    ") && line.size() > 4 && line[4] != ' ';
    if (!is_gem || open == line.npos || close == line.npos || close < open) continue;
    const auto version = line.substr(open + 2, close - open - 2);
    if (is_version(version)) gems.emplace(line.substr(4, open - 4), version);
  }
  return gems;
}

bool is_older(std::string_view version, std::string_view than) {
  while (!version.empty() || !than.empty()) {
    const auto before = version.size() + than.size();
    const int one = take_number(version);
    const int other = take_number(than);
    if (one != other) return one < other;
    if (version.size() + than.size() == before) return false;  // letters: a prerelease, say
  }
  return false;
}

}  // namespace bootcheck
