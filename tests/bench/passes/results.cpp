#include "passes/results.h"

#include "support/files.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
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

/// Three digits that count, and no more.
std::string figure(std::optional<double> value, const std::string& unit) {
  if (!value) return "-";
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

json::object machine() {
  utsname system{};
  ::uname(&system);
  return {{"processor", processor()},
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
  std::size_t width = 4;
  for (const auto& row : rows_)
    width = std::max(width, row.what.size());
  std::string text = fmt::format("{:<{}}  {:>10}  {:>12}  {:<12}  {}\n", "what", width, "at most",
                                 "measured", "met?", "note");
  for (const auto& row : rows_) {
    text += fmt::format("{:<{}}  {:>10}  {:>12}  {:<12}  {}\n", row.what, width, target(row),
                        figure(row.measured, row.unit), verdict(row), row.note);
  }
  return text;
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
