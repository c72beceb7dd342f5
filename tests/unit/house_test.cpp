// The rooms of the house: who may include whom.
#include "support/places.h"

#include <algorithm>
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

// Lowest first. A room may include those below it, never those above; where an architecture of
// layers is too generous, it is said here.
const std::map<std::string, Rooms> kMayInclude = {
    {"util", {"util"}},
    {"delayed_job", {"delayed_job", "util"}},
    {"model", {"model", "delayed_job", "util"}},
    {"config", {"config", "model", "delayed_job", "util"}},
    {"system", {"system", "model", "util"}},
    {"report", {"report", "model", "util"}},
    {"launch", {"launch", "system", "config", "model", "delayed_job", "util"}},
    {"observe", {"observe", "launch", "system", "config", "model", "delayed_job", "util"}},
    {"act", {"act", "observe", "launch", "system", "config", "model", "delayed_job", "util"}},
    {"pass", {"pass", "act", "observe", "launch", "report", "system", "config", "model", "util"}},
    {"rights", {"rights", "launch", "system", "config", "model", "util"}},
    {"doctor", {"doctor", "launch", "system", "config", "model", "delayed_job", "util"}},
    {"cli",
     {"cli", "pass", "rights", "doctor", "launch", "system", "report", "config", "model", "util"}},
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

const fs::path kSources = test::source_dir() / "src";

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
      EXPECT_TRUE(standard || room_of(include) == "model" || room_of(include) == "util" ||
                  room_of(include) == "delayed_job" || allowed.contains(include))
          << file << " includes " << include;
    }
  }
}

/// The types that a header defines, with the namespace they are in.
std::vector<std::string> types_of(const fs::path& header) {
  static const std::regex kSpace(R"(^namespace (\w+) \{)");
  static const std::regex kType(R"(^(?:struct|class|enum class) (\w+)[^;]*\{)");
  std::ifstream stream(header.native());
  std::vector<std::string> found;
  std::string space;
  std::smatch match;
  for (std::string line; std::getline(stream, line);) {
    if (std::regex_search(line, match, kSpace)) space = match[1];
    if (std::regex_search(line, match, kType)) found.push_back(space + "::" + match[1].str());
  }
  return found;
}

// Two of one name are undefined behaviour as soon as one program knows both, and nobody says so.
TEST(House, NoTwoTypesHaveOneName) {
  std::map<std::string, fs::path> known;
  for (const auto& file : sources_in(kSources)) {
    if (file.extension() != ".h") continue;
    for (const auto& type : types_of(file)) {
      const auto [other, is_new] = known.emplace(type, file);
      EXPECT_TRUE(is_new) << type << " is in " << other->second << " and in " << file;
    }
  }
  EXPECT_GT(known.size(), 100U);
}

TEST(House, OnlyLaunchKnowsBoostProcess) {
  for (const auto& file : sources_in(kSources)) {
    for (const auto& include : includes_of(file)) {
      const bool process =
          include.starts_with("boost/process") || include.starts_with("boost/asio");
      EXPECT_TRUE(!process || file.parent_path().filename() == "launch")
          << file << " includes " << include;
    }
  }
}

// Headers by which one reaches the machine, and calls of what others have besides.
const std::regex kMachineHeader(R"re(unistd\.h|fcntl\.h|signal\.h|poll\.h|dirent\.h|syslog\.h|)re"
                                R"re(sys/(?!types\.h).*|fstream|thread|)re"
                                R"re(boost/filesystem/(operations|directory|fstream)\.hpp)re");
const std::regex kMachineCall(
    R"re(\b(getenv|setenv|gethostname|kill|raise|signal|system|getpid|localtime_r)\(|)re"
    R"re(\benviron\b|(steady|system)_clock::now|std::time\(|\b(fopen|popen)\b)re");

/// Where one may: the machine's own rooms, the owner of a descriptor, the terminal.
bool stands_at_the_machine(const fs::path& file) {
  const auto room = file.parent_path().filename();
  return room == "system" || room == "launch" || file == kSources / "util/unique_fd.h" ||
         file == kSources / "cli/print.cpp" || file == kSources / "main.cpp";
}

std::string without_comment(const std::string& line) {
  return line.substr(0, line.find("//"));
}

bool reaches_the_machine(const fs::path& file) {
  const auto includes = includes_of(file);
  const auto is_header = [](const std::string& name) {
    return std::regex_match(name, kMachineHeader);
  };
  if (std::any_of(includes.begin(), includes.end(), is_header)) return true;
  std::ifstream stream(file.native());
  for (std::string line; std::getline(stream, line);) {
    if (std::regex_search(without_comment(line), kMachineCall)) return true;
  }
  return false;
}

TEST(House, OnlyTheMachinesRoomsReachTheMachine) {
  for (const auto& file : sources_in(kSources)) {
    if (stands_at_the_machine(file)) continue;
    EXPECT_FALSE(reaches_the_machine(file)) << file.lexically_relative(kSources);
  }
}

TEST(House, OnlyTheCommandLinePrintsAndInOnePlace) {
  const std::regex prints(R"re(\b(fputs|fwrite|puts|putchar|f?printf)\(|std::(cout|cerr|clog)\b|)re"
                          R"re(\b(stdout|stderr)\b(?!_))re");
  const std::regex string_literal(R"re("(\\.|[^"\\])*")re");
  for (const auto& file : sources_in(kSources)) {
    if (file == kSources / "cli/print.cpp" || file == kSources / "system/linux_machine.cpp")
      continue;  // ... but for a log on stderr, whose lines are made printable in report/
    std::ifstream stream(file.native());
    for (std::string line; std::getline(stream, line);) {
      const auto code = std::regex_replace(without_comment(line), string_literal, "");
      EXPECT_FALSE(std::regex_search(code, prints)) << file << ": " << line;
    }
  }
}

std::string text_of(const fs::path& file) {
  std::ifstream stream(file.native());
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// All matches of an expression, as its first group or as `Suite.Name` of two.
std::set<std::string> names_in(const std::string& text, const std::regex& expression) {
  std::set<std::string> names;
  for (std::sregex_iterator match(text.begin(), text.end(), expression), end; match != end; ++match)
    names.insert(match->size() > 2 ? (*match)[1].str() + "." + (*match)[2].str() : (*match)[1]);
  return names;
}

TEST(House, TheTestsThatTheReadmeNamesAreThere) {
  const std::regex macro(R"re(\bTEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\))re");
  const std::regex named(R"re(`([A-Z]\w*\.(?:[A-Z]\w*|\*))`)re");
  std::set<std::string> tests;
  for (const auto& file : sources_in(test::source_dir() / "tests"))
    tests.merge(names_in(text_of(file), macro));
  const auto mentioned = names_in(text_of(test::source_dir() / "tests/README.md"), named);
  EXPECT_GT(mentioned.size(), 100U);
  for (const auto& name : mentioned) {
    const bool is_suite = name.back() == '*';
    const auto found = tests.lower_bound(is_suite ? name.substr(0, name.size() - 1) : name);
    ASSERT_NE(found, tests.end()) << name;
    EXPECT_TRUE(is_suite ? found->starts_with(name.substr(0, name.size() - 1)) : *found == name)
        << name;
  }
}

}  // namespace
}  // namespace bootcheck
