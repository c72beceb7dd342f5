// Starts commands. The only code that includes Boost.Process.
#pragma once

#include "system/machine.h"
#include "system/proc_fs.h"

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

namespace bootcheck {

/// Launches as Linux does them: children, pidfds and inotify behind one epoll. The soft limit of
/// descriptors is raised; where that does not suffice for all who are watched, some are watched at
/// a time and the others in turn. `proc` has to live as long.
std::unique_ptr<Launches> linux_launches(const ProcFs& proc);

/// The last `lines` lines of a file from `offset` bytes on, at most 4 KB, without those that begin
/// with any of `left_out`; empty when it cannot be read.
std::string tail(Machine& machine, const Path& file, std::uint64_t offset, int lines,
                 std::initializer_list<std::string_view> left_out = {});

}  // namespace bootcheck
