// `run --stay`: passes as the workers exit, for a time.
#pragma once

#include "pass/pass.h"

#include <functional>

namespace bootcheck {

struct StayOptions {
  Selection selection;
  Duration lasts{0};  ///< the last pass begins before it is over
};

/// Makes a pass, then sleeps until one of the workers exits, or a start that failed may be tried
/// again, and makes another. No lock is held in between, and nothing is looked at. While another
/// pass is at work it waits for that one's end: what it has started is to be watched as well.
/// `passed` is told of each pass. Returns the last one, or who held the lock to the end. Throws
/// what run_pass throws.
PassOutcome stay(const Context& context, const StayOptions& options,
                 const std::function<void(const PassDone&)>& passed);

}  // namespace bootcheck
