// Workers that were asked to stop and end while a pass brings others up, which may take minutes.
#pragma once

#include "model/event.h"
#include "model/plan.h"
#include "observe/context.h"

#include <utility>
#include <vector>

namespace bootcheck {

/// What follows from the end of one drain.
struct LateExit {
  std::vector<Event> events;
  Decision decision;
};

class LateExits {
 public:
  /// Watches the workers that drain now. `facts` and `state` are brought up to date for those that
  /// end.
  LateExits(const Context& context, Facts& facts, State& state);

  /// Those that have ended since it was asked last.
  std::vector<LateExit> take();

 private:
  struct Watched {
    std::size_t worker = 0;
    ProcessId process;
  };

  bool has_ended(const Watched& watched) const;
  LateExit decide(const Watched& watched);

  const Context& context_;
  Facts& facts_;
  State& state_;
  std::vector<Watched> watched_;
};

}  // namespace bootcheck
