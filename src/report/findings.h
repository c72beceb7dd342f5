// What was seen of a worker, one fact a line: the first half of an explanation. Pure.
#pragma once

#include "report/explain.h"
#include "report/grid.h"

#include <string>
#include <utility>
#include <vector>

namespace bootcheck {

/// The lines of an explanation: what a fact is about, and the fact.
class Findings {
 public:
  void add(std::string about, std::string fact) {
    rows_.push_back({{.text = "  " + std::move(about)}, {.text = std::move(fact)}});
  }
  std::string text(const Style& style) const {
    return format_grid(rows_, style.colour, style.width);
  }

 private:
  std::vector<Row> rows_;
};

/// `pid 5` or `pids 5, 6`.
std::string pids_of(const std::vector<Process>& processes);

/// What the pid file says, what /proc says of that process, whether all of /proc was searched and
/// what was found there, what was set aside, and what the worker's own status command answered.
void add_what_was_seen(Findings& facts, const Evidence& evidence);

}  // namespace bootcheck
