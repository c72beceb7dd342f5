#include "report/grid.h"

#include "report/text.h"

#include <algorithm>

#include <fmt/format.h>

namespace bootcheck {
namespace {

constexpr int gap = 2;
/// Narrower than this, wrapped text is worse to read than a line that the terminal breaks.
constexpr int narrowest = 24;

std::string_view code_of(Colour colour) {
  switch (colour) {
    case Colour::none:
      return "";
    case Colour::green:
      return "\x1b[32m";
    case Colour::cyan:
      return "\x1b[36m";
    case Colour::yellow:
      return "\x1b[33m";
    case Colour::red:
      return "\x1b[31m";
    case Colour::dim:
      return "\x1b[2m";
  }
  return "";
}

std::string painted(const Cell& cell, bool colour) {
  if (!colour || cell.colour == Colour::none || cell.text.empty()) return cell.text;
  return fmt::format("{}{}\x1b[0m", code_of(cell.colour), cell.text);
}

std::string blanks(int count) {
  return std::string(static_cast<std::size_t>(std::max(count, 0)), ' ');
}

/// Widths of all columns but the last.
std::vector<int> measure(const std::vector<Row>& rows) {
  std::vector<int> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size() - 1));
    for (std::size_t column = 0; column + 1 < row.size(); ++column)
      widths[column] = std::max(widths[column], display_width(row[column].text));
  }
  return widths;
}

/// Breaks `text` at blanks into lines of at most `width` columns, each but the first after
/// `indent`.
std::string wrap(std::string_view text, int width, int indent) {
  std::string wrapped;
  int used = 0;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    const auto word = text.substr(0, end);
    const int needed = display_width(word);
    if (used > 0 && used + 1 + needed > width) {
      wrapped += "\n" + blanks(indent);
      used = 0;
    } else if (used > 0) {
      wrapped += ' ';
      ++used;
    }
    wrapped += word;
    used += needed;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return wrapped;
}

}  // namespace

std::string format_grid(const std::vector<Row>& rows, bool colour, int width) {
  const auto widths = measure(rows);
  int indent = 0;
  for (const int column : widths)
    indent += column + gap;
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t column = 0; column + 1 < row.size(); ++column) {
      const auto& cell = row[column];
      const auto padding = blanks(widths[column] - display_width(cell.text));
      line += cell.right ? padding + painted(cell, colour) : painted(cell, colour) + padding;
      line += blanks(gap);
    }
    auto last = row.back();
    if (width - indent >= narrowest) last.text = wrap(last.text, width - indent, indent);
    line += painted(last, colour);
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace bootcheck
