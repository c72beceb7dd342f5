// What several of those that write a worker's record do to it.
#pragma once

#include "model/facts.h"

namespace bootcheck {

/// Whether the jobs of its dead are handed back.
bool recovers(const Worker& worker, const Facts& facts);

/// Its jobs have to be looked for. Of the one that is noted already only what is new counts; the
/// oldest gives way where there are too many.
void add_unrecovered(WorkerRecord& record, DeadProcess dead, const Facts& facts);

/// The process is the worker now. Whoever had its place before may live on.
void take_place(WorkerRecord& record, KnownProcess process);

}  // namespace bootcheck
