// cron drops a file that it does not like, or runs something else, and says nothing. So the files
// that we give people are held against the rules of Debian's crontab(5) and cron(8) here.
#include "e2e/private_cron.h"
#include "process/as_root.h"
#include "support/files.h"
#include "support/places.h"
#include "support/run.h"
#include "support/temp_dir.h"
#include "support/wait_until.h"

#include <regex>
#include <string>
#include <vector>

#include <boost/algorithm/string/replace.hpp>
#include <boost/filesystem/operations.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bootcheck::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

const boost::filesystem::path kCronFolder = source_dir() / "cron";

enum class Kind { system, user };

/// What is wrong with a line that is neither empty nor a comment; empty: nothing.
std::string problem_of_line(const std::string& line, Kind kind) {
  static const std::regex assignment(R"(\s*[A-Za-z_]\w*\s*=\s*(.*))");
  static const std::regex entry(R"((?:@\w+|(?:[\d*/,-]+\s+){4}[\d*/,-]+)\s+(.*))");
  static const std::regex user_and_command(R"(([a-z_][a-z0-9_-]*)\s+(.*))");
  static const std::regex percent(R"((^|[^\\])%)");
  std::smatch match;
  if (std::regex_match(line, match, assignment))
    return match.str(1).find('$') == std::string::npos ? "" : "a variable is not expanded";
  if (!std::regex_match(line, match, entry)) return "neither an entry nor an assignment";
  std::string command = match.str(1);
  if (kind == Kind::system) {
    if (!std::regex_match(command, match, user_and_command)) return "no user";
    if (match.str(1) == "root") return "workers do not run as root";
    command = std::string(match.str(2));
  }
  if (!command.starts_with('/')) return "a command without its folder";
  return std::regex_search(command, percent) ? "a percent sign ends the command" : "";
}

std::vector<std::string> problems_of(const std::string& name, const std::string& text, Kind kind) {
  std::vector<std::string> problems;
  if (kind == Kind::system && !std::regex_match(name, std::regex("[A-Za-z0-9_-]+")))
    problems.emplace_back("a name that cron ignores");
  if (!text.ends_with('\n')) problems.emplace_back("no newline at the end");
  if (text.find('\r') != std::string::npos) problems.emplace_back("a carriage return");
  for (const auto& line : lines_of(text)) {
    const auto first = line.find_first_not_of(" \t");
    if (first == std::string::npos || line[first] == '#') continue;
    if (const auto problem = problem_of_line(line, kind); !problem.empty())
      problems.push_back(problem + ": " + line);
  }
  return problems;
}

std::string system_file() {
  return read_file(kCronFolder / "bootcheck");
}

TEST(CronFile, KeepsTheRulesOfCron) {
  EXPECT_THAT(system_file(), HasSubstr("\n* * * * *  deploy  /usr/bin/bootcheck -C "));
  EXPECT_THAT(problems_of("bootcheck", system_file(), Kind::system), IsEmpty());
}

TEST(CronFile, IsNeitherExecutableNorALink) {
  const auto file = boost::filesystem::symlink_status(kCronFolder / "bootcheck");
  EXPECT_EQ(file.type(), boost::filesystem::regular_file);
  EXPECT_EQ(file.permissions() & 0111, 0) << "somebody may execute it";
}

TEST(CronFile, TheRulesSeeEachFault) {
  const auto with = [](const std::string& old, const std::string& changed) {
    return boost::algorithm::replace_first_copy(system_file(), old, changed);
  };
  const auto fault = [](const std::string& text) {
    return problems_of("bootcheck", text, Kind::system);
  };
  const auto file = system_file();
  EXPECT_THAT(problems_of("bootcheck.cron", file, Kind::system),
              Contains("a name that cron ignores"));
  EXPECT_THAT(fault(file.substr(0, file.size() - 1)), Contains("no newline at the end"));
  EXPECT_THAT(fault(boost::algorithm::replace_all_copy(file, "\n", "\r\n")),
              Contains("a carriage return"));
  EXPECT_THAT(fault(with("  deploy  ", "  ")), Contains(HasSubstr("no user")));
  EXPECT_THAT(fault(with("  deploy  ", "  root  ")), Contains(HasSubstr("do not run as root")));
  EXPECT_THAT(fault(with("-n 3\n", "-n 3 >> /var/log/%F\n")), Contains(HasSubstr("percent sign")));
  EXPECT_THAT(fault(with("PATH=/usr", "PATH=$PATH:/usr")), Contains(HasSubstr("not expanded")));
  EXPECT_THAT(fault(with("* * * * *", "* * * *")), Contains(HasSubstr("neither an entry")));
  EXPECT_THAT(fault(with("/usr/bin/bootcheck -C", "bootcheck -C")),
              Contains(HasSubstr("without its folder")));
}

TEST(CronFile, IsLoadedByRealCron) {
  if (!is_root_or_rerun()) return;
  if (!PrivateCron::is_possible()) GTEST_SKIP() << "no namespaces are to be had here";
  const TempDir folder;
  const auto witness = folder.path() / "out" / "witness";
  write_file(witness, "");
  give_to_deploy(witness.parent_path());
  // One wrong line and cron drops the whole file: if this one runs, all were understood.
  const auto line = "@reboot deploy echo \"$(id -un) $SHELL $PATH\" > " + witness.native() + "\n";
  const PrivateCron cron(folder.path(), {{"bootcheck", system_file() + line}});
  wait_until([&] { return read_file(witness).ends_with('\n'); });
  EXPECT_EQ(read_file(witness), "deploy /bin/sh /usr/local/bin:/usr/bin:/bin\n");
}

TEST(CrontabExample, KeepsTheRulesOfCron) {
  const auto text = read_file(kCronFolder / "crontab.example");
  EXPECT_THAT(text, HasSubstr("\n* * * * * /usr/bin/bootcheck -C "));
  EXPECT_THAT(problems_of("crontab.example", text, Kind::user), IsEmpty());
  const auto checked = run({"crontab", "-n", (kCronFolder / "crontab.example").native()});
  EXPECT_EQ(checked.status, 0) << checked.err;
}

}  // namespace
}  // namespace bootcheck::test
