#include "passes/benchmarks.h"

#include "support/files.h"

#include <stdexcept>

#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>

namespace bootcheck::bench {

// {"benchmarks":[{"name":"all_run/10","run_type":"iteration","cpu_time":3.1e+03,"time_unit":"ns",...}]}
Nanoseconds read_benchmarks(const Path& file) {
  const auto document = boost::json::parse(test::read_file(file));
  Nanoseconds times;
  for (const auto& each : document.at("benchmarks").as_array()) {
    const auto& run = each.as_object();
    if (run.at("run_type") != "iteration" || run.contains("error_occurred")) continue;
    if (run.at("time_unit") != "ns") throw std::runtime_error(file.native() + ": not in ns");
    times[boost::json::value_to<std::string>(run.at("name"))] =
        run.at("cpu_time").to_number<double>();
  }
  if (times.empty()) throw std::runtime_error(file.native() + " holds no figures");
  return times;
}

}  // namespace bootcheck::bench
