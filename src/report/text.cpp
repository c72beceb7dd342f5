#include "report/text.h"

#include "util/trimmed.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace bootcheck {
namespace {

/// One character at the front of a text; not valid: one byte that belongs to no character.
struct Character {
  std::uint32_t code = 0;
  std::size_t size = 1;
  bool valid = false;
};

std::uint32_t byte_at(std::string_view text, std::size_t index) {
  return static_cast<unsigned char>(text[index]);
}

/// How many bytes the character takes that begins with `lead`; 0: none begins so (RFC 3629).
std::size_t size_from(std::uint32_t lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  if (lead >= 0xf0 && lead <= 0xf4) return 4;
  return 0;
}

Character first_of(std::string_view text) {
  const auto lead = byte_at(text, 0);
  const auto size = size_from(lead);
  if (size == 0 || size > text.size()) return {.code = lead};
  if (size == 1) return {.code = lead, .size = 1, .valid = true};
  auto code = lead & (0x7fU >> size);
  for (std::size_t index = 1; index < size; ++index) {
    if ((byte_at(text, index) & 0xc0) != 0x80) return {.code = lead};
    code = code << 6 | (byte_at(text, index) & 0x3f);
  }
  constexpr std::array smallest{0U, 0U, 0x80U, 0x800U, 0x10000U};
  if (code < smallest.at(size) || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
    return {.code = lead};
  return {.code = code, .size = size, .valid = true};
}

/// Calls `each(character, bytes)` for every character of a text.
void for_each_character(std::string_view text, const auto& each) {
  while (!text.empty()) {
    const auto character = first_of(text);
    each(character, text.substr(0, character.size));
    text.remove_prefix(character.size);
  }
}

struct Range {
  std::uint32_t first, last;
};

bool is_in(std::uint32_t code, const auto& ranges) {
  return std::ranges::any_of(
      ranges, [code](const Range& range) { return code >= range.first && code <= range.last; });
}

/// Controls (C0, DEL, C1), line and paragraph separators, and what turns the direction of writing.
constexpr std::array unprintable{Range{0, 0x1f}, Range{0x7f, 0x9f}, Range{0x200e, 0x200f},
                                 Range{0x2028, 0x202e}, Range{0x2066, 0x2069}};
bool is_printable(const Character& character) {
  return character.valid && !is_in(character.code, unprintable);
}

std::string escape(std::uint32_t code) {
  switch (code) {
    case '\n':
      return "\\n";
    case '\t':
      return "\\t";
    case '\r':
      return "\\r";
    default:
      return code <= 0xff ? fmt::format("\\x{:02x}", code) : fmt::format("\\u{:04x}", code);
  }
}

/// How many bytes of `\x1b[32m` begin a text; 0: no colour begins there.
std::size_t length_of_colour(std::string_view text) {
  if (!text.starts_with("\x1b[")) return 0;
  const auto end = text.find_first_not_of("0123456789;", 2);
  return end != std::string_view::npos && text[end] == 'm' ? end + 1 : 0;
}

}  // namespace

std::string valid_utf8(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  for_each_character(text, [&](const Character& character, std::string_view bytes) {
    valid += character.valid ? bytes : "\xef\xbf\xbd";
  });
  return valid;
}

std::string printable(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  for_each_character(text, [&](const Character& character, std::string_view bytes) {
    if (is_printable(character)) {
      safe += bytes;
    } else {
      safe += escape(character.code);
    }
  });
  return safe;
}

std::string json_printable(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  for_each_character(text, [&](const Character& character, std::string_view bytes) {
    if (is_printable(character) || character.code == '\n') {
      safe += bytes;
    } else {
      safe += fmt::format("\\u{:04x}", character.code);
    }
  });
  return safe;
}

std::string showable(std::string_view text, bool colour) {
  std::string safe;
  safe.reserve(text.size());
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of("\n\x1b"), text.size());
    safe += printable(text.substr(0, end));
    text.remove_prefix(end);
    if (text.empty()) break;
    const std::size_t ours = text.front() == '\n' ? 1 : colour ? length_of_colour(text) : 0;
    safe += ours > 0 ? std::string(text.substr(0, ours)) : printable(text.substr(0, 1));
    text.remove_prefix(std::max<std::size_t>(ours, 1));
  }
  return safe;
}

int display_width(std::string_view text) {
  int width = 0;
  for_each_character(text, [&](const Character&, std::string_view) { ++width; });
  return width;
}

std::string one_line(std::string_view text) {
  std::string line;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    if (const auto part = trimmed(text.substr(0, end)); !part.empty())
      fmt::format_to(std::back_inserter(line), "{}{}", line.empty() ? "" : " | ", printable(part));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return line;
}

std::string utc_time(WallTime time) {
  // Beyond the year 9999 a time is a mistake (a --for of millions of days), not a reason to throw.
  const auto sane = std::clamp<WallTime>(time, 0, 253402300799);
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(sane)));
}

}  // namespace bootcheck
