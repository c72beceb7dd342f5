// What stands in the log, and when.
#include "process/small_app_test.h"

#include <algorithm>
#include <cstdlib>
#include <string>

namespace bootcheck::test {
namespace {

using testing::HasSubstr;

/// ms since midnight, by a line's timestamp `2026-11-23T06:25:01.123Z`.
long time_of(const std::string& line) {
  if (line.size() < 24) {
    ADD_FAILURE() << "no line of the log: " << line;
    return 0;
  }
  const auto number = [&](std::size_t at, std::size_t size) {
    return std::strtol(line.substr(at, size).c_str(), nullptr, 10);
  };
  return ((number(11, 2) * 60 + number(14, 2)) * 60 + number(17, 2)) * 1000 + number(20, 3);
}

class LogOfAPass : public SmallAppTest {
 protected:
  /// The last line that holds these words; empty: there is none.
  std::string line_with(const std::string& words) const {
    std::string found;
    for (const auto& line : lines_of(app_.log())) {
      if (line.find(words) != std::string::npos) found = line;
    }
    return found;
  }
};

TEST_F(LogOfAPass, EachEventHasTheTimeAtWhichItHappened) {
  app_.configure(kFeed);
  ASSERT_EQ(app_.bootcheck().status, 0);
  kill_and_wait(app_.living("feed"));
  ASSERT_EQ(app_.bootcheck().status, 0) << app_.log();
  constexpr long kDay = 86'400'000;
  const auto between = time_of(line_with(" started ")) - time_of(line_with(" crashed "));
  // Only a worker that stays up for half a second has started.
  EXPECT_GE((between + kDay) % kDay, 500) << app_.log();
}

TEST_F(LogOfAPass, WhatHappenedBeforeTheStartsIsWrittenBeforeTheyBegin) {
  app_.script("bin/hang", "exec sleep 300");
  app_.configure("workers: [{name: slow, start: [bin/hang], pid_file: tmp/pids/slow.pid}]\n");
  write_file(app_.root() / "tmp/pids/slow.pid", "4194304\n");
  Background pass({bootcheck_binary(), "-C", app_.root().native()});
  wait_until([&] { return !line_with(" slow crashed ").empty(); });
  EXPECT_NE(line_with(" slow crashed "), "");
  EXPECT_FALSE(pass.has_ended()) << "it waits for the start";
}

TEST_F(LogOfAPass, TroubleWithMetricsStateAndNotifyIsWrittenThere) {
  app_.script("bin/notify", "exit 3");
  app_.script("bin/feed", "exit 1");
  app_.configure(std::string(kFeed) +
                 "metrics_file: config/bootcheck.yml/shop.prom\n"
                 "state_file: config/bootcheck.yml/state\nnotify: [bin/notify]\n");
  app_.bootcheck();
  EXPECT_THAT(app_.log(), HasSubstr("failed what=metrics reason="));
  EXPECT_THAT(app_.log(), HasSubstr("failed what=state reason="));
  EXPECT_THAT(app_.log(), HasSubstr("failed what=notify error=\"it exited with 3\""));
}

class Notifications : public SmallAppTest {
 protected:
  static constexpr int kWorkers = 30;

  void configure_failing_workers() const {
    std::string yaml = "notify: [bin/notify]\nworkers:\n";
    for (int worker = 0; worker < kWorkers; ++worker)
      yaml += "  - {name: w" + std::to_string(worker) + ", start: [bin/none], foreground: true}\n";
    app_.configure(yaml);
  }
};

TEST_F(Notifications, OfManyFactsAFewRunAtATimeAndEachOnce) {
  app_.script("bin/notify",
              "cat >>documents; mkdir -p here; touch here/$$; ls here | wc -l >>counts; sleep 0.1; "
              "rm here/$$");
  configure_failing_workers();
  app_.bootcheck();
  const auto documents = lines_of(read_file(app_.root() / "documents"));
  EXPECT_EQ(documents.size(), static_cast<std::size_t>(kWorkers));
  for (const auto& count : lines_of(read_file(app_.root() / "counts")))
    EXPECT_LE(std::atoi(count.c_str()), 8);
  app_.bootcheck();
  const auto more = lines_of(read_file(app_.root() / "documents"));
  EXPECT_TRUE(std::ranges::none_of(more.begin() + kWorkers, more.end(), [](const auto& line) {
    return line.find("start_failed") != std::string::npos;
  }));
}

TEST_F(Notifications, ThatCannotBeGivenAreOneLineOfTheLog) {
  configure_failing_workers();  // and there is no bin/notify
  app_.bootcheck();
  EXPECT_THAT(app_.log(), HasSubstr("failed what=notify error="));
  EXPECT_THAT(app_.log(), HasSubstr("count=" + std::to_string(kWorkers)));
}

}  // namespace
}  // namespace bootcheck::test
