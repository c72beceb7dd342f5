// Text as a file that nobody else can find, and that is gone with the last descriptor.
#pragma once

#include "util/unique_fd.h"

#include <string>

namespace bootcheck {

/// A sealed memfd (memfd_create(2)) that holds `text`, to be read from its beginning. Throws
/// std::system_error.
UniqueFd memory_file(const std::string& text);

/// An empty memfd for others to write to. Throws std::system_error.
UniqueFd growing_memory_file();

}  // namespace bootcheck
