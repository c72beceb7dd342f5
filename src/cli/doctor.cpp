#include "cli/commands.h"
#include "cli/cron_order.h"
#include "cli/print.h"
#include "doctor/findings.h"
#include "doctor/gather.h"
#include "report/json.h"
#include "report/text.h"

#include <fmt/format.h>

namespace bootcheck {
namespace {

namespace json = boost::json;
using doctor::Finding;

std::string text_for_people(const std::vector<Finding>& findings, const Config& config) {
  if (findings.empty())
    return fmt::format("{}: nothing was found that would keep its workers from coming up\n",
                       config.app);
  std::string text;
  for (const auto& finding : findings)
    text += fmt::format("{}\n    {}\n", one_line(finding.text), one_line(finding.fix));
  return text;
}

std::string json_of(const std::vector<Finding>& findings, const Config& config, int exit_status) {
  json::array list;
  for (const auto& finding : findings)
    list.push_back(json::object{{"kind", json_text(finding.kind)},
                                {"text", json_text(finding.text)},
                                {"fix", json_text(finding.fix)}});
  return indented(json::object{{"schema", 1},
                               {"command", "doctor"},
                               {"app", json_text(config.app)},
                               {"root", json_text(config.root.native())},
                               {"findings", std::move(list)},
                               {"exit_status", exit_status}});
}

}  // namespace

int doctor_command(const Options& options, const Config& config, Machine& machine) {
  const auto crontab = read_crontab(machine);
  const doctor::Question question{.naming = naming_options(cron_order(options, config)),
                                  .crontab = crontab.text,
                                  .crontab_trouble = crontab.trouble};
  const auto findings = find_all(gather(machine, config, question));
  const int status = findings.empty() ? kWell : kWorkerProblem;
  if (options.json) {
    print(json_of(findings, config, status));
  } else if (!options.quiet || status != kWell) {
    print(text_for_people(findings, config));
  }
  return status;
}

}  // namespace bootcheck
