// What a test starts ends with it, failed or not, wherever it works by then and whatever it is
// called.
#pragma once

#include <functional>

namespace bootcheck::test {

/// Runs `body` in a child of this process, and is to all that it leaves behind what init would be
/// (prctl(2), PR_SET_CHILD_SUBREAPER): daemons become our children, are reaped when they end, and
/// are ended by their pid once `body` has returned. The same when SIGTERM, SIGINT or SIGHUP comes,
/// or the seconds in $TEST_DEADLINE are over. Returns the exit status.
int run_under_reaper(const std::function<int()>& body);

/// Ends every process that what this test has started has left behind, by its pid, and returns when
/// all are gone. Only inside of run_under_reaper.
void end_left_behind();

}  // namespace bootcheck::test
