#include "report/text.h"

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
constexpr std::array zero_wide{Range{0x300, 0x36f},   Range{0x483, 0x489},   Range{0x591, 0x5bd},
                               Range{0x1ab0, 0x1aff}, Range{0x1dc0, 0x1dff}, Range{0x200b, 0x200d},
                               Range{0x20d0, 0x20ff}, Range{0xfe00, 0xfe0f}, Range{0xfe20, 0xfe2f}};
constexpr std::array double_wide{
    Range{0x1100, 0x115f},   Range{0x2e80, 0x303e},   Range{0x3041, 0xa4cf},
    Range{0xa960, 0xa97f},   Range{0xac00, 0xd7a3},   Range{0xf900, 0xfaff},
    Range{0xfe30, 0xfe6f},   Range{0xff00, 0xff60},   Range{0xffe0, 0xffe6},
    Range{0x1f300, 0x1f64f}, Range{0x1f680, 0x1f6ff}, Range{0x1f900, 0x1f9ff},
    Range{0x20000, 0x3fffd}};

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

std::string_view trimmed(std::string_view line) {
  constexpr std::string_view blanks = " \t\r\v\f";
  const auto first = line.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return line.substr(first, line.find_last_not_of(blanks) - first + 1);
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
    if (character.valid && !is_in(character.code, unprintable)) {
      safe += bytes;
    } else {
      safe += escape(character.code);
    }
  });
  return safe;
}

int display_width(std::string_view text) {
  int width = 0;
  for_each_character(text, [&](const Character& character, std::string_view) {
    if (is_in(character.code, zero_wide)) return;
    width += is_in(character.code, double_wide) ? 2 : 1;
  });
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
