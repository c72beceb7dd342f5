#include "act/fresh_look.h"

#include <algorithm>

namespace bootcheck {
namespace {

/// A search serves for so long, and ten times as long as it took: it never takes the greater part
/// of the time in which many are started.
constexpr Duration kServes{1000};

}  // namespace

bool FreshLook::is_recent() const {
  const auto age = context_.run.machine.monotonic_clock() - looked_at_;
  return !judgements_.empty() && age < std::max(kServes, 10 * took_);
}

void FreshLook::look() {
  auto& machine = context_.run.machine;
  const auto began = machine.monotonic_clock();
  auto seen = observe(context_.run, context_.app, context_.state, Search::always, ours_);
  judgements_ = judge(seen.facts, context_.state, seen.assignment);
  facts_ = std::move(seen.facts);
  looked_at_ = machine.monotonic_clock();
  took_ = looked_at_ - began;
}

const Judgement& FreshLook::at(std::size_t worker) {
  const auto& file = context_.run.config.workers[worker].pid_file;
  const auto is_absent = [](const PidFile& seen) {
    return std::holds_alternative<NoPidFile>(seen);
  };
  const bool is_same = is_recent() && is_absent(pid_file_of(worker)) &&
                       is_absent(context_.run.machine.read_pid_file(file));
  if (!is_same) look();
  return judgements_[worker];
}

}  // namespace bootcheck
