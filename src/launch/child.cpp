#include "launch/child.h"

#include "system/append_file.h"
#include "system/identity.h"
#include "system/limits.h"
#include "system/memory_file.h"
#include "util/errors.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <string_view>

#include <boost/filesystem/operations.hpp>

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/socket.h>
#include <unistd.h>

namespace bootcheck {
namespace {

constexpr int kErrorBits = 16;
constexpr std::size_t kLongestPid = 16;

/// Above 0, 1 and 2, so that none of them is overwritten while they are set up.
UniqueFd above_stdio(int fd, const std::string& what) {
  const UniqueFd opened(fd);
  if (!opened) throw_errno(what);
  UniqueFd high(::fcntl(opened.get(), F_DUPFD_CLOEXEC, 3));
  if (!high) throw_errno(what);
  return high;
}

/// A socket whose other end is ours: `ours` then. Never waits: what does not fit is refused.
UniqueFd begin_conversation(const LaunchRequest& request, UniqueFd& ours) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    throw_errno("cannot make a socket");
  ours = UniqueFd(ends[0]);
  const UniqueFd theirs(ends[1]);
  const auto& text = request.input;
  const auto sent = ::send(ours.get(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent != static_cast<ssize_t>(text.size())) throw_error(ENOBUFS, "cannot say what to do");
  return above_stdio(::fcntl(theirs.get(), F_DUPFD_CLOEXEC, 3), "cannot hand over stdin");
}

// Not a pipe: who reads late or never must not hold anyone up.
UniqueFd open_input(const LaunchRequest& request, UniqueFd& conversation) {
  if (request.converses) return begin_conversation(request, conversation);
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
  throw_error(ENOENT,
              name + " is not in PATH (" + std::string(folders) + "); `path:` adds folders");
}

void reset_signals() noexcept {
  for (int signal = 1; signal < NSIG; ++signal)
    ::signal(signal, SIG_DFL);  // KILL and STOP refuse, rightly
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

}  // namespace

ChildFailure ChildFailure::unpack(int number) {
  return {.step = static_cast<ChildStep>(number >> kErrorBits),
          .error = number & ((1 << kErrorBits) - 1)};
}

int ChildFailure::pack() const {
  return (static_cast<int>(step) << kErrorBits) | error;
}

// Not a pipe either: a daemon keeps it open for ever, and its next write after our exit would end
// it by SIGPIPE.
UniqueFd open_output(const Path& path) {
  return above_stdio(open_output_file(path).release(), "cannot open " + path.native());
}

ChildPlan::ChildPlan(const LaunchRequest& request)
    : request_(request),
      input_(open_input(request, conversation_)),
      output_(open_output(request.output)),
      program_(find_program(request)) {
  for (const auto& [key, value] : request.env)
    env_.push_back(key + "=" + value);
  for (const auto& entry : env_)
    env_pointers_.push_back(entry.c_str());
  env_pointers_.push_back(nullptr);
  if (request.pid_file.empty()) return;
  boost::system::error_code ignored;  // the child says it better
  boost::filesystem::create_directories(request.pid_file.parent_path(), ignored);
  temporary_ = (request.pid_file.parent_path() /
                ("." + request.pid_file.filename().native() + ".bootcheck."))
                   .native();
  temporary_length_ = temporary_.size();
  temporary_.resize(temporary_length_ + kLongestPid);
}

int ChildPlan::enter() noexcept {
  const auto failed = [](ChildStep step) {
    return ChildFailure{.step = step, .error = errno}.pack();
  };
  ::setsid();
  reset_signals();
  for (const auto& [from, to] :
       {std::pair(input_.get(), 0), std::pair(output_.get(), 1), std::pair(output_.get(), 2)}) {
    if (::dup2(from, to) < 0) return failed(ChildStep::set_up);
  }
  // Marked and not closed: the pipe that reports a failed execve must work until then.
  // Boost.Process' own closing does nothing in 1.81 to 1.84.
  if (::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) != 0) return failed(ChildStep::set_up);
  if (!has_expected_ids()) return ChildFailure{ChildStep::be_its_user, EPERM}.pack();
  if (!restore_descriptor_limit()) return failed(ChildStep::set_up);
  if (::chdir(request_.working_directory.c_str()) != 0) return failed(ChildStep::change_directory);
  if (request_.pid_file.empty()) return 0;
  const int error = write_pid_file();
  return error == 0 ? 0 : ChildFailure{.step = ChildStep::write_pid_file, .error = error}.pack();
}

/// Returns an errno. Only what is async-signal-safe, and nothing that allocates.
int ChildPlan::write_pid_file() noexcept {
  std::array<char, kLongestPid> text;
  char* end = std::to_chars(text.data(), text.data() + text.size() - 1, ::getpid()).ptr;
  *std::copy(text.data(), end, temporary_.data() + temporary_length_) = '\0';
  *end++ = '\n';
  const char* temporary = temporary_.c_str();
  ::unlink(temporary);  // of a process that was killed and whose pid has come round to us
  const int fd = ::open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
  if (fd < 0) return errno;
  const auto length = end - text.data();
  int error = ::write(fd, text.data(), static_cast<std::size_t>(length)) == length ? 0 : ENOSPC;
  if (::close(fd) != 0 && error == 0) error = errno;
  if (error == 0 && ::rename(temporary, request_.pid_file.c_str()) != 0) error = errno;
  if (error != 0) ::unlink(temporary);
  return error;
}

void ChildPlan::leave() const noexcept {
  if (!request_.pid_file.empty()) ::unlink(request_.pid_file.c_str());
}

}  // namespace bootcheck
