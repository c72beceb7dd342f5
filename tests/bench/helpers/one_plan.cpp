// bench_one_plan WORKERS - remembers and plans once for so many workers, for callgrind to count the
// instructions.
#include "plan_world.h"

#include <cstdlib>
#include <string>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const auto world = bootcheck::bench::make_world(std::stoul(argv[1]));
  return bootcheck::is_idle(bootcheck::bench::decide(*world)) ? 0 : 1;
}
