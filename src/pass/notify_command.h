// Runs the `notify:` command, once for each fact.
#pragma once

#include "model/event.h"
#include "observe/context.h"

#include <string>
#include <vector>

namespace bootcheck {

/// One command a document, up to 8 side by side, each with the document on its stdin; what they
/// print goes to notify.log beside the log. All together have 30 s: then those that run are ended,
/// and the rest is not started. Returns what failed, for the log: once each way to fail.
std::vector<Event> notify(const Context& context, const std::vector<std::string>& documents);

}  // namespace bootcheck
