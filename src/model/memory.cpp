#include "model/memory.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <unordered_set>
#include <utility>

namespace bootcheck {
namespace {

constexpr Duration kSlowDrain = std::chrono::hours{1};

Event event_of(EventKind kind, const Worker& worker, Detail detail) {
  return make_event(kind, worker.name, Severity::info, std::move(detail));
}

bool lives(const ProcessLook& look, const ProcessId& id) {
  const auto* process = std::get_if<Process>(&look);
  return process != nullptr && process->id == id;
}

/// Whether a remembered process was seen alive in this pass, anywhere.
bool is_seen(const Observation& seen, const ProcessId& id) {
  if (lives(seen.named, id)) return true;
  if (seen.remembered && seen.remembered->id == id) return true;
  if (std::ranges::any_of(seen.set_aside, [&](const SetAside& old) { return lives(old.look, id); }))
    return true;
  return seen.sightings && std::ranges::any_of(seen.sightings->alive,
                                               [&](const Process& one) { return one.id == id; });
}

/// An absence counts only where it is certain: /proc shows everything and was searched.
bool is_certain(const Observation& seen) {
  return !std::holds_alternative<Hidden>(seen.named) && !seen.proc_hidden;
}

/// It died although nobody asked it to. Soon after its start it is one that does not stay up.
void note_death(WorkerRecord& record, const Worker& worker, const Facts& facts) {
  record.unrecovered.push_back(record.process->pid);
  record.process.reset();
  const auto last_delay =
      backoff_delay(record.failures.count, facts.backoff_first, facts.backoff_max);
  const auto early = 2 * std::max(facts.backoff_first, last_delay);
  const bool stayed_up = record.started_at == 0 || facts.now - record.started_at >= early.count();
  if (stayed_up) {
    record.failures = {};
  } else {
    remember_failed(record, worker, {.cause = DiedEarly{}, .output_tail = {}, .output = {}}, facts,
                    facts.now);
  }
}

class Remembering {
 public:
  Remembering(const Worker& worker, const Facts& facts, const Observation& seen,
              WorkerRecord& record, std::vector<Event>& events)
      : worker_(worker), facts_(facts), seen_(seen), record_(record), events_(events) {}

  void run() {
    note_gone();
    note_drained();
    note_slow_drains();
    note_running();
    note_staying_up();
  }

 private:
  void note_gone() {
    if (!record_.process || is_seen(seen_, *record_.process) || !is_certain(seen_)) return;
    if (find_stop(&record_, *record_.process) == nullptr) {
      note_death(record_, worker_, facts_);
    } else {
      record_.process.reset();
      record_.failures = {};
    }
  }

  void note_drained() {
    const auto drained = [this](const StopRequest& stop) {
      if (is_seen(seen_, stop.process) || !is_certain(seen_)) return false;
      const Duration took{std::max<BootTime>(0, facts_.now - stop.asked_at)};
      events_.push_back(
          event_of(EventKind::drained, worker_, Stopping{stop.process.pid, stop.reason, took}));
      return true;
    };
    std::erase_if(record_.stops, drained);
  }

  /// Told once for each: jobs of hours are nothing to worry about, but somebody may wait for it.
  void note_slow_drains() {
    for (auto& stop : record_.stops) {
      if (stop.told_slow || facts_.now - stop.asked_at < kSlowDrain.count()) continue;
      stop.told_slow = true;
      events_.push_back(event_of(EventKind::drain_slow, worker_,
                                 Stopping{stop.process.pid, stop.reason, std::nullopt}));
    }
  }

  void note_running() {
    const auto proof = proof_of_named(worker_, facts_.app, seen_, &record_);
    if (proof == Proof::none || proof == Proof::record) return;
    record_.process = std::get<Process>(seen_.named).id;
    record_.restart_file_mtime = seen_.restart_file_mtime;
    if (record_.former_pid && *record_.former_pid != record_.process->pid)
      record_.unrecovered.push_back(*record_.former_pid);
    record_.former_pid.reset();
    if (proof == Proof::title) record_.started_at = 0;
  }

