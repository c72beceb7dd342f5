// A FIFO in the place of a file, a reader that does not read: a pass waits for neither, for it
// holds the lock.
#include "process/small_app_test.h"
#include "system/syslog.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

namespace bootcheck::test {
namespace {

namespace fs = boost::filesystem;
using testing::AllOf;
using testing::HasSubstr;

class AFifoInTheWay : public SmallAppTest {
 protected:
  AFifoInTheWay() { configure(""); }

  void configure(const std::string& more) const {
    app_.configure("workers: [{name: feed, start: [bin/feed, eu], foreground: true}]\n" + more);
  }

  /// Relative to the root.
  fs::path put_fifo(const std::string& name) const {
    auto path = app_.root() / name;
    fs::create_directories(path.parent_path());
    fs::remove(path);
    EXPECT_EQ(::mkfifo(path.c_str(), 0600), 0);
    return path;
  }

  /// The worker runs, and what is wrong with the file is said.
  void expect_told_and_running(const std::string& what) const {
    const auto finished = app_.bootcheck();
    EXPECT_THAT(finished.err, HasSubstr(what));
    EXPECT_GT(app_.living("feed"), 0) << story();
  }
};

TEST_F(AFifoInTheWay, OfTheConfigurationIsAnError) {
  put_fifo("config/bootcheck.yml");
  const auto finished = app_.bootcheck();
  EXPECT_EQ(finished.status, 2);
  EXPECT_THAT(finished.err, AllOf(HasSubstr("config/bootcheck.yml"), HasSubstr("it is a FIFO")));
}

TEST_F(AFifoInTheWay, OfTheEnvFileFailsTheStart) {
  configure("env_file: env\n");
  const auto fifo = put_fifo("env");
  const auto finished = app_.bootcheck();
  EXPECT_EQ(finished.status, 1);
  EXPECT_THAT(finished.err, AllOf(HasSubstr(fifo.native()), HasSubstr("it is a FIFO")));
  EXPECT_EQ(app_.living("feed"), 0);
  fs::remove(fifo);
  write_file(fifo, "A=1\n");
  EXPECT_EQ(app_.bootcheck({"start"}).status, 0);
  EXPECT_GT(app_.living("feed"), 0) << story();
}

TEST_F(AFifoInTheWay, OfTheStateIsGotOver) {
  put_fifo("tmp/pids/bootcheck.state");
  expect_told_and_running("it is a FIFO");
}

TEST_F(AFifoInTheWay, OfTheLogIsGotOver) {
  put_fifo("log/bootcheck.log");
  expect_told_and_running("the log cannot be written");
}

TEST_F(AFifoInTheWay, OfTheStartLogIsGotOver) {
  put_fifo("log/feed.start.log");
  expect_told_and_running("what it prints cannot be kept");
}

TEST_F(AFifoInTheWay, OfTheMetricsIsReplaced) {
  configure("metrics_file: tmp/feed.prom\n");
  const auto path = put_fifo("tmp/feed.prom");
  good_pass();
  EXPECT_GT(app_.living("feed"), 0) << story();
  EXPECT_EQ(fs::status(path).type(), fs::regular_file);
}

/// A socket that nobody reads any more, full to the brim.
class StoppedReader {
 public:
  explicit StoppedReader(const fs::path& path)
      : reader_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)),
        writer_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.native().copy(&address.sun_path[0], sizeof address.sun_path - 1);
    const auto* where = reinterpret_cast<const sockaddr*>(&address);
    EXPECT_EQ(::bind(reader_, where, sizeof address), 0);
    EXPECT_EQ(::connect(writer_, where, sizeof address), 0);
    while (::send(writer_, "x", 1, 0) == 1) {
    }
    EXPECT_EQ(errno, EAGAIN);
  }
  StoppedReader(const StoppedReader&) = delete;
  StoppedReader& operator=(const StoppedReader&) = delete;
  ~StoppedReader() {
    ::close(reader_);
    ::close(writer_);
  }

  std::string read() const {
    std::string text(1000, '\0');
    const auto got = ::recv(reader_, text.data(), text.size(), MSG_DONTWAIT);
    text.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    return text;
  }

 private:
  int reader_;
  int writer_;
};

TEST(Syslog, ThatDoesNotReadIsAnError) {
  const TempDir folder;
  const auto path = folder.path() / "log";
  const StoppedReader daemon(path);
  try {
    write_to_syslog(LogPriority::info, "text", path);
    FAIL() << "it was written where nobody reads";
  } catch (const std::system_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("does not read"));
  }
}

TEST(Syslog, GetsEachLineWithPriorityTimeAndPid) {
  const TempDir folder;
  const auto path = folder.path() / "log";
  const StoppedReader daemon(path);
  while (!daemon.read().empty()) {
  }
  write_to_syslog(LogPriority::warning, "shop - busy", path);
  EXPECT_THAT(daemon.read(),
              testing::MatchesRegex("<28>[A-Z][a-z]+ [ 0-9][0-9] [0-9:]+ bootcheck\\[" +
                                    std::to_string(::getpid()) + "\\]: shop - busy"));
}

TEST(Syslog, ThatIsNotThereIsAnError) {
  EXPECT_THROW(write_to_syslog(LogPriority::error, "text", "/nowhere/log"), std::system_error);
}

}  // namespace
}  // namespace bootcheck::test
