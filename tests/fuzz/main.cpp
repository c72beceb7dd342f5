// fuzz [LIBFUZZER-OPTION...] [CORPUS...] feeds the target that FUZZ_TARGET names; FUZZ_TARGET=list
// prints them all.
#include "fuzz/targets.h"
#include "report/text.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include <boost/json/parse.hpp>

namespace bootcheck::fuzz {

void require(bool holds, const char* property) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", property);
  std::abort();
}

void require_showable(std::string_view text) {
  require(showable(text, false) == text, "nothing but what a terminal shows");
}

void require_one_line(std::string_view text) {
  require(printable(text) == text, "one line of what a terminal shows");
}

void require_json(std::string_view text) {
  boost::json::error_code error;
  boost::json::parse({text.data(), text.size()}, error);
  require(!error, "it is JSON");
  require_showable(text);
}

namespace {

const Target& chosen() {
  static const Target target = [] {
    auto targets = parser_targets();
    for (const auto& more : {file_targets(), printer_targets()})
      targets.insert(targets.end(), more.begin(), more.end());
    const char* name = std::getenv("FUZZ_TARGET");
    const std::string_view wanted = name == nullptr ? "" : name;
    for (const auto& each : targets) {
      if (each.name == wanted) return each;
    }
    for (const auto& each : targets)
      std::printf("%s\n", std::string(each.name).c_str());
    std::fflush(stdout);
    std::_Exit(wanted == "list" ? 0 : 2);
  }();
  return target;
}

}  // namespace
}  // namespace bootcheck::fuzz

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  bootcheck::fuzz::chosen();
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  bootcheck::fuzz::chosen().feed({reinterpret_cast<const char*>(data), size});
  return 0;
}
