#include "launch/conversations.h"

#include <array>
#include <cerrno>
#include <iterator>
#include <utility>

#include <sys/socket.h>

namespace bootcheck {
namespace {

/// Nobody has more to say in one line.
constexpr std::size_t kLongestLine = 4096;

}  // namespace

void Conversations::begin(pid_t command, UniqueFd socket) {
  all_.insert_or_assign(command, Conversation{.socket = std::move(socket), .unread = {}});
}

bool Conversations::tell(pid_t command, std::string_view line) {
  const auto found = all_.find(command);
  if (found == all_.end()) return false;
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
    const bool is_open = read_more(conversation);
    auto& text = conversation.unread;
    for (std::size_t end = 0; (end = text.find('\n')) != std::string::npos;) {
      occurrences.emplace_back(Said{.command = command, .line = text.substr(0, end)});
      text.erase(0, end + 1);
    }
    each = is_open ? std::next(each) : all_.erase(each);
  }
}

void Conversations::add_to(std::vector<pollfd>& polled) const {
  for (const auto& [command, conversation] : all_)
    polled.push_back({.fd = conversation.socket.get(), .events = POLLIN, .revents = 0});
}

}  // namespace bootcheck
