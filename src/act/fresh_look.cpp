#include "act/fresh_look.h"

#include <algorithm>

namespace bootcheck {
namespace {

/// A search serves for so long, and ten times as long as it took: it never takes the greater part
/// of the time in which many are started.
constexpr Duration kServes{1000};

bool has_none(const PidFile& seen) {
  return std::holds_alternative<NoPidFile>(seen);
}

}  // namespace

bool is_absent(const Judgement& judgement) {
  return judgement.beneath == WorkerState::missing || judgement.beneath == WorkerState::drained ||
         judgement.beneath == WorkerState::failing;
}

bool FreshLook::is_recent() const {
  const auto age = context_.run.machine.monotonic_clock() - looked_at_;
  return !judgements_.empty() && age < std::max(kServes, 10 * took_);
}

void FreshLook::look() {
  auto& machine = context_.run.machine;
  const auto began = machine.monotonic_clock();
  // This pass has written down that it starts them, which proves nothing before it does.
  auto state = context_.state;
  for (auto& [name, record] : state.workers)
    record.start.reset();
  auto seen = observe(context_.run, context_.app, state, Search::always, ours_);
  judgements_ = judge(seen.facts, state, seen.assignment);
  facts_ = std::move(seen.facts);
  looked_at_ = machine.monotonic_clock();
  took_ = looked_at_ - began;
}

const Judgement& FreshLook::at(std::size_t worker) {
  const auto& file = context_.run.config.workers[worker].pid_file;
  // One that was there may have ended since: it removes its pid file before, if it was asked to.
  const bool is_same = is_recent() && is_absent(judgements_[worker]) &&
                       has_none(pid_file_of(worker)) &&
                       has_none(context_.run.machine.read_pid_file(file));
  if (!is_same) look();
  return judgements_[worker];
}

}  // namespace bootcheck
