#include "passes/system_calls.h"

#include "support/files.h"

#include <stdexcept>

namespace bootcheck::bench {
namespace {

// 4711  openat(AT_FDCWD, "/etc/ld.so.cache", O_RDONLY|O_CLOEXEC) = 3
// 4711  +++ exited with 0 +++
std::string name_of_call(const std::string& line) {
  const auto start = line.find_first_not_of("0123456789 ");
  const auto bracket = line.find('(');
  if (start == std::string::npos || bracket == std::string::npos) return {};
  const auto name = line.substr(start, bracket - start);
  const bool is_name =
      name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_0123456789") == std::string::npos;
  return is_name ? name : std::string();
}

}  // namespace

std::map<std::string, int> system_calls(const Command& command, const Path& scratch) {
  if (find_program("strace").empty()) throw std::runtime_error("strace is not installed");
  auto traced = command;
  const Argv strace = {"strace", "-f", "-o", scratch.native()};
  traced.argv.insert(traced.argv.begin(), strace.begin(), strace.end());
  wall_ms_of(traced);
  std::map<std::string, int> calls;
  for (const auto& line : test::lines_of(test::read_file(scratch))) {
    if (const auto name = name_of_call(line); !name.empty()) ++calls[name];
  }
  if (calls.empty()) throw std::runtime_error("strace saw nothing; is ptrace(2) forbidden here?");
  return calls;
}

}  // namespace bootcheck::bench
