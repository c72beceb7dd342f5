#include "launch/launch.h"

#include "launch/child.h"
#include "launch/conversations.h"
#include "system/append_file.h"
#include "system/clock.h"
#include "system/exit_watch.h"
#include "util/errors.h"

#include <algorithm>
#include <array>
#include <climits>
#include <csignal>
#include <set>
#include <string_view>
#include <unordered_map>

#include <boost/asio/io_context.hpp>
#include <boost/filesystem/operations.hpp>
#include <boost/process/v2/posix/vfork_launcher.hpp>
#include <boost/process/v2/process.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bootcheck {
namespace {

namespace asio = boost::asio;
namespace bp = boost::process::v2;
using boost::system::error_code;

/// How long some processes are watched before it is the others' turn.
constexpr Duration kTurn{100};

/// Boost.Process' hooks around fork and exec, called by these names.
struct ChildHooks {
  ChildPlan& plan;

  error_code on_exec_setup(bp::posix::vfork_launcher&, const bp::filesystem::path&,
                           const char* const*) const {
    const int failure = plan.enter();
    errno = failure;  // the launcher sends errno, not what is returned here
    return {failure, boost::system::system_category()};
  }
  // The launcher would call exit(3), which runs our atexit handlers and flushes our buffers a
  // second time.
  [[noreturn]] void on_exec_error(bp::posix::vfork_launcher&, const bp::filesystem::path&,
                                  const char* const*, const error_code&) const {
    plan.leave();
    ::_exit(127);
  }
  // The child that could not exec is ours to reap; the launcher leaves it a zombie.
  void on_error(bp::posix::vfork_launcher& launcher, const bp::filesystem::path&,
                const char* const*, const error_code&) const {
    if (launcher.pid > 0) ::waitpid(launcher.pid, nullptr, 0);
    launcher.pid = -1;
  }

