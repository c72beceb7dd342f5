// Looking at workers once more right before they are started: another start may have been faster.
#pragma once

#include "act/start.h"
#include "observe/observe.h"

#include <unordered_set>

namespace bootcheck {

/// Nobody has started it meanwhile. Whether it has to wait or is held was decided before.
bool is_absent(const Judgement& judgement);

class FreshLook {
 public:
  explicit FreshLook(const StartContext& context) : context_(context) {}

  /// How it stands with this worker now. One search of all processes serves many workers for a
  /// while, but each pid file is read again.
  const Judgement& at(std::size_t worker);

  /// What its pid file said then.
  const PidFile& pid_file_of(std::size_t worker) const { return facts_.seen[worker].pid_file; }

  /// A command of ours is no worker that somebody else has started.
  void is_ours(pid_t command) { ours_.insert(command); }

 private:
  void look();
  bool is_recent() const;

  const StartContext& context_;
  Facts facts_;
  Judgements judgements_;  ///< empty: not looked yet
  std::unordered_set<pid_t> ours_;
  Duration looked_at_{0};
  Duration took_{0};
};

}  // namespace bootcheck
