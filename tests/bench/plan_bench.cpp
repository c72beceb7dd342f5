// The pure part of a pass, from 10 to 100,000 workers: facts in, decisions out, no system call.
#include "plan_world.h"

#include <benchmark/benchmark.h>

namespace bootcheck::bench {
namespace {

void all_run(benchmark::State& run) {
  const auto world = make_world(static_cast<std::size_t>(run.range(0)));
  if (!is_idle(decide(*world))) run.SkipWithError("the plan is not idle");
  for (auto _ : run) {
    benchmark::DoNotOptimize(decide(*world));
  }
  run.SetComplexityN(run.range(0));
}

BENCHMARK(all_run)->RangeMultiplier(10)->Range(10, 100'000)->Complexity(benchmark::oN);

}  // namespace
}  // namespace bootcheck::bench

BENCHMARK_MAIN();
