// Who asks systemd for a unit when the pass itself is not root any more: a small process that was
// forked before root was given away. It does one thing, starts units for one user, opens nothing of
// that user's, and believes nothing that it is told: an order with a property that is not among
// those that anybody may have is no order.
#pragma once

#include "launch/unit_order.h"
#include "util/unique_fd.h"

#include <sys/types.h>

namespace bootcheck {

/// Forks it. It ends when this process does. As root, before becoming the user; once. Throws
/// std::system_error.
void fork_unit_parent(uid_t uid, gid_t gid);

/// Whether this process has one.
bool has_unit_parent() noexcept;

/// Has it start a unit. Returns where the answer can be read: what systemd-run(1) printed, and then
/// the line `exit status N`. Who closes it has no more interest in the start. Throws
/// std::system_error.
UniqueFd ask_unit_parent(const UnitOrder& order);

}  // namespace bootcheck
