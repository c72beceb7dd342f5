#include "model/identity.h"

#include "delayed_job/command_line.h"

#include <algorithm>
#include <span>
#include <string_view>

namespace bootcheck {
namespace {

bool is_delayed_job(const Worker& worker) {
  return worker.preset == delayed_job::kPreset;
}

bool is_shell_line(const Argv& argv) {
  return argv.size() == 3 && argv[0] == "/bin/sh" && argv[1] == "-c";
}

// A script is run as INTERPRETER [OPTION] PATH ARGS... (execve(2)), and PATH may have been
// completed on the way.
bool is_program(std::string_view word, std::string_view program) {
  if (word == program) return true;
  return word.size() > program.size() && word.ends_with(program) &&
         word[word.size() - program.size() - 1] == '/';
}

bool ends_with_command(const Argv& command_line, const Argv& command) {
  if (command.empty() || command_line.size() < command.size()) return false;
  const auto tail = std::span(command_line).last(command.size());
  return is_program(tail[0], command[0]) &&
         std::equal(tail.begin() + 1, tail.end(), command.begin() + 1);
}

// dash execs the last command of a -c line, so the line's own words may be all that is left.
bool runs_shell_line(const Argv& command_line, const Argv& command) {
  constexpr std::string_view kExec = "exec ";
  const std::string_view line = command[2];
  const auto words = command_text(command_line);
  return command_line == command || words == line ||
         (line.starts_with(kExec) && words == line.substr(kExec.size()));
}

bool runs_start_command(const Argv& command_line, const Worker& worker) {
  if (is_shell_line(worker.start)) return runs_shell_line(command_line, worker.start);
  return ends_with_command(command_line, worker.start);
}

}  // namespace

bool bears_title(const Argv& command_line, const Worker& worker) {
  if (command_line.empty()) return false;
  if (worker.process_title.empty()) return runs_start_command(command_line, worker);
  if (command_line.size() == 1) return is_program(command_line[0], worker.process_title);
  return command_text(command_line) == worker.process_title;
}

bool is_start_of(const Argv& command_line, const Worker& worker) {
  if (is_delayed_job(worker)) return delayed_job::is_start_of(command_line, worker.identifier);
  return !command_line.empty() && runs_start_command(command_line, worker);
}

bool bears_any_title(const Argv& command_line) {
  return delayed_job::is_worker(command_line);
}

bool changes_back(const Worker& worker) {
  return is_delayed_job(worker);
}

bool may_have_orphans(const Worker& worker) {
  return is_delayed_job(worker);
}

bool hands_back_jobs(const Worker& worker) {
  return is_delayed_job(worker) || worker.preset == delayed_job::kRakePreset;
}

bool tells_itself(const Worker& worker) {
  return worker.foreground || !worker.process_title.empty();
}

std::string name_in_locks(const Worker& worker) {
  return is_delayed_job(worker) ? worker.name : std::string();
}

bool has_preloader(const Worker& worker) {
  return is_delayed_job(worker) && worker.preload;
}

bool boots_first(const Worker& worker) {
  return worker.restart.boot == BootOrder::before && has_preloader(worker);
}

bool share_a_boot(const Worker& one, const Worker& other) {
  const auto shares = [](const Worker& worker) {
    return has_preloader(worker) && !worker.start.empty();
  };
  return shares(one) && shares(other) && one.start.front() == other.start.front() &&
         one.working_directory == other.working_directory && one.env == other.env &&
         one.unit == other.unit;
}

std::string command_text(const Argv& command) {
  std::string text;
  for (const auto& word : command) {
    if (!text.empty()) text += ' ';
    text += word;
  }
  return text;
}

}  // namespace bootcheck
