#include "passes/scenes.h"
#include "support/files.h"
#include "support/run.h"
#include "support/temp_dir.h"

#include <cmath>
#include <map>
#include <stdexcept>

#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>
#include <fmt/format.h>

namespace bootcheck::bench {
namespace {

/// Something per worker, by number of workers.
using PerWorker = std::map<int, double>;

/// {"benchmarks":[{"name":"all_run/10","run_type":"iteration","seconds_per_worker":1e-7,...}]}
PerWorker read_nanoseconds(const Path& file) {
  const auto document = boost::json::parse(test::read_file(file));
  PerWorker times;
  for (const auto& each : document.at("benchmarks").as_array()) {
    const auto& run = each.as_object();
    if (run.at("run_type") != "iteration" || run.contains("error_occurred")) continue;
    const auto name = boost::json::value_to<std::string>(run.at("name"));
    times[std::stoi(name.substr(name.find('/') + 1))] =
        run.at("seconds_per_worker").to_number<double>() * 1e9;
  }
  if (times.size() < 2) throw std::runtime_error(file.native() + " holds no figures");
  return times;
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

void plan(Results& results, const Path& benchmark_json) {
  const auto times = read_nanoseconds(benchmark_json);
  results.add({"time of the pure plan per worker", " ns", {}, times.at(1000), listed(times)});
  const auto counts = count_instructions(times);
  results.add(
      {"instructions of the pure plan per worker", "", {}, counts.at(1000), listed(counts)});
  // A search in a map takes log N: that is the room up to 1.1.
  results.add({"instructions of the pure plan for N workers: N to the power of", "", 1.1,
               exponent(counts), "1 is linear"});
}

}  // namespace bootcheck::bench
