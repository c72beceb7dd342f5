// From facts to what is wrong and what mends it. Pure.
#pragma once

#include "doctor/facts.h"

#include <string>
#include <vector>

namespace bootcheck::doctor {

struct Finding {
  std::string kind;  ///< for scripts: `ruby_missing`
  std::string text;  ///< a sentence for people
  std::string fix;   ///< a line for a shell; of what takes thought, one that shows more
  bool operator==(const Finding&) const = default;
};

/// Everything that would keep workers from coming up, or harm them, the most hindering first.
std::vector<Finding> find_all(const Facts& facts);

}  // namespace bootcheck::doctor
