// Where Ruby is, by hand and under cron.
#pragma once

#include "config/config.h"

#include <string>
#include <vector>

namespace bootcheck {

/// The PATH that cron gives, crontab(5).
inline constexpr std::string_view kCronPath = "/usr/bin:/bin";

/// Whether some worker is started by Ruby.
bool needs_ruby(const Config& config);

/// Which folders, put before cron's PATH and the configuration's, let `ruby` and `bundle` be found
/// as this process finds them, or where rbenv, asdf and mise keep them; empty: none are needed, or
/// known.
std::vector<Path> ruby_folders_for_cron(const Config& config);

/// The whole PATH for a crontab line; empty: cron's own will do.
std::string path_for_cron(const Config& config);

}  // namespace bootcheck
