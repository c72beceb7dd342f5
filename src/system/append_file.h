// Writing at the end of files that several processes write to.
#pragma once

#include "model/worker.h"
#include "util/unique_fd.h"

#include <string_view>

namespace bootcheck {

/// Machine::append_to_file: with one write(2), so that lines of several writers do not mix. Never
/// waits: a FIFO that nobody reads, or that is full, is an error.
void append_to_file(const Path& path, std::string_view text);

/// A file for what a command prints, open for appending; it and its folder are made where there are
/// none. What could hold the command up, a FIFO say, is refused. Throws std::system_error naming
/// the path.
UniqueFd open_output_file(const Path& path);

/// Moves what commands have printed to FILE.1, in the place of what is there, once it exceeds 10
/// MB. A process that has it open writes on there. Where it cannot be moved the file grows on: that
/// is no reason to keep a worker down.
void rotate_output_file(const Path& path) noexcept;

}  // namespace bootcheck
