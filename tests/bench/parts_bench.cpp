// What a pass over three running workers computes, without any system call: part by part, warm.
#include "cli/options.h"
#include "config/reader.h"
#include "plan_world.h"
#include "system/proc_fs.h"
#include "system/state_file.h"

#include <benchmark/benchmark.h>

namespace bootcheck::bench {
namespace {

constexpr std::size_t kWorkers = 3;
constexpr const char* kStat =
    "4711 (ruby) S 1 4711 4711 0 -1 4194624 5135 0 0 0 93 15 0 0 20 0 2 0 118337 95948800 6120 "
    "18446744073709551615 94019 94021 140726 0 0 0 0 0 1107394127 0 0 0 17 1 0 0 0 0 0 0 0 0 0\n";

void options(benchmark::State& run) {
  for (auto _ : run)
    benchmark::DoNotOptimize(parse_options({"-C", "/srv/shop/current", "-n", "3"}));
}

void configuration(benchmark::State& run) {
  ConfigContext context;
  context.root = "/srv/shop/current";
  for (auto _ : run)
    benchmark::DoNotOptimize(zero_config({"0", "1", "2"}, context));
}

void state(benchmark::State& run) {
  const auto world = make_world(kWorkers);
  world->state.stamp.boot_id = "0a1b2c3d-0000-4000-8000-0123456789ab";
  const auto text = format_state(world->state);
  for (auto _ : run)
    benchmark::DoNotOptimize(parse_state(text, world->state.stamp));
}

void stat(benchmark::State& run) {
  for (auto _ : run) {
    for (std::size_t worker = 0; worker < kWorkers; ++worker)
      benchmark::DoNotOptimize(parse_stat(kStat));
  }
}

void plan(benchmark::State& run) {
  const auto world = make_world(kWorkers);
  for (auto _ : run) {
    benchmark::DoNotOptimize(decide(*world));
  }
}

BENCHMARK(options);
BENCHMARK(configuration);
BENCHMARK(state);
BENCHMARK(stat);
BENCHMARK(plan);

}  // namespace
}  // namespace bootcheck::bench
