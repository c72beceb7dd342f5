// The rooms of the house: who may include whom.
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>

#include <boost/filesystem/directory.hpp>
#include <boost/filesystem/path.hpp>
#include <gtest/gtest.h>

namespace bootcheck {
namespace {

namespace fs = boost::filesystem;
using Rooms = std::set<std::string>;

const std::map<std::string, Rooms> kMayInclude = {
    {"model", {"model"}},
    {"config", {"config", "model"}},
    {"system", {"system", "model"}},
    {"report", {"report", "config", "model"}},
    {"presets", {"presets"}},
    {"pass", {"pass", "presets", "system", "report", "config", "model"}},
    {"cli", {"cli", "pass", "system", "report", "config", "model"}},
};

std::vector<std::string> includes_of(const fs::path& file) {
  static const std::regex kInclude(R"re(^\s*#\s*include\s*["<]([^">]+)[">])re");
  std::ifstream stream(file.native());
  std::vector<std::string> found;
  std::smatch match;
  for (std::string line; std::getline(stream, line);) {
    if (std::regex_search(line, match, kInclude)) found.push_back(match[1]);
  }
  return found;
}

std::vector<fs::path> sources_in(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const auto extension = entry.path().extension();
    if (extension == ".h" || extension == ".cpp") files.push_back(entry.path());
  }
  return files;
}

std::string room_of(const std::string& include) {
  const auto slash = include.find('/');
  const auto room = include.substr(0, slash);
  return slash != std::string::npos && kMayInclude.contains(room) ? room : std::string();
}

const fs::path kSources = fs::path(BOOTCHECK_SOURCE_DIR) / "src";

TEST(House, ARoomIncludesOnlyTheRoomsBelowIt) {
  int checked = 0;
  for (const auto& [room, allowed] : kMayInclude) {
    for (const auto& file : sources_in(kSources / room)) {
      for (const auto& include : includes_of(file)) {
        const auto other = room_of(include);
        if (other.empty()) continue;
        ++checked;
        EXPECT_TRUE(allowed.contains(other)) << file << " includes " << include;
      }
    }
  }
  EXPECT_GT(checked, 100);
}

TEST(House, TheModelKnowsTheStandardLibraryAndAPathOnly) {
  const Rooms allowed = {"boost/filesystem/path.hpp", "sys/types.h"};
  for (const auto& file : sources_in(kSources / "model")) {
    for (const auto& include : includes_of(file)) {
      const bool standard = include.find('/') == std::string::npos && !include.ends_with(".h");
      EXPECT_TRUE(standard || room_of(include) == "model" || allowed.contains(include))
          << file << " includes " << include;
    }
  }
}

TEST(House, OnlyLaunchKnowsBoostProcess) {
  for (const auto& file : sources_in(kSources)) {
    for (const auto& include : includes_of(file)) {
      const bool process =
          include.starts_with("boost/process") || include.starts_with("boost/asio");
      EXPECT_TRUE(!process || file.filename().native().starts_with("launch"))
          << file << " includes " << include;
    }
  }
}

}  // namespace
}  // namespace bootcheck