  // 1.81 calls the two hooks above as they are, but only if it could call them like this.
  void on_exec_error(bp::posix::vfork_launcher&, const error_code&, const bp::filesystem::path&,
                     const char* const*, const error_code&) const;
  void on_error(bp::posix::vfork_launcher&, const error_code&, const bp::filesystem::path&,
                const char* const*, const error_code&) const;
};

LaunchOutcome outcome_of(int wait_status) {
  if (WIFSIGNALED(wait_status)) return KilledBySignal{WTERMSIG(wait_status)};
  return Exited{WEXITSTATUS(wait_status)};
}

/// What a child has sent instead of becoming the program.
std::string explain(const LaunchRequest& request, const std::string& program, int number) {
  const auto failure = ChildFailure::unpack(number);
  const auto why = ": " + error_text(failure.error);
  switch (failure.step) {
    case ChildStep::become_program:
      return program + why;
    case ChildStep::set_up:
      return "cannot set up its descriptors" + why;
    case ChildStep::be_its_user:
      return "it would not be its user" + why;
    case ChildStep::write_pid_file:
      return "cannot write its pid file " + request.pid_file.native() + why;
    case ChildStep::change_directory:
      return request.working_directory.native() + why;
  }
  return program + why;
}

/// Forks and execs; the child's pid. `conversation`: our end of it, where the child converses.
///
/// By vfork(2): the child borrows our memory until it execs, where fork(2) copies the page tables
/// and then each page that either of us touches, which is most of the time that a start takes. The
/// context is new each time: the launcher tells it of the fork in the child as well, and one that
/// has descriptors would exchange ours for the child's.
std::variant<pid_t, NotStarted> fork_child(const LaunchRequest& request, UniqueFd& conversation) {
  asio::io_context context;
  bp::posix::vfork_launcher launcher;
  try {
    ChildPlan plan(request);
    conversation = plan.take_conversation();
    launcher.env = plan.env();
    error_code error;
    const std::vector<std::string> arguments(request.argv.begin() + 1, request.argv.end());
    auto process =
        launcher(context.get_executor(), error, plan.program(), arguments, ChildHooks{plan});
    process.detach();  // its destructor would kill
    if (error) return NotStarted{explain(request, plan.program(), error.value())};
  } catch (const std::exception& error) {  // Boost's system_error is none of the standard's
    // It may have been unable to open a descriptor of the child that runs.
    if (launcher.pid <= 0) return NotStarted{error.what()};
  }
  return static_cast<pid_t>(launcher.pid);
}

/// New files in folders, inotify(7).
class FolderWatch {
 public:
  bool add(const Path& folder) {
    if (!inotify_) inotify_ = UniqueFd(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
    if (!inotify_) return false;
    constexpr std::uint32_t events = IN_CLOSE_WRITE | IN_MODIFY | IN_MOVED_TO;
    const int watch = ::inotify_add_watch(inotify_.get(), folder.c_str(), events);
    if (watch < 0) return false;
    auto& names = folders_[watch];
    if (std::ranges::find(names, folder) == names.end()) names.push_back(folder);
    return true;
  }

  int descriptor() const { return inotify_.get(); }

  void take(std::vector<Occurrence>& occurrences) const {
    if (!inotify_) return;
    alignas(inotify_event) std::array<char, 16384> buffer;
    for (;;) {
      const auto length = ::read(inotify_.get(), buffer.data(), buffer.size());
      if (length <= 0) return;
      for (std::size_t at = 0; at < static_cast<std::size_t>(length);) {
        const auto* event = reinterpret_cast<const inotify_event*>(buffer.data() + at);  // NOLINT
        at += sizeof(inotify_event) + event->len;
        const auto names = folders_.find(event->wd);
        if (event->len == 0 || names == folders_.end()) continue;
        for (const auto& folder : names->second)
          occurrences.emplace_back(FileChange{folder / event->name});
      }
    }
  }

 private:
  UniqueFd inotify_;
  std::unordered_map<int, std::vector<Path>> folders_;  ///< each by all its names
};

class LinuxLaunches final : public Launches {
 public:
  explicit LinuxLaunches(const ProcFs& proc) : exits_(proc) {}

  std::string make_output(const Path& file) override {
    try {
      // What commands of ours have written there is found by its place in the file.
      if (outputs_.insert(file).second) rotate_output_file(file);
      open_output(file);
      return {};
    } catch (const std::system_error& error) {
      return error.what();
    }
  }

  std::variant<pid_t, NotStarted> start(const LaunchRequest& request) override {
    UniqueFd conversation;
    auto launched = fork_child(request, conversation);
    if (const auto* pid = std::get_if<pid_t>(&launched)) {
      children_[*pid] = {};
      exits_.add_child(*pid);
      if (conversation) conversations_.begin(*pid, std::move(conversation));
      if (request.listening_descriptor >= 0)
        conversations_.expect_call(
            *pid, UniqueFd(::fcntl(request.listening_descriptor, F_DUPFD_CLOEXEC, 3)));
    }
    return launched;
  }

  bool tell(pid_t command, std::string_view line) override {
    return conversations_.tell(command, line);
  }

  void hang_up(pid_t command) override { conversations_.end(command); }

  // Its leader is not reaped before its end is told, so the number is its own.
  void signal_group(pid_t command, int signal) override {
    const auto child = children_.find(command);
    if (child == children_.end()) return;
    child->second.was_signalled = true;
    ::kill(-command, signal);
  }

  void let_go(pid_t command) override {
    if (children_.erase(command) > 0) exits_.remove(command);
    conversations_.end(command);
  }

  void watch(const ProcessId& process) override {
    watched_.insert_or_assign(process.pid, process);
    exits_.add(process);
  }

  bool watch_folder(const Path& folder) override { return folders_.add(folder); }

