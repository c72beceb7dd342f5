#include "pass/tell.h"

#include "report/log.h"
#include "report/problems.h"
#include "system/clock.h"

namespace bootcheck {
namespace {

void write_log(const Config& config, const std::vector<Event>& events,
               std::vector<std::string>& warnings) {
  if (events.empty()) return;
  Log log(config.log, config.app);
  const auto timestamp = utc_timestamp();
  for (const auto& event : events) {
    if (auto problem = log.write(event, timestamp)) {
      warnings.push_back("the log cannot be written: " + *problem);
      return;
    }
  }
}

}  // namespace

void tell(const Config& config, PassDone& done, State& state, WallTime now) {
  write_log(config, done.events, done.warnings);
  done.to_print = problems_to_tell(done.events, now, state.told);
}

std::vector<std::string> tell_alone(const Config& config, const Event& event) {
  std::vector<std::string> warnings;
  write_log(config, {event}, warnings);
  return warnings;
}

}  // namespace bootcheck
