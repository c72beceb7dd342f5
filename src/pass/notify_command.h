// Runs the `notify:` command, once for each fact (contract, section 7).
#pragma once

#include "config/config.h"
#include "model/event.h"

#include <string>
#include <vector>

namespace bootcheck {

/// One command a document, side by side, each with the document on its stdin; what they print goes
/// to notify.log beside the log. A command that takes longer than 30 s is ended. Returns what
/// failed, for the log.
std::vector<Event> notify(const Config& config, const std::vector<std::string>& documents);

}  // namespace bootcheck
