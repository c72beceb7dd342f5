#include "pass/recover_host.h"

#include "act/host_recovery.h"
#include "model/identity.h"
#include "pass/event_log.h"

#include <algorithm>

namespace bootcheck {
namespace {

/// Of an application with workers in the foreground any script boots the same.
bool have_one_queue(const Worker& one, const Worker& other) {
  const bool is_one_boot =
      one.start.front() == other.start.front() || one.foreground || other.foreground;
  return is_one_boot && one.working_directory == other.working_directory && one.env == other.env;
}

}  // namespace

std::vector<std::size_t> queues_of(const Config& config) {
  std::vector<std::size_t> queues;
  for (std::size_t at = 0; at < config.workers.size(); ++at) {
    const auto& worker = config.workers[at];
    if (!hands_back_jobs(worker) || worker.start.empty()) continue;
    const bool is_known = std::ranges::any_of(
        queues, [&](std::size_t other) { return have_one_queue(config.workers[other], worker); });
    if (!is_known) queues.push_back(at);
  }
  return queues;
}

std::variant<HostRecovered, CannotRecover> recover_host(
    const Context& context, std::size_t worker, const std::string& host,
    const std::function<bool(const HostLocks&)>& confirm) {
  HostRecovery recovery(context, worker);
  const auto looked = recovery.look(host);
  if (const auto* failed = std::get_if<RecoveryFailed>(&looked)) return CannotRecover{failed->why};
  const auto& locks = std::get<HostLocks>(looked);
  HostRecovered recovered;
  if (!confirm(locks) || locks.workers.empty()) return recovered;
  recovered.events = recovery.hand_back(locks);
  stamp(recovered.events, context.machine.wall_clock());
  EventLog log(context);
  log.write(recovered.events);
  if (log.trouble()) recovered.events.push_back(*log.trouble());
  return recovered;
}

}  // namespace bootcheck
