// Files that are written for programs of other users.
#pragma once

#include "model/worker.h"

#include <string_view>

namespace bootcheck {

/// Machine::publish_file: by way of `<path>.tmp` and rename(2).
void publish_file(const Path& path, std::string_view text);

}  // namespace bootcheck
