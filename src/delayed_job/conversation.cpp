#include "delayed_job/preloader.h"

#include <charconv>

namespace bootcheck {
namespace {

/// Takes a number and the blank before it away from the beginning.
std::optional<int> take_number(std::string_view& text) {
  if (!text.starts_with(' ')) return std::nullopt;
  int number = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data() + 1, end, number);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
  return number;
}

}  // namespace

std::optional<std::variant<Booted, BatchEnded>> read_answer(std::string_view line) {
  if (line == "booted") return Booted{};
  constexpr std::string_view kEnded = "ended";
  if (!line.starts_with(kEnded)) return std::nullopt;
  line.remove_prefix(kEnded.size());
  const auto batch = take_number(line);
  const auto status = take_number(line);
  if (!batch || !status || !line.empty()) return std::nullopt;
  return BatchEnded{.batch = *batch, .exit_status = *status};
}

}  // namespace bootcheck
