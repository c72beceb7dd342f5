#include "model/proof.h"

namespace bootcheck {

std::string_view name_of(Proof proof) {
  switch (proof) {
    case Proof::none:
      return "none";
    case Proof::record:
      return "pid, start time and boot id are the recorded ones";
    case Proof::title:
      return "its pid is in the pid file, and it has the right user and title";
    case Proof::start_command:
      return "its pid is in the pid file, and it still bears its start command line";
    case Proof::birth:
      return "its pid came into the pid file during its start, and it was born since";
    case Proof::scan:
      return "found in /proc by user, title and working directory";
    case Proof::status_command:
      return "its status command says so";
  }
  return "none";
}

}  // namespace bootcheck
