// Workers that were asked to stop and end while a pass brings others up, which may take minutes.
#pragma once

#include "observe/assess.h"

#include <vector>

namespace bootcheck {

/// What follows from the end of one drain.
struct LateExit {
  std::vector<Event> events;
  Decision decision;
};

class LateExits {
 public:
  /// Watches the workers that drain now. The assessment is brought up to date for those that end.
  LateExits(const Context& context, Assessment& assessment);

  /// Those that have ended since it was asked last.
  std::vector<LateExit> take();

 private:
  struct Watched {
    std::size_t worker = 0;
    ProcessId process;
  };

  LateExit decide(const Watched& watched);

  const Context& context_;
  Assessment& assessment_;
  std::vector<Watched> watched_;
};

}  // namespace bootcheck
