// What the workers of a host that is gone have locked. Pure.
#pragma once

#include "model/host_locks.h"
#include "report/notes.h"

#include <string>

namespace bootcheck {

/// `3 jobs are locked by 2 workers of web2:` and a line for each worker; or that there is none.
std::string format_host_locks(const HostLocks& locks, const Style& style);

/// Why the host may still be at work, and until when; empty: it cannot.
std::string why_maybe_alive(const HostLocks& locks, const Style& style);

}  // namespace bootcheck
