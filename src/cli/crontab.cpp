#include "cli/commands.h"
#include "cli/cron_order.h"
#include "cli/print.h"
#include "launch/command_text.h"
#include "report/text.h"

#include <algorithm>

#include <fmt/format.h>

namespace bootcheck {
namespace {

constexpr Duration kTimeLimit{30'000};

LaunchRequest crontab_command_line(Argv words) {
  LaunchRequest request;
  request.argv = std::move(words);
  request.working_directory = "/";
  request.env = {{"PATH", "/usr/bin:/bin:/usr/local/bin"}, {"LC_ALL", "C"}};
  request.time_limit = kTimeLimit;
  return request;
}

std::string comment(const Config& config, const CrontabOrder& order) {
  return fmt::format(
      "# bootcheck keeps the workers of {} running: one pass a minute. It prints problems only,\n"
      "# which cron mails to this user; a line MAILTO=you@example.com above names somebody "
      "else.\n{}",
      config.app, order.path.empty() ? "" : "# Ruby is not in cron's own PATH, /usr/bin:/bin.\n");
}

/// Writes the crontab; returns what is wrong, empty: nothing.
std::string write_crontab(Machine& machine, const std::string& text) {
  auto request = crontab_command_line({"crontab", "-"});
  request.input = text;
  const auto written = run_for_text(machine, std::move(request));
  return written.is_success() ? std::string() : "crontab refuses it: " + written.text;
}

int install(Machine& machine, const AppPlace& place, const std::string& line) {
  const auto crontab = read_crontab(machine);
  if (!crontab.trouble.empty()) {
    print_problem(crontab.trouble);
    return kCannotWork;
  }
  const auto result = install_line(crontab.text, place, line);
  if (const auto* foreign = std::get_if<ForeignLine>(&result)) {
    print_problem(
        fmt::format("the crontab has a line for this application that was not written "
                    "by --install: `{}`; take it out first (crontab -e)",
                    foreign->line));
    return kWorkerProblem;
  }
  const auto& installed = std::get<Installed>(result);
  if (installed.change == Installed::Change::none) {
    print("It is there already:\n" + line + "\n");
    return kWell;
  }
  if (const auto trouble = write_crontab(machine, installed.text); !trouble.empty()) {
    print_problem(trouble);
    return kCannotWork;
  }
  print((installed.change == Installed::Change::added ? "Added:\n" : "Replaced the older line:\n") +
        line + "\n");
  return kWell;
}

}  // namespace

UserCrontab read_crontab(Machine& machine) {
  UserCrontab crontab;
  const auto listed = run_for_text(machine, crontab_command_line({"crontab", "-l"}));
  if (listed.is_success()) {
    crontab.text = listed.text;
  } else if (listed.text.find("no crontab for") == std::string::npos) {
    crontab.trouble = "the crontab cannot be read: " + one_line(listed.text);
  }
  return crontab;
}

int crontab_command(const Options& options, const Config& config, Machine& machine) {
  const auto order = cron_order(options, config);
  const auto line = crontab_line(order);
  const auto is_control = [](unsigned char byte) { return byte < 0x20 || byte == 0x7f; };
  if (std::ranges::any_of(line, is_control)) {
    print_problem("a crontab line cannot hold a newline, and this one would: " + line);
    return kUsage;
  }
  if (options.install) return install(machine, place_of(config), line);
  print(comment(config, order) + line + "\n");
  return kWell;
}

}  // namespace bootcheck
