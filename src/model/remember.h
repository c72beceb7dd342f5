// Brings what is remembered up to date: with what was judged, with what is intended, and with what
// was done. Pure.
#pragma once

#include "model/event.h"
#include "model/plan.h"

#include <vector>

namespace bootcheck {

/// What a pass knows before it plans.
struct Remembered {
  State state;
  std::vector<Event> events;  ///< `drained`, `drain_slow`, `recovered`, `left_over`
};

/// Forgets whom a hold was to stop and no pass has come to ask, where the hold is over.
void forget_void_stops(State& state, const std::vector<Worker>& workers, WallTime now);

/// Notes which processes are the workers now, which of those remembered have drained or died, and
/// counts early deaths. A restart that was asked for is
/// noted for the process that served then. Expired holds and workers that the configuration no
/// longer names are forgotten; of the latter the living processes become orphans. Nothing changes
/// when nothing happened.
Remembered remember(State state, const Facts& facts, const Judgements& judgements);

/// Before anything of a plan is carried out: notes whom it will ask to stop, whom it sets aside,
/// whose jobs it hands back and what it starts, so that any later pass can finish it.
void remember_intents(State& state, const Facts& facts, const Plan& plan);

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

/// How long a worker that died early `count` times in a row waits for its next start: not at all
/// after the first time, then `first`, doubled each time up to `max`.
Duration backoff_delay(int count, Duration first, Duration max);

}  // namespace bootcheck
