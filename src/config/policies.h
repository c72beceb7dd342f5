// `restart:` and `limits:`, which stand at the top for all workers and may stand in an entry for
// its own.
#pragma once

#include "config/fields.h"

namespace bootcheck {

/// What is given goes over what `policy` has already; `root` is where a relative restart file
/// begins.
RestartPolicy read_restart(const YamlNode& node, RestartPolicy policy, const Path& root,
                           Mistakes& mistakes);
Limits read_limits(const YamlNode& node, Limits limits, Mistakes& mistakes);
UnitProperties read_unit(const YamlNode& node, UnitProperties unit, Mistakes& mistakes);

/// `path` itself if absolute, else below `root`; without `.` and `..`.
Path below(const Path& root, const Path& path);

}  // namespace bootcheck
