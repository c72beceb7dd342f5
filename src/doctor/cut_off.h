// Workers that cut jobs off when they are asked to stop, unless their own settings give the jobs
// longer.
#pragma once

#include "config/config.h"
#include "system/machine.h"

#include <string>
#include <vector>

namespace bootcheck::doctor {

/// Workers of one preset whose own time limit is short, or whose stop signal ends them at once.
struct CutOff {
  std::string text;  ///< which workers, and what becomes of their jobs
  std::string fix;   ///< a line for a shell: it gives jobs an hour, or opens the file in question
  bool operator==(const CutOff&) const = default;
};

/// Looks where the programs themselves do: in their arguments, their environment, their own file,
/// the application's Ruby.
std::vector<CutOff> look_for_cut_offs(Machine& machine, const Config& config);

}  // namespace bootcheck::doctor
