#include "system/syslog.h"

#include "system/clock.h"
#include "util/errors.h"
#include "util/unique_fd.h"

#include <algorithm>
#include <array>
#include <ctime>

#include <fmt/format.h>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

namespace bootcheck {
namespace {

constexpr Duration kPatience{1000};

int level_of(LogPriority priority) {
  switch (priority) {
    case LogPriority::info:
      return LOG_INFO;
    case LogPriority::warning:
      return LOG_WARNING;
    case LogPriority::error:
      return LOG_ERR;
  }
  return LOG_ERR;
}

/// `<30>Nov 23 06:25:01 bootcheck[123]: TEXT`: what syslog(3) writes, RFC 3164.
std::string message(LogPriority priority, const std::string& line) {
  std::array<char, 32> stamp{};
  const std::time_t now = wall_now();
  std::tm parts{};
  ::localtime_r(&now, &parts);
  std::strftime(stamp.data(), stamp.size(), "%b %e %H:%M:%S", &parts);
  return fmt::format("<{}>{} bootcheck[{}]: {}", LOG_DAEMON | level_of(priority), stamp.data(),
                     ::getpid(), line);
}

/// None, and errno: nobody listens there.
UniqueFd connect_to(const Path& path, int type) {
  UniqueFd fd(::socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) throw_errno("cannot make a socket");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto& name = path.native();
  if (name.size() >= sizeof address.sun_path) throw_error(ENAMETOOLONG, name);
  std::copy(name.begin(), name.end(), &address.sun_path[0]);
  const auto* where = reinterpret_cast<const sockaddr*>(&address);
  return ::connect(fd.get(), where, sizeof address) == 0 ? std::move(fd) : UniqueFd();
}

}  // namespace

void write_to_syslog(LogPriority priority, const std::string& line, const Path& socket) {
  auto fd = connect_to(socket, SOCK_DGRAM);
  auto text = message(priority, line);
  if (!fd && errno == EPROTOTYPE) {
    fd = connect_to(socket, SOCK_STREAM);
    text += '\0';  // there it ends a message
  }
  if (!fd) throw_errno("cannot reach syslog at " + socket.native());
  pollfd reader{.fd = fd.get(), .events = POLLOUT, .revents = 0};
  if (::poll(&reader, 1, static_cast<int>(kPatience.count())) == 0)
    throw_error(ETIMEDOUT, "syslog does not read what is written to " + socket.native());
  if (::send(fd.get(), text.data(), text.size(), MSG_NOSIGNAL) < 0)
    throw_errno("cannot write to " + socket.native());
}

}  // namespace bootcheck
