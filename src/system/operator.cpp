#include "system/operator.h"

#include <cstdlib>

#include <unistd.h>

namespace bootcheck {
namespace {

std::string find_operator() {
  for (const char* variable : {"SUDO_USER", "LOGNAME", "USER"}) {
    const char* name = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe): there is one thread
    if (name != nullptr && *name != '\0') return name;
  }
  return ::getuid() == 0 ? std::string("root") : "user " + std::to_string(::getuid());
}

}  // namespace

const std::string& operator_name() {
  static const std::string kName = find_operator();
  return kName;
}

}  // namespace bootcheck
