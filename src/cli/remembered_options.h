// What -n, -i and -e said last: without a configuration `status`, `why` or `restart` mean the same
// workers as the line in the crontab.
#pragma once

#include "cli/options.h"
#include "config/config.h"
#include "model/state.h"
#include "system/machine.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bootcheck {

struct RememberedOptions {
  std::map<std::string, WallTime> identifiers;  ///< and when each was given last
  std::string environment;
  bool operator==(const RememberedOptions&) const = default;

  std::vector<std::string> names() const;
};

/// JSON in and out; what is no such text remembers nothing.
RememberedOptions parse_remembered_options(std::string_view text);
std::string format_remembered_options(const RememberedOptions& remembered);

/// With what these options say. -n says who there is; lines with one -i each add up, and one that
/// was not given for a day is forgotten.
RememberedOptions updated(RememberedOptions remembered, const Options& options,
                          const std::string& environment, WallTime now);

/// What is remembered for the application in this folder.
RememberedOptions load_remembered_options(const Path& root);

/// Remembers what these options say, where they say something new. That it cannot is no reason for
/// anything.
void remember_options(Machine& machine, const Options& options, const Config& config);

}  // namespace bootcheck
