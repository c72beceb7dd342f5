// The words for what a `ready` command says. Pure.
#pragma once

#include "model/not_ready.h"

#include <string>

namespace bootcheck {

/// A command as it stands in the configuration: of `/bin/sh -c LINE` the line.
std::string command_line(const Argv& command);

/// `it says ready`, `it ended with 2`, `it did not answer within 5s`
std::string ready_answer(const LaunchOutcome& outcome);

/// What a worker waits for, to follow "waits until": `` `pg_isready -q` says ready: it ended with
/// 2``.
std::string text_of(const NotReady& waiting);

}  // namespace bootcheck
