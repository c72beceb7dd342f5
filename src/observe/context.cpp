#include "observe/context.h"

namespace bootcheck {

Context::Context(const Config& configuration, Machine& outside)
    : config(configuration),
      machine(outside),
      uid(outside.user()),
      here{.boot_id = outside.boot_id(),
           .host = outside.host_name(),
           .pid_namespace = outside.pid_namespace()} {}

}  // namespace bootcheck
