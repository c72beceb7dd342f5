#include "launch/unit_parent.h"

#include "system/memory_file.h"
#include "util/errors.h"

#include <array>
#include <csignal>
#include <cstring>
#include <exception>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bootcheck {
namespace {

constexpr off_t kLongestCommand = off_t{4} << 20;  // bytes; more than execve(2) takes

/// Our end of the line to it; one program run has at most one.
UniqueFd parent_socket;

struct Line {
  UniqueFd ours;
  UniqueFd theirs;
};

Line make_line(int type) {
  int ends[2];
  if (::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, &ends[0]) != 0)
    throw_errno("cannot make a pair of sockets");
  return {.ours = UniqueFd(ends[0]), .theirs = UniqueFd(ends[1])};
}

/// One letter, and beside it two descriptors: the order's bytes in a sealed memfd, and where the
/// answer goes. As one packet, so that several processes can use one line.
class Packet {
 public:
  Packet() {
    message_.msg_iov = &part_;
    message_.msg_iovlen = 1;
    message_.msg_control = beside_.data();
    message_.msg_controllen = beside_.size();
  }

  bool send(int socket, int order, int answer) {
    const std::array<int, 2> both = {order, answer};
    auto* header = CMSG_FIRSTHDR(&message_);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof both);
    std::memcpy(CMSG_DATA(header), both.data(), sizeof both);
    return ::sendmsg(socket, &message_, MSG_NOSIGNAL) == 1;
  }

  /// False at the end of the line, or when what comes is anything else.
  bool receive(int socket, UniqueFd& order, UniqueFd& answer) {
    const auto got = ::recvmsg(socket, &message_, MSG_CMSG_CLOEXEC);
    const auto* header = CMSG_FIRSTHDR(&message_);
    std::array<int, 2> both = {-1, -1};
    if (got != 1 || header == nullptr || header->cmsg_type != SCM_RIGHTS ||
        header->cmsg_len != CMSG_LEN(sizeof both))
      return false;
    std::memcpy(both.data(), CMSG_DATA(header), sizeof both);
    order = UniqueFd(both[0]);
    answer = UniqueFd(both[1]);
    return true;
  }

 private:
  char letter_ = 'u';
  iovec part_{.iov_base = &letter_, .iov_len = 1};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(2 * sizeof(int))> beside_{};  // unix(7)
  msghdr message_{};
};

/// What a memfd holds that nobody can change any more; none: it is no such thing. Reading anything
/// else could wait for ever.
std::optional<std::string> sealed_text(int fd) {
  constexpr int kNeeded = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW;
  struct stat status {};
  const int seals = ::fcntl(fd, F_GET_SEALS);
  if (seals < 0 || (seals & kNeeded) != kNeeded || ::fstat(fd, &status) != 0 ||
      status.st_size > kLongestCommand)
    return std::nullopt;
  std::string text(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t have = 0;
  while (have < text.size()) {
    const auto got = ::pread(fd, text.data() + have, text.size() - have, static_cast<off_t>(have));
    if (got <= 0) return std::nullopt;
    have += static_cast<std::size_t>(got);
  }
  return text;
}

/// 0 when it cannot be run.
pid_t spawn(const Argv& argv, int output) {
  std::vector<char*> words;
  for (const auto& word : argv)
    words.push_back(const_cast<char*>(word.c_str()));  // posix_spawn(3) does not change them
  words.push_back(nullptr);
  std::string path = "PATH=/usr/bin:/bin";
  std::array<char*, 2> environment = {path.data(), nullptr};
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
  pid_t pid = 0;
  if (::posix_spawn(&pid, words[0], &actions, nullptr, words.data(), environment.data()) != 0)
    pid = 0;
  ::posix_spawn_file_actions_destroy(&actions);
  return pid;
}

/// Its exit status; when nobody waits for the answer any more it is ended.
int wait_for(pid_t pid, int answer) {
  const UniqueFd handle(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  std::array<pollfd, 2> watched = {pollfd{.fd = handle.get(), .events = POLLIN, .revents = 0},
                                   pollfd{.fd = answer, .events = 0, .revents = 0}};
  while (::poll(watched.data(), watched.size(), -1) < 0 && errno == EINTR) {
  }
  if (watched[0].revents == 0) ::kill(pid, SIGTERM);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void carry_out(int order_file, int answer, uid_t uid, gid_t gid) {
  std::signal(SIGCHLD, SIG_DFL);
  const auto text = sealed_text(order_file);
  const auto order = text ? unpack_order(*text) : std::nullopt;
  if (!order) return;
  const auto environment = memory_file(environment_file(order->env));
  const auto input = order->input.empty() ? UniqueFd() : memory_file(order->input);
  const UnitRights rights{.environment = path_for_systemd(environment),
                          .input = path_for_systemd(input),
                          .uid = uid,
                          .gid = gid};
  const pid_t pid = spawn(transient_unit_command(*order, rights), answer);
  const int status = pid == 0 ? 127 : wait_for(pid, answer);
  const auto last_line = fmt::format("exit status {}\n", status);
  ::send(answer, last_line.data(), last_line.size(), MSG_NOSIGNAL);
}

/// Nothing of the pass stays open but this line, which becomes descriptor 3.
bool keep_only(UniqueFd socket) {
  constexpr int kLine = 3;
  // Numbers, not owners: whoever owned descriptor 3 would close the line with it.
  const int high = ::fcntl(socket.release(), F_DUPFD_CLOEXEC, kLine + 1);
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::dup2(null, standard) < 0) return false;
  }
  return ::dup3(high, kLine, O_CLOEXEC) == kLine && ::close_range(kLine + 1, ~0U, 0) == 0;
}

[[noreturn]] void serve(UniqueFd inherited, uid_t uid, gid_t gid) {
  if (!keep_only(std::move(inherited))) ::_exit(1);
  const UniqueFd socket(3);
  std::signal(SIGCHLD, SIG_IGN);  // nobody has to be waited for
  if (::chdir("/") != 0) ::_exit(1);
  UniqueFd order;
  UniqueFd answer;
  while (Packet().receive(socket.get(), order, answer)) {
    if (::fork() == 0) {
      try {
        carry_out(order.get(), answer.get(), uid, gid);
      } catch (const std::exception&) {  // the line to who asked is closed without an answer
      }
      ::_exit(0);
    }
    order.reset();
    answer.reset();
  }
  ::_exit(0);
}

}  // namespace

void fork_unit_parent(uid_t uid, gid_t gid) {
  auto [ours, theirs] = make_line(SOCK_SEQPACKET);
  const pid_t pid = ::fork();
  if (pid < 0) throw_errno("fork");
  if (pid == 0) {
    ours.reset();
    serve(std::move(theirs), uid, gid);
  }
  parent_socket = std::move(ours);
}

bool has_unit_parent() noexcept {
  return static_cast<bool>(parent_socket);
}

UniqueFd ask_unit_parent(const UnitOrder& order) {
  auto [ours, theirs] = make_line(SOCK_STREAM);
  const auto file = memory_file(pack(order));
  if (!Packet().send(parent_socket.get(), file.get(), theirs.get()))
    throw_errno("cannot ask for a transient unit");
  return std::move(ours);
}

}  // namespace bootcheck
