// How a command that bootcheck ran has ended. Data only.
#pragma once

#include <string>
#include <variant>

namespace bootcheck {

struct Exited {
  int code = 0;
  bool operator==(const Exited&) const = default;
};
struct KilledBySignal {
  int signal = 0;
  bool operator==(const KilledBySignal&) const = default;
};
struct NotStarted {
  std::string why;  ///< `bin/feed: No such file or directory`
  bool operator==(const NotStarted&) const = default;
};
struct TimedOut {
  bool operator==(const TimedOut&) const = default;
};
/// It lives on and is left alone (a foreground program that was detached).
struct LeftRunning {
  bool operator==(const LeftRunning&) const = default;
};
using LaunchOutcome = std::variant<Exited, KilledBySignal, NotStarted, TimedOut, LeftRunning>;

}  // namespace bootcheck
