// Whether the host is about to go down.
#pragma once

namespace bootcheck {

/// Whether systemd is stopping the host's services (systemctl(1), is-system-running). False where
/// systemd is not the service manager, or does not answer within 2 s.
bool is_shutting_down();

}  // namespace bootcheck
