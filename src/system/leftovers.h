// What a killed pass leaves behind.
#pragma once

#include "model/worker.h"

namespace bootcheck {

/// Removes the temporary files of replace_file in a folder whose process is gone: those older than
/// a minute, for that process may be one of another pid namespace that shares the folder. Never
/// throws: what cannot be removed harms nobody.
void remove_leftovers(const Path& folder);

}  // namespace bootcheck
