// The command line, see bootcheck(1): words in, options or a usage error out.
#include "cli/options.h"

#include "support/files.h"
#include "support/places.h"

#include <map>
#include <regex>
#include <sstream>

#include <gtest/gtest.h>

namespace bootcheck {
namespace {

using namespace std::chrono_literals;
using Words = std::vector<std::string>;

/// The words of a line without quotes.
Words split(const std::string& line) {
  std::istringstream stream(line);
  Words words;
  for (std::string word; stream >> word;)
    words.push_back(word);
  return words;
}

/// Options that have to be right.
Options options_of(const Words& words) {
  auto parsed = parse_options(words);
  if (const auto* error = std::get_if<UsageError>(&parsed))
    throw std::runtime_error(error->message);
  return std::get<Options>(std::move(parsed));
}
Options options_of(const std::string& line) {
  return options_of(split(line));
}

/// The message of a usage error; empty: there is none.
std::string error_of(const std::string& line) {
  const auto parsed = parse_options(split(line));
  const auto* error = std::get_if<UsageError>(&parsed);
  return error == nullptr ? std::string() : error->message;
}

TEST(Options, WithoutAWordAreAPassOverAllWorkers) {
  const auto options = options_of("");
  EXPECT_EQ(options.command, Command::run);
  EXPECT_TRUE(options.workers.empty());
  EXPECT_FALSE(options.config || options.root || options.count || options.lock_wait ||
               options.wait || options.hold_for);
  EXPECT_TRUE(options.identifiers.empty() && options.environment.empty() && options.reason.empty());
  EXPECT_FALSE(options.dry_run || options.json || options.verbose || options.quiet ||
               options.surge || options.follow || options.lines || options.install ||
               options.in_fleet);
}

TEST(Options, KnowEveryCommandByItsWord) {
  const std::pair<const char*, Command> commands[] = {
      {"run", Command::run},   {"status", Command::status},   {"restart", Command::restart},
      {"stop", Command::stop}, {"start", Command::start},     {"config", Command::config},
      {"why", Command::why},   {"crontab", Command::crontab}, {"logs", Command::logs},
      {"init", Command::init}, {"doctor", Command::doctor}};
  EXPECT_EQ(options_of("recover --host web2").command, Command::recover);
  for (const auto& [word, command] : commands) {
    EXPECT_EQ(options_of(std::string(word) + " delayed_job.1").command, command);
    EXPECT_EQ(name_of(command), word);
  }
}

TEST(Options, TakeTheWordsBehindTheCommandForWorkersInTheirOrder) {
  EXPECT_EQ(options_of("stop delayed_job.* feed-eu").workers, (Words{"delayed_job.*", "feed-eu"}));
  EXPECT_EQ(options_of("-v why delayed_job.2 --json run").workers, (Words{"delayed_job.2", "run"}));
  EXPECT_EQ(options_of(Words{"stop", "a worker"}).workers, Words{"a worker"});
}

TEST(Options, SayWhereTheConfigurationAndTheRootAre) {
  for (const auto* line :
       {"-c /x.yml -C /srv/shop", "-c/x.yml -C/srv/shop", "--config /x.yml --root /srv/shop",
        "--root=/srv/shop --config=/x.yml", "status -C /srv/shop -c /x.yml"}) {
    const auto options = options_of(line);
    EXPECT_EQ(options.config, Path("/x.yml")) << line;
    EXPECT_EQ(options.root, Path("/srv/shop")) << line;
  }
}

TEST(Options, SayHowManyWorkersThereAreWithoutAConfiguration) {
  EXPECT_EQ(options_of("-n 3").count, 3);
  EXPECT_EQ(options_of("-n3").count, 3);
  EXPECT_EQ(options_of("--workers=1000").count, 1000);
  EXPECT_EQ(options_of("-i a -i 2 --identifier=c").identifiers, (Words{"a", "2", "c"}));
  EXPECT_EQ(options_of("-i a status b").workers, Words{"b"}) << "one identifier for each -i";
}

TEST(Options, TakeFlagsInTheirShortAndLongForms) {
  EXPECT_TRUE(options_of("--dry-run").dry_run);
  EXPECT_TRUE(options_of("--json").json);
  EXPECT_TRUE(options_of("-v").verbose && options_of("--verbose").verbose);
  EXPECT_TRUE(options_of("-q").quiet && options_of("--quiet").quiet);
  EXPECT_EQ(options_of("-e staging").environment, "staging");
  EXPECT_EQ(options_of("--environment=test").environment, "test");
  EXPECT_TRUE(options_of("restart --surge").surge);
}

TEST(Options, ReadDurationsAsTheContractWritesThem) {
  const std::pair<const char*, Duration> durations[] = {
      {"500ms", 500ms}, {"45s", 45s}, {"10m", 10min}, {"4h", 4h}, {"1d", 24h}, {"90", 90s}};
  for (const auto& [text, duration] : durations) {
    EXPECT_EQ(options_of("--lock-wait " + std::string(text)).lock_wait, duration) << text;
    EXPECT_EQ(options_of("stop --for=" + std::string(text)).hold_for, duration) << text;
    EXPECT_EQ(options_of("restart --wait=" + std::string(text)).wait, duration) << text;
  }
}

TEST(Options, WaitAsLongAsItTakesWithoutADuration) {
  EXPECT_EQ(options_of("restart --wait").wait, kForEver);
  const auto options = options_of("stop --wait delayed_job.1 --reason upgrade");
  EXPECT_EQ(options.wait, kForEver);
  EXPECT_EQ(options.workers, Words{"delayed_job.1"}) << "a worker's name is no duration";
  EXPECT_EQ(options.reason, "upgrade");
  EXPECT_EQ(options_of(Words{"stop", "--reason", "new disk for db1"}).reason, "new disk for db1");
}

TEST(Options, SayHowMuchOfTheLogsIsShown) {
  EXPECT_FALSE(options_of("logs feed").follow);
  EXPECT_TRUE(options_of("logs -f feed").follow);
  const auto options = options_of("logs --follow --lines=3 feed");
  EXPECT_TRUE(options.follow);
  EXPECT_EQ(options.lines, 3U);
  EXPECT_EQ(options.workers, Words{"feed"});
}

TEST(Options, NameTheOptionWhoseDurationIsNone) {
  for (const auto* option : {"--lock-wait", "--wait", "--for"}) {
    for (const auto* text : {"soon", "-1s", "10mm", "1w", "1e3"}) {
      const auto message = error_of("stop " + std::string(option) + "=" + text);
      EXPECT_TRUE(message.starts_with(std::string(option) + ": `")) << message;
    }
  }
  EXPECT_NE(error_of("stop --for=forever"), "") << "a hold without --for already is";
  EXPECT_NE(error_of("run --lock-wait=forever"), "");
}

TEST(Options, AreAUsageErrorWhereOneContradictsAnother) {
  const std::pair<const char*, const char*> rows[] = {
      {"-n 2 -i a", "-n and -i exclude each other"},
      {"-c x.yml -n 2", "-n and -i are for use without a configuration"},
      {"-c x.yml -i a", "-n and -i are for use without a configuration"},
      {"-n 0", "-n: from 1 to 1000"},
      {"-n -1", "-n: from 1 to 1000"},
      {"-n 1001", "-n: from 1 to 1000"},
      {"-n 2000000000", "-n: from 1 to 1000"},
      {"--surge", "--surge goes with restart"},
      {"stop --surge", "--surge goes with restart"},
      {"start --surge", "--surge goes with restart"},
      {"--wait", "--wait goes with restart and stop"},
      {"start --wait=1m", "--wait goes with restart and stop"},
      {"status --wait", "--wait goes with restart and stop"},
      {"start --for 1h", "--for and --reason go with stop"},
      {"restart --reason x", "--for and --reason go with stop"},
      {"status -f", "-f and --lines go with logs"},
      {"restart --lines 3", "-f and --lines go with logs"},
      {"--install", "--install goes with crontab"},
      {"--yes", "--host and --yes go with recover"},
      {"restart --host web2", "--host and --yes go with recover"},
      {"recover", "recover: of which host? --host NAME"},
      {"recover --yes", "recover: of which host? --host NAME"},
      {"recover --host=", "--host: `` is no host's name"},
      {"recover --host web2 delayed_job.1", "recover is about all workers of a host"},
      {"recover --host web2 --json", "recover goes without --json"},
      {"init -n 3", "init: say which workers"},
      {"logs --lines -3", "--lines: `-3` is no number"},
      {"logs --lines many", "--lines: `many` is no number"},
      {"why", "why: which worker?"},
      {"-v -q", "-v and -q exclude each other"},
      {"status -vq", "-v and -q exclude each other"},
      {"strat", "no command `strat`: did you mean `start`?"},
      {"stats", "no command `stats`: did you mean `status`?"},
      {"frobnicate", "no command `frobnicate`; see bootcheck --help"},
      {"restart --wait 5m", "write --wait=5m, in one word"},
      {"-c a.yml -c b.yml", "-c is given twice"},
      {"delayed_job.1", "no command `delayed_job.1`"},
      {"Run", "no command `Run`: did you mean `run`?"},
  };
  for (const auto& [line, message] : rows)
    EXPECT_TRUE(error_of(line).starts_with(message)) << line << ": " << error_of(line);
}

TEST(Options, AreAUsageErrorWhereNobodyKnowsThem) {
  for (const auto* line : {"--bogus", "-x", "-n", "-n many", "-n 1.5", "-i", "-c", "-C", "-e",
                           "--json=maybe", "--reason"})
    EXPECT_NE(error_of(line).find("see bootcheck --help"), std::string::npos)
        << line << ": " << error_of(line);
}

TEST(Options, OfTwoThatExcludeEachOtherTheLastOneCountsAsEverywhere) {
  const auto parsed = parse_options(split("-n 1 -n 2 -e a -e b"));
  const auto& options = std::get<Options>(parsed);
  EXPECT_EQ(options.count, 2);
  EXPECT_EQ(options.environment, "b");
}

TEST(Options, TellWhatIsWrongWithThem) {
  EXPECT_EQ(error_of("--bogus"), "no option `--bogus`; see bootcheck --help");
  EXPECT_EQ(error_of("-vx"), "no option `-x`; see bootcheck --help");
  EXPECT_EQ(error_of("-n"), "`-n` needs a value; see bootcheck --help");
  EXPECT_EQ(error_of("--reason"), "`--reason` needs a value; see bootcheck --help");
  EXPECT_EQ(error_of("--json=x"), "`--json=x` takes no value; see bootcheck --help");
}

TEST(Options, AnswerHelpAndVersionAndDoNothingElse) {
  for (const auto* line : {"--help", "-h", "help", "help restart", "restart --help",
                           "--help nonsense", "-n 2 -i 3 --help"}) {
    const auto parsed = parse_options(split(line));
    const auto* information = std::get_if<Information>(&parsed);
    ASSERT_NE(information, nullptr) << line;
    EXPECT_TRUE(information->text.starts_with("Usage: bootcheck ")) << line;
  }
  const auto parsed = parse_options({"--version"});
  ASSERT_TRUE(std::holds_alternative<Information>(parsed));
  EXPECT_TRUE(std::get<Information>(parsed).text.starts_with("bootcheck "));
}

TEST(Options, HelpOfACommandIsAboutIt) {
  for (const auto* command : {"run", "status", "restart", "stop", "start", "why", "logs", "config",
                              "init", "doctor", "crontab", "recover"}) {
    for (const auto& line : {std::string("--help ") + command, std::string("help ") + command,
                             command + std::string(" -h")}) {
      const auto text = std::get<Information>(parse_options(split(line))).text;
      const auto usage = text.substr(0, text.find('\n'));
      EXPECT_TRUE(std::regex_search(usage, std::regex("\\] " + std::string(command) + "\\b")))
          << text;
      EXPECT_NE(text.find("\n  "), std::string::npos) << "an example: " << text;
      std::istringstream lines(text);
      for (std::string each; std::getline(lines, each);)
        EXPECT_LE(each.size(), 100U) << each;
    }
  }
}

/// What a table of src/cli/options.cpp has: the first two fields of its rows.
std::map<std::string, std::string> rows_of_table(const std::string& row) {
  const auto source = test::read_file(test::source_dir() / "src/cli/options.cpp");
  const std::regex pattern(row);
  std::map<std::string, std::string> rows;
  for (std::sregex_iterator at(source.begin(), source.end(), pattern), end; at != end; ++at)
    rows.emplace(at->str(1), at->str(2));
  return rows;
}

TEST(Options, HelpNamesEveryCommandAndOption) {
  const auto text = std::get<Information>(parse_options({"--help"})).text;
  const auto commands = rows_of_table(R"re(\{"([a-z]+)", (Command)::)re");
  ASSERT_TRUE(commands.contains("stop"));
  for (const auto& [name, kind] : commands)  // as a word: `start` is in `restart`
    EXPECT_TRUE(std::regex_search(text, std::regex("\n  (stop / )?" + name + "[ \n]"))) << name;
  const auto options = rows_of_table(R"re(\{"([a-z-]+)", ([a-z]+)_argument,)re");
  ASSERT_TRUE(options.contains("lock-wait"));
  for (const auto& [name, kind] : options) {
    const auto* value = kind == "required"   ? " [A-Z]+[ \n]"
                        : kind == "optional" ? "\\[=[A-Z]+\\] "
                                             : "(  | \\[|\n)";
    EXPECT_TRUE(std::regex_search(text, std::regex("[ ,] --" + name + value)))
        << name << " takes a value: " << kind;
  }
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    EXPECT_LE(line.size(), 100U) << line;
}

}  // namespace
}  // namespace bootcheck
