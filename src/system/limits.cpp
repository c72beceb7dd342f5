#include "system/limits.h"

#include <sys/resource.h>

namespace bootcheck {
namespace {

bool is_raised = false;
rlimit found{};

}  // namespace

void raise_descriptor_limit() noexcept {
  rlimit limit{};
  if (is_raised || ::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max)
    return;
  found = limit;
  limit.rlim_cur = limit.rlim_max;
  is_raised = ::setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

bool restore_descriptor_limit() noexcept {
  return !is_raised || ::setrlimit(RLIMIT_NOFILE, &found) == 0;
}

}  // namespace bootcheck
