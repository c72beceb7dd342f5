// The machine that this process runs on.
#pragma once

#include "launch/launch.h"
#include "system/linux_machine.h"

namespace bootcheck {

class Host final : public LinuxMachine {
 public:
  std::unique_ptr<Launches> launches() override { return linux_launches(proc()); }
};

}  // namespace bootcheck
