// The figures of bench_parts, which Google Benchmark wrote to a file.
#pragma once

#include "passes/process.h"

#include <map>
#include <string>

namespace bootcheck::bench {

/// CPU time of one iteration in ns, by the benchmark's name: `options`, `all_run/1000`.
using Nanoseconds = std::map<std::string, double>;

/// Leaves out what failed, and what is computed from others. Throws where the file holds no figure.
Nanoseconds read_benchmarks(const Path& file);

}  // namespace bootcheck::bench
