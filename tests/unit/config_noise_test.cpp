// Whatever it is fed, the reader neither crashes nor hangs, and says where it is wrong.
#include "unit/config_fixture.h"

#include <algorithm>
#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <sys/resource.h>

namespace bootcheck {
namespace {

using namespace fixture;

/// Reads it, and checks what holds for every answer. Returns whether it is a configuration.
bool read(std::string_view yaml) {
  const auto parsed = parse_config(yaml, context());
  if (const auto* config = std::get_if<Config>(&parsed)) {
    EXPECT_FALSE(config->workers.empty());
    EXPECT_LE(config->workers.size(), 10'000U);
    return true;
  }
  const auto& errors = std::get<ConfigErrors>(parsed);
  EXPECT_FALSE(errors.empty());
  EXPECT_LE(errors.size(), 100U);
  // libyaml also ends a line at CR, NEL, LS and PS: at most as many as there are bytes.
  const auto newlines = std::ranges::count(yaml, '\n') + std::ranges::count(yaml, '\r') +
                        std::ranges::count(yaml, '\x85') + std::ranges::count(yaml, '\xa8') +
                        std::ranges::count(yaml, '\xa9');
  for (const auto& error : errors) {
    EXPECT_FALSE(error.message.empty());
    EXPECT_GE(error.line, 0);
    EXPECT_LE(error.line, newlines + 1 + 1) << error.text();  // the end is behind the last line
    EXPECT_LE(error.column, static_cast<int>(yaml.size()) + 1) << error.text();
    EXPECT_EQ(error.line == 0, error.column == 0) << error.text();
  }
  return false;
}

std::string random_bytes(std::size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::string bytes(size, '\0');
  for (auto& byte : bytes)
    byte = static_cast<char>(random());
  return bytes;
}

std::string random_printable(std::size_t size, unsigned seed) {
  auto text = random_bytes(size, seed);
  for (auto& byte : text)
    byte = static_cast<char>(' ' + static_cast<unsigned char>(byte) % 95);
  return text;
}

TEST(ConfigNoise, AnAliasBombIsDefused) {
  std::string yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int level = 1; level < 40; ++level)
    yaml += fmt::format("a{0}: &a{0} [*a{1}, *a{1}, *a{1}, *a{1}, *a{1}]\n", level, level - 1);
  EXPECT_FALSE(read(yaml + "workers: *a39\n"));
  EXPECT_FALSE(read(yaml + "path: *a39\nworkers: [{name: a, start: *a39}]\n"));
}

TEST(ConfigNoise, AnEntryRepeatedByAliasesIsDefused) {
  std::string words = "&w [x";
  for (int word = 0; word < 900; ++word)
    words += ", '%{id}'";
  std::string yaml = "workers:\n  - &e {preset: solid_queue, count: 100, args: " + words + "]}\n";
  for (int entry = 0; entry < 10'000; ++entry)
    yaml += "  - *e\n";
  EXPECT_FALSE(read(yaml));
}

TEST(ConfigNoise, AMappingThatMergesItselfIsDefused) {
  EXPECT_FALSE(read("workers: [&a {preset: delayed_job, count: 1, <<: *a}]"));
  std::string yaml = "workers:\n  - &m0 {preset: delayed_job, identifiers: [m0]}\n";
  for (int level = 1; level < 30; ++level)
    yaml +=
        fmt::format("  - &m{0} {{identifiers: [m{0}], <<: *m{1}, <<: *m{1}}}\n", level, level - 1);
  EXPECT_FALSE(read(yaml)) << "2^30 merges";
  EXPECT_FALSE(read("&r\nworkers: *r\nrestart: *r\n"));
}

TEST(ConfigNoise, AMegabyteOfNoiseIsNoConfiguration) {
  for (unsigned seed = 1; seed <= 3; ++seed) {
    EXPECT_FALSE(read(random_bytes(1'000'000, seed)));
    EXPECT_FALSE(read(random_printable(1'000'000, seed)));
  }
}

TEST(ConfigNoise, AMegabyteOfNestingIsNoConfiguration) {
  const auto repeated = [](std::string_view text, std::size_t size) {
    std::string all;
    while (all.size() + text.size() <= size)
      all += text;
    return all;
  };
  for (const auto* text : {"[", "{", "{a: ", "- ", "? ", "[{", "&a [", "!!x [", "a: {b: ["}) {
    EXPECT_FALSE(read(repeated(text, 1'000'000))) << text;
    EXPECT_FALSE(read("workers: " + repeated(text, 100'000))) << text;
  }
}

TEST(ConfigNoise, AMegabyteOfKeysOrItemsIsNoConfiguration) {
  std::string keys;
  std::string items = "workers: [";
  for (int key = 0; key < 60'000; ++key) {
    keys += fmt::format("k{}: 1\n", key);
    items += "a, ";
  }
  EXPECT_FALSE(read(keys));
  EXPECT_FALSE(read(items + "a]"));
  EXPECT_FALSE(read("workers: [{name: a, start: [" + items.substr(10) + "]}]"));
  EXPECT_FALSE(read("workers: [{preset: delayed_job, identifiers: [" + items.substr(10) + "]}]"));
}

TEST(ConfigNoise, TenThousandWorkersAreTheMost) {
  EXPECT_TRUE(read("workers: [{preset: delayed_job, count: 10000}]"));
  EXPECT_FALSE(read("workers: [{preset: delayed_job, count: 10001}]"));
  EXPECT_FALSE(read("workers: [{preset: resque, count: 5000}, {preset: sidekiq, count: 5001}]"));
}

TEST(ConfigNoise, BytesThatAreNoTextAreNoConfiguration) {
  const std::string valid = "workers: [{preset: delayed_job, count: 1}]\napp: xyz\n";
  ASSERT_TRUE(read(valid));
  for (const std::string& bytes :
       {std::string(1, '\0'), std::string("\x80"), std::string("\xc3"), std::string("\xc0\xaf"),
        std::string("\xed\xa0\x80"), std::string("\xf5\x80\x80\x80"), std::string("\x1b")}) {
    for (std::size_t at = 0; at < valid.size(); ++at)
      EXPECT_FALSE(read(std::string(valid).insert(at, bytes))) << at;
  }
}

TEST(ConfigNoise, EveryBeginningOfTheExampleIsReadOrRefused) {
  bool whole = false;
  for (std::size_t size = 0; size <= kExample.size(); ++size)
    whole = read(kExample.substr(0, size));
  EXPECT_TRUE(whole);
}

TEST(ConfigNoise, TwoThousandMutationsOfTheExampleAreReadOrRefused) {
  std::mt19937 random(20261123);
  const auto below = [&](std::size_t limit) { return random() % limit; };
  constexpr std::string_view kTelling = "{}[]:,-#&*!|>'\"%@`?\n\t \\0~<=";
  int configurations = 0;
  for (int round = 0; round < 2000; ++round) {
    std::string yaml(kExample);
    for (auto changes = 1 + below(4); changes > 0; --changes) {
      const auto at = below(yaml.size());
      const auto length = std::min<std::size_t>(below(40), yaml.size() - at);
      switch (below(5)) {
        case 0:
          yaml[at] = static_cast<char>(random());
          break;
        case 1:
          yaml[at] = kTelling[below(kTelling.size())];
          break;
        case 2:
          yaml.erase(at, length);
          break;
        case 3:
          yaml.insert(below(yaml.size()), yaml.substr(at, length));
          break;
        default:
          yaml.insert(at, 1, kTelling[below(kTelling.size())]);
      }
    }
    if (read(yaml)) ++configurations;
  }
  EXPECT_GT(configurations, 50) << "else it would only be the parser of YAML that is tried";
  EXPECT_LT(configurations, 1950);
}

/// What this process has taken of memory at most, in MB, with what is read by `yaml` more.
long megabytes_for(const std::string& yaml) {
  rusage before{};
  rusage after{};
  ::getrusage(RUSAGE_SELF, &before);
  EXPECT_FALSE(read(yaml));
  ::getrusage(RUSAGE_SELF, &after);
  return (after.ru_maxrss - before.ru_maxrss) / 1024;
}

std::string many(const std::string& text, int times) {
  std::string all;
  for (int time = 0; time < times; ++time)
    all += text;
  return all;
}

// Each of these is some hundred kB long and would take hundreds of MB.
TEST(ConfigNoise, WhatRepeatsItselfFillsNoMemory) {
  const std::string long_word(200'000, 'x');
  const std::string rows[] = {
      "workers:\n - {name: a, start: [b, &l " + long_word + many(", *l", 900) +
          "], identifiers: [b, c]}\n",
      "workers:\n - {name: a, start: [b], count: 1000, env: {A: " + long_word + "}}\n",
      "workers:\n - {name: a, start: [b, '" + many("%{pid_file}", 10'000) +
          "'], pid_file: " + long_word + "}\n",
      "workers:\n - {name: a, start: [b], count: 1000, env: {B: '" + many("%{root}", 20'000) +
          "'}}\n"};
  for (const auto& yaml : rows)
    EXPECT_LT(megabytes_for(yaml), 100) << yaml.substr(0, 40);
  EXPECT_NE(text_of(errors_of(rows[1])).find("larger than 16 MB"), std::string::npos);
}

}  // namespace
}  // namespace bootcheck
