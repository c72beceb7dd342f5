// Whole text files that people keep: configuration, env_file, logs. Links are followed; what is no
// regular file is not waited for.
#pragma once

#include "model/worker.h"

#include <cstdint>
#include <string>

namespace bootcheck {

/// The file from `offset` bytes on, at most `limit` bytes of it. Throws std::system_error naming
/// the path.
std::string read_text_file(const Path& path, std::uint64_t offset = 0,
                           std::size_t limit = 16U << 20U);

}  // namespace bootcheck
