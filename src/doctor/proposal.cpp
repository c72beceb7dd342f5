#include "doctor/proposal.h"

#include "config/reader.h"
#include "config/writer.h"
#include "doctor/gems.h"
#include "util/shell_words.h"
#include "util/trimmed.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace bootcheck {
namespace {

constexpr std::string_view kHead =
    R"(# Which workers bootcheck keeps running. Every key is in bootcheck.yml(5);
# `bootcheck config` checks this file and shows what it amounts to, `bootcheck doctor` what else
# might keep the workers from coming up.

# environment: production          # RAILS_ENV and RACK_ENV of what is started
)";

constexpr std::string_view kTail = R"(
# What a worker may grow to. It finishes its job, and another takes its place.
# limits: {memory: 600M, age: 1d}

# A deploy replaces workers one after another, each when it has finished its job. `mode: surge` starts
# the successor at once, so that a long job costs no capacity.
# restart: {mode: surge}
)";

/// What is proposed for a gem.
struct Entry {
  std::string_view gem;
  std::string_view yaml;
};
constexpr auto kEntries = std::to_array<Entry>({
    {"delayed_job", R"(  - preset: delayed_job
    count: 2                       # delayed_job.0 and delayed_job.1, as `delayed_job -n 2` calls them;
                                   # or by name, as with its -i: identifiers: [1, 2, mail]
    # args: [--queues=default,mailers]
)"},
    {"delayed", R"(  - preset: delayed
    count: 2
)"},
    {"sidekiq",
     R"(  - preset: sidekiq                # finishes its jobs within its own `timeout:`, 25 s by default
    count: 1
)"},
    {"good_job", R"(  - preset: good_job
    count: 1
)"},
    {"solid_queue",
     R"(  - preset: solid_queue            # finishes its jobs within its own `shutdown_timeout`, 5 s by default
    count: 1
)"},
    {"resque", R"(  - preset: resque
    count: 2
    env: {QUEUE: "*"}
)"},
});

bool is_fit_for_a_name(std::string_view name) {
  const auto fits = [](unsigned char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || byte == '_' || byte == '-';
  };
  return !name.empty() && name.size() <= 100 && name.front() != '-' &&
         std::ranges::all_of(name, fits);
}

/// Requests and releases are no workers; and what a preset looks after has its entry already.
bool may_be_a_worker(const ProcfileLine& line, bool has_preset) {
  constexpr auto kOthers = std::to_array<std::string_view>({"web", "release", "console", "rails"});
  constexpr auto kOfPresets =
      std::to_array<std::string_view>({"jobs:work", "delayed:work", "delayed_job", "sidekiq",
                                       "good_job", "bin/jobs", "solid_queue", "resque:work"});
  if (std::ranges::find(kOthers, line.name) != kOthers.end()) return false;
  const auto is_in_command = [&](std::string_view word) {
    return line.command.find(word) != std::string::npos;
  };
  return !has_preset || std::ranges::none_of(kOfPresets, is_in_command);
}

/// A list of words where it takes no shell, which would stand between the worker and its signals.
std::string start_of(const std::string& command) {
  const auto words = shell_words(command);
  if (command.find_first_of(";&|<>()") != std::string::npos) return yaml_quoted(command);
  const bool sets = !words.empty() && words.front().find('=') != std::string::npos;
  if (sets || command.find_first_of("$`*?[~#!") != std::string::npos)
    return yaml_quoted((sets ? "exec env " : "exec ") + command);
  std::string list;
  for (const auto& word : words)
    list += (list.empty() ? "" : ", ") + yaml_quoted(word);
  return "[" + list + "]";
}

std::string entry_of(const ProcfileLine& line, std::string_view sign) {
  return fmt::format("{0}  - name: {1}\n{0}    start: {2}\n{0}    foreground: true\n", sign,
                     line.name, start_of(line.command));
}

/// A Procfile may hold bytes that no YAML can, and what would be taken for a placeholder.
bool can_be_written(const ProcfileLine& line) {
  ConfigContext context;
  context.root = "/";
  return line.command.find("%{") == std::string::npos &&
         std::holds_alternative<Config>(parse_config("workers:\n" + entry_of(line, ""), context));
}

std::string presets_for(const AppLook& look) {
  const auto gems = gems_in(look.gemfile_lock);
  std::string yaml;
  for (const auto& entry : kEntries) {
    const auto gem = gems.find(std::string(entry.gem));
    const bool is_there = gem != gems.end() || (entry.gem == "delayed_job" && look.has_delayed_job);
    if (!is_there) continue;
    if (gem != gems.end())
      yaml += fmt::format("  # {} {} is in Gemfile.lock.\n", gem->first, gem->second);
    if (entry.gem == "delayed_job" && !look.has_delayed_job)
      yaml += "  # bin/delayed_job is missing: bundle exec rails generate delayed_job\n";
    if (entry.gem == "solid_queue" && !look.has_jobs)
      yaml += "  # bin/jobs is missing: bundle exec rails solid_queue:install\n";
    yaml += entry.yaml;
  }
  return yaml;
}

std::string programs_for(const AppLook& look, bool has_preset) {
  std::string yaml;
  for (const auto& line : parse_procfile(look.procfile)) {
    if (!may_be_a_worker(line, has_preset) || !can_be_written(line)) continue;
    if (yaml.empty()) {
      yaml = has_preset
                 ? "  # Procfile has these as well; take the signs away for what shall run here:\n"
                 : "  # From Procfile:\n";
    }
    yaml += entry_of(line, has_preset ? "# " : "");
  }
  return yaml;
}

}  // namespace

std::vector<ProcfileLine> parse_procfile(std::string_view text) {
  std::vector<ProcfileLine> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto colon = line.find(':');
    const auto name = trimmed(line.substr(0, colon));
    if (colon == line.npos || !is_fit_for_a_name(name)) continue;
    const auto command = trimmed(line.substr(colon + 1));
    const auto same = [&](const ProcfileLine& other) { return other.name == name; };
    if (!command.empty() && std::ranges::none_of(lines, same))
      lines.push_back({std::string(name), std::string(command)});
  }
  return lines;
}

std::optional<std::string> proposed_config(const AppLook& look) {
  const auto presets = presets_for(look);
  const auto programs = programs_for(look, !presets.empty());
  if (presets.empty() && programs.empty()) return std::nullopt;
  std::string yaml(kHead);
  if (look.ruby_folders.empty()) {
    yaml +=
        "# path: [/home/deploy/.rbenv/shims]   # put before PATH, which is /usr/bin:/bin under "
        "cron\n";
  } else {
    std::string folders;
    for (const auto& folder : look.ruby_folders)
      folders += (folders.empty() ? "" : ", ") + yaml_quoted(folder.native());
    yaml +=
        fmt::format("path: [{}]   # put before PATH, which is /usr/bin:/bin under cron\n", folders);
  }
  yaml += "\nworkers:\n" + presets + programs + std::string(kTail);
  return yaml;
}

}  // namespace bootcheck
