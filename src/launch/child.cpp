#include "launch/child.h"

#include "system/append_file.h"
#include "system/identity.h"
#include "system/limits.h"
#include "system/memory_file.h"
#include "util/errors.h"

#include <csignal>
#include <string_view>

#include <boost/filesystem/operations.hpp>

#include <fcntl.h>
#include <linux/close_range.h>
#include <unistd.h>

namespace bootcheck {
namespace {

/// Above 0, 1 and 2, so that none of them is overwritten while they are set up.
UniqueFd above_stdio(int fd, const std::string& what) {
  const UniqueFd opened(fd);
  if (!opened) throw_errno(what);
  UniqueFd high(::fcntl(opened.get(), F_DUPFD_CLOEXEC, 3));
  if (!high) throw_errno(what);
  return high;
}

// Not a pipe: who reads late or never must not hold anyone up.
UniqueFd open_input(const LaunchRequest& request) {
  if (request.input_descriptor >= 0)
    return above_stdio(::fcntl(request.input_descriptor, F_DUPFD_CLOEXEC, 3),
                       "cannot hand over stdin");
  if (request.input.empty())
    return above_stdio(::open("/dev/null", O_RDONLY | O_CLOEXEC), "cannot open /dev/null");
  return above_stdio(memory_file(request.input).release(), "cannot make a memfd");
}

/// execve(2) does not search, and the PATH that counts is the child's.
std::string find_program(const LaunchRequest& request) {
  const auto& name = request.argv.front();
  if (name.find('/') != std::string::npos) return name;
  const auto path = request.env.find("PATH");
  const std::string_view folders = path == request.env.end() ? std::string_view("/usr/bin:/bin")
                                                             : std::string_view(path->second);
  for (std::size_t start = 0; start <= folders.size();) {
    const auto end = std::min(folders.find(':', start), folders.size());
    const auto candidate = std::string(folders.substr(start, end - start)) + "/" + name;
    start = end + 1;
    if (candidate.front() == '/' && ::access(candidate.c_str(), X_OK) == 0 &&
        boost::filesystem::is_regular_file(candidate))
      return candidate;
  }
  throw_error(ENOENT, name + " (in PATH " + std::string(folders) + ")");
}

void reset_signals() noexcept {
  for (int signal = 1; signal < NSIG; ++signal)
    ::signal(signal, SIG_DFL);  // KILL and STOP refuse, rightly
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

}  // namespace

// Not a pipe either: a daemon keeps it open for ever, and its next write after our exit would end
// it by SIGPIPE.
UniqueFd open_output(const Path& path) {
  return above_stdio(open_output_file(path).release(), "cannot open " + path.native());
}

ChildPlan::ChildPlan(const LaunchRequest& request)
    : request_(request),
      input_(open_input(request)),
      output_(open_output(request.output)),
      program_(find_program(request)) {
  for (const auto& [key, value] : request.env)
    env_.push_back(key + "=" + value);
  for (const auto& entry : env_)
    env_pointers_.push_back(entry.c_str());
  env_pointers_.push_back(nullptr);
}

int ChildPlan::enter() const noexcept {
  ::setsid();
  reset_signals();
  for (const auto& [from, to] :
       {std::pair(input_.get(), 0), std::pair(output_.get(), 1), std::pair(output_.get(), 2)}) {
    if (::dup2(from, to) < 0) return errno;
  }
  // Marked and not closed: the pipe that reports a failed execve must work until then.
  // Boost.Process' own closing does nothing in 1.81 to 1.84.
  if (::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) != 0) return errno;
  if (!has_expected_ids()) return EPERM;
  if (!restore_descriptor_limit()) return errno;
  return ::chdir(request_.working_directory.c_str()) == 0 ? 0 : errno;
}

}  // namespace bootcheck
