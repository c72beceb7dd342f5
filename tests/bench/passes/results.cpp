#include "passes/results.h"

#include "support/files.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <sys/utsname.h>
#include <unistd.h>

namespace bootcheck::bench {
namespace {

namespace json = boost::json;

/// Three digits that count; what is counted has no others.
std::string figure(std::optional<double> value, const std::string& unit) {
  if (!value) return "-";
  if (unit.empty() && *value == std::floor(*value)) return fmt::format("{:.0f}", *value);
  const int decimals = *value >= 100 ? 0 : *value >= 10 ? 1 : *value >= 0.1 ? 2 : 5;
  return fmt::format("{:.{}f}{}", *value, decimals, unit);
}

std::string target(const Row& row) {
  if (!row.target) return "-";
  return fmt::format("{:g}{}", *row.target, row.unit);
}

std::string verdict(const Row& row) {
  const auto met = is_met(row);
  if (!met) return row.measured ? "" : "not measured";
  return *met ? "yes" : "NO";
}

std::string processor() {
  for (const auto& line : test::lines_of(test::read_file("/proc/cpuinfo"))) {
    if (line.starts_with("model name")) return line.substr(line.find(": ") + 2);
  }
  return "unknown";
}

/// How many processes wanted a processor, in the last minute: more than there are processors blur
/// every figure.
double load() {
  double loads[1] = {0};
  return ::getloadavg(loads, 1) == 1 ? loads[0] : 0;
}

std::string describe_machine() {
  return fmt::format("{} x {}, load {:.1f} at the end\n", ::sysconf(_SC_NPROCESSORS_ONLN),
                     processor(), load());
}

// The table is Markdown, for the README, and readable as it is.
constexpr std::size_t kColumns = 5;
using Cells = std::array<std::string, kColumns>;
using Widths = std::array<std::size_t, kColumns>;

bool is_figure(std::size_t column) {
  return column == 1 || column == 2;
}

std::string format_line(const Cells& cells, const Widths& widths) {
  std::string text = "|";
  for (std::size_t column = 0; column < kColumns; ++column) {
    text += is_figure(column) ? fmt::format(" {:>{}} |", cells[column], widths[column])
                              : fmt::format(" {:<{}} |", cells[column], widths[column]);
  }
  return text + "\n";
}

std::string format_rule(const Widths& widths) {
  std::string text = "|";
  for (std::size_t column = 0; column < kColumns; ++column)
    text += std::string(widths[column] + 1, '-') + (is_figure(column) ? ":|" : "-|");
  return text + "\n";
}

json::object machine() {
  utsname system{};
  ::uname(&system);
  return {{"processor", processor()},
          {"load", load()},
          {"processors", ::sysconf(_SC_NPROCESSORS_ONLN)},
          {"kernel", system.release},
          {"architecture", system.machine}};
}

template <class Value>
json::value or_null(const std::optional<Value>& value) {
  return value ? json::value(*value) : json::value(nullptr);
}

}  // namespace

std::optional<bool> is_met(const Row& row) {
  if (!row.target || !row.measured) return std::nullopt;
  return *row.measured <= *row.target;
}

void Results::add(Row row) {
  std::fputs(
      fmt::format("   {}: {} {}\n", row.what, figure(row.measured, row.unit), row.note).c_str(),
      stderr);
  rows_.push_back(std::move(row));
}

void Results::scene(const std::string& name, const std::function<void(Results&)>& measure) {
  std::fputs(fmt::format("-- {}\n", name).c_str(), stderr);
  try {
    measure(*this);
  } catch (const std::exception& error) {
    add({.what = name, .unit = {}, .target = {}, .measured = {}, .note = error.what()});
  }
}

std::string Results::table() const {
  std::vector<Cells> lines = {{"what", "at most", "measured", "met?", "note"}};
  for (const auto& row : rows_)
    lines.push_back(
        {row.what, target(row), figure(row.measured, row.unit), verdict(row), row.note});
  Widths widths{};
  for (const auto& line : lines) {
    for (std::size_t column = 0; column < widths.size(); ++column)
      widths[column] = std::max(widths[column], line[column].size());
  }
  std::string text = format_line(lines.front(), widths) + format_rule(widths);
  for (std::size_t at = 1; at < lines.size(); ++at)
    text += format_line(lines[at], widths);
  return text + "\n" + describe_machine();
}

std::string Results::json() const {
  json::array rows;
  for (const auto& row : rows_) {
    rows.push_back(json::object{{"what", row.what},
                                {"unit", row.unit},
                                {"target", or_null(row.target)},
                                {"measured", or_null(row.measured)},
                                {"met", or_null(is_met(row))},
                                {"note", row.note}});
  }
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now).count();
  return json::serialize(json::object{
             {"schema", 1}, {"measured_at", seconds}, {"machine", machine()}, {"rows", rows}}) +
         "\n";
}

std::string Results::chart_data() const {
  std::vector<std::string> charts;
  for (const auto& bar : bars_) {
    if (std::ranges::find(charts, bar.chart) == charts.end()) charts.push_back(bar.chart);
  }
  std::string text;
  for (const auto& chart : charts) {
    for (const auto& bar : bars_) {
      if (bar.chart == chart)
        text += fmt::format("\"{}\" {} {} \"{}\"\n", bar.name, bar.value, bar.ours ? 1 : 0, chart);
    }
    text += "\n\n";
  }
  return text;
}

bool Results::all_met() const {
  return std::ranges::all_of(rows_, [](const Row& row) { return is_met(row).value_or(true); });
}

}  // namespace bootcheck::bench