  void note_staying_up() {
    auto& failures = record_.failures;
    if (failures.count == 0 || !record_.process || record_.started_at == 0) return;
    const auto delay =
        std::max(facts_.backoff_first,
                 backoff_delay(failures.count, facts_.backoff_first, facts_.backoff_max));
    if (facts_.now - record_.started_at < 2 * delay.count()) return;
    if (failures.count > 1)
      events_.push_back(event_of(EventKind::recovered, worker_, OfProcess{record_.process->pid}));
    failures = {};
  }

  const Worker& worker_;
  const Facts& facts_;
  const Observation& seen_;
  WorkerRecord& record_;
  std::vector<Event>& events_;
};

/// Takes out what is kept by the names of workers that the configuration no longer has.
void forget_strangers(State& state, const std::vector<Worker>& workers) {
  std::unordered_set<std::string_view> names;
  for (const auto& worker : workers)
    names.insert(worker.name);
  const auto is_stranger = [&](const auto& entry) { return !names.contains(entry.first); };
  std::erase_if(state.counters, is_stranger);
  std::erase_if(state.workers, is_stranger);
}

}  // namespace

Duration backoff_delay(int count, Duration first, Duration max) {
  if (count < 2) return Duration{0};
  auto delay = first;
  for (int doubled = 2; doubled < count && delay < max; ++doubled)
    delay *= 2;
  return std::min(delay, max);
}

void remember_failed(WorkerRecord& record, const Worker& worker, const StartFailure& why,
                     const Facts& facts, BootTime now) {
  auto& failures = record.failures;
  ++failures.count;
  failures.next_try =
      now + backoff_delay(failures.count, facts.backoff_first, facts.backoff_max).count();
  failures.last_error = why;
  failures.release = facts.app.release.native();
  failures.command = command_text(worker.start);
}

void remember_request(State& state, const Facts& facts, const Plan& plan, const Request& request) {
  if (!request.roll) return;
  for (const auto& decision : plan) {
    const auto& judgement = decision.judgement;
    const bool serves = judgement.state == WorkerState::running ||
                        judgement.state == WorkerState::lost ||
                        judgement.state == WorkerState::duplicate;
    if (!serves || !judgement.process || !is_selected(request, decision.worker)) continue;
    const auto& worker = (*facts.workers)[decision.worker];
    auto& record = state.workers[worker.name];
    if (find_stop(&record, judgement.process->id) != nullptr) continue;
    record.to_replace = judgement.process->id;
    record.replace_by_surge = request.mode.value_or(worker.restart.mode) == RestartMode::surge;
  }
}

void remember_started(WorkerRecord& record, const Process& process, const Observation& seen,
                      BootTime now) {
  record.process = process.id;
  record.former_pid.reset();
  record.to_replace.reset();
  record.replace_by_surge = false;
  record.started_at = now;
  record.restart_file_mtime = seen.restart_file_mtime;
}

std::vector<Event> remember_worker(State& state, const Facts& facts, std::size_t worker) {
  std::vector<Event> events;
  const auto& configured = (*facts.workers)[worker];
  auto [entry, added] = state.workers.try_emplace(configured.name);
  Remembering(configured, facts, facts.seen[worker], entry->second, events).run();
  if (added && entry->second == WorkerRecord{}) state.workers.erase(entry);
  return events;
}

std::vector<Event> remember_seen(State& state, const Facts& facts) {
  std::vector<Event> events;
  for (std::size_t at = 0; at < facts.workers->size(); ++at)
    std::ranges::move(remember_worker(state, facts, at), std::back_inserter(events));
  std::erase_if(state.holds, [&](const auto& hold) {
    return hold.second.until && *hold.second.until <= facts.wall;
  });
  std::erase_if(state.orphans, [&](const StopRequest& stop) {
    return std::ranges::find(facts.orphans, stop.process, &Process::id) == facts.orphans.end();
  });
  forget_strangers(state, *facts.workers);
  return events;
}

}  // namespace bootcheck
