// What is remembered from one pass to the next. Pure: brings a State up to date with what was seen
// and done.
#pragma once

#include "model/event.h"
#include "model/plan.h"

#include <vector>

namespace bootcheck {

/// Before planning: notes which processes are the workers now, which of those remembered have
/// drained or died, and counts early deaths. Expired holds and workers that the configuration no
/// longer names are forgotten. Returns what is worth telling; `state` is unchanged when nothing
/// happened.
std::vector<Event> remember_seen(State& state, const Facts& facts);

/// The same of one worker only, by its index.
std::vector<Event> remember_worker(State& state, const Facts& facts, std::size_t worker);

/// `restart`: notes the processes that are to be replaced, now or when their turn comes.
void remember_request(State& state, const Facts& facts, const Plan& plan, const Request& request);

/// After a start that was seen running.
void remember_started(WorkerRecord& record, const Process& process, const Observation& seen,
                      BootTime now);

/// After a start that failed: the next one waits.
void remember_failed(WorkerRecord& record, const Worker& worker, const StartFailure& why,
                     const Facts& facts, BootTime now);

/// How long a worker that died early `count` times in a row waits for its next start: not at all
/// after the first time, then `first`, doubled each time up to `max`.
Duration backoff_delay(int count, Duration first, Duration max);

}  // namespace bootcheck
