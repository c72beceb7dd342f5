#include "act/end_causes.h"

#include "config/start_log.h"
#include "launch/launch.h"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace bootcheck {
namespace {

constexpr int kLinesOfLog = 3;
constexpr std::uint64_t kEndOfLog = 4096;

/// The line `oom_kill 5` of /proc/vmstat, since Linux 4.13; 0: it is not there.
std::uint64_t oom_kills(Machine& machine) {
  constexpr std::string_view kName = "\noom_kill ";
  const auto read = machine.read_file("/proc/vmstat");
  const auto* file = std::get_if<FileText>(&read);
  if (file == nullptr) return 0;
  const auto at = file->text.find(kName);
  if (at == std::string::npos) return 0;
  std::uint64_t kills = 0;
  const auto* text = file->text.data();
  std::from_chars(text + at + kName.size(), text + file->text.size(), kills);
  return kills;
}

bool is_gone_unasked(const Decision& decision) {
  return decision.judgement.state == WorkerState::crashed;
}

/// A daemon has a log of its own.
std::string last_output(Machine& machine, const Config& config, const Worker& worker) {
  if (!worker.foreground) return {};
  const auto log = start_log(config, worker);
  const auto status = machine.file_status(log);
  if (!status || status->size == 0) return {};
  return tail(machine, log, status->size - std::min(status->size, kEndOfLog), kLinesOfLog);
}

}  // namespace

void look_into_ends(Machine& machine, const Config& config, Assessment& assessment) {
  auto& [facts, assignment, state, noticed, plan] = assessment;
  bool is_any_gone = false;
  for (const auto& decision : plan.decisions) {
    if (!is_gone_unasked(decision)) continue;
    is_any_gone = true;
    facts.seen[decision.worker].last_output =
        last_output(machine, config, config.workers[decision.worker]);
  }
  if (!is_any_gone && state.oom) return;
  const auto before = state.oom;
  count_oom_kills(machine, state);
  if (is_any_gone && before && state.oom->kills > before->kills)
    facts.oom_kills = OomKills{.count = state.oom->kills - before->kills, .since = before->at};
}

void count_oom_kills(Machine& machine, State& state) {
  state.oom = OomCount{.kills = oom_kills(machine), .at = machine.wall_now()};
}

}  // namespace bootcheck
