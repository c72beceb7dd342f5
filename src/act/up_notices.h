// Telling of workers that are up, which writes the state file each time: soon, but several at once.
#pragma once

#include "act/start.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace bootcheck {

class UpNotices {
 public:
  using Tell = std::function<void(const std::vector<StartResult>&)>;

  UpNotices(Machine& machine, Tell tell) : machine_(machine), tell_(std::move(tell)) {}

  void add(const StartResult& result) {
    if (results_.empty()) due_at_ = std::max(machine_.monotonic_clock(), not_before_);
    results_.push_back(result);
  }

  std::optional<Duration> due_at() const {
    return results_.empty() ? std::nullopt : std::optional(due_at_);
  }

  void tell_if_due() {
    if (!results_.empty() && machine_.monotonic_clock() >= due_at_) tell();
  }

  void tell() {
    if (results_.empty()) return;
    const auto began = machine_.monotonic_clock();
    tell_(std::exchange(results_, {}));
    const auto ended = machine_.monotonic_clock();
    not_before_ = ended + std::max(kBetween, kShare * (ended - began));
  }

 private:
  static constexpr Duration kBetween{50};
  static constexpr int kShare = 10;  ///< it takes a tenth of the time at most

  Machine& machine_;
  Tell tell_;
  std::vector<StartResult> results_;
  Duration due_at_{0};
  Duration not_before_{0};
};

}  // namespace bootcheck
