#include "system/pid_file.h"

#include "system/read_file.h"
#include "system/replace_file.h"
#include "util/errors.h"
#include "util/trimmed.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <span>

#include <fmt/format.h>

#include <unistd.h>

namespace bootcheck {
namespace {

constexpr std::size_t kLongestPid = 64;  // "4194304\n" is 8 bytes; more is garbage anyway
constexpr pid_t kHighestPid = 4194304;   // PID_MAX_LIMIT of the kernel, 2^22: proc(5), pid_max

/// The beginning of a stranger's text, fit for a terminal and for one line of a log.
std::string excerpt(std::string_view text) {
  constexpr std::size_t longest = 24;
  std::string shown;
  for (const char character : text.substr(0, longest)) {
    const auto byte = static_cast<unsigned char>(character);
    if (byte < 0x20 || byte >= 0x7f || character == '\\') {
      shown += fmt::format("\\x{:02x}", byte);
    } else {
      shown += character;
    }
  }
  return text.size() > longest ? shown + "..." : shown;
}

}  // namespace

PidFile parse_pid_file(std::string_view text) {
  const auto word = trimmed(text);
  if (word.empty()) return GarbagePidFile{"empty"};
  if (text.size() >= kLongestPid ||
      !std::ranges::all_of(word, [](char c) { return c >= '0' && c <= '9'; }))
    return GarbagePidFile{"not a number: `" + excerpt(word) + "`"};
  pid_t pid = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), pid);
  if (error != std::errc() || pid > kHighestPid)
    return GarbagePidFile{excerpt(word) + " is greater than any pid"};
  // 0 is no process, and 1 is init: no worker, and the last process to be signalled by mistake.
  if (pid < 2) return GarbagePidFile{fmt::format("{} is no worker's pid", pid)};
  return PidInFile{pid};
}

namespace {

/// No pid file, or one that is not to be believed.
PidFile read_unusual(const Path& path, std::span<char> buffer) {
  const auto file = open_regular_file(path);
  if (file.error == ENOENT) return NoPidFile{};
  if (file.error != 0) return UnreadablePidFile{error_text(file.error)};
  if (!file.instead.empty()) return GarbagePidFile{file.instead};
  const auto read = read_once(file.fd.get(), buffer);
  if (read.error != 0) return UnreadablePidFile{error_text(read.error)};
  return parse_pid_file(read.text);
}

}  // namespace

PidFile read_pid_file(const Path& path) {
  // Most often a pid stands there, and then it does not matter in what.
  std::array<char, kLongestPid> buffer;
  if (const auto fd = open_for_reading(path)) {
    auto found = parse_pid_file(read_once(fd.get(), buffer).text);
    if (std::holds_alternative<PidInFile>(found)) return found;
  } else if (errno == ENOENT) {
    return NoPidFile{};
  }
  return read_unusual(path, buffer);
}

void write_pid_file(const Path& path, pid_t pid) {
  replace_file(path, fmt::format("{}\n", pid), Durability::renamed);
}

bool remove_pid_file(const Path& path, pid_t expected) {
  const auto file = read_pid_file(path);
  const auto* named = std::get_if<PidInFile>(&file);
  const bool as_expected = expected == 0 ? std::holds_alternative<GarbagePidFile>(file)
                                         : named != nullptr && named->pid == expected;
  if (!as_expected) return false;
  if (::unlink(path.c_str()) == 0) return true;
  if (errno == ENOENT) return false;
  // An empty folder is as much garbage as an empty file; what is in another is not ours to remove.
  if (errno == EISDIR && ::rmdir(path.c_str()) == 0) return true;
  throw_errno("cannot remove " + path.native());
}

Path set_aside_path(const Path& path, pid_t pid) {
  return {fmt::format("{}.draining.{}", path.native(), pid)};
}

void set_aside_pid_file(const Path& path, pid_t pid) {
  const auto file = read_pid_file(path);
  const auto* named = std::get_if<PidInFile>(&file);
  if (named == nullptr || named->pid != pid) {
    throw_error(ECANCELED,
                fmt::format("cannot set {} aside: it no longer says {}", path.native(), pid));
  }
  if (::rename(path.c_str(), set_aside_path(path, pid).c_str()) != 0)
    throw_errno("cannot set " + path.native() + " aside");
}

}  // namespace bootcheck
