// The doctor's checks, one a thing that can be wrong. Each adds what it finds; pure.
#pragma once

#include "doctor/findings.h"

namespace bootcheck::doctor {

using Findings = std::vector<Finding>;

void check_ruby(const Facts& facts, Findings& findings);
void check_gems(const Facts& facts, Findings& findings);
void check_programs(const Facts& facts, Findings& findings);
/// There, writable, not full.
void check_folders(const Facts& facts, Findings& findings);
/// Not inside a release, where the next one would not see them.
void check_shared(const Facts& facts, Findings& findings);
void check_cron(const Facts& facts, Findings& findings);
void check_lines(const Facts& facts, Findings& findings);
void check_refused_files(const Facts& facts, Findings& findings);
void check_processes(const Facts& facts, Findings& findings);
void check_managers(const Facts& facts, Findings& findings);
void check_identifiers(const Facts& facts, Findings& findings);
void check_same_starts(const Facts& facts, Findings& findings);
void check_limits(const Facts& facts, Findings& findings);
void check_signals(const Facts& facts, Findings& findings);
void check_cut_offs(const Facts& facts, Findings& findings);
void check_reserving(const Facts& facts, Findings& findings);
void check_lock(const Facts& facts, Findings& findings);
void check_clock(const Facts& facts, Findings& findings);

}  // namespace bootcheck::doctor
