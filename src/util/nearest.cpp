#include "util/nearest.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace bootcheck {
namespace {

/// How many letters have to be added, taken away, changed or swapped with their neighbour.
std::size_t distance(std::string_view one, std::string_view other) {
  std::vector<std::size_t> before_last(other.size() + 1);
  std::vector<std::size_t> last(other.size() + 1);
  std::iota(last.begin(), last.end(), 0U);
  for (std::size_t i = 1; i <= one.size(); ++i) {
    std::vector<std::size_t> row(other.size() + 1, i);
    for (std::size_t j = 1; j <= other.size(); ++j) {
      row[j] = std::min(
          {last[j] + 1, row[j - 1] + 1, last[j - 1] + (one[i - 1] == other[j - 1] ? 0U : 1U)});
      if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1])
        row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last = std::move(last);
    last = std::move(row);
  }
  return last.back();
}

}  // namespace

std::string_view nearest(std::string_view word, std::span<const std::string_view> words) {
  std::string_view best;
  auto least = word.size() / 3 + 1;  // a third of the letters may be wrong
  if (word.size() > 40) return best;
  for (const auto candidate : words) {
    if (const auto away = distance(word, candidate); away <= least) {
      least = away - (away > 0 ? 1 : 0);
      best = candidate;
    }
  }
  return best;
}

}  // namespace bootcheck
