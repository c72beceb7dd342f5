#include "act/start_attempt.h"

#include "launch/conversations.h"

#include <algorithm>

#include <fmt/format.h>

namespace bootcheck {
namespace {

/// delayed_job's launcher writes the worker's pid file before it exits (daemons, application.rb:
/// start_proc), and systemd-run ends once its unit has been exec'd: a worker that is not there
/// shortly after will not come.
constexpr Duration kGraceOfDaemons{2000};

/// Where the preloader finds whom to call (delayed_job/preloader.rb).
constexpr const char* kCallBox = "BOOTCHECK_CALL";

ComesUpAs comes_up_as(const Worker& worker, bool in_unit) {
  if (worker.foreground) return in_unit ? ComesUpAs::daemon : ComesUpAs::child;
  return worker.status.empty() ? ComesUpAs::daemon : ComesUpAs::by_status;
}

}  // namespace

CommandToStart command_of(const Config& config, const Batch& batch, bool is_told) {
  const bool in_unit = uses_systemd(config);
  CommandToStart command;
  bool is_worker_itself = false;
  for (const auto& order : batch) {
    const auto& worker = config.workers[order.worker];
    command.time_limit = std::max(command.time_limit, worker.start_timeout);
    command.hands_back = command.hands_back || !order.recover.empty();
    if (!order.start) continue;
    const auto as = comes_up_as(worker, in_unit);
    is_worker_itself = is_worker_itself || as == ComesUpAs::child;
    const bool is_soon = worker.preload || worker.foreground;
    command.workers.push_back({.worker = order.worker,
                               .as = as,
                               .time_limit = worker.start_timeout,
                               .grace = is_soon ? kGraceOfDaemons : worker.start_timeout,
                               .pid_file_is_told = is_told});
  }
  if (is_worker_itself) command.time_limit = {};
  return command;
}

std::string prepare(StartAttempt& attempt, const Context& context, Launches& launches) {
  auto& request = attempt.request;
  request = make_request(context.machine, context.config, attempt.batch);
  attempt.converses = request.converses;
  auto problem = launches.make_output(request.output);
  // A full disk, a log of another user: no reason to keep a worker down.
  if (!problem.empty()) request.output = "/dev/null";
  const auto status = context.machine.file_status(request.output);
  attempt.log_offset = status ? status->size : 0;
  return problem;
}

void hand_to_systemd(StartAttempt& attempt, const Config& config) {
  if (!uses_systemd(config)) return;
  std::string names;
  for (const auto& order : attempt.batch)
    names += " " + config.workers[order.worker].name;
  attempt.is_unit = true;
  auto& request = attempt.request;
  if (request.converses) {
    auto box = open_call_box();
    request.env[kCallBox] = box.name;
    attempt.call_box = std::move(box.socket);
    request.converses = false;
  }
  attempt.unit.emplace(request, config.workers[attempt.batch.front().worker],
                       fmt::format("{}:{}", config.app, names));
  request.listening_descriptor = attempt.call_box.get();
}

}  // namespace bootcheck
