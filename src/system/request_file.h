// What operators have asked for and no pass has taken up yet: `tmp/pids/bootcheck.requests` beside
// `tmp/pids/bootcheck.state`, a line of JSON each. It has a lock of its own that is held for a
// moment only, so that a command need not wait for a pass.
#pragma once

#include "model/event.h"
#include "model/request.h"
#include "system/machine.h"

#include <string>
#include <vector>

namespace bootcheck {

Path requests_path(const Path& state_file);

/// Adds them. Throws std::system_error where they cannot be written, or more than a thousand wait
/// already.
void post_requests(Machine& machine, const Path& state_file, const std::vector<Request>& requests);

struct PostedRequests {
  std::vector<Request> requests;  ///< in the order in which they were posted
  std::string text;               ///< the lines that say so
  std::vector<Failure> problems;  ///< what could not be read or understood
  bool is_unread = false;         ///< reading failed, and may not the next time
};

/// Never throws for what the file holds or lacks.
PostedRequests read_requests(Machine& machine, const Path& state_file);

/// Takes those away that were read, once the state has them; what was posted since stays. Throws
/// std::system_error: then they are read again, which does no harm.
void drop_requests(Machine& machine, const Path& state_file, const PostedRequests& read);

}  // namespace bootcheck
