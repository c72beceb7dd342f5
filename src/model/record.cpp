#include "model/record.h"

#include "model/identity.h"

#include <algorithm>
#include <utility>

namespace bootcheck {
namespace {

/// A worker that crashes in every pass leaves no more dead processes to look for than this.
constexpr std::size_t kMostUnrecovered = 16;
constexpr std::size_t kMostBeside = 16;

}  // namespace

bool recovers(const Worker& worker, const Facts& facts) {
  return facts.recover_jobs && hands_back_jobs(worker);
}

void add_unrecovered(WorkerRecord& record, DeadProcess dead, const Facts& facts) {
  auto& all = record.unrecovered;
  if (dead.gone == 0) dead.gone = facts.wall;
  const auto known = find_dead(all, dead.pid, dead.host);
  if (known != all.end()) {
    known->asked = known->asked && dead.asked;
    const bool lived_again = dead.born > known->gone;
    if (known->gone == 0 || lived_again) known->gone = dead.gone;
    return;
  }
  if (dead.host.empty()) dead.host = facts.host;  // it may be called otherwise by the next time
  if (all.size() >= kMostUnrecovered) all.erase(all.begin());
  all.push_back(std::move(dead));
}

void take_place(WorkerRecord& record, KnownProcess process) {
  std::erase_if(record.beside, [&](const KnownProcess& other) { return other.id == process.id; });
  if (record.process && record.process->id != process.id) {
    if (record.beside.size() >= kMostBeside) record.beside.erase(record.beside.begin());
    record.beside.push_back(std::move(*record.process));
  }
  record.process = std::move(process);
}

}  // namespace bootcheck
