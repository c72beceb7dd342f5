// `recover --host`: what is shown, asked and refused before the jobs of a host that is gone are
// handed back. In place of Ruby a script answers, as the preloader does.
#include "support/files.h"
#include "support/places.h"
#include "support/small_app.h"

#include <boost/filesystem/operations.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

namespace bootcheck::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// Writes each line it is told into `told`, has the jobs locked that `locks` says, and hands back
/// as `answers` says.
constexpr const char* kPreloader = R"sh(
while IFS= read -r line; do case $line in '{"batch":0'*) break;; esac; done
echo booted >&0
while IFS= read -r line; do
  printf '%s\n' "$line" >> told
  batch=$(printf '%s' "$line" | sed 's/{"batch":\([0-9]*\).*/\1/')
  case $line in
    *locks_of*)
      tag=$(printf '%s' "$line" | sed 's/.*"tag":"\([^"]*\)".*/\1/')
      sed "s/^/$tag /" locks;;
    *) cat answers;;
  esac
  echo "ended $batch $(cat status 2>/dev/null || echo 0)" >&0
done
echo over >> told
)sh";

std::string own_host() {
  char host[256] = {};
  EXPECT_EQ(::gethostname(&host[0], sizeof(host) - 1), 0);
  return &host[0];
}

class RecoverHost : public testing::Test {
 protected:
  RecoverHost() {
    app_.script("bin/ruby", kPreloader);
    app_.configure("workers: [{preset: delayed_job, count: 2}]\npath: [bin]\n");
    write_file(app_.root() / "locks",
               "{\"worker\":\"delayed_job.1\",\"pid\":77,\"jobs\":2,\"since\":1000,\"last\":2000}\n"
               "{\"worker\":\"\",\"pid\":78,\"jobs\":1,\"since\":1500,\"last\":1500}\n"
               "{\"now\":100000,\"max_run_time\":14400}\n");
    say({"recovered job 1 of delayed_job.1 (pid 77 on web2), attempt 1",
         "done with delayed_job.1 (pid 77 on web2): its jobs are dealt with",
         "done with jobs:work (pid 78 on web2): it left no job behind"});
  }

  void say(const std::vector<std::string>& lines) const {
    std::string text;
    for (const auto& line : lines)
      text += "bootcheck hand-back: " + line + "\n";
    write_file(app_.root() / "answers", text);
  }

  Finished recover(std::vector<std::string> arguments, const std::string& host = "web2") const {
    arguments.insert(arguments.begin(), {"recover", "--host", host});
    return app_.bootcheck(arguments);
  }

  /// The same on a terminal, on which `answer` is typed.
  Finished on_terminal(const std::string& answer, const std::string& more = {}) const {
    const auto command = fmt::format("{} -C {} recover --host web2 {}", bootcheck_binary(),
                                     app_.root().native(), more);
    return run(
        {"/bin/sh", "-c", "printf '%s\\n' \"$1\" | script -qec \"$0\" /dev/null", command, answer});
  }

  std::string told() const { return read_file(app_.root() / "told"); }
  bool is_handed_back() const { return told().find("hand_back\":[{") != std::string::npos; }

  SmallApp app_;
};

TEST_F(RecoverHost, HandsBackWhatWasFoundAndSaysWhoseItWas) {
  const auto finished = recover({"--yes"});
  EXPECT_EQ(finished.status, 0);
  EXPECT_EQ(finished.err, "");
  EXPECT_THAT(finished.out, HasSubstr("3 jobs are locked by 2 workers of web2:\n"));
  EXPECT_THAT(finished.out, ContainsRegex("delayed_job\\.1 +pid 77 +2 jobs +locked since "));
  EXPECT_THAT(finished.out, ContainsRegex("\\(no name\\) +pid 78 +1 job +locked since "));
  EXPECT_THAT(finished.out, HasSubstr("job_recovered job=job 1 of delayed_job.1 (pid 77 on web2)"));
  EXPECT_THAT(told(),
              HasSubstr(R"json({"worker":"delayed_job.1","pid":77,"host":"web2","gone":100000,)json"
                        R"json("shown":"delayed_job.1 (pid 77 on web2)"},)json"
                        R"json({"worker":"","pid":78,"host":"web2","gone":100000,)json"));
  EXPECT_THAT(told(), HasSubstr("\nover\n")) << "the application is not left behind";
  EXPECT_THAT(app_.log(), HasSubstr("delayed_job.1 job_recovered"));
  EXPECT_EQ(app_.living("delayed_job.0"), 0) << "nobody is started";
}

TEST_F(RecoverHost, AsksOnATerminal) {
  const auto refused = on_terminal("");
  EXPECT_EQ(refused.status, 2) << refused.out;
  EXPECT_THAT(refused.out, HasSubstr("3 jobs are locked"));
  EXPECT_THAT(refused.out, HasSubstr("[y/N]"));
  EXPECT_FALSE(is_handed_back());
  const auto done = on_terminal("y");
  EXPECT_EQ(done.status, 0) << done.out;
  EXPECT_TRUE(is_handed_back());
}

TEST_F(RecoverHost, WithoutATerminalSaysTheLineThatDoesIt) {
  const auto refused = recover({});
  EXPECT_EQ(refused.status, 2);
  EXPECT_EQ(refused.out, "");
  EXPECT_EQ(told(), "") << "nothing is booted for that";
  const auto from = refused.err.find("bootcheck -C");
  ASSERT_NE(from, std::string::npos) << refused.err;
  const auto line = refused.err.substr(from + std::string("bootcheck").size());
  EXPECT_EQ(run({"/bin/sh", "-c", bootcheck_binary() + line}).status, 0) << line;
  EXPECT_TRUE(is_handed_back());
}

