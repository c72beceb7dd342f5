#include "model/outcomes.h"

#include "model/backoff.h"
#include "model/identity.h"
#include "model/record.h"

#include <algorithm>
#include <utility>

namespace bootcheck {
namespace {

constexpr Duration kBetweenHandBacks = std::chrono::minutes{1};
constexpr std::size_t kLongestTrouble = 300;

}  // namespace

void remember_asked(WorkerRecord& record, const ProcessId& process, BootTime now) {
  auto* stop = find_stop(record, process);
  if (stop == nullptr) return;
  stop->asked = true;
  stop->asked_at = now;
}

void remember_commanded(WorkerRecord& record, bool is_asked, BootTime now) {
  if (!record.by_command) return;
  record.by_command->asked = is_asked;
  record.by_command->asked_at = now;
  if (!is_asked) record.by_command.reset();
}

void remember_up_by_status(WorkerRecord& record, BootTime now) {
  record.failures = {};
  record.drained_at.reset();
  record.replace_by_command = false;
  record.started_at = now;
}

void remember_failed(WorkerRecord& record, const Worker& worker, const StartFailure& why,
                     std::optional<std::int64_t> restart_file_mtime, const Facts& facts,
                     BootTime now) {
  auto& failures = record.failures;
  failures.count = one_more(failures.count);
  failures.next_try =
      next_try(now, backoff_delay(failures.count, facts.backoff_first, facts.backoff_max));
  failures.last_error = why;
  failures.release = facts.app.release.native();
  failures.command = command_text(worker.start);
  failures.restart_file_mtime = restart_file_mtime;
  record.drained_at.reset();
}

void remember_boot_failed(State& state, const Worker& worker, const StartFailure& why,
                          std::optional<std::int64_t> restart_file_mtime, const Facts& facts,
                          BootTime now) {
  auto& failures = state.failed_boots;
  const auto release = facts.app.release.native();
  if (failures.release != release ||
      is_other_restart_file(failures.restart_file_mtime, restart_file_mtime))
    failures = {};
  failures.count = one_more(failures.count);
  failures.next_try = next_try(
      now, backoff_delay(one_more(failures.count), facts.backoff_first, facts.backoff_max));
  failures.last_error = why;
  failures.release = release;
  failures.command = command_text(worker.start);
  failures.restart_file_mtime = restart_file_mtime;
}

void remember_hand_back(WorkerRecord& record, const HandBack& result, const Facts& facts,
                        BootTime now) {
  const auto dead = find_dead(record.unrecovered, result.pid, result.host);
  if (dead == record.unrecovered.end()) return;
  if (result.trouble.empty()) {
    record.unrecovered.erase(dead);
    return;
  }
  dead->asked = false;  // it may have ended as asked, and yet not have been able to unlock its job
  dead->trouble = result.trouble.substr(0, kLongestTrouble);
  dead->failures = one_more(dead->failures);
  const auto longest = std::max(facts.backoff_max, kBetweenHandBacks);
  record.next_recovery =
      next_try(now, backoff_delay(one_more(dead->failures), kBetweenHandBacks, longest));
}

void remember_started(WorkerRecord& record, const Process& process, std::string release,
                      const Facts& facts, std::size_t worker, BootTime now) {
  take_place(record, {.id = process.id,
                      .begun = record.start ? record.start->since : 0,
                      .suspended = facts.suspended,
                      .session = process.session,
                      .release = std::move(release),
                      .host = facts.host});
  record.former_pid.reset();
  record.to_replace.reset();
  record.replace_by_surge = false;
  record.start.reset();
  record.drained_at.reset();
  record.started_at = now;
  record.restart_file_mtime = facts.seen[worker].restart_file_mtime;
}

}  // namespace bootcheck
