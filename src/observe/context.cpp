#include "observe/context.h"

namespace bootcheck {

Context::Context(const Config& configuration, Machine& outside)
    : config(configuration), machine(outside), uid(outside.user()), boot_id(outside.boot_id()) {}

}  // namespace bootcheck
