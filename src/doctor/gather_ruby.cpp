#include "doctor/gather_ruby.h"

#include "config/policies.h"
#include "delayed_job/command_line.h"
#include "doctor/gems.h"
#include "doctor/ruby.h"
#include "launch/command_text.h"
#include "launch/environment.h"
#include "system/surroundings.h"

#include <algorithm>

namespace bootcheck::doctor {
namespace {

constexpr Duration kForRuby = std::chrono::seconds{20};
constexpr Duration kForBundler = std::chrono::seconds{60};

Tried try_command(Machine& machine, const Config& config, const Variables& env, Argv words,
                  Duration limit) {
  LaunchRequest request;
  request.argv = std::move(words);
  request.working_directory = config.root;
  request.env = env;
  request.time_limit = limit;
  const auto done = run_for_text(machine, std::move(request));
  return {.succeeded = done.is_success(),
          .timed_out = std::holds_alternative<TimedOut>(done.outcome),
          .text = done.text};
}

const Worker* first_of_ruby(const Config& config) {
  const auto found = std::ranges::find_if(config.workers, [](const Worker& worker) {
    return worker.enabled && !worker.preset.empty();
  });
  return found != config.workers.end()
             ? &*found
             : (config.workers.empty() ? nullptr : &config.workers.front());
}

/// delayed_job's script is loaded by Ruby; script/ is where it was before Rails 4.
ProgramFacts look_at_script(const Worker& worker) {
  auto path = worker.working_directory / worker.start.front();
  auto look = look_at(path);
  const auto old = worker.working_directory / "script" / path.filename();
  if (!look.exists && look_at(old).exists) {
    path = old;
    look = look_at(old);
  }
  return {.worker = worker.name,
          .program = worker.start.front(),
          .path = std::move(path),
          .look = std::move(look),
          .is_run_by_ruby = true};
}

ProgramFacts look_at_program(const Worker& worker, const std::string& path_variable) {
  ProgramFacts facts{
      .worker = worker.name, .program = worker.start.front(), .path = {}, .look = {}};
  if (facts.program.find('/') != std::string::npos) {
    facts.path = below(worker.working_directory, facts.program);
  } else if (auto found = find_program(facts.program, path_variable)) {
    facts.path = std::move(*found);
  }
  if (!facts.path.empty()) facts.look = look_at(facts.path);
  return facts;
}

}  // namespace

Variables environment_under_cron(const Variables& of_crontab, const std::string& user) {
  Variables env = {{"HOME", environment_variable("HOME")},
                   {"LOGNAME", user},
                   {"SHELL", "/bin/sh"},
                   {"PATH", std::string(kCronPath)}};
  for (const auto& [name, value] : of_crontab)
    env.insert_or_assign(name, value);
  return env;
}

RubyFacts look_at_ruby(Machine& machine, const Config& config, const Variables& around) {
  RubyFacts facts;
  facts.is_needed = needs_ruby(config);
  facts.has_gemfile = machine.file_status(config.root / "Gemfile").has_value();
  facts.gems = gems_in(text_of(machine, config.root / "Gemfile.lock"));
  const auto* worker = first_of_ruby(config);
  if (worker == nullptr) return facts;
  const auto env = environment_of(config, *worker, around);
  facts.path = env.at("PATH");
  facts.ruby = find_program("ruby", facts.path);
  facts.bundle = find_program("bundle", facts.path);
  if (!facts.is_needed) return facts;
  facts.folders = ruby_folders_for_cron(config);
  if (!facts.ruby) return facts;
  facts.version = try_command(machine, config, env, {"ruby", "-v"}, kForRuby);
  if (facts.has_gemfile && facts.bundle && facts.version->succeeded)
    facts.bundle_check =
        try_command(machine, config, env, {"bundle", "check", "--dry-run"}, kForBundler);
  return facts;
}

std::vector<ProgramFacts> look_at_programs(const Config& config, const Variables& around) {
  std::vector<ProgramFacts> programs;
  for (const auto& worker : config.workers) {
    if (!worker.enabled || worker.start.empty()) continue;
    const auto& program = worker.start.front();
    if (worker.preset == delayed_job::kPreset) {
      programs.push_back(look_at_script(worker));
    } else if (program != "bundle" && program != "ruby") {
      programs.push_back(
          look_at_program(worker, environment_of(config, worker, around).at("PATH")));
    }
  }
  return programs;
}

}  // namespace bootcheck::doctor
