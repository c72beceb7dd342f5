#include "rights/decide.h"

#include <fmt/format.h>

namespace bootcheck {
namespace {

bool others_may_add(const WayStep& step) {
  return step.is_folder && (step.group_may_write || step.others_may_write);
}

bool others_may_change(const WayStep& step) {
  return !step.is_sticky && (step.group_may_write || step.others_may_write);
}

}  // namespace

Decider who_decides(const Way& way) {
  for (const auto& step : way.steps) {
    if (step.owner != 0) return OwnerDecides{step.owner, step.path};
    if (others_may_change(step)) {
      return Undecided{fmt::format(
          "{} belongs to root, but {} may write to it: chmod go-w {}", step.path.native(),
          step.others_may_write ? "everybody" : "its group", step.path.native())};
    }
  }
  if (!way.is_complete && !way.steps.empty() && others_may_add(way.steps.back())) {
    return Undecided{
        fmt::format("what is looked for in {} is not there, and anybody could put it there",
                    way.steps.back().path.native())};
  }
  return RootDecides{};
}

}  // namespace bootcheck
