// Talking with commands whose stdin is a socket, or that call us from elsewhere.
#pragma once

#include "system/launches.h"
#include "util/unique_fd.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <poll.h>

namespace bootcheck {

/// Where a process can call us that is no child of ours.
struct CallBox {
  UniqueFd socket;   ///< it listens
  std::string name;  ///< of an abstract socket (unix(7)), without its first NUL
};

/// Throws std::system_error.
CallBox open_call_box();

class Conversations {
 public:
  /// `socket`: our end.
  void begin(pid_t command, UniqueFd socket);
  /// With whoever calls there first and is the same user.
  void expect_call(pid_t command, UniqueFd call_box);
  void end(pid_t command) { all_.erase(command); }

  /// Whether the command is one that calls: what has ended is not the whole of it.
  bool is_by_call(pid_t command) const;

  /// Never waits, and never raises SIGPIPE; false: the command does not listen any more.
  bool tell(pid_t command, std::string_view line);

  /// The lines that have come since; CommandEnd of one that has called and has ended.
  void take(std::vector<Occurrence>& occurrences);

  void add_to(std::vector<pollfd>& polled) const;

 private:
  struct Conversation {
    UniqueFd socket;
    UniqueFd call_box = {};  ///< until it has called
    bool is_by_call = false;
    std::string unread = {};  ///< the beginning of a line
  };

  static void answer_call(Conversation& conversation);
  static bool read_more(Conversation& conversation);

  std::map<pid_t, Conversation> all_;
};

}  // namespace bootcheck
