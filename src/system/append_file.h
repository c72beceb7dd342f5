// Writing at the end of files that several processes write to.
#pragma once

#include "model/worker.h"

#include <string_view>

namespace bootcheck {

/// Machine::append_to_file: with one write(2), so that lines of several writers do not mix. Never
/// waits: a FIFO that nobody reads, or that is full, is an error.
void append_to_file(const Path& path, std::string_view text);

}  // namespace bootcheck
