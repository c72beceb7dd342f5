#include "doctor/cut_off.h"

#include "config/policies.h"
#include "doctor/gather_settings.h"
#include "doctor/words.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>

#include <fmt/format.h>

namespace bootcheck::doctor {
namespace {

/// The value of an option: `-C FILE`, `-CFILE`, `--config FILE`, `--config=FILE`.
std::optional<std::string> option(const Argv& argv, std::string_view letter,
                                  std::string_view name) {
  const auto assigned = std::string(name) + "=";
  for (auto word = argv.begin(); word != argv.end(); ++word) {
    if (word->starts_with(assigned)) return word->substr(assigned.size());
    if (*word == letter || *word == name)
      return std::next(word) == argv.end() ? std::string() : *std::next(word);
    if (word->starts_with(letter)) return word->substr(letter.size());
  }
  return std::nullopt;
}

bool is_yaml_timeout(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  if (line.starts_with(':')) line.remove_prefix(1);
  return line.starts_with("timeout:");
}

bool is_ruby_timeout(std::string_view line) {
  return line.find("[:timeout]") != line.npos;
}

bool is_shutdown_timeout(std::string_view line) {
  return line.find("shutdown_timeout") != line.npos;
}

// Sidekiq: lib/sidekiq/cli.rb (setup_options), lib/sidekiq/launcher.rb (stop). A job that is pushed
// back at the end may go to a thread of the same process that still waits for one, and ends with
// it.
Path sidekiqs_file(const Worker& worker) {
  const auto file = option(worker.start, "-C", "--config");
  return below(worker.working_directory, file.value_or("config/sidekiq.yml"));
}

bool gives_sidekiq_time(Machine& machine, const Config& config, const Worker& worker) {
  const auto file = sidekiqs_file(worker);
  return option(worker.start, "-t", "--timeout") ||
         has_line(machine, {file, file.native() + ".erb"}, is_yaml_timeout) ||
         has_line(machine, settings_of(config), is_ruby_timeout);
}

std::string time_for_sidekiq(const Config&, const Worker& worker) {
  return fmt::format("printf '\\n:timeout: 3600\\n' >> {}",
                     shell_word(sidekiqs_file(worker).native()));
}

// Solid Queue: lib/solid_queue/supervisor.rb (terminate_gracefully).
bool gives_solid_queue_time(Machine& machine, const Config& config, const Worker&) {
  return has_line(machine, settings_of(config), is_shutdown_timeout);
}

std::string time_for_solid_queue(const Config& config, const Worker&) {
  const auto file = config.root / "config/initializers/solid_queue_shutdown.rb";
  return fmt::format("echo 'SolidQueue.shutdown_timeout = 1.hour' > {}", shell_word(file.native()));
}

struct Kind {
  std::string_view preset;
  std::string_view waits;
  std::string_view then;
  bool (*gives_time)(Machine&, const Config&, const Worker&);
  std::string (*fix)(const Config&, const Worker&);
};
constexpr auto kKinds = std::to_array<Kind>({
    {.preset = "sidekiq",
     .waits = "25 s",
     .then = "which begin anew elsewhere or are lost",
     .gives_time = gives_sidekiq_time,
     .fix = time_for_sidekiq},
    {.preset = "solid_queue",
     .waits = "5 s",
     .then = "which begin anew elsewhere",
     .gives_time = gives_solid_queue_time,
     .fix = time_for_solid_queue},
});

}  // namespace

std::vector<CutOff> look_for_cut_offs(Machine& machine, const Config& config) {
  std::vector<CutOff> found;
  for (const auto& kind : kKinds) {
    std::vector<const Worker*> workers;
    for (const auto& worker : config.workers) {
      if (worker.preset == kind.preset && !kind.gives_time(machine, config, worker))
        workers.push_back(&worker);
    }
    if (workers.empty()) continue;
    const auto& first = *workers.front();
    const auto others = workers.size() - 1;
    found.push_back(
        {fmt::format("{}{} when asked to stop {} for {} only, and cut{} jobs off that last longer, "
                     "{}",
                     first.name, others == 0 ? "" : fmt::format(" and {} more", others),
                     others == 0 ? "waits" : "wait", kind.waits, others == 0 ? "s" : "", kind.then),
         kind.fix(config, first)});
  }
  return found;
}

}  // namespace bootcheck::doctor
