// Being told of the ends of many processes.
#pragma once

#include "model/observation.h"
#include "system/proc_fs.h"
#include "util/unique_fd.h"

#include <cstddef>
#include <deque>
#include <list>
#include <unordered_map>
#include <vector>

namespace bootcheck {

/// A pidfd a process, opened once, behind one epoll. Where the limit of descriptors (which is
/// raised) is too low for all, as many as it allows are watched, and the others in turn. Where the
/// host has none left for the moment, `begin` tries again.
class ExitWatch {
 public:
  /// `proc` has to live as long. Throws std::system_error.
  explicit ExitWatch(const ProcFs& proc);

  /// A process that is no child of ours.
  void add(const ProcessId& process);
  /// A child that only we reap, so that its pid is certain.
  void add_child(pid_t child);
  void remove(pid_t pid);

  /// Readable when a watched process has ended.
  int descriptor() const { return epoll_.get(); }
  /// Whether all are watched at the same time.
  bool watches_all() const { return waiting_.empty(); }
  std::size_t watched_now() const { return open_.size(); }

  /// Watches those that are not yet; the pids of those that have ended already. Throws
  /// std::system_error.
  std::vector<pid_t> begin();
  /// The pids of those that have ended, each once; they are not watched any more.
  std::vector<pid_t> take_ended();
  /// Those that were watched longest make room for those that wait.
  void take_turns();

 private:
  struct Watched {
    ProcessId process;
    bool is_child = false;
    UniqueFd pidfd;
    std::list<pid_t>::iterator place;  ///< in `waiting_` or `open_`
  };

  void add(const ProcessId& process, bool is_child);
  bool open(Watched& watched);

  const ProcFs& proc_;
  UniqueFd epoll_;
  std::size_t most_;  ///< pidfds at a time
  std::unordered_map<pid_t, Watched> watched_;
  std::list<pid_t> waiting_;
  std::list<pid_t> open_;  ///< in the order in which they were opened
};

}  // namespace bootcheck
