// Entries of `workers:` to workers: presets, identifiers, placeholders.
#pragma once

#include "config/config.h"
#include "config/fields.h"

#include <map>
#include <string>
#include <vector>

namespace bootcheck {

/// What an entry does not say for itself.
struct EntryDefaults {
  Path root;
  std::string environment;
  std::map<std::string, std::string> env;
  Duration start_timeout{};
  Argv ready;
  RestartPolicy restart;
  Limits limits;
  UnitProperties unit;
};

/// Reads the list under `workers:`. Two workers of one name or one pid file are a mistake.
std::vector<Worker> read_workers(const YamlNode& node, const EntryDefaults& defaults,
                                 Mistakes& mistakes);

/// The workers of an entry that says no more than `preset: delayed_job` and its identifiers.
std::vector<Worker> delayed_job_workers(const std::vector<std::string>& identifiers,
                                        const EntryDefaults& defaults, Mistakes& mistakes);

}  // namespace bootcheck
