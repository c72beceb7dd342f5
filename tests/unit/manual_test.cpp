// The manual pages name everything that the program knows, and their examples are ones that it
// takes.
#include "cli/help.h"
#include "config/presets.h"
#include "config/reader.h"
#include "model/event.h"
#include "model/judge.h"
#include "model/stop_reason.h"
#include "model/unit_property.h"
#include "support/files.h"
#include "support/places.h"
#include "support/run.h"

#include <regex>
#include <set>
#include <string>
#include <vector>

#include <boost/algorithm/string/predicate.hpp>
#include <boost/algorithm/string/replace.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bootcheck {
namespace {

using test::lines_of;
using test::read_file;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

using Names = std::set<std::string>;

std::string page(const std::string& name) {
  return read_file(test::source_dir() / "packaging/man" / name);
}

/// The lines of one section: what stands below `.Sh NAME`.
std::vector<std::string> section(const std::string& text, const std::string& name) {
  std::vector<std::string> lines;
  bool inside = false;
  for (const auto& line : lines_of(text)) {
    if (line.starts_with(".Sh ")) inside = line == ".Sh " + name;
    if (inside) lines.push_back(line);
  }
  return lines;
}

/// What the items of a list are about: the word behind `.It MACRO`, options with their dashes.
Names items(const std::vector<std::string>& lines, const std::string& macro) {
  Names words;
  for (const auto& line : lines) {
    if (!line.starts_with(".It " + macro + " ")) continue;
    const auto word = line.substr(5 + macro.size());
    words.insert(word.substr(0, word.find(' ')));
  }
  return words;
}

/// `--dry-run` and the like, wherever an item names it.
Names options_in(const std::vector<std::string>& lines) {
  static const std::regex kLong(R"(Fl Fl ([a-z-]+))");
  Names words;
  for (const auto& line : lines) {
    if (!line.starts_with(".It ")) continue;
    for (std::sregex_iterator at(line.begin(), line.end(), kLong), end; at != end; ++at)
      words.insert("--" + at->str(1));
  }
  return words;
}

Names matches(const std::string& text, const std::string& pattern) {
  const std::regex each(pattern);
  Names words;
  for (std::sregex_iterator at(text.begin(), text.end(), each), end; at != end; ++at)
    words.insert(at->str(1));
  return words;
}

/// The words for all values of an enum. A number that has no name gets the word of another, so that
/// one need not know here how many there are.
template <class Enum>
Names all_names() {
  Names names;
  for (int value = 0; value < 100; ++value)
    names.emplace(name_of(static_cast<Enum>(value)));
  return names;
}

/// The keys that the reader knows: `constexpr auto kFileKeys = ...({"app", ...})`.
Names keys_in(const std::string& source, const std::string& table) {
  const auto text = read_file(test::source_dir() / "src/config" / source);
  std::smatch found;
  const std::regex pattern("constexpr auto " + table +
                           R"( =\s+std::to_array<std::string_view>\(\s*\{([^}]*)\})");
  return std::regex_search(text, found, pattern) ? matches(found.str(1), R"re("([a-z_]+)")re")
                                                 : Names();
}

TEST(Manual, HasEveryCommand) {
  auto commands = matches(help_text(), R"(\n  ([a-z]+) (?: |/|WORKER))");
  commands.insert("start");  // `stop / start`
  ASSERT_THAT(commands, Contains("why"));
  EXPECT_EQ(items(section(page("bootcheck.1"), "COMMANDS"), "Ic"), commands);
}

TEST(Manual, HasEveryOption) {
  const auto options = matches(help_text(), R"((--[a-z-]+))");
  ASSERT_THAT(options, Contains("--lock-wait"));
  EXPECT_EQ(options_in(section(page("bootcheck.1"), "OPTIONS")), options);
}

TEST(Manual, HasEveryStateAndNoOther) {
  EXPECT_EQ(items(section(page("bootcheck.1"), "STATES"), "Cm"), all_names<WorkerState>());
}

TEST(Manual, HasEveryEventAndNoOther) {
  EXPECT_EQ(items(section(page("bootcheck.1"), "EVENTS"), "Cm"), all_names<EventKind>());
}

TEST(Manual, HasEveryReasonToStop) {
  const auto text = page("bootcheck.1");
  for (int value = 0; value <= static_cast<int>(StopReason::orphan); ++value) {
    const auto name = std::string(name_of(static_cast<StopReason>(value)));
    EXPECT_TRUE(text.find("\n.Cm " + name) != std::string::npos) << name;
  }
}

TEST(Manual, HasEveryFindingOfTheDoctor) {
  Names kinds;
  for (const auto* source : {"programs", "places", "cron", "workers"}) {
    const auto file = "src/doctor/check_" + std::string(source) + ".cpp";
    kinds.merge(matches(read_file(test::source_dir() / file),
                        R"re((?:\{|finding\()\s*"([a-z]+_[a-z_]+)",)re"));
  }
  ASSERT_THAT(kinds, Contains("folder_full"));
  ASSERT_THAT(kinds, Contains("ruby_missing"));
  const auto text = page("bootcheck.1");
  const auto from = text.find(".Ss Findings");
  ASSERT_NE(from, std::string::npos);
  EXPECT_EQ(items(lines_of(text.substr(from, text.find("\n.Sh ", from) - from)), "Cm"), kinds);
}

TEST(Manual, HasEveryKey) {
  const auto text = page("bootcheck.yml.5");
  const auto documented = [&](const std::string& of) { return items(section(text, of), "Va"); };
  const auto of_app = keys_in("reader.cpp", "kFileKeys");
  ASSERT_THAT(of_app, Contains("stuck_after"));
  EXPECT_EQ(documented("THE APPLICATION"), of_app);
  const auto of_entries = keys_in("entry.cpp", "kEntryKeys");
  ASSERT_THAT(of_entries, Contains("kill_after"));
  EXPECT_EQ(documented("WORKERS"), of_entries);
  const auto of_restart = keys_in("policies.cpp", "kRestartKeys");
  ASSERT_THAT(of_restart, Contains("settle"));
  EXPECT_EQ(documented("RESTART"), of_restart);
  const auto of_limits = keys_in("policies.cpp", "kLimitKeys");
  ASSERT_THAT(of_limits, Contains("age"));
  EXPECT_EQ(documented("LIMITS"), of_limits);
  const auto of_unit = unit_property_names();
  EXPECT_EQ(documented("UNIT"), Names(of_unit.begin(), of_unit.end()));
  const auto of_backoff = keys_in("reader.cpp", "kBackoffKeys");
  ASSERT_THAT(of_backoff, Contains("max"));
  for (const auto& key : of_backoff)
    EXPECT_THAT(text, HasSubstr("\n.Va " + key)) << key;
  const auto of_log = keys_in("reader.cpp", "kLogKeys");
  ASSERT_THAT(of_log, Contains("format"));
  EXPECT_EQ(documented("LOG"), of_log);
}

TEST(Manual, HasEveryPreset) {
  Names presets;
  for (const auto& preset : all_presets())
    presets.emplace(preset.name);
  EXPECT_EQ(items(section(page("bootcheck.yml.5"), "PRESETS"), "Li"), presets);
}

// --- its examples
// ----------------------------------------------------------------------------------

/// What is wrong with a configuration; empty: nothing.
std::string mistakes_of(const std::string& yaml) {
  ConfigContext context;
  context.root = "/srv/shop/current";
  const auto parsed = parse_config(yaml, context);
  const auto* errors = std::get_if<ConfigErrors>(&parsed);
  if (errors == nullptr) return {};
  std::string text = yaml;
  for (const auto& error : *errors)
    text += "\n" + error.text();
  return text;
}

/// The examples of the keys in a section.
std::vector<std::string> examples(const std::string& of) {
  std::vector<std::string> found;
  for (const auto& line : section(page("bootcheck.yml.5"), of)) {
    if (line.starts_with(".Dl "))
      found.push_back(boost::replace_all_copy(line.substr(4), "\\(dq", "\""));
  }
  return found;
}

TEST(Manual, ExamplesOfTheApplicationsKeysAreRight) {
  for (const auto* of : {"THE APPLICATION", "RESTART", "LIMITS", "LOG"}) {
    EXPECT_FALSE(examples(of).empty()) << of;
    for (const auto& example : examples(of))
      EXPECT_EQ(mistakes_of(example + "\nworkers: [{preset: delayed_job, count: 1}]\n"), "");
  }
}

TEST(Manual, ExamplesOfAWorkersKeysAreRight) {
  const auto all = examples("WORKERS");
  ASSERT_GT(all.size(), 10U);
  for (const auto& example : all) {
    const auto begins_with = [&](const char* key) { return example.starts_with(key); };
    const bool of_preset =
        begins_with("preset:") || begins_with("args:") || begins_with("preload:");
    std::string entry = of_preset ? "preset: delayed_job\n" : "name: feed-%{id}\nstart: bin/feed\n";
    if (begins_with("preset:")) entry.clear();
    if (begins_with("name:")) entry = "start: bin/feed\n";
    if (begins_with("stop:")) entry += "status: [bin/feed, status]\n";
    if (begins_with("start:")) entry = "name: feed-%{id}\n";
    if (!begins_with("identifiers:") && !begins_with("count:")) entry += "identifiers: [eu]\n";
    entry += example;
    EXPECT_EQ(mistakes_of("workers:\n- " + boost::replace_all_copy(entry, "\n", "\n  ") + "\n"),
              "");
  }
}

TEST(Manual, TheWholeExampleIsRight) {
  std::string yaml;
  for (const auto& line : section(page("bootcheck.yml.5"), "EXAMPLES")) {
    if (!line.starts_with('.')) yaml += boost::replace_all_copy(line, "\\(dq", "\"") + "\n";
  }
  ASSERT_THAT(yaml, HasSubstr("workers:"));
  EXPECT_EQ(mistakes_of(yaml), "");
}

TEST(Manual, IsWellFormed) {
  const auto folder = test::source_dir() / "packaging/man";
  const auto lint = test::run({"mandoc", "-T", "lint", (folder / "bootcheck.1").native(),
                               (folder / "bootcheck.yml.5").native()});
  if (lint.status == 127) GTEST_SKIP() << "there is no mandoc here: " << lint.err;
  std::vector<std::string> complaints;
  for (const auto& line : lines_of(lint.out)) {
    // Whether other pages are installed here says nothing of these.
    if (!boost::contains(line, "referenced manual not found")) complaints.push_back(line);
  }
  EXPECT_THAT(complaints, IsEmpty());
}

}  // namespace
}  // namespace bootcheck
