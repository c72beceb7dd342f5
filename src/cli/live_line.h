// What a person at a terminal sees while something takes its time.
#pragma once

#include "cli/options.h"
#include "pass/pass.h"

#include <string_view>

namespace bootcheck {

/// One line that shows what is being waited for. It is not there where stdout is no terminal, with
/// --json and with --quiet; its end takes it away.
class LiveLine {
 public:
  LiveLine(const Options& options, const Config& config);
  LiveLine(const LiveLine&) = delete;
  LiveLine& operator=(const LiveLine&) = delete;
  ~LiveLine() { clear(); }

  void show(std::string_view text);
  /// `starting delayed_job.1, delayed_job.2 (9s)`, `booting for delayed_job.1 (9s)`
  void show(const StartsUnderWay& starts);
  void clear();

 private:
  const Config& config_;
  bool is_wanted_;
  bool is_there_ = false;
};

}  // namespace bootcheck
