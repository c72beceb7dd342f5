#include "cli/commands.h"
#include "cli/cron_order.h"
#include "cli/print.h"
#include "config/reader.h"
#include "doctor/proposal.h"
#include "doctor/ruby.h"

#include <fmt/format.h>

namespace bootcheck {
namespace {

std::string text_of(Machine& machine, const Path& file) {
  const auto read = machine.read_file(file, {.links = Links::followed});
  const auto* found = std::get_if<FileText>(&read);
  return found == nullptr ? std::string() : found->text;
}

AppLook look_at_app(Machine& machine, const Config& config) {
  const auto& root = config.root;
  const auto has = [&](const char* file) { return machine.file_status(root / file).has_value(); };
  AppLook look;
  look.gemfile_lock = text_of(machine, root / "Gemfile.lock");
  look.procfile = text_of(machine, root / "Procfile");
  look.has_delayed_job = has("bin/delayed_job") || has("script/delayed_job");
  look.has_jobs = has("bin/jobs");
  if (!look.gemfile_lock.empty() || look.has_delayed_job)
    look.ruby_folders = ruby_folders_for_cron(config);
  return look;
}

}  // namespace

int init_command(const Options& options, const Config& place, Machine& machine) {
  const auto& file = *place.file;
  if (machine.file_status(file) || machine.is_link(file)) {
    print_problem(fmt::format("{} is there already, and is left as it is", file.native()));
    return kUsage;
  }
  const auto proposed = proposed_config(look_at_app(machine, place));
  if (!proposed) {
    print_problem(fmt::format(
        "nothing to keep running was found in {}: no delayed_job, delayed, sidekiq, good_job, "
        "solid_queue or resque in Gemfile.lock, no bin/delayed_job, and no Procfile with more than "
        "web; "
        "bootcheck.yml(5) shows what {} may say",
        place.root.native(), file.native()));
    return kWorkerProblem;
  }
  if (options.dry_run) {
    print(*proposed);
    return kWell;
  }
  machine.replace_file(file, *proposed, Durability::synced);
  ConfigContext context;
  context.file = file;
  context.root = place.root;
  const auto written = parse_config(*proposed, context);
  const auto order = cron_order(options, std::get<Config>(written));
  print(fmt::format(
      "Wrote {}. Read it, then:\n\n  bootcheck {} doctor\n  bootcheck {} crontab --install\n\n"
      "The latter adds this line to the crontab of this user:\n\n  {}\n",
      file.native(), naming_options(order), naming_options(order), crontab_line(order)));
  return kWell;
}

}  // namespace bootcheck
