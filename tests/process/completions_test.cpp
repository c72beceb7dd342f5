// The completions of the shells, each in its shell: what follows a line that is half typed.
#include "cli/help.h"
#include "support/files.h"
#include "support/places.h"
#include "support/run.h"
#include "support/small_app.h"

#include <algorithm>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include <boost/filesystem/operations.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bootcheck::test {
namespace {

namespace fs = boost::filesystem;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Not;
using testing::UnorderedElementsAre;

const fs::path kCompletions = source_dir() / "packaging/completions";

using Words = std::vector<std::string>;

/// `--dry-run` and the like, as --help has them.
std::set<std::string> long_options() {
  static const std::regex kOption("--[a-z-]+");
  const auto help = help_text();
  std::set<std::string> options;
  for (std::sregex_iterator at(help.begin(), help.end(), kOption), end; at != end; ++at)
    options.insert(at->str());
  return options;
}

/// A shell with an application whose workers are feed-eu and feed-us.
class Completions : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    fs::create_directory(app_.root() / "programs");
    fs::create_symlink(bootcheck_binary(), app_.root() / "programs" / "bootcheck");
    app_.configure(
        "workers: [{name: 'feed-%{id}', identifiers: [eu, us], start: bin/feed, foreground: true,\n"
        "  env: {name: feed-none}}]\n");
    if (run({shell(), "-c", "true"}).status == 127)
      GTEST_SKIP() << "there is no " << shell() << " here";
  }

  std::string shell() const { return GetParam(); }

  /// What the shell offers behind `line`.
  Words complete(const std::string& line) const {
    const auto script = source_dir() / "tests/process/completions" / ("complete." + shell());
    const auto finished =
        run({shell(), script.native(), kCompletions.native(), line},
            {.directory = app_.root(),
             .env = {{"PATH", (app_.root() / "programs").native() + ":/usr/bin:/bin"},
                     {"HOME", app_.root().native()}}});
    EXPECT_EQ(finished.status, 0) << finished.err;
    EXPECT_THAT(finished.err, IsEmpty());
    auto words = lines_of(finished.out);
    std::ranges::sort(words);
    return words;
  }

  SmallApp app_;
};

TEST_P(Completions, KnowTheCommands) {
  EXPECT_THAT(complete("bootcheck "),
              IsSupersetOf({"run", "status", "restart", "stop", "start", "why", "logs", "config",
                            "init", "doctor", "crontab", "recover"}));
  EXPECT_THAT(complete("bootcheck sta"), ElementsAre("start", "status"));
  EXPECT_THAT(complete("bootcheck --json -C / sto"), ElementsAre("stop"));
}

TEST_P(Completions, KnowTheWorkersOfTheApplication) {
  EXPECT_THAT(complete("bootcheck why "), ElementsAre("feed-eu", "feed-us"));
  EXPECT_THAT(complete("bootcheck restart --surge feed-u"), ElementsAre("feed-us"));
  EXPECT_THAT(complete("bootcheck stop feed-eu feed-"), Contains("feed-us"));
  EXPECT_THAT(complete("bootcheck config feed-"), IsEmpty());
}

TEST_P(Completions, KnowTheWorkersOfTheApplicationThatTheLineNames) {
  fs::create_directory(app_.root() / "other");
  EXPECT_THAT(complete("bootcheck -C other -n 2 why "),
              ElementsAre("delayed_job.0", "delayed_job.1"));
  EXPECT_THAT(complete("bootcheck --root=other --workers=1 status delayed"),
              ElementsAre("delayed_job.0"));
  EXPECT_THAT(complete("bootcheck -C ~/other -i a -i b status delayed"),
              ElementsAre("delayed_job.a", "delayed_job.b"));
  EXPECT_THAT(complete("bootcheck -C nowhere why feed-"), IsEmpty());
  EXPECT_THAT(complete("bootcheck -c config why feed-"), ElementsAre("feed-eu", "feed-us"));
}

TEST_P(Completions, KnowTheOptionsOfEachCommand) {
  const auto options = [this](const std::string& line) {
    const auto typed = line.substr(line.rfind(' ') + 1);
    Words words;
    for (auto& word : complete(line)) {
      if (!word.starts_with(typed)) continue;  // fish 4 adds what merely has the letters in it
      // zsh and fish may have a `=` behind them
      words.push_back(word.ends_with('=') ? word.substr(0, word.size() - 1) : word);
    }
    return words;
  };
  EXPECT_THAT(options("bootcheck --"), AllOf(IsSupersetOf({"--json", "--dry-run", "--lock-wait"}),
                                             Not(Contains("--surge"))));
  std::set<std::string> all;
  for (const auto* command : {"run", "restart", "stop", "logs", "crontab", "recover"}) {
    for (auto& word : options("bootcheck " + std::string(command) + " --"))
      all.insert(std::move(word));
  }
  EXPECT_EQ(all, long_options());
  EXPECT_THAT(options("bootcheck stop --re"), ElementsAre("--reason"));
}

INSTANTIATE_TEST_SUITE_P(Shells, Completions, testing::Values("bash", "zsh", "fish"),
                         [](const auto& shell) { return std::string(shell.param); });

}  // namespace
}  // namespace bootcheck::test
