#include "model/host_locks.h"

#include <algorithm>

namespace bootcheck {
namespace {

bool is_same_letter(char one, char other) {
  const auto lower = [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  };
  return lower(one) == lower(other);
}

/// `name` is `domain_free`, or that with a domain behind it.
bool is_or_has_domain(std::string_view name, std::string_view domain_free) {
  if (name.size() < domain_free.size()) return false;
  const auto begin = name.substr(0, domain_free.size());
  return std::ranges::equal(begin, domain_free, is_same_letter) &&
         (name.size() == domain_free.size() || name[domain_free.size()] == '.');
}

}  // namespace

std::string LockedWorker::shown(const std::string& host) const {
  const std::string_view shown = name.empty() ? std::string_view("jobs:work") : name;
  return std::string(shown) + " (pid " + std::to_string(pid) + " on " + host + ")";
}

std::int64_t HostLocks::jobs() const {
  std::int64_t sum = 0;
  for (const auto& worker : workers)
    sum += worker.jobs;
  return sum;
}

const LockedWorker* last_within_run_time(const HostLocks& locks) {
  const auto last = std::ranges::max_element(locks.workers, {}, &LockedWorker::last);
  if (last == locks.workers.end() || last->last == 0) return nullptr;
  return last->last + locks.max_run_time.count() > locks.now ? &*last : nullptr;
}

bool may_be_host(std::string_view own, std::string_view name) {
  return is_or_has_domain(own, name) || is_or_has_domain(name, own);
}

}  // namespace bootcheck
