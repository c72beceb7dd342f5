#include "doctor/findings.h"

#include "doctor/checks.h"

namespace bootcheck::doctor {

std::vector<Finding> find_all(const Facts& facts) {
  std::vector<Finding> findings;
  for (const auto check : {check_ruby, check_gems, check_programs, check_folders, check_shared,
                           check_cron, check_lines, check_refused_files, check_processes,
                           check_managers, check_identifiers, check_same_starts, check_limits,
                           check_signals, check_cut_offs, check_reserving, check_lock, check_clock})
    check(facts, findings);
  return findings;
}

}  // namespace bootcheck::doctor
