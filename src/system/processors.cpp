#include "system/processors.h"

#include <sched.h>

namespace bootcheck {

int processor_count() {
  cpu_set_t set;
  return ::sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

}  // namespace bootcheck
