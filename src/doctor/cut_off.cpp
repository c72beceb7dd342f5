#include "doctor/cut_off.h"

#include "config/policies.h"
#include "config/presets.h"
#include "doctor/gather_settings.h"
#include "launch/environment.h"
#include "util/shell_words.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <cstring>
#include <iterator>
#include <optional>
#include <system_error>

#include <fmt/format.h>

namespace bootcheck::doctor {
namespace {

constexpr long kShort = 30;  // seconds: of such a limit nobody has thought of long jobs
constexpr std::string_view kShutdownTimeout = "shutdown_timeout";

/// What a program is told of how long to wait for its jobs.
struct Setting {
  std::optional<long> seconds;  ///< null: a line cannot tell; negative: for ever
  std::string fix;
};
using Settings = std::vector<Setting>;

std::string edit(const Config& config) {
  const auto file = config.file.value_or(config.root / "config/bootcheck.yml");
  return "${EDITOR:-vi} " + shell_word(file.native());
}

std::string edit(const SourceLine& source) {
  return fmt::format("${{EDITOR:-vi}} +{} {}", source.line, shell_word(source.file.native()));
}

/// The value of an option: `-C FILE`, `-CFILE`, `--config FILE`, `--config=FILE`.
std::optional<std::string> option(const Argv& argv, std::string_view letter,
                                  std::string_view name) {
  const auto assigned = std::string(name) + "=";
  for (auto word = argv.begin(); word != argv.end(); ++word) {
    if (word->starts_with(assigned)) return word->substr(assigned.size());
    if (*word == letter || *word == name)
      return std::next(word) == argv.end() ? std::string() : *std::next(word);
    if (!letter.empty() && word->starts_with(letter)) return word->substr(letter.size());
  }
  return std::nullopt;
}

/// `-1`, `25`, `"25"`, `25, # comment`, `30.seconds`, `1.hour`; null: anything else.
std::optional<long> seconds_in(std::string_view value) {
  const auto skip = [&value](std::string_view some) {
    value.remove_prefix(std::min(value.find_first_not_of(some), value.size()));
  };
  skip(" \t'\"");
  long number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc()) return std::nullopt;
  value.remove_prefix(static_cast<std::size_t>(end - value.data()));
  for (const auto& [unit, seconds] : {std::pair<std::string_view, long>{".second", 1},
                                      {".minute", 60},
                                      {".hour", 3600},
                                      {".day", 86400}}) {
    if (!value.starts_with(unit) || std::abs(number) > 86400) continue;
    number *= seconds;
    value.remove_prefix(unit.size());
    skip("s");
    break;
  }
  skip(" \t'\"\r");
  const bool is_all = value.empty() || std::string_view("#,;})").find(value.front()) != value.npos;
  return is_all ? std::optional(number) : std::nullopt;
}

/// Of `name: 25`, `name = 25`, `:name => 25`.
std::optional<long> seconds_after(std::string_view name, std::string_view line) {
  auto value = line.substr(std::min(line.find(name), line.size()));
  value.remove_prefix(std::min(name.size(), value.size()));
  value.remove_prefix(std::min(value.find_first_not_of(" \t:=>]"), value.size()));
  return seconds_in(value);
}

bool has(std::string_view line, std::string_view word) {
  return line.find(word) != line.npos;
}

bool is_yaml_timeout(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  if (line.starts_with(':')) line.remove_prefix(1);
  return line.starts_with("timeout:");
}

bool is_ruby_timeout(std::string_view line) {
  return has(line, "[:timeout]");
}

bool is_solid_queues_timeout(std::string_view line) {
  return has(line, kShutdownTimeout) && !has(line, "good_job") && !has(line, "GoodJob");
}

bool is_good_jobs_timeout(std::string_view line) {
  return has(line, kShutdownTimeout) && !has(line, "solid_queue") && !has(line, "SolidQueue");
}

Settings settings_in(Machine& machine, const std::vector<Path>& files, const LineTest& test,
                     std::string_view name) {
  Settings settings;
  for (const auto& [source, text] : find_lines(machine, files, test))
    settings.push_back({seconds_after(name, text), edit(source)});
  return settings;
}

/// A variable of a worker. An env_file that cannot be read is another finding's.
std::optional<std::string> variable(const Config& config, const Worker& worker, const char* name) {
  try {
    const auto env = environment_of(config, worker, {});
    const auto found = env.find(name);
    return found == env.end() ? std::nullopt : std::optional(found->second);
  } catch (const std::system_error&) {
    return std::nullopt;
  }
}

// Sidekiq: lib/sidekiq/cli.rb (setup_options), lib/sidekiq/launcher.rb (stop). A job that is pushed
// back at the end may go to a thread of the same process that still waits for one, and ends with
// it.
Path sidekiqs_file(const Worker& worker) {
  const auto file = option(worker.start, "-C", "--config");
  return below(worker.working_directory, file.value_or("config/sidekiq.yml"));
}

Settings settings_of_sidekiq(Machine& machine, const Config& config, const Worker& worker) {
  if (const auto value = option(worker.start, "-t", "--timeout"))
    return {{seconds_in(*value), edit(config)}};
  const auto file = sidekiqs_file(worker);
  auto settings = settings_in(machine, {file, file.native() + ".erb"}, is_yaml_timeout, "timeout");
  for (auto& setting : settings_in(machine, settings_of(config), is_ruby_timeout, "timeout"))
    settings.push_back(std::move(setting));
  return settings;
}

std::string time_for_sidekiq(const Config&, const Worker& worker) {
  return fmt::format("printf '\\n:timeout: 3600\\n' >> {}",
                     shell_word(sidekiqs_file(worker).native()));
}

// Solid Queue: lib/solid_queue/fork_supervisor.rb (perform_graceful_termination), worker.rb
// (shutdown).
Settings settings_of_solid_queue(Machine& machine, const Config& config, const Worker&) {
  return settings_in(machine, settings_of(config), is_solid_queues_timeout, kShutdownTimeout);
}

std::string time_for_solid_queue(const Config& config, const Worker&) {
  const auto file = config.root / "config/initializers/solid_queue_shutdown.rb";
  return fmt::format("echo 'SolidQueue.shutdown_timeout = 1.hour' > {}", shell_word(file.native()));
}

// GoodJob: lib/good_job/configuration.rb (shutdown_timeout). It waits for ever unless told
// otherwise.
Settings settings_of_good_job(Machine& machine, const Config& config, const Worker& worker) {
  if (const auto value = option(worker.start, "", "--shutdown-timeout"))
    return {{seconds_in(*value), edit(config)}};
  auto settings = settings_in(machine, settings_of(config), is_good_jobs_timeout, kShutdownTimeout);
  if (!settings.empty()) return settings;
  if (const auto value = variable(config, worker, "GOOD_JOB_SHUTDOWN_TIMEOUT"))
    settings.push_back({seconds_in(*value), edit(config)});
  return settings;
}

struct Kind {
  std::string_view preset;
  std::optional<long> seconds;  ///< how long it waits unless it is told; null: for ever
  std::string_view then;
  Settings (*settings)(Machine&, const Config&, const Worker&);
  std::string (*fix)(const Config&, const Worker&);  ///< where it is not told
};
constexpr auto kKinds = std::to_array<Kind>({
    {.preset = "sidekiq",
     .seconds = 25,
     .then = "which begin anew elsewhere or are lost",
     .settings = settings_of_sidekiq,
     .fix = time_for_sidekiq},
    {.preset = "solid_queue",
     .seconds = 5,
     .then = "which begin anew elsewhere",
     .settings = settings_of_solid_queue,
     .fix = time_for_solid_queue},
    {.preset = "good_job",
     .seconds = std::nullopt,
     .then = "which begin anew elsewhere",
     .settings = settings_of_good_job,
     .fix = nullptr},
});

bool is_short(const Setting& setting) {
  return setting.seconds && *setting.seconds >= 0 && *setting.seconds < kShort;
}

/// How little time it gives its jobs; null: enough, or who knows.
std::optional<Setting> too_short(Machine& machine, const Config& config, const Worker& worker,
                                 const Kind& kind) {
  auto settings = kind.settings(machine, config, worker);
  if (settings.empty() && kind.seconds) return Setting{kind.seconds, kind.fix(config, worker)};
  if (settings.empty() || !std::ranges::all_of(settings, is_short)) return std::nullopt;
  return std::move(settings.back());
}

/// `sidekiq.0 and 2 more`
std::string names_of(const std::vector<const Worker*>& workers) {
  const auto others = workers.size() - 1;
  return workers.front()->name + (others == 0 ? "" : fmt::format(" and {} more", others));
}

CutOff waits_shortly(const std::vector<const Worker*>& workers, const Setting& setting,
                     std::string_view then) {
  const auto* const s = workers.size() == 1 ? "s" : "";
  return {fmt::format("{} when asked to stop wait{} for {} s only, and cut{} jobs off that last "
                      "longer, {}",
                      names_of(workers), s, setting.seconds.value_or(0), s, then),
          setting.fix};
}

void look_at_kind(Machine& machine, const Config& config, const Kind& kind,
                  std::vector<CutOff>& found) {
  std::vector<std::pair<Setting, std::vector<const Worker*>>> groups;
  for (const auto& worker : config.workers) {
    if (worker.preset != kind.preset) continue;
    auto setting = too_short(machine, config, worker, kind);
    if (!setting) continue;
    const auto same = std::ranges::find_if(groups, [&](const auto& group) {
      return group.first.seconds == setting->seconds && group.first.fix == setting->fix;
    });
    if (same != groups.end()) {
      same->second.push_back(&worker);
    } else {
      groups.emplace_back(std::move(*setting), std::vector{&worker});
    }
  }
  for (const auto& [setting, workers] : groups)
    found.push_back(waits_shortly(workers, setting, kind.then));
}

/// INT is as good as TERM to those that finish their jobs at TERM. Resque takes neither well: it
/// kills the child in which the job runs (resque/worker.rb, register_signal_handlers), unless TERM
/// is told to be gentle.
bool lets_jobs_finish(const Config& config, const Worker& worker, const Preset& preset) {
  const auto signal = worker.stop_signal;
  if (signal == preset.stop_signal) return true;
  if (preset.stop_signal == SIGTERM) return signal == SIGINT;
  return signal == SIGTERM && variable(config, worker, "GRACEFUL_TERM").has_value();
}

void look_at_signals(const Config& config, std::vector<CutOff>& found) {
  for (const auto& preset : all_presets()) {
    std::vector<const Worker*> workers;
    for (const auto& worker : config.workers) {
      if (worker.preset == preset.name && !lets_jobs_finish(config, worker, preset))
        workers.push_back(&worker);
    }
    if (workers.empty()) continue;
    const auto signal = workers.front()->stop_signal;
    const auto* const name = ::sigabbrev_np(signal);
    found.push_back({fmt::format("`stop_signal` of {} is {}, which cuts jobs off; {} lets them "
                                 "finish",
                                 names_of(workers), name == nullptr ? std::to_string(signal) : name,
                                 ::sigabbrev_np(preset.stop_signal)),
                     edit(config)});
  }
}

}  // namespace

std::vector<CutOff> look_for_cut_offs(Machine& machine, const Config& config) {
  std::vector<CutOff> found;
  for (const auto& kind : kKinds)
    look_at_kind(machine, config, kind, found);
  look_at_signals(config, found);
  return found;
}

}  // namespace bootcheck::doctor
