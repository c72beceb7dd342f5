// The files that a pass writes for others: the log and the metrics.
#include "launch/host.h"
#include "pass/event_log.h"
#include "report/log.h"
#include "report/metrics.h"
#include "support/temp_dir.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>
#include <vector>

#include <boost/filesystem/operations.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bootcheck {
namespace {

using testing::HasSubstr;

class ReportFiles : public testing::Test {
 protected:
  ReportFiles() {
    config.app = "shop";
    config.log.path = folder / "log" / "bootcheck.log";
  }

  static std::string read(const Path& path) {
    std::ifstream file(path.native());
    return {std::istreambuf_iterator<char>(file), {}};
  }

  static unsigned mode_of(const Path& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 07777U : 0;
  }

  /// What is written by a log of its own; the words of its trouble.
  std::string write(const std::vector<Event>& events) {
    const Context context(config, machine);
    EventLog log(context);
    log.write(events);
    if (!log.trouble()) return {};
    const auto& failure = std::get<Trouble>(log.trouble()->detail).failure;
    return failure.thing + ": " + failure.reason;
  }

  std::string publish(const Path& path, const std::string& text) {
    try {
      machine.publish_file(path, text);
      return {};
    } catch (const std::system_error& error) {
      return error.what();
    }
  }

  const test::TempDir scratch;
  const Path folder = scratch.path();
  Host machine;
  Config config;
};

Event event(const char* worker, Severity severity = Severity::info) {
  return make_event(EventKind::started, worker, severity, {});
}

const std::string t0 = "1970-01-01T00:00:00.000Z ";

TEST_F(ReportFiles, AnIdlePassTouchesNoLog) {
  EXPECT_EQ(write({}), "");
  EXPECT_FALSE(boost::filesystem::exists(folder / "log"));
}

TEST_F(ReportFiles, TheLogMakesItsFolderAndGrows) {
  EXPECT_EQ(write({event("a"), event("b")}), "");
  EXPECT_EQ(write({event("c")}), "");
  EXPECT_EQ(read(config.log.path), t0 + "INFO shop a started\n" + t0 + "INFO shop b started\n" +
                                       t0 + "INFO shop c started\n");
  EXPECT_EQ(mode_of(config.log.path) & 0133U, 0U) << "nobody else writes it, and nobody runs it";
}

TEST_F(ReportFiles, TheLogIsClosedBeforeAnythingIsStarted) {
  write({event("a")});
  for (const auto& entry : boost::filesystem::directory_iterator("/proc/self/fd")) {
    boost::system::error_code ignored;
    EXPECT_NE(boost::filesystem::read_symlink(entry.path(), ignored), config.log.path);
  }
}

TEST_F(ReportFiles, TheLevelSaysWhatIsLogged) {
  const std::pair<LogLevel, const char*> cases[] = {{LogLevel::debug, "iwe"},
                                                    {LogLevel::info, "iwe"},
                                                    {LogLevel::warn, "we"},
                                                    {LogLevel::error, "e"}};
  for (const auto& [level, expected] : cases) {
    boost::filesystem::remove(config.log.path);
    config.log.level = level;
    write({event("i", Severity::info), event("w", Severity::warning), event("e", Severity::error)});
    std::string workers;
    const auto text = read(config.log.path);
    for (const char* worker : {"i", "w", "e"})
      if (text.find(std::string("shop ") + worker + " started") != std::string::npos)
        workers += worker;
    EXPECT_EQ(workers, expected);
  }
}

TEST_F(ReportFiles, JsonIsALineAnEvent) {
  config.log.format = LogFormat::json;
  write({event("a")});
  EXPECT_EQ(read(config.log.path),
            R"({"time":"1970-01-01T00:00:00.000Z","level":"INFO","app":"shop","worker":"a",)"
            R"("event":"started"})"
            "\n");
}

TEST_F(ReportFiles, ALogThatCannotBeOpenedSaysWhy) {
  boost::filesystem::create_directories(config.log.path);
  EXPECT_EQ(write({event("a")}), "cannot open " + config.log.path.native() + ": Is a directory");
}

TEST_F(ReportFiles, AFolderThatCannotBeMadeSaysWhy) {
  std::ofstream((folder / "log").native()) << "a file\n";
  EXPECT_THAT(write({event("a")}), HasSubstr((folder / "log").native()));
}

TEST_F(ReportFiles, AFullDiskSaysWhy) {
  config.log.path = "/dev/full";
  EXPECT_EQ(write({event("a")}), "cannot write to /dev/full: No space left on device");
}

TEST_F(ReportFiles, AFifoThatNobodyReadsDoesNotStopThePass) {
  boost::filesystem::create_directories(folder / "log");
  ASSERT_EQ(::mkfifo(config.log.path.c_str(), 0600), 0);
  EXPECT_EQ(write({event("a")}),
            "cannot open " + config.log.path.native() + ": No such device or address");
}

TEST_F(ReportFiles, LinesOfSeveralWritersDoNotMix) {
  constexpr int writers = 4;
  constexpr int lines = 200;
  auto big = event("a");
  big.detail = OfJob{std::string(3000, 'x')};
  const auto expected = log_text(big, "shop", LogTime::written);
  std::vector<pid_t> children;
  for (int writer = 0; writer < writers; ++writer) {
    if (const pid_t child = ::fork(); child != 0) {
      children.push_back(child);
      continue;
    }
    bool well = true;
    for (int line = 0; line < lines; ++line)
      well = write({big}).empty() && well;
    ::_exit(well ? 0 : 1);
  }
  for (const pid_t child : children) {
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  std::ifstream file(config.log.path.native());
  int count = 0;
  for (std::string line; std::getline(file, line); ++count)
    ASSERT_EQ(line, expected) << "line " << count;
  EXPECT_EQ(count, writers * lines);
}

TEST_F(ReportFiles, MetricsAreReadableByTheCollectorWhateverTheUmask) {
  const auto path = folder / "bootcheck_shop.prom";
  const auto before = ::umask(077);
  const auto failed = publish(path, "a 1\n");
  ::umask(before);
  EXPECT_EQ(failed, "");
  EXPECT_EQ(read(path), "a 1\n");
  EXPECT_EQ(mode_of(path), 0644U);
}

TEST_F(ReportFiles, MetricsReplaceTheLastOnesAndLeaveNothingBehind) {
  const auto path = folder / "bootcheck_shop.prom";
  ASSERT_EQ(publish(path, "a 1\nb 2\n"), "");
  ASSERT_EQ(publish(path, "a 2\n"), "");
  EXPECT_EQ(read(path), "a 2\n");
  const boost::filesystem::directory_iterator files(folder);
  EXPECT_EQ(std::distance(files, {}), 1);
}

// In a folder that others may write to, a link in place of the file must lead nowhere.
TEST_F(ReportFiles, MetricsDoNotFollowALink) {
  const auto path = folder / "bootcheck_shop.prom";
  std::ofstream((folder / "precious").native()) << "precious\n";
  boost::filesystem::create_symlink(folder / "precious", path);
  const Path temporary = folder / (".bootcheck_shop.prom.bootcheck." + std::to_string(::getpid()));
  boost::filesystem::create_symlink(folder / "precious", temporary);
  EXPECT_EQ(publish(path, "a 1\n"), "");
  EXPECT_EQ(read(folder / "precious"), "precious\n");
  EXPECT_EQ(read(path), "a 1\n");
}

TEST_F(ReportFiles, MetricsThatCannotBeWrittenSayWhy) {
  EXPECT_THAT(publish(folder / "none" / "bootcheck_shop.prom", "a 1\n"),
              HasSubstr("No such file or directory"));
  EXPECT_FALSE(boost::filesystem::exists(folder / "none")) << "a mistyped folder is not made";
  boost::filesystem::create_directories(folder / "taken.prom");
  EXPECT_EQ(publish(folder / "taken.prom", "a 1\n"),
            "cannot replace " + (folder / "taken.prom").native() + ": Is a directory");
  const boost::filesystem::directory_iterator files(folder);
  EXPECT_EQ(std::distance(files, {}), 1);
}

TEST_F(ReportFiles, PromtoolAcceptsTheMetrics) {
  if (std::system("command -v promtool >/dev/null 2>&1") != 0) GTEST_SKIP() << "no promtool here";
  AppStatus status;
  status.app = "sh\"op";
  for (const auto state : {WorkerState::running, WorkerState::unknown, WorkerState::failing}) {
    auto& worker = status.workers.emplace_back();
    worker.name = "a\\b\n" + std::string(name_of(state));
    worker.state = state;
    worker.pid = 5;
    worker.age = Duration{5000};
    worker.memory = 1000;
  }
  const auto path = folder / "bootcheck.prom";
  ASSERT_EQ(publish(path, format_metrics(status, {})), "");
  EXPECT_EQ(std::system(("promtool check metrics <" + path.native()).c_str()), 0);
}

}  // namespace
}  // namespace bootcheck
