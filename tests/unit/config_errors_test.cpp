// Files that miss something, are no YAML, or have many mistakes.
#include "unit/config_fixture.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace bootcheck {
namespace {

using namespace fixture;

void expect_first(const std::string& yaml, const std::string& place, const std::string& message) {
  const auto errors = errors_of(yaml);
  ASSERT_FALSE(errors.empty()) << yaml;
  EXPECT_EQ(fmt::format("{}:{}", errors[0].line, errors[0].column), place) << text_of(errors);
  EXPECT_NE(errors[0].message.find(message), std::string::npos) << text_of(errors);
}

TEST(ConfigErrors, WhatIsMissingIsNamed) {
  expect_first("", "0:0", "it is empty");
  expect_first("# nothing but a comment\n", "0:0", "it is empty");
  expect_first("app: x\n", "1:1", "`workers` is missing");
  expect_first("\n\napp: x\nworkers:\n", "3:1", "`workers` is missing");
  expect_first("workers: []", "1:10", "`workers` is empty");
  expect_first("workers: [{name: a}]", "1:11", "`start` or `preset` is missing");
  expect_first("workers: [{start: [a]}]", "1:11", "`name` or `preset` is missing");
  expect_first("workers: [{preset: delayed_job}]", "1:11", "which workers?");
}

TEST(ConfigErrors, WhatContradictsItselfIsNamed) {
  expect_first("workers: [{preset: delayed_job, count: 1, identifiers: [a]}]", "1:40",
               "`identifiers` and `count` say the same");
  expect_first("workers: [{name: a, start: [x], args: [y]}]", "1:39", "`args` are for presets");
  expect_first("workers: [{preset: delayed_job, count: 1, <<: [a]}]", "1:47", "`<<` takes one");
}

TEST(ConfigErrors, TextThatIsNoYamlHasThePlaceOfItsMistake) {
  expect_first("app: shop\nworkers: [{preset: delayed_job\n", "3:1", "expected ',' or '}'");
  expect_first("workers:\n\t- preset: delayed_job\n", "2:1", "a tab; YAML is indented with spaces");
  expect_first("workers:\n  - preset: delayed_job\n   count: 2\n", "3:4",
               "did not find expected '-' indicator; is it indented like the lines above");
  expect_first("app: shop\nenv: @x\n", "2:6", "cannot start any token");
  expect_first("app: 'shop\n", "2:1", "unexpected end of stream");
  expect_first("app: *nobody\n", "1:6", "undefined alias");
  expect_first(kWorkers + "---\napp: x\n", "3:1", "a second document begins here");
}

// The parser knows of these only how many bytes came before.
TEST(ConfigErrors, AByteThatIsNoTextHasItsPlace) {
  expect_first(
      "app: shop\n# Gr\xfc\xdf"
      "e\n" +
          kWorkers,
      "2:5", "UTF-8");
  expect_first("# \xc3\xa4\xc3\xb6 \xff", "1:6", "UTF-8");
  expect_first("app: shop\nroot: /s\x01rv\n", "2:9", "control characters");
  expect_first(std::string("app: s\0hop\n", 11), "1:7", "control characters");
}

TEST(ConfigErrors, AFileThatIsTooLargeIsNotRead) {
  expect_first(kWorkers + "# " + std::string(1'000'000, 'x'), "0:0", "larger than 1000000 bytes");
}

TEST(ConfigErrors, AreReportedAllAtOnceInTheOrderOfTheFile) {
  const auto errors = errors_of(R"(
log: {too: file}
backoff: {first: soon}
workers:
  - preset: delayed_jbo
    count: 1
  - name: fe/ed
    start: [x, "%{nothing}"]
    stop_signal: KILL
  - preset: delayed_job
    count: none
parallel_starts: -1
ap: shop
)");
  std::string places;
  for (const auto& error : errors)
    places += fmt::format("{}:{} ", error.line, error.column);
  EXPECT_EQ(places, "2:7 3:18 5:13 7:11 8:12 9:18 11:12 12:18 13:1 ");
}

TEST(ConfigErrors, TheSameMistakeOfManyWorkersIsOne) {
  EXPECT_EQ(errors_of("workers: [{name: a, count: 500, start: [x, '%{y}']}]").size(), 1U);
}

TEST(ConfigErrors, OfThousandsTheFirstHundredAreEnough) {
  std::string yaml = kWorkers;
  for (int key = 0; key < 5000; ++key)
    yaml += fmt::format("unknown{}: 1\n", key);
  const auto errors = errors_of(yaml);
  EXPECT_EQ(errors.size(), 100U);
  EXPECT_EQ(errors.front().line, 2);
}

TEST(ConfigErrors, AreWrittenAsCompilersDo) {
  EXPECT_EQ((ConfigError{"/srv/x.yml", 3, 7, "it is wrong"}).text(), "/srv/x.yml:3:7: it is wrong");
  EXPECT_EQ((ConfigError{"/srv/x.yml", 0, 0, "it is empty"}).text(), "/srv/x.yml: it is empty");
  EXPECT_EQ((ConfigError{"", 0, 0, "no identifier"}).text(), "no identifier");
  EXPECT_EQ(errors_of("workers: []").at(0).file, "/srv/shop/current/config/bootcheck.yml");
}

}  // namespace
}  // namespace bootcheck
