// Whether what is to be started can be: Ruby, its gems, scripts.
#include "doctor/checks.h"
#include "util/shell_words.h"

#include <set>

#include <fmt/format.h>

namespace bootcheck::doctor {
namespace {

/// The first of what a command printed, on one line.
std::string said(const Tried& tried, std::string_view limit) {
  if (tried.timed_out) return fmt::format("it has not come back within {}", limit);
  std::string text;
  for (const char each : tried.text.substr(0, 300))
    text += each == '\n' ? std::string(" | ") : std::string(1, each);
  text.erase(0, text.find_first_not_of(" |"));
  while (text.ends_with(' ') || text.ends_with('|'))
    text.pop_back();
  return text.empty() ? "it says nothing" : text;
}

/// How to have these folders in PATH under cron.
std::string put_into_path(const Facts& facts) {
  const auto& config = *facts.config;
  if (!config.file || !config.path.empty())
    return fmt::format("bootcheck {} crontab --install", facts.naming);
  std::string folders;
  for (const auto& folder : facts.ruby.folders)
    folders += (folders.empty() ? "" : ", ") + folder.native();
  return fmt::format("echo {} >> {}", shell_word(fmt::format("path: [{}]", folders)),
                     shell_word(config.file->native()));
}

std::string as_under_cron(const Facts& facts, std::string_view command) {
  return fmt::format("cd {} && env -i HOME=\"$HOME\" PATH={} {}",
                     shell_word(facts.config->root.native()), shell_word(facts.ruby.path), command);
}

}  // namespace

void check_ruby(const Facts& facts, Findings& findings) {
  const auto& ruby = facts.ruby;
  if (!ruby.is_needed) return;
  const bool is_elsewhere = !ruby.folders.empty();
  if (!ruby.ruby) {
    findings.push_back({"ruby_missing",
                        fmt::format("Ruby is not found under cron, where PATH is {}", ruby.path),
                        is_elsewhere ? put_into_path(facts) : "sudo apt-get install ruby"});
    return;
  }
  if (ruby.has_gemfile && !ruby.bundle) {
    findings.push_back({"bundler_missing",
                        fmt::format("Bundler is not found under cron, where PATH is {}", ruby.path),
                        is_elsewhere ? put_into_path(facts) : "sudo apt-get install ruby-bundler"});
  }
  if (ruby.version && !ruby.version->succeeded) {
    findings.push_back({"ruby_fails",
                        fmt::format("`ruby -v` fails under cron: {}", said(*ruby.version, "20 s")),
                        as_under_cron(facts, "ruby -v")});
  }
}

void check_gems(const Facts& facts, Findings& findings) {
  const auto& check = facts.ruby.bundle_check;
  if (!check || check->succeeded) return;
  findings.push_back(
      {"gems_missing", fmt::format("`bundle check` fails under cron: {}", said(*check, "60 s")),
       check->timed_out
           ? as_under_cron(facts, "bundle check")
           : fmt::format("cd {} && bundle install", shell_word(facts.config->root.native()))});
}

void check_programs(const Facts& facts, Findings& findings) {
  std::set<std::string> told;
  for (const auto& program : facts.programs) {
    if (!told.insert(program.path.empty() ? program.program : program.path.native()).second)
      continue;
    if (program.path.empty()) {
      findings.push_back(
          {"program_missing",
           fmt::format("{} starts `{}`, which is not found under cron, where PATH is {}",
                       program.worker, program.program, facts.ruby.path),
           fmt::format("command -v {}", shell_word(program.program))});
    } else if (!program.look.is_file) {
      const auto* make =
          program.is_run_by_ruby ? "bundle exec rails generate delayed_job" : nullptr;
      findings.push_back(
          {"script_missing",
           fmt::format("{} starts {}, which is not there", program.worker, program.path.native()),
           make != nullptr
               ? fmt::format("cd {} && {}", shell_word(facts.config->root.native()), make)
               : fmt::format("ls -l {}", shell_word(program.path.parent_path().native()))});
    } else if (!program.look.may_execute && !program.is_run_by_ruby) {
      findings.push_back({"script_not_executable",
                          fmt::format("{} starts {}, which {} may not execute", program.worker,
                                      program.path.native(), facts.user),
                          fmt::format("chmod a+x {}", shell_word(program.path.native()))});
    }
  }
}

}  // namespace bootcheck::doctor
