#include "cli/live_line.h"

#include "cli/print.h"
#include "util/duration.h"

#include <fmt/format.h>

namespace bootcheck {

LiveLine::LiveLine(const Options& options, const Config& config)
    : config_(config), is_wanted_(is_terminal() && !options.json && !options.quiet) {}

void LiveLine::show(std::string_view text) {
  if (!is_wanted_) return;
  print_live(text);
  is_there_ = true;
}

void LiveLine::show(const StartsUnderWay& starts) {
  if (starts.since < std::chrono::seconds{1}) return;  // nobody has begun to wonder
  const bool boots = starts.workers.empty();
  std::string who;
  for (const auto worker : boots ? starts.to_boot : starts.workers)
    who += (who.empty() ? "" : ", ") + config_.workers[worker].name;
  if (who.empty()) return;
  const Duration seconds{starts.since.count() / 1000 * 1000};
  show(
      fmt::format("{} {} ({})", boots ? "booting for" : "starting", who, format_duration(seconds)));
}

void LiveLine::clear() {
  if (is_there_) clear_live();
  is_there_ = false;
}

}  // namespace bootcheck
