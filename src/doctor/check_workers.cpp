// What the configuration and the application say of the workers.
#include "delayed_job/command_line.h"
#include "doctor/checks.h"
#include "doctor/gems.h"
#include "util/duration.h"
#include "util/shell_words.h"

#include <set>

#include <fmt/format.h>

namespace bootcheck::doctor {
namespace {

constexpr std::uint64_t kSmallestRuby = std::uint64_t{64} << 20U;
constexpr std::uint64_t kSmallest = std::uint64_t{16} << 20U;
constexpr Duration kShortestAge = std::chrono::minutes{10};

std::string edit(const Facts& facts) {
  const auto file = facts.config->file.value_or(facts.config->root / "config/bootcheck.yml");
  return "${EDITOR:-vi} " + shell_word(file.native());
}

bool cannot_be_told_apart(const Worker& one, const Worker& other) {
  return one.preset.empty() && other.preset.empty() && one.start == other.start &&
         one.process_title == other.process_title && one.env == other.env &&
         one.working_directory == other.working_directory && one.status.empty() &&
         other.status.empty();
}

}  // namespace

void check_identifiers(const Facts& facts, Findings& findings) {
  const auto daemons = facts.ruby.gems.find("daemons");
  if (daemons == facts.ruby.gems.end() || !is_older(daemons->second, "1.2")) return;
  for (const auto& one : facts.config->workers) {
    if (one.preset != delayed_job::kPreset) continue;
    for (const auto& other : facts.config->workers) {
      const bool collide =
          &one != &other && other.preset == one.preset && other.name.starts_with(one.name);
      if (!collide) continue;
      findings.push_back(
          {"identifiers_collide",
           fmt::format(
               "daemons {} takes the pid file of {} for that of {}, which then does not start",
               daemons->second, other.name, one.name),
           fmt::format("cd {} && bundle update daemons", shell_word(facts.config->root.native()))});
      return;
    }
  }
}

void check_same_starts(const Facts& facts, Findings& findings) {
  const auto& workers = facts.config->workers;
  std::set<std::size_t> told;
  for (std::size_t one = 0; one < workers.size(); ++one) {
    for (std::size_t other = one + 1; other < workers.size(); ++other) {
      if (!cannot_be_told_apart(workers[one], workers[other]) || told.contains(one)) continue;
      told.insert(other);
      findings.push_back(
          {"same_start",
           fmt::format(
               "{} and {} are started by one and the same command: without their pid files "
               "they cannot be told apart; give each an argument of its own, \"%{{id}}\" say",
               workers[one].name, workers[other].name),
           edit(facts)});
      break;
    }
  }
}

void check_limits(const Facts& facts, Findings& findings) {
  for (const auto& worker : facts.config->workers) {
    const auto least = worker.preset.empty() ? kSmallest : kSmallestRuby;
    if (worker.limits.memory && *worker.limits.memory < least) {
      findings.push_back(
          {"limit_tiny",
           fmt::format("limits.memory of {} is {}, less than it takes to come up: it "
                       "would be replaced at every pass",
                       worker.name, format_size(*worker.limits.memory)),
           edit(facts)});
      return;
    }
    if (worker.limits.age && *worker.limits.age < kShortestAge) {
      findings.push_back({"limit_tiny",
                          fmt::format("limits.age of {} is {}: it would be replaced all the time",
                                      worker.name, format_duration(*worker.limits.age)),
                          edit(facts)});
      return;
    }
  }
}

void check_signals(const Facts& facts, Findings& findings) {
  for (const auto& source : facts.raises)
    findings.push_back(
        {"jobs_cut_off",
         fmt::format(
             "{}:{} sets raise_signal_exceptions, so a worker that is asked to stop cuts its "
             "job off",
             source.file.native(), source.line),
         fmt::format("sed -i '{}s/^/# /' {}", source.line, shell_word(source.file.native()))});
}

void check_cut_offs(const Facts& facts, Findings& findings) {
  for (const auto& [text, fix] : facts.cut_offs)
    findings.push_back({"jobs_cut_off", text, fix});
}

void check_reserving(const Facts& facts, Findings& findings) {
  if (!facts.deadlocks) return;
  const auto file = facts.config->root / "config/initializers/delayed_job_deadlocks.rb";
  findings.push_back(
      {"jobs_twice",
       "on MySQL and MariaDB a job runs twice when its deletion meets a deadlock: delayed_job "
       "reserves jobs in a way that leads to some",
       fmt::format("echo 'Delayed::Backend::ActiveRecord.configure {{ |config| "
                   "config.reserve_sql_strategy = :default_sql }}' > {}",
                   shell_word(file.native()))});
}

}  // namespace bootcheck::doctor
