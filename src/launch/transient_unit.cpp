#include "launch/transient_unit.h"

#include "launch/unit_parent.h"
#include "system/identity.h"
#include "system/memory_file.h"
#include "util/errors.h"

#include <unistd.h>

namespace bootcheck {
namespace {

/// Ends as the start has ended, with what systemd-run printed: the parent's answer is its stdin.
constexpr const char* kWaitForAnswer =
    "while IFS= read -r line; do"
    " case $line in 'exit status '*) exit \"${line#exit status }\";; esac;"
    " printf '%s\\n' \"$line\"; "
    "done; exit 125";

UnitOrder order_of(const LaunchRequest& request, const Worker& first, std::string description) {
  return {.description = std::move(description),
          // One in the foreground writes its pid file; else this hands back the jobs of its dead.
          .forks = !first.foreground || request.pid_file.empty(),
          .stop_signal = first.stop_signal,
          .start_timeout = request.time_limit,
          .working_directory = request.working_directory,
          .output = request.output,
          .argv = request.argv,
          .env = request.env,
          .input = request.input,
          .pid_file = request.pid_file,
          .properties = first.unit};
}

}  // namespace

bool is_under_systemd() {
  return ::access("/run/systemd/system", F_OK) == 0;
}

bool uses_systemd(const Config& config) {
  if (config.launcher != Launcher::automatic) return config.launcher == Launcher::systemd;
  return (::geteuid() == 0 || has_unit_parent()) && is_under_systemd();
}

TransientUnit::TransientUnit(LaunchRequest& request, const Worker& first, std::string description) {
  const auto order = order_of(request, first, std::move(description));
  request.pid_file.clear();  // it is the unit's to write
  if (has_unit_parent()) {
    ask_parent(request, order);
  } else if (::geteuid() == 0) {
    ask_as_root(request, order);
  } else {
    throw_error(EPERM, "`launcher: systemd` is for root");
  }
}

void TransientUnit::ask_parent(LaunchRequest& request, const UnitOrder& order) {
  answer_ = ask_unit_parent(order);
  request.argv = {"/bin/sh", "-c", kWaitForAnswer, "bootcheck"};
  request.env = {{"PATH", "/usr/bin:/bin"}};
  request.input.clear();
  request.input_descriptor = answer_.get();
}

void TransientUnit::ask_as_root(LaunchRequest& request, const UnitOrder& order) {
  environment_ = memory_file(environment_file(order.env));
  if (!order.input.empty()) input_ = memory_file(order.input);
  const auto self = Identity::of_this_process();
  request.argv = transient_unit_command(order, {.environment = path_for_systemd(environment_),
                                                .input = path_for_systemd(input_),
                                                .uid = self.uid(),
                                                .gid = self.gid()});
  request.env = {{"PATH", "/usr/bin:/bin"}};
  request.input.clear();
}

}  // namespace bootcheck
