// Nothing that is printed carries a control character that was not ours: no terminal obeys a title,
// a reason or a key that somebody else has chosen, and no line of another's making begins.
#include "process/small_app_test.h"

#include <string>

#include <boost/filesystem/operations.hpp>

namespace bootcheck::test {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Clears the screen, sets the title, rings; begins a line; CSI as C1; turns the writing direction.
const std::string kEvil =
    "x\x1b[2J\x1b]0;y\x07\nforged: line\x7f\xc2\x9b"
    "1m\xe2\x80\xae";
const std::string kHarmless = "\\x1b[2J";

/// The first control character but line ends, as a number; -1: there is none.
int control_in(const std::string& text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const auto next = at + 1 < text.size() ? static_cast<unsigned char>(text[at + 1]) : 0U;
    if ((byte < 0x20 && byte != '\n') || byte == 0x7f) return byte;
    if (byte == 0xc2 && next >= 0x80 && next < 0xa0) return static_cast<int>(next);
  }
  return text.find("\xe2\x80\xae") == std::string::npos ? -1 : 0x202e;
}

class Printing : public SmallAppTest {
 protected:
  /// What is printed shows `kEvil` and obeys nothing of it.
  void expect_harmless(const std::vector<std::string>& arguments, const char* escape = "\\x1b[2J") {
    const auto finished = app_.bootcheck(arguments);
    const auto printed = finished.out + finished.err;
    EXPECT_EQ(control_in(printed), -1) << printed;
    EXPECT_THAT(printed, HasSubstr(escape));
    EXPECT_THAT("\n" + printed, Not(HasSubstr("\nforged")));
    EXPECT_THAT("\n" + printed, Not(HasSubstr("\n forged")));
  }
  void expect_harmless_log() const {
    EXPECT_EQ(control_in(app_.log()), -1) << app_.log();
    EXPECT_THAT(app_.log(), HasSubstr(kHarmless));
    EXPECT_THAT(app_.log(), Not(HasSubstr("\nforged")));
  }
};

TEST_F(Printing, KeysAndValuesOfTheConfiguration) {
  app_.configure_literally("\"x\\e[2J\\x07\\nforged: line\\x9b\": 1\nstuck_after: \"\\e[2J\\n\"\n" +
                           std::string(kFeed));
  expect_harmless({});
  expect_harmless({"status"});
}

TEST_F(Printing, Arguments) {
  app_.configure(kFeed);
  expect_harmless({kEvil});
  expect_harmless({"status", kEvil});
  expect_harmless({"--" + kEvil});
  expect_harmless({"run", "--lock-wait", kEvil});
  expect_harmless({"-c", kEvil});
}

TEST_F(Printing, TheReasonOfAHold) {
  app_.configure(kFeed);
  expect_harmless({"stop", "--reason", kEvil, "feed"});
  expect_harmless({"status"});
  expect_harmless({"why", "feed"});
  expect_harmless({"status", "--json"}, R"(\u001b[2J)");
}

TEST_F(Printing, WhatAWorkerSaidWhenItDidNotComeUp) {
  app_.script("bin/feed", "printf 'x\\033[2J\\007\\nforged: line\\302\\2331m'; exit 3");
  app_.configure(kFeed);
  expect_harmless({"run"});
  expect_harmless_log();
  expect_harmless({"run", "--json"}, R"(\u001b[2J)");
  expect_harmless({"status"});
  expect_harmless({"why", "feed"});
}

TEST_F(Printing, AForgedState) {
  app_.configure(kFeed);
  const auto boot_id = lines_of(read_file("/proc/sys/kernel/random/boot_id")).front();
  const auto evil = R"("x\u001b[2J\u0007\nforged: line\u007f\u009b1m\u202e")";
  const auto root = boost::filesystem::canonical(app_.root()).native();
  write_file(app_.root() / "tmp/pids/bootcheck.state",
             R"({"schema":1,"boot_id":")" + boot_id +
                 R"(","workers":{"feed":{"failures":{"count":9,"next_try":99999999999999,)" +
                 R"("last_error":)" + evil + R"(,"release":")" + root +
                 R"(","command":"bin/feed eu"},"stops":[{"pid":2,"start_time":1,"reason":)" + evil +
                 R"(}]}},"holds":{"feed":{"by":)" + evil + R"(,"reason":)" + evil + "}}}\n");
  expect_harmless({"status"});
  expect_harmless({"why", "feed"});
  expect_harmless({"run", "-v"});
}

/// A process with this title and no argument, in the application's folder.
class Orphan {
 public:
  explicit Orphan(const boost::filesystem::path& folder)
      : process_({"/bin/bash", "-c",
                  "mkfifo fifo; exec -a $'delayed_job.x\\e[2J\\nforged: line' cat <>fifo"},
                 {.directory = folder, .env = {}}) {
    const auto command_line = "/proc/" + std::to_string(process_.pid()) + "/cmdline";
    wait_until([&] { return read_file(command_line).starts_with("delayed_job.x"); });
  }

 private:
  Background process_;
};

TEST_F(Printing, TheTitleOfAnOrphan) {
  const std::string workers =
      "workers:\n  - {name: feed, start: [bin/feed, eu], foreground: true}\n"
      "  - {preset: delayed_job, identifiers: [1]}\n";
  app_.configure(workers);
  const Orphan orphan(app_.root());
  expect_harmless({"run", "feed"});
  expect_harmless_log();
  expect_harmless({"status"});
  expect_harmless({"status", "--json"}, R"(\u001b[2J)");
  app_.configure(workers + "orphans: drain\n");
  expect_harmless({"--dry-run"});
  expect_harmless({"restart", "feed"});
}

TEST_F(Printing, ALogOnStderr) {
  app_.script("bin/feed", "printf 'x\\033[2J\\nforged: line'; exit 3");
  app_.configure(std::string(kFeed) + "log: {to: stderr}\n");
  expect_harmless({"run", "-q"});
}

}  // namespace
}  // namespace bootcheck::test
