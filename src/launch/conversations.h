// Talking with commands whose stdin is a socket.
#pragma once

#include "system/launches.h"
#include "util/unique_fd.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <poll.h>

namespace bootcheck {

class Conversations {
 public:
  /// `socket`: our end.
  void begin(pid_t command, UniqueFd socket);
  void end(pid_t command) { all_.erase(command); }

  /// Never waits, and never raises SIGPIPE; false: the command does not listen any more.
  bool tell(pid_t command, std::string_view line);

  /// The lines that have come since.
  void take(std::vector<Occurrence>& occurrences);

  void add_to(std::vector<pollfd>& polled) const;

 private:
  struct Conversation {
    UniqueFd socket;
    std::string unread;  ///< the beginning of a line
  };

  static bool read_more(Conversation& conversation);

  std::map<pid_t, Conversation> all_;
};

}  // namespace bootcheck
