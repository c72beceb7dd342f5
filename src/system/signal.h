// Signals, and the waiting for an exit, through pidfds only: a pid may be another process by the
// time it is used.
#pragma once

#include "model/observation.h"
#include "system/proc_fs.h"
#include "util/unique_fd.h"

#include <optional>

namespace bootcheck {

/// A descriptor of exactly this process: pidfd_open(2), then its start time checked in /proc, in
/// this order. None when it is gone or another process has its pid. Throws std::system_error when
/// the kernel refuses otherwise.
std::optional<UniqueFd> open_pidfd(const ProcFs& proc, const ProcessId& process);

/// pidfd_send_signal(2) to exactly this process, and SIGCONT behind it, for one that is stopped
/// would not get it; false when it is gone. Refuses pids below 2. Throws std::system_error
/// (EPERM...).
bool send_signal(const ProcFs& proc, const ProcessId& process, int signal);

}  // namespace bootcheck
