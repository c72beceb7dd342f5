// What was measured, beside what was to be reached: a table for people, JSON, and data for gnuplot.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace bootcheck::bench {

struct Row {
  std::string what;
  std::string unit;                ///< behind a figure: `x`, ` MB`, ` ms`
  std::optional<double> target;    ///< at most; none: a figure to compare with
  std::optional<double> measured;  ///< none: `note` says why it could not be
  std::string note;
};

/// A bar of the picture: `chart` is the panel it belongs to.
struct Bar {
  std::string chart;
  std::string name;
  double value = 0;
  bool ours = false;
};

class Results {
 public:
  void add(Row row);
  void draw(Bar bar) { bars_.push_back(std::move(bar)); }

  /// Runs one scene. Should it fail, a row says why instead of its figures, and the others go on.
  void scene(const std::string& name, const std::function<void(Results&)>& measure);

  /// Markdown.
  std::string table() const;
  std::string json() const;
  /// For gnuplot: a block for each chart, in order of appearance.
  std::string chart_data() const;
  bool all_met() const;

 private:
  std::vector<Row> rows_;
  std::vector<Bar> bars_;
};

/// Whether a row's target was met; none: it has none, or was not measured.
std::optional<bool> is_met(const Row& row);

}  // namespace bootcheck::bench
