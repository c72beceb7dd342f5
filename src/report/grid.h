// Rows of text set in columns. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bootcheck {

enum class Colour { none, green, cyan, yellow, red, dim };

struct Cell {
  std::string text;  ///< printable
  Colour colour = Colour::none;
  bool right = false;  ///< numbers are set flush right
};
using Row = std::vector<Cell>;

/// Sets `rows` (all of one length) in columns, two blanks apart, one line each. The last column is
/// wrapped at blanks where `width` (0: unlimited) leaves it room enough to be read. Escape
/// sequences only with `colour`.
std::string format_grid(const std::vector<Row>& rows, bool colour, int width);

}  // namespace bootcheck
