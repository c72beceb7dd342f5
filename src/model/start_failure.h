// Why a worker is not up after its start. Data only; report/ has the words for it.
#pragma once

#include "model/command_outcome.h"
#include "util/types.h"

#include <string>
#include <variant>

#include <sys/types.h>

namespace bootcheck {

/// In the words of the version that remembered it.
struct InWords {
  std::string text;
  bool operator==(const InWords&) const = default;
};
/// It was not seen running within its `start_timeout`.
struct NotSeen {
  Duration within{0};
  bool operator==(const NotSeen&) const = default;
};
/// It was seen running, and did not stay.
struct CameAndWent {
  pid_t pid = 0;
  Duration within{0};
  bool operator==(const CameAndWent&) const = default;
};
/// An earlier pass had seen it running; it died soon after.
struct DiedEarly {
  bool operator==(const DiedEarly&) const = default;
};
/// `Exited`, `KilledBySignal` and `NotStarted` are how its start command ended.
using StartCause =
    std::variant<InWords, Exited, KilledBySignal, NotStarted, NotSeen, CameAndWent, DiedEarly>;

struct StartFailure {
  StartCause cause;
  std::string output_tail;  ///< the last lines that the start command printed
  Path output;              ///< where there is more of that; empty: it is not kept
  bool operator==(const StartFailure&) const = default;
};

}  // namespace bootcheck