  std::vector<Occurrence> wait(Duration until) override {
    std::vector<Occurrence> occurrences;
    for (;;) {
      auto left = until - monotonic_clock();
      if (left > Duration{0}) take(exits_.begin(), occurrences);
      take(exits_.take_ended(), occurrences);
      folders_.take(occurrences);
      conversations_.take(occurrences);
      if (!occurrences.empty() || left <= Duration{0}) return occurrences;
      if (!exits_.watches_all()) left = std::min(left, kTurn);
      if (!sleep(left)) return occurrences;
      if (!exits_.watches_all()) exits_.take_turns();
    }
  }

 private:
  struct Child {
    bool was_signalled = false;
  };

  /// False: a signal has come.
  bool sleep(Duration timeout) const {
    std::vector<pollfd> polled = {{.fd = exits_.descriptor(), .events = POLLIN, .revents = 0},
                                  {.fd = folders_.descriptor(), .events = POLLIN, .revents = 0}};
    conversations_.add_to(polled);
    const auto limit = std::min(timeout, Duration{INT_MAX});
    return ::poll(polled.data(), polled.size(), static_cast<int>(limit.count())) >= 0;
  }

  void take(const std::vector<pid_t>& ended, std::vector<Occurrence>& occurrences) {
    for (const pid_t pid : ended) {
      if (const auto child = children_.find(pid); child != children_.end()) {
        conversations_.take(occurrences);  // its last words
        auto outcome = reap(pid, child->second);
        children_.erase(child);
        const auto* exited = std::get_if<Exited>(&outcome);
        if (exited != nullptr && exited->code == 0 && conversations_.is_by_call(pid)) continue;
        conversations_.end(pid);
        occurrences.emplace_back(CommandEnd{pid, std::move(outcome)});
      } else if (const auto watched = watched_.find(pid); watched != watched_.end()) {
        occurrences.emplace_back(ProcessEnd{watched->second});
        watched_.erase(watched);
      }
    }
  }

  static LaunchOutcome reap(pid_t pid, const Child& child) {
    // What it leaves behind may ignore SIGTERM. Until it is reaped the number is the group's.
    if (child.was_signalled) ::kill(-pid, SIGKILL);
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0) {
      if (errno != EINTR) return LeftRunning{};
    }
    return outcome_of(status);
  }

  ExitWatch exits_;
  FolderWatch folders_;
  Conversations conversations_;
  std::unordered_map<pid_t, Child> children_;
  std::unordered_map<pid_t, ProcessId> watched_;
  std::set<Path> outputs_;  ///< that were made
};

std::string without_lines(std::string_view text,
                          std::initializer_list<std::string_view> beginnings) {
  std::string kept;
  for (std::size_t start = 0; start < text.size();) {
    const auto end = std::min(text.find('\n', start), text.size() - 1) + 1;
    const auto line = text.substr(start, end - start);
    const auto begins = [&](std::string_view beginning) { return line.starts_with(beginning); };
    if (std::ranges::none_of(beginnings, begins)) kept += line;
    start = end;
  }
  return kept;
}

}  // namespace

std::unique_ptr<Launches> linux_launches(const ProcFs& proc) {
  return std::make_unique<LinuxLaunches>(proc);
}

std::string tail(Machine& machine, const Path& file, std::uint64_t offset, int lines,
                 std::initializer_list<std::string_view> left_out) {
  constexpr std::uint64_t kLongest = 4096;
  auto read = machine.read_file(file, {.links = Links::followed, .offset = offset});
  auto* found = std::get_if<FileText>(&read);
  if (found == nullptr) return {};
  auto& text = found->text;
  if (left_out.size() != 0) text = without_lines(text, left_out);
  while (!text.empty() && text.back() == '\n')
    text.pop_back();
  std::size_t start = text.size();
  for (int line = 0; line < lines && start > 0 && start != std::string::npos; ++line)
    start = text.rfind('\n', start - 1);
  text.erase(0, start == std::string::npos || start == 0 ? 0 : start + 1);
  return text.size() > kLongest ? text.substr(text.size() - kLongest) : text;
}

}  // namespace bootcheck
