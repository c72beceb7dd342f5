#include "launch/conversations.h"

#include "util/errors.h"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <iterator>
#include <utility>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace bootcheck {
namespace {

/// Nobody has more to say in one line.
constexpr std::size_t kLongestLine = 4096;

bool is_same_user(int socket) {
  ucred caller{};
  socklen_t size = sizeof caller;
  return ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &caller, &size) == 0 &&
         caller.uid == ::geteuid();
}

}  // namespace

CallBox open_call_box() {
  CallBox box{.socket = UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)),
              .name = {}};
  if (!box.socket) throw_errno("cannot make a socket");
  // The kernel finds a name that nobody has (unix(7), autobind).
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (::bind(box.socket.get(), reinterpret_cast<sockaddr*>(&address),  // NOLINT
             sizeof(sa_family_t)) != 0 ||
      ::listen(box.socket.get(), 1) != 0)
    throw_errno("cannot listen");
  socklen_t size = sizeof address;
  if (::getsockname(box.socket.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0)  // NOLINT
    throw_errno("cannot listen");
  const auto length = size - offsetof(sockaddr_un, sun_path);
  box.name.assign(&address.sun_path[1], length - 1);
  return box;
}

void Conversations::begin(pid_t command, UniqueFd socket) {
  all_.insert_or_assign(command, Conversation{.socket = std::move(socket)});
}

void Conversations::expect_call(pid_t command, UniqueFd call_box) {
  all_.insert_or_assign(
      command, Conversation{.socket = {}, .call_box = std::move(call_box), .is_by_call = true});
}

bool Conversations::is_by_call(pid_t command) const {
  const auto found = all_.find(command);
  return found != all_.end() && found->second.is_by_call;
}

void Conversations::answer_call(Conversation& conversation) {
  UniqueFd caller(::accept4(conversation.call_box.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (!caller || !is_same_user(caller.get())) return;
  conversation.socket = std::move(caller);
  conversation.call_box.reset();
}

bool Conversations::tell(pid_t command, std::string_view line) {
  const auto found = all_.find(command);
  if (found == all_.end() || !found->second.socket) return false;
  const auto text = std::string(line) + "\n";
  const auto sent =
      ::send(found->second.socket.get(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  return sent == static_cast<ssize_t>(text.size());
}

/// False: the other end is closed.
bool Conversations::read_more(Conversation& conversation) {
  std::array<char, 1024> buffer{};
  for (;;) {
    const auto length =
        ::recv(conversation.socket.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (length < 0) return errno == EAGAIN || errno == EINTR;
    if (length == 0 || conversation.unread.size() > kLongestLine) return false;
    conversation.unread.append(buffer.data(), static_cast<std::size_t>(length));
  }
}

void Conversations::take(std::vector<Occurrence>& occurrences) {
  for (auto each = all_.begin(); each != all_.end();) {
    auto& [command, conversation] = *each;
    if (conversation.call_box) answer_call(conversation);
    const bool is_open = !conversation.socket || read_more(conversation);
    auto& text = conversation.unread;
    for (std::size_t end = 0; (end = text.find('\n')) != std::string::npos;) {
      occurrences.emplace_back(Said{.command = command, .line = text.substr(0, end)});
      text.erase(0, end + 1);
    }
    if (!is_open && conversation.is_by_call)
      occurrences.emplace_back(CommandEnd{command, Exited{EXIT_FAILURE}});
    each = is_open ? std::next(each) : all_.erase(each);
  }
}

void Conversations::add_to(std::vector<pollfd>& polled) const {
  for (const auto& [command, conversation] : all_) {
    const auto& from = conversation.call_box ? conversation.call_box : conversation.socket;
    polled.push_back({.fd = from.get(), .events = POLLIN, .revents = 0});
  }
}

}  // namespace bootcheck
