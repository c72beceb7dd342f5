// What is fed with whatever libFuzzer makes up. A target ends the process where a property does not
// hold.
#pragma once

#include <string_view>
#include <vector>

namespace bootcheck::fuzz {

struct Target {
  std::string_view name;
  void (*feed)(std::string_view input);
};

std::vector<Target> parser_targets();
std::vector<Target> file_targets();
std::vector<Target> printer_targets();

/// A property. Its text is what is printed where it does not hold.
void require(bool holds, const char* property);

/// What is printed on a terminal: valid UTF-8 that nothing acts on but for line ends.
void require_showable(std::string_view text);
/// The same, and one line.
void require_one_line(std::string_view text);
/// A JSON document that a terminal may be shown.
void require_json(std::string_view text);

}  // namespace bootcheck::fuzz
