// The limits of this process, and those of its children.
#pragma once

namespace bootcheck {

/// Raises the soft limit of open descriptors to the hard one (getrlimit(2)), for who needs a
/// descriptor a process. Where that is refused it stays as it is.
void raise_descriptor_limit() noexcept;

/// Puts back what raise_descriptor_limit found: a limit is inherited, and programs that use
/// select(2) cannot have a high one. Whether that was possible. Async-signal-safe: for a child
/// between fork(2) and execve(2).
bool restore_descriptor_limit() noexcept;

}  // namespace bootcheck
