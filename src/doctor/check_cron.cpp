// Whether somebody makes the passes, and nobody else looks after the same workers.
#include "doctor/checks.h"

#include <algorithm>

#include <fmt/format.h>

namespace bootcheck::doctor {

void check_cron(const Facts& facts, Findings& findings) {
  const auto& cron = facts.cron;
  if (cron.runs || !cron.can_be_seen || cron.has_timer) return;
  findings.push_back({"cron_not_running", "cron is not running", "sudo service cron start"});
}

void check_lines(const Facts& facts, Findings& findings) {
  const auto& cron = facts.cron;
  if (cron.lines.empty() && !cron.has_timer) {
    const auto why =
        cron.crontab_trouble.empty() ? "" : " that can be seen (" + cron.crontab_trouble + ")";
    findings.push_back(
        {"no_crontab_line",
         fmt::format("no crontab line{} makes passes over {}", why, facts.config->root.native()),
         fmt::format("bootcheck {} crontab --install", facts.naming)});
  }
  // A line for each worker is one way to write it.
  const auto is_of_one = [](const std::string& line) { return line.find(" -i") != line.npos; };
  if (cron.lines.size() < 2 || std::ranges::all_of(cron.lines, is_of_one)) return;
  findings.push_back({"two_crontab_lines",
                      fmt::format("more than one crontab line makes the passes: {} | {}",
                                  cron.lines[0], cron.lines[1]),
                      "crontab -e"});
}

void check_refused_files(const Facts& facts, Findings& findings) {
  for (const auto& refused : facts.cron.refused)
    findings.push_back({"crontab_refused",
                        fmt::format("cron leaves {} out: {}", refused.file.native(), refused.why),
                        refused.fix});
}

void check_managers(const Facts& facts, Findings& findings) {
  for (const auto& manager : facts.managers)
    findings.push_back(
        {"second_manager",
         fmt::format("{} looks after the same workers: {}", manager.what, manager.where),
         manager.fix});
}

}  // namespace bootcheck::doctor
