// Workers that cut jobs off when they are asked to stop, unless their own settings give the jobs
// longer.
#pragma once

#include "config/config.h"
#include "system/machine.h"

#include <string>
#include <vector>

namespace bootcheck::doctor {

/// Workers of one preset whose own time limit stands as it comes.
struct CutOff {
  std::string text;  ///< which workers, and what becomes of their jobs
  std::string fix;   ///< a line for a shell that gives jobs an hour
  bool operator==(const CutOff&) const = default;
};

/// Looks where the programs themselves do: in their arguments, their own file, the application's
/// Ruby.
std::vector<CutOff> look_for_cut_offs(Machine& machine, const Config& config);

}  // namespace bootcheck::doctor
