#include "model/plan.h"

#include <string>
#include <variant>

namespace bootcheck {
namespace {

std::string text_of(const RemovePidFile& step) {
  if (step.pid == 0) return "remove the pid file (it names no process)";
  return "remove the pid file (it says " + std::to_string(step.pid) + ")";
}
std::string text_of(const RestorePidFile& step) {
  return "write the pid file back (pid " + std::to_string(step.process.pid) + ")";
}
std::string text_of(const RecoverJobs& step) {
  return "hand back the jobs of pid " + std::to_string(step.pid);
}
std::string text_of(const StartWorker&) {
  return "start it";
}
std::string text_of(const AskToStop& step) {
  return "ask pid " + std::to_string(step.process.pid) + " to finish its job and exit (" +
         std::string(name_of(step.reason)) + ")";
}
std::string text_of(const SetPidFileAside& step) {
  return "set the pid file of pid " + std::to_string(step.process.pid) + " aside";
}
std::string text_of(const ForgetSetAside& step) {
  return "remove what is left of pid " + std::to_string(step.pid) + ", which has drained";
}
std::string text_of(const KillWorker& step) {
  return "kill pid " + std::to_string(step.process.pid) + " (kill_after is over)";
}

std::string text_of(const RunStopCommand& step) {
  return "run its stop command (" + std::string(name_of(step.reason)) + ")";
}

}  // namespace

std::string describe(const Step& step) {
  return std::visit([](const auto& each) { return text_of(each); }, step);
}

}  // namespace bootcheck