TEST_F(RecoverHost, IsRefusedForThisHostByAnyOfItsNames) {
  for (const auto& name : {own_host(), own_host() + ".example.com"}) {
    const auto refused = recover({"--yes"}, name);
    EXPECT_EQ(refused.status, 2) << name;
    EXPECT_THAT(refused.err, HasSubstr("is this host")) << name;
  }
  EXPECT_EQ(told(), "");
}

TEST_F(RecoverHost, IsRefusedWhileAJobMayStillRunThere) {
  write_file(app_.root() / "locks",
             "{\"worker\":\"delayed_job.1\",\"pid\":77,\"jobs\":1,\"since\":1000,\"last\":99000}\n"
             "{\"now\":100000,\"max_run_time\":14400}\n");
  const auto refused = on_terminal("y");
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.out, HasSubstr("web2 may still be at work: delayed_job.1 (pid 77 on web2)"));
  EXPECT_THAT(refused.out, HasSubstr("may run for 4h 00m (max_run_time), until 1970-01-02 "));
  EXPECT_THAT(refused.out, HasSubstr("recover --host web2 --yes"));
  EXPECT_FALSE(is_handed_back());
  const auto shown = recover({"--dry-run"});
  EXPECT_EQ(shown.status, 0);
  EXPECT_THAT(shown.out, HasSubstr("until 1970-01-02"));
  EXPECT_FALSE(is_handed_back());
  recover({"--yes"});
  EXPECT_TRUE(is_handed_back());
}

TEST_F(RecoverHost, FindsNothingToDo) {
  write_file(app_.root() / "locks", "{\"now\":100000,\"max_run_time\":14400}\n");
  const auto finished = on_terminal("");
  EXPECT_EQ(finished.status, 0);
  EXPECT_THAT(finished.out, HasSubstr("no job is locked by a worker of web2"));
  EXPECT_THAT(finished.out, Not(HasSubstr("[y/N]")));
}

TEST_F(RecoverHost, SaysWhichJobsCouldNotBeHandedBack) {
  say({"could not recover job 1 of delayed_job.1 (pid 77 on web2): deadlock",
       "left job 3 of jobs:work (pid 78 on web2) alone: it was locked since",
       "done with jobs:work (pid 78 on web2): it left no job behind"});
  const auto finished = recover({"--yes"});
  EXPECT_EQ(finished.status, 1);
  EXPECT_THAT(finished.err, HasSubstr("job 1 of delayed_job.1 (pid 77 on web2): deadlock"));
  EXPECT_THAT(finished.err, HasSubstr("try it again"));
  EXPECT_THAT(finished.err, HasSubstr("job 3 of jobs:work (pid 78 on web2) alone"));
  EXPECT_THAT(app_.log(), HasSubstr("recovery_failed"));
}

TEST_F(RecoverHost, SaysWhyTheApplicationDoesNotBoot) {
  app_.script("bin/ruby", "echo 'bootcheck: the application does not boot: no database'; exit 1");
  const auto finished = recover({"--yes"});
  EXPECT_EQ(finished.status, 4);
  EXPECT_THAT(finished.err, HasSubstr("the application does not boot: no database"));
  EXPECT_THAT(finished.err, HasSubstr("log/delayed_job.start.log"));
}

TEST_F(RecoverHost, SaysWhyTheJobsCannotBeLookedAt) {
  write_file(app_.root() / "locks", "bootcheck: no connection\n");
  write_file(app_.root() / "status", "1");
  const auto finished = recover({"--yes"});
  EXPECT_EQ(finished.status, 4);
  EXPECT_THAT(finished.err, HasSubstr("no connection"));
  EXPECT_FALSE(is_handed_back());
}

TEST_F(RecoverHost, EndsWithItsBootWhereThatTakesTooLong) {
  app_.script("bin/ruby", "echo booting; exec sleep 600");
  app_.configure("workers: [{preset: delayed_job, count: 1, start_timeout: 1s}]\npath: [bin]\n");
  const auto finished = recover({"--yes"});
  EXPECT_EQ(finished.status, 4);
  EXPECT_THAT(finished.err, HasSubstr("did not boot within `start_timeout`: booting"));
}

TEST_F(RecoverHost, BootsOncePerQueueWithOrWithoutPreload) {
  app_.configure(
      "workers:\n- {preset: delayed_job, count: 2, preload: false}\n"
      "- {preset: delayed_job, identifiers: [a], args: [--queue=a]}\n"
      "- {preset: delayed_job, identifiers: [b], env: {DATABASE_URL: other}}\npath: [bin]\n");
  EXPECT_EQ(recover({"--yes"}).status, 0);
  std::size_t looks = 0;
  for (const auto& line : lines_of(told()))
    looks += line.find("locks_of") == std::string::npos ? 0 : 1;
  EXPECT_EQ(looks, 2U);
}

TEST_F(RecoverHost, IsForWorkersOfDelayedJob) {
  app_.configure("workers: [{name: feed, start: [bin/feed], foreground: true}]\n");
  const auto refused = recover({"--yes"});
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.err, HasSubstr("none of the workers is one of delayed_job"));
}

}  // namespace
}  // namespace bootcheck::test
