#include "passes/scenes.h"
#include "support/run.h"
#include "support/temp_dir.h"

#include <cmath>
#include <map>
#include <stdexcept>

#include <fmt/format.h>

namespace bootcheck::bench {
namespace {

/// Something per worker, by number of workers.
using PerWorker = std::map<int, double>;

PerWorker times_of_plan(const Nanoseconds& times) {
  const std::string prefix = "all_run/";
  PerWorker per_worker;
  for (const auto& [name, ns] : times) {
    if (!name.starts_with(prefix)) continue;
    const int workers = std::stoi(name.substr(prefix.size()));
    per_worker[workers] = ns / workers;
  }
  if (per_worker.size() < 2) throw std::runtime_error("nobody has measured the plan");
  return per_worker;
}

// ==4711== Collected : 187303
double collected(const std::string& output) {
  const std::string label = "Collected : ";
  const auto at = output.find(label);
  if (at == std::string::npos) throw std::runtime_error("callgrind: " + output);
  return std::stod(output.substr(at + label.size()));
}

/// Counted by callgrind, which is exact and needs no processor that shares its counters with us.
PerWorker count_instructions(const PerWorker& times) {
  if (find_program("valgrind").empty()) throw std::runtime_error("valgrind is not installed");
  const test::TempDir scratch;
  PerWorker counts;
  for (const auto& [workers, time] : times) {
    const auto finished = test::run(
        {"valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
         "--toggle-collect=bootcheck::remember_seen(*", "--toggle-collect=bootcheck::make_plan(*",
         BENCH_ONE_PLAN, std::to_string(workers)},
        {.directory = scratch.path(), .env = {}});
    counts[workers] = collected(finished.err) / workers;
  }
  return counts;
}

/// The power of N that the whole takes, 1 is linear: the slope of a straight line through the
/// logarithms.
double exponent(const PerWorker& per_worker) {
  const auto count = static_cast<double>(per_worker.size());
  double x_mean = 0;
  double y_mean = 0;
  for (const auto& [workers, cost] : per_worker) {
    x_mean += std::log(workers) / count;
    y_mean += std::log(cost * workers) / count;
  }
  double xx = 0;
  double xy = 0;
  for (const auto& [workers, cost] : per_worker) {
    const double x = std::log(workers) - x_mean;
    xx += x * x;
    xy += x * (std::log(cost * workers) - y_mean);
  }
  return xy / xx;
}

std::string listed(const PerWorker& per_worker) {
  std::string text;
  for (const auto& [workers, cost] : per_worker)
    text += fmt::format("{}{:.0f} at {}", text.empty() ? "" : ", ", cost, workers);
  return text;
}

}  // namespace

void plan(Results& results, const Nanoseconds& parts) {
  const auto times = times_of_plan(parts);
  results.add({"time of the pure plan per worker", " ns", {}, times.at(1000), listed(times)});
  const auto counts = count_instructions(times);
  results.add(
      {"instructions of the pure plan per worker", "", {}, counts.at(1000), listed(counts)});
  // A search in a map takes log N: that is the room up to 1.1.
  results.add({"instructions of the pure plan for N workers: N to the power of", "", 1.1,
               exponent(counts), "1 is linear"});
}

}  // namespace bootcheck::bench
