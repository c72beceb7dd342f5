// What was done, written down after it. Pure.
#pragma once

#include "model/facts.h"
#include "model/start_failure.h"

#include <cstdint>
#include <optional>
#include <string>

namespace bootcheck {

/// After the stop signal was sent.
void remember_asked(WorkerRecord& record, const ProcessId& process, BootTime now);

/// After a start that was seen running. `release`: where the root led when it began, which may be
/// on from where it led when the pass began.
void remember_started(WorkerRecord& record, const Process& process, std::string release,
                      const Facts& facts, std::size_t worker, BootTime now);

/// Its stop command was run; `is_asked`: it did not fail. Else it is to be run again.
void remember_commanded(WorkerRecord& record, bool is_asked, BootTime now);

/// Its start has brought it up, as its status command says.
void remember_up_by_status(WorkerRecord& record, BootTime now);

/// After a start that failed, or an early death: the next one waits.
void remember_failed(WorkerRecord& record, const Worker& worker, const StartFailure& why,
                     std::optional<std::int64_t> restart_file_mtime, const Facts& facts,
                     BootTime now);

/// After a boot for successors that failed: the next one waits. Another release or restart file
/// has its own chance.
void remember_boot_failed(State& state, const Worker& worker, const StartFailure& why,
                          std::optional<std::int64_t> restart_file_mtime, const Facts& facts,
                          BootTime now);

/// After a look for the jobs of a dead process; empty: none is locked any more, else why not.
struct HandBack {
  std::size_t worker = 0;
  pid_t pid = 0;
  std::string host;  ///< as it was called while the process lived; empty: as it is called now
  std::string trouble;
};
/// The next look waits for a minute at least, unless the application is booted anyway.
void remember_hand_back(WorkerRecord& record, const HandBack& result, const Facts& facts,
                        BootTime now);

}  // namespace bootcheck
