#include "model/request.h"

#include "util/cases.h"

#include <string_view>
#include <unordered_set>

namespace bootcheck {
namespace {

void end_back_off(State& state, const std::string& worker) {
  if (const auto record = state.workers.find(worker); record != state.workers.end())
    record->second.failures = {};
}

}  // namespace

void remember_requests(State& state, const std::vector<Request>& requests,
                       const std::vector<Worker>& workers) {
  if (requests.empty()) return;
  std::unordered_set<std::string_view> names;
  for (const auto& worker : workers)
    names.insert(worker.name);
  for (const auto& [worker, what] : requests) {
    if (!names.contains(worker)) continue;
    std::visit(Cases{[&, &name = worker](const AskForRoll& ask) {
                       end_back_off(state, name);
                       state.failed_boots = {};
                       if (ask.boot_id == state.stamp.boot_id) state.workers[name].roll = ask.roll;
                     },
                     [&, &name = worker](const AskForHold& ask) {
                       state.holds.insert_or_assign(name, ask.hold);
                     },
                     [&, &name = worker](const AskForRelease&) {
                       state.holds.erase(name);
                       end_back_off(state, name);
                     }},
               what);
  }
}

}  // namespace bootcheck
