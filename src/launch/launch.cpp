#include "launch/launch.h"

#include "launch/child.h"
#include "system/text_file.h"
#include "util/errors.h"

#include <algorithm>
#include <csignal>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/filesystem/operations.hpp>
#include <boost/process/v2/process.hpp>

#include <sys/wait.h>
#include <unistd.h>

namespace bootcheck {
namespace {

namespace asio = boost::asio;
namespace bp = boost::process::v2;
using boost::system::error_code;

constexpr std::chrono::seconds kGraceAfterTerm{2};

/// Boost.Process' hooks around fork and exec, called by these names.
struct ChildHooks {
  const ChildPlan& plan;

  error_code on_exec_setup(bp::posix::default_launcher&, const bp::filesystem::path&,
                           const char* const*) const {
    const int error = plan.enter();
    errno = error;  // the launcher sends errno, not what is returned here
    return {error, boost::system::system_category()};
  }
  // The launcher would call exit(3), which runs our atexit handlers and flushes our buffers a
  // second time.
  [[noreturn]] void on_exec_error(bp::posix::default_launcher&, const bp::filesystem::path&,
                                  const char* const*, const error_code&) const {
    ::_exit(127);
  }
  // The child that could not exec is ours to reap; the launcher leaves it a zombie.
  void on_error(bp::posix::default_launcher& launcher, const bp::filesystem::path&,
                const char* const*, const error_code&) const {
    if (launcher.pid > 0) ::waitpid(launcher.pid, nullptr, 0);
  }

  // 1.81 calls the two hooks above as they are, but only if it could call them like this.
  void on_exec_error(bp::posix::default_launcher&, const error_code&, const bp::filesystem::path&,
                     const char* const*, const error_code&) const;
  void on_error(bp::posix::default_launcher&, const error_code&, const bp::filesystem::path&,
                const char* const*, const error_code&) const;
};

struct Child {
  explicit Child(asio::io_context& context) : timer(context) {}

  std::optional<bp::process> process;
  asio::steady_timer timer;
  std::function<void(const LaunchOutcome&)> done;
  pid_t pid = 0;
  bool timed_out = false;
};

LaunchOutcome outcome_of(int wait_status) {
  if (WIFSIGNALED(wait_status)) return KilledBySignal{WTERMSIG(wait_status)};
  return Exited{WEXITSTATUS(wait_status)};
}

/// What the errno is about that a child has sent instead of becoming the program.
std::string culprit(const LaunchRequest& request, const std::string& program) {
  error_code ignored;
  return boost::filesystem::is_directory(request.working_directory, ignored)
             ? program
             : request.working_directory.native();
}

/// The group is the child's own, and the child is not reaped yet: no stranger can be meant.
void end_group(Child& child) {
  child.timed_out = true;
  ::kill(-child.pid, SIGTERM);
  child.timer.expires_after(kGraceAfterTerm);
  child.timer.async_wait([&child](const error_code& error) {
    if (!error) ::kill(-child.pid, SIGKILL);
  });
}

}  // namespace

struct Launches::Impl {
  asio::io_context context;
  std::vector<std::unique_ptr<Child>> children;
  std::vector<std::unique_ptr<asio::steady_timer>> tickers;

  void tick(asio::steady_timer& timer, Duration interval, std::function<bool()> call) {
    if (!call()) return;
    timer.expires_after(interval);
    timer.async_wait([this, &timer, interval, call = std::move(call)](const error_code& error) {
      if (!error) tick(timer, interval, call);
    });
  }
};

Launches::Launches() : impl_(std::make_unique<Impl>()) {}

Launches::~Launches() {
  for (auto& child : impl_->children) {
    if (child->process) child->process->detach();  // its destructor would kill
  }
}

pid_t Launches::start(const LaunchRequest& request,
                      std::function<void(const LaunchOutcome&)> done) {
  auto& child = *impl_->children.emplace_back(std::make_unique<Child>(impl_->context));
  child.done = std::move(done);
  try {
    const ChildPlan plan(request);
    bp::posix::default_launcher launcher;
    launcher.env = plan.env();
    error_code error;
    const std::vector<std::string> arguments(request.argv.begin() + 1, request.argv.end());
    auto process =
        launcher(impl_->context.get_executor(), error, plan.program(), arguments, ChildHooks{plan});
    if (error) {
      process.detach();
      child.done(NotStarted{culprit(request, plan.program()) + ": " + error.message()});
      return 0;
    }
    child.pid = launcher.pid;
    child.process.emplace(std::move(process));
  } catch (const std::system_error& error) {
    child.done(NotStarted{error.what()});
    return 0;
  }
  child.process->async_wait([&child](const error_code& error, int) {
    child.timer.cancel();
    if (!child.process) return;
    // What it leaves behind ignores SIGTERM; a group that has members keeps its number.
    if (child.timed_out) ::kill(-child.pid, SIGKILL);
    const auto outcome =
        error ? LaunchOutcome(LeftRunning{}) : outcome_of(child.process->native_exit_code());
    child.process->detach();
    child.process.reset();
    child.done(child.timed_out ? LaunchOutcome(TimedOut{}) : outcome);
  });
  if (request.time_limit > Duration{0}) {
    child.timer.expires_after(request.time_limit);
    child.timer.async_wait([&child](const error_code& error) {
      if (!error) end_group(child);
    });
  }
  return child.pid;
}

void Launches::every(Duration interval, std::function<bool()> tick) {
  auto& timer = *impl_->tickers.emplace_back(std::make_unique<asio::steady_timer>(impl_->context));
  asio::post(impl_->context, [this, &timer, interval, tick = std::move(tick)] {
    impl_->tick(timer, interval, tick);
  });
}

void Launches::detach(pid_t pid) {
  const auto found = std::ranges::find(impl_->children, pid, &Child::pid);
  if (found == impl_->children.end() || !(*found)->process) return;
  (*found)->timer.cancel();
  (*found)->process->detach();  // the wait ends with an error: LeftRunning
}

void Launches::run() {
  impl_->context.run();
}

std::string make_output(const Path& file) {
  try {
    open_output(file);
    return {};
  } catch (const std::system_error& error) {
    return error.what();
  }
}

std::string tail(const Path& file, std::uint64_t offset, int lines) {
  constexpr std::uint64_t kLongest = 4096;
  std::string text;
  try {
    text = read_text_file(file, offset);
  } catch (const std::system_error&) {
    return {};
  }
  while (!text.empty() && text.back() == '\n')
    text.pop_back();
  std::size_t start = text.size();
  for (int line = 0; line < lines && start > 0 && start != std::string::npos; ++line)
    start = text.rfind('\n', start - 1);
  text.erase(0, start == std::string::npos || start == 0 ? 0 : start + 1);
  return text.size() > kLongest ? text.substr(text.size() - kLongest) : text;
}

}  // namespace bootcheck
