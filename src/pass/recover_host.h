// `recover`: the jobs of all delayed_job workers of a host that is gone for good go back to their
// queue. No part of a pass: it starts and stops nobody and needs no lock.
#pragma once

#include "model/event.h"
#include "model/host_locks.h"
#include "observe/context.h"

#include <functional>
#include <string>
#include <variant>
#include <vector>

namespace bootcheck {

/// What became of the jobs of one queue.
struct HostRecovered {
  std::vector<Event> events;  ///< empty: there were none, or nothing was to be done with them
};
/// It could not even be looked at them; why, for people.
struct CannotRecover {
  std::string why;
};

/// Workers, by index, whose applications are to be booted so that every queue of the configuration
/// is looked at: one for each program, folder and environment. Empty: none is a delayed_job worker.
std::vector<std::size_t> queues_of(const Config& config);

/// Boots the application of one of them, shows what `host` has locked to `confirm`, and hands it
/// back if that says so. It is in the log then. Throws std::system_error.
std::variant<HostRecovered, CannotRecover> recover_host(
    const Context& context, std::size_t worker, const std::string& host,
    const std::function<bool(const HostLocks&)>& confirm);

}  // namespace bootcheck
