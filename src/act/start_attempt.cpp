#include "act/start_attempt.h"

#include "act/start_error.h"

#include <boost/filesystem/operations.hpp>
#include <fmt/format.h>

namespace bootcheck {
namespace {

/// delayed_job's launcher writes the worker's pid file before it exits (daemons, application.rb:
/// start_proc), so a worker of which nothing lives shortly after will not come.
constexpr Duration kGraceOfDaemons{2000};

void hand_to_systemd(StartAttempt& attempt, const Config& config) {
  std::string names;
  for (const auto& order : attempt.batch)
    names += " " + config.workers[order.worker].name;
  attempt.unit.emplace(attempt.request, config.workers[attempt.batch.front().worker],
                       fmt::format("{}:{}", config.app, names));
}

}  // namespace

Duration since(StartAttempt::Clock::time_point begin) {
  return std::chrono::duration_cast<Duration>(StartAttempt::Clock::now() - begin);
}

std::string prepare(StartAttempt& attempt, const Config& config) {
  auto& request = attempt.request;
  request = make_request(config, attempt.batch);
  auto problem = make_output(request.output);
  // A full disk, a log of another user: no reason to keep a worker down.
  if (!problem.empty()) request.output = "/dev/null";
  boost::system::error_code none;
  const auto size = boost::filesystem::file_size(request.output, none);
  attempt.log_offset = none ? 0 : size;
  if (uses_systemd(config)) hand_to_systemd(attempt, config);  // from here on it may print
  return problem;
}

std::optional<StartCause> why_hopeless(const Worker& worker, const StartAttempt& attempt,
                                       bool is_coming) {
  const bool out_of_time = since(attempt.began) >= worker.start_timeout;
  if (!attempt.outcome) {
    if (out_of_time) return NotSeen{worker.start_timeout};
    return std::nullopt;
  }
  if (is_coming && !out_of_time) return std::nullopt;
  const auto* exited = std::get_if<Exited>(&*attempt.outcome);
  const bool may_still_come =
      exited != nullptr && exited->code == 0 && (!worker.foreground || attempt.unit);
  const auto grace = worker.preload || worker.foreground ? kGraceOfDaemons : worker.start_timeout;
  if (may_still_come && since(attempt.ended) < grace && !out_of_time) return std::nullopt;
  return cause_of(*attempt.outcome, worker.start_timeout);
}

}  // namespace bootcheck
