// A first configuration for an application, from what it looks like. Pure.
#pragma once

#include "util/types.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bootcheck {

struct AppLook {
  std::string gemfile_lock;        ///< its text; empty: there is none
  std::string procfile;            ///< the same
  bool has_delayed_job = false;    ///< bin/delayed_job, or script/delayed_job
  bool has_jobs = false;           ///< bin/jobs, Solid Queue's
  std::vector<Path> ruby_folders;  ///< that cron's PATH lacks
};

/// One line of a Procfile: `clock: bundle exec clockwork config/clock.rb`.
struct ProcfileLine {
  std::string name;
  std::string command;
};
std::vector<ProcfileLine> parse_procfile(std::string_view text);

/// The text of config/bootcheck.yml, with comments; none: nothing that could be a worker was found.
std::optional<std::string> proposed_config(const AppLook& look);

}  // namespace bootcheck
