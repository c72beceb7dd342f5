// What an operator asks for. It is written down at once and carried out by whichever pass comes
// next, so that a busy lock or a killed command loses nothing. Data, and what follows for the
// state; read and written by system/request_file.
#pragma once

#include "model/state.h"

#include <string>
#include <variant>
#include <vector>

namespace bootcheck {

/// `restart`: the process that serves now is to be replaced. Void in another boot.
struct AskForRoll {
  std::string boot_id;
  RollAsked roll;
  bool operator==(const AskForRoll&) const = default;
};
/// `stop`
struct AskForHold {
  Hold hold;
  bool operator==(const AskForHold&) const = default;
};
/// `start`
struct AskForRelease {
  bool operator==(const AskForRelease&) const = default;
};

using Ask = std::variant<AskForRoll, AskForHold, AskForRelease>;

struct Request {
  std::string worker;
  Ask what;
  bool operator==(const Request&) const = default;
};

/// Notes in the state what was asked for, in the order in which it was; `restart` and `start` also
/// end a back-off. What concerns none of the workers is left out. Noting it twice is as good as
/// once.
void remember_requests(State& state, const std::vector<Request>& requests,
                       const std::vector<Worker>& workers);

}  // namespace bootcheck
