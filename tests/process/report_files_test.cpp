// The files that report writes: the log and the metrics.
#include "pass/log_writer.h"
#include "report/log.h"
#include "report/metrics.h"
#include "support/temp_dir.h"
#include "system/linux_machine.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
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
  LogSettings to_file(LogLevel level = LogLevel::info) const {
    return {.to = LogTarget::file,
            .level = level,
            .format = LogFormat::text,
            .path = folder / "log" / "bootcheck.log"};
  }

  static std::string read(const Path& path) {
    std::ifstream file(path.native());
    return {std::istreambuf_iterator<char>(file), {}};
  }

  static unsigned mode_of(const Path& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 07777U : 0;
  }

  std::optional<std::string> log(const LogSettings& settings, const std::vector<Event>& events) {
    return append_to_log(machine, settings, "shop", events, "T");
  }

  /// What failed.
  std::optional<std::string> publish(const Path& path, const std::string& text) {
    try {
      machine.publish_file(path, text);
      return std::nullopt;
    } catch (const std::system_error& error) {
      return error.what();
    }
  }

  test::TempDir made_;
  const Path folder = made_.path();
  LinuxMachine machine;
};

Event event(const char* worker, Severity severity = Severity::info) {
  return make_event(EventKind::started, worker, severity, {});
}

TEST_F(ReportFiles, AnIdlePassTouchesNoLog) {
  EXPECT_EQ(log(to_file(), {}), std::nullopt);
  EXPECT_FALSE(boost::filesystem::exists(folder / "log"));
}

TEST_F(ReportFiles, TheLogMakesItsFolderAndGrows) {
  for (const auto* worker : {"a", "b"}) {
    EXPECT_EQ(log(to_file(), {event(worker)}), std::nullopt);
  }
  EXPECT_EQ(read(to_file().path), "T INFO shop a started\nT INFO shop b started\n");
  EXPECT_EQ(mode_of(to_file().path) & 0133U, 0U) << "nobody else writes it, and nobody runs it";
}

TEST_F(ReportFiles, TheLogClosesWhatItOpened) {
  log(to_file(), {event("a")});
  for (const auto& entry : boost::filesystem::directory_iterator("/proc/self/fd")) {
    boost::system::error_code ignored;
    EXPECT_NE(boost::filesystem::read_symlink(entry.path(), ignored), to_file().path);
  }
}

TEST_F(ReportFiles, TheLevelSaysWhatIsLogged) {
  const std::pair<LogLevel, const char*> cases[] = {{LogLevel::debug, "iwe"},
                                                    {LogLevel::info, "iwe"},
                                                    {LogLevel::warn, "we"},
                                                    {LogLevel::error, "e"}};
  for (const auto& [level, expected] : cases) {
    boost::filesystem::remove(to_file().path);
    log(to_file(level),
        {event("i", Severity::info), event("w", Severity::warning), event("e", Severity::error)});
    std::string workers;
    const auto text = read(to_file().path);
    for (const char* worker : {"i", "w", "e"})
      if (text.find(std::string("shop ") + worker + " started") != std::string::npos)
        workers += worker;
    EXPECT_EQ(workers, expected);
  }
}

TEST_F(ReportFiles, JsonIsALineAnEvent) {
  auto settings = to_file();
  settings.format = LogFormat::json;
  log(settings, {event("a")});
  EXPECT_EQ(read(settings.path),
            R"({"time":"T","level":"INFO","app":"shop","worker":"a","event":"started"})"
            "\n");
}

TEST_F(ReportFiles, ALogThatCannotBeOpenedSaysWhy) {
  boost::filesystem::create_directories(to_file().path);
  EXPECT_EQ(log(to_file(), {event("a")}),
            "cannot open " + to_file().path.native() + ": Is a directory");
}

TEST_F(ReportFiles, AFolderThatCannotBeMadeSaysWhy) {
  std::ofstream((folder / "log").native()) << "a file\n";
  const auto failed = log(to_file(), {event("a")});
  ASSERT_TRUE(failed.has_value());
  EXPECT_THAT(*failed, HasSubstr((folder / "log").native()));
}

TEST_F(ReportFiles, AFullDiskSaysWhy) {
  auto settings = to_file();
  settings.path = "/dev/full";
  EXPECT_EQ(log(settings, {event("a")}), "cannot write to /dev/full: No space left on device");
}

TEST_F(ReportFiles, AFifoThatNobodyReadsDoesNotStopThePass) {
  boost::filesystem::create_directories(folder / "log");
  ASSERT_EQ(::mkfifo(to_file().path.c_str(), 0600), 0);
  EXPECT_EQ(log(to_file(), {event("a")}),
            "cannot open " + to_file().path.native() + ": No such device or address");
}

TEST_F(ReportFiles, LinesOfSeveralWritersDoNotMix) {
  constexpr int writers = 4;
  constexpr int lines = 200;
  auto big = event("a");
  big.detail = OfJob{std::string(3000, 'x')};
  const auto expected = log_text(big, "shop", "T");
  std::vector<pid_t> children;
  for (int writer = 0; writer < writers; ++writer) {
    if (const pid_t child = ::fork(); child != 0) {
      children.push_back(child);
      continue;
    }
    bool well = true;
    for (int line = 0; line < lines; ++line)
      well = !log(to_file(), {big}) && well;
    ::_exit(well ? 0 : 1);
  }
  for (const pid_t child : children) {
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  std::ifstream file(to_file().path.native());
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
  EXPECT_EQ(failed, std::nullopt);
  EXPECT_EQ(read(path), "a 1\n");
  EXPECT_EQ(mode_of(path), 0644U);
}

TEST_F(ReportFiles, MetricsReplaceTheLastOnesAndLeaveNothingBehind) {
  const auto path = folder / "bootcheck_shop.prom";
  std::ofstream((path.native() + ".tmp")) << "left by a killed pass, longer than what follows\n";
  ASSERT_EQ(publish(path, "a 1\nb 2\n"), std::nullopt);
  ASSERT_EQ(publish(path, "a 2\n"), std::nullopt);
  EXPECT_EQ(read(path), "a 2\n");
  const boost::filesystem::directory_iterator files(folder);
  EXPECT_EQ(std::distance(files, {}), 1);
}

// In a folder that others may write to, a link in place of the temporary file must lead nowhere.
TEST_F(ReportFiles, MetricsDoNotFollowALink) {
  const auto path = folder / "bootcheck_shop.prom";
  std::ofstream((folder / "precious").native()) << "precious\n";
  boost::filesystem::create_symlink(folder / "precious", path.native() + ".tmp");
  EXPECT_EQ(publish(path, "a 1\n"), std::nullopt);
  EXPECT_EQ(read(folder / "precious"), "precious\n");
}

TEST_F(ReportFiles, MetricsThatCannotBeWrittenSayWhy) {
  const auto path = folder / "none" / "bootcheck_shop.prom";
  EXPECT_EQ(publish(path, "a 1\n"),
            "cannot open " + path.native() + ".tmp: No such file or directory");
  boost::filesystem::create_directories(folder / "taken.prom");
  EXPECT_EQ(publish(folder / "taken.prom", "a 1\n"),
            "cannot rename " + (folder / "taken.prom.tmp").native() + " to " +
                (folder / "taken.prom").native() + ": Is a directory");
  EXPECT_FALSE(boost::filesystem::exists(folder / "taken.prom.tmp"));
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
  ASSERT_EQ(publish(path, format_metrics(status, {})), std::nullopt);
  EXPECT_EQ(std::system(("promtool check metrics <" + path.native()).c_str()), 0);
}

}  // namespace
}  // namespace bootcheck
