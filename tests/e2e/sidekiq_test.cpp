// The preset `sidekiq` on Debian's Sidekiq and Redis.
#include "e2e/redis_server.h"
#include "support/demo_app.h"
#include "support/files.h"
#include "support/places.h"
#include "support/wait_until.h"

#include <csignal>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bootcheck::test {
namespace {

namespace fs = boost::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

/// The job writes down in which release and process it begins and ends, and lasts until log/go is
/// there.
constexpr const char* kJobs = R"(require "sidekiq"

class Wait
  include Sidekiq::Worker

  def perform(name)
    note("begun", name)
    sleep 0.05 until File.exist?("log/go")
    note("done", name)
  end

  def note(what, name)
    release = File.basename(File.realpath(__dir__))
    File.write("log/#{what}.log", "#{name} #{release} #{Process.pid}\n", :mode => "a")
  end
end
)";

pid_t pid_in(const fs::path& file) {
  const auto text = read_file(file);
  return text.empty() ? 0 : std::stoi(text);
}

/// An application in Capistrano's folders, with two Sidekiqs of two threads each.
class SidekiqPreset : public testing::Test {
 protected:
  SidekiqPreset() {
    make_release("1");
    deploy("1");
    configure("600");
  }
  ~SidekiqPreset() override { end_all_of(folder_.path()); }

  fs::path root() const { return folder_.path() / "current"; }
  fs::path shared() const { return folder_.path() / "shared"; }

  void make_release(const std::string& release) const {
    const auto folder = folder_.path() / "releases" / release;
    write_file(folder / "jobs.rb", kJobs);
    write_file(folder / "Gemfile", "gem \"sidekiq\"\n");
    fs::create_directories(folder / "tmp");
    fs::create_directories(shared() / "log");
    fs::create_directories(shared() / "pids");
    fs::create_symlink(shared() / "log", folder / "log");
    fs::create_symlink(shared() / "pids", folder / "tmp/pids");
    const auto locked = run({"bundle", "lock", "--local"}, {.directory = folder, .env = {}});
    ASSERT_EQ(locked.status, 0) << locked.out << locked.err;
  }

  void deploy(const std::string& release) const {
    fs::remove(root());
    fs::create_symlink(folder_.path() / "releases" / release, root());
  }

  /// `timeout`: for how many seconds Sidekiq lets a job run on when it is asked to stop.
  void configure(const std::string& timeout, int threads = 2) const {
    write_file(shared() / "bootcheck.yml",
               fmt::format("root: {}\n"
                           "workers:\n"
                           "  - preset: sidekiq\n"
                           "    count: 2\n"
                           "    args: [-r, ./jobs.rb, -c, '{}', -t, '{}']\n"
                           "env: {{REDIS_URL: '{}'}}\n"
                           "backoff: 0\n"
                           "restart: {{settle: 1s}}\n",
                           root().native(), threads, timeout, redis_.url()));
  }

  Finished bootcheck(std::vector<std::string> arguments = {}) const {
    arguments.insert(arguments.begin(),
                     {bootcheck_binary(), "-c", shared().native() + "/bootcheck.yml"});
    return run(arguments);
  }

  void good_pass() const {
    const auto finished = bootcheck();
    EXPECT_EQ(finished.status, 0) << story();
    EXPECT_EQ(finished.out + finished.err, "") << story();
  }

  void enqueue(const std::string& job) const {
    const auto finished = run({"ruby", "-r./jobs", "-e", "Wait.perform_async(ARGV[0])", job},
                              {.directory = root(), .env = {{"REDIS_URL", redis_.url()}}});
    ASSERT_EQ(finished.status, 0) << finished.err;
  }
  void let_jobs_end() const { write_file(shared() / "log/go", ""); }

  /// `one 1 4711`: job, release, process.
  std::vector<std::string> notes(const std::string& what) const {
    return lines_of(read_file(shared() / "log" / (what + ".log")));
  }
  static pid_t pid_of(const std::string& note) { return std::stoi(note.substr(note.rfind(' '))); }

  std::vector<pid_t> sidekiqs() const {
    auto pids = processes_in(folder_.path());
    std::erase_if(pids,
                  [](pid_t pid) { return command_line(pid).find("sidekiq") == std::string::npos; });
    return pids;
  }
  /// As many, each with its threads at work, which is when it calls itself `sidekiq 6.4.1 ...`.
  bool are_up(std::size_t count) const {
    const auto pids = sidekiqs();
    return pids.size() == count && std::ranges::all_of(pids, [](pid_t pid) {
             return command_line(pid).starts_with("sidekiq ") &&
                    command_line(pid).ends_with(" busy]");
           });
  }
  void both_up() const {
    good_pass();
    ASSERT_TRUE(wait_until([this] { return are_up(2); })) << story();
  }

  pid_t worker(const std::string& id) const {
    return pid_in(shared() / "pids" / ("sidekiq." + id + ".pid"));
  }

