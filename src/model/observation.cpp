#include "model/observation.h"

namespace bootcheck {

const Process* ProcessTable::living(pid_t pid) const {
  const auto look = looks.find(pid);
  return look == looks.end() ? nullptr : std::get_if<Process>(&look->second);
}

const Process* ProcessTable::living(const ProcessId& id) const {
  const auto* process = living(id.pid);
  return process != nullptr && process->id == id ? process : nullptr;
}

bool ProcessTable::has_ended(const ProcessId& id) const {
  const auto look = looks.find(id.pid);
  if (look == looks.end() || std::holds_alternative<Hidden>(look->second)) return false;
  const auto* process = std::get_if<Process>(&look->second);
  if (process != nullptr) return process->id != id;
  return !hidden;
}

}  // namespace bootcheck