  std::string story() const {
    std::string text = read_file(shared() / "log/bootcheck.log");
    for (const auto* id : {"0", "1"})
      text += read_file(shared() / "log" / fmt::format("sidekiq.{}.start.log", id));
    for (const pid_t pid : processes_in(folder_.path()))
      text += fmt::format("{} {}\n", pid, command_line(pid));
    return text + bootcheck({"status"}).out;
  }

  RedisServer redis_;
  TempDir folder_;
};

TEST_F(SidekiqPreset, StartsTwoAndKnowsThemUnderTheirNewTitles) {
  both_up();
  const auto pids = sidekiqs();
  good_pass();
  EXPECT_EQ(sidekiqs(), pids);
  const auto status = bootcheck({"status"});
  EXPECT_EQ(status.status, 0) << status.out;
  EXPECT_THAT(status.out, HasSubstr(fmt::format("sidekiq.0  running  {}", worker("0"))));
  EXPECT_THAT(status.out, HasSubstr(fmt::format("sidekiq.1  running  {}", worker("1"))));
  EXPECT_THAT(pids, testing::UnorderedElementsAre(worker("0"), worker("1")));
}

TEST_F(SidekiqPreset, FinishesItsJobInItsOwnReleaseAndItsSuccessorIsOfTheNewOne) {
  both_up();
  const auto before = sidekiqs();
  enqueue("one");
  ASSERT_TRUE(wait_until([this] { return !notes("begun").empty(); })) << story();
  const auto busy = pid_of(notes("begun").front());
  make_release("2");
  deploy("2");
  const auto restart = bootcheck({"restart"});
  EXPECT_EQ(restart.status, 0) << restart.err;
  const auto name = busy == worker("0") ? "sidekiq.0" : "sidekiq.1";
  const auto draining = fmt::format("{}  draining  {}", name, busy);
  EXPECT_TRUE(wait_until([&] {  // the other one may be replaced before it
    bootcheck();
    return bootcheck({"status"}).out.find(draining) != std::string::npos;
  })) << story();
  EXPECT_TRUE(is_alive(busy)) << story();
  let_jobs_end();
  EXPECT_TRUE(wait_until([&] {
    EXPECT_EQ(bootcheck().status, 0) << story();
    const auto now = sidekiqs();
    return are_up(2) && std::ranges::none_of(now, [&](pid_t pid) {
             return std::ranges::find(before, pid) != before.end();
           });
  })) << story();
  EXPECT_THAT(notes("begun"), ElementsAre(fmt::format("one 1 {}", busy)));
  EXPECT_EQ(notes("done"), notes("begun"));
  enqueue("two");
  ASSERT_TRUE(wait_until([this] { return notes("done").size() == 2; })) << story();
  EXPECT_THAT(notes("done").back(), StartsWith("two 2 "));
}

// Where a second thread of the process waits for a job while the first one's is given back, Sidekiq
// 6.4.1 may hand it to that and lose it as both end.
TEST_F(SidekiqPreset, GivesItsJobBackWhereItsTimeoutIsTooShort) {
  configure("1", 1);
  both_up();
  enqueue("one");
  ASSERT_TRUE(wait_until([this] { return !notes("begun").empty(); })) << story();
  EXPECT_EQ(bootcheck({"restart", "--wait"}).status, 0) << story();
  ASSERT_TRUE(wait_until([this] { return notes("begun").size() > 1; })) << story();
  EXPECT_THAT(notes("done"), IsEmpty()) << "it was cut off, and runs again from its beginning";
  let_jobs_end();
  EXPECT_TRUE(wait_until([this] { return notes("done").size() == 1; })) << story();
}

TEST_F(SidekiqPreset, AKilledOneComesBackAndTheOtherIsLeftAlone) {
  both_up();
  const auto killed = worker("0");
  const auto other = worker("1");
  ASSERT_EQ(::kill(killed, SIGKILL), 0);
  ASSERT_TRUE(wait_until([&] { return !is_alive(killed); }));
  good_pass();
  ASSERT_TRUE(wait_until([this] { return are_up(2); })) << story();
  EXPECT_EQ(worker("1"), other);
  EXPECT_THAT(read_file(shared() / "log/bootcheck.log"),
              HasSubstr(fmt::format("sidekiq.0 crashed pid={}", killed)));
}

TEST_F(SidekiqPreset, WhereTheStateIsLostNothingIsStartedASecondTime) {
  both_up();
  const auto pids = sidekiqs();
  fs::remove(shared() / "pids/bootcheck.state");
  const auto finished = bootcheck();
  EXPECT_EQ(finished.status, 1);
  EXPECT_THAT(finished.err, HasSubstr("sidekiq.0: cannot tell whether it runs"));
  EXPECT_EQ(sidekiqs(), pids) << story();
}

}  // namespace
}  // namespace bootcheck::test
