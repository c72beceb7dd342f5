#include "model/identity.h"

#include <algorithm>
#include <charconv>
#include <span>
#include <string_view>

namespace bootcheck {
namespace {

bool is_shell_line(const Argv& argv) {
  return argv.size() == 3 && argv[0] == "/bin/sh" && argv[1] == "-c";
}

std::string_view base_name(std::string_view path) {
  return path.substr(path.find_last_of('/') + 1);
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
  return command_line == command || command_text(command_line) == command[2] ||
         "exec " + command_text(command_line) == command[2];
}

bool runs_start_command(const Argv& command_line, const Worker& worker) {
  if (is_shell_line(worker.start)) return runs_shell_line(command_line, worker.start);
  return ends_with_command(command_line, worker.start);
}

// --- delayed_job's own command line: lib/delayed/command.rb, OptionParser's spellings
// ---------------------------------

/// The value of an option spelled `-o V`, `-oV`, `--option V` or `--option=V` at `at`; empty:
/// another word.
std::string_view option_value(const Argv& words, std::size_t at, std::string_view letter,
                              std::string_view name) {
  const std::string_view word = words[at];
  if (word == letter || word == name)
    return at + 1 < words.size() ? std::string_view(words[at + 1]) : "";
  if (word.starts_with(name) && word.substr(name.size()).starts_with('='))
    return word.substr(name.size() + 1);
  if (word.starts_with(letter) && !word.starts_with("--")) return word.substr(letter.size());
  return "";
}

bool is_below_count(std::string_view identifier, std::string_view count) {
  int index = 0;
  int total = 0;
  const auto number = [](std::string_view text, int& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size();
  };
  return number(identifier, index) && number(count, total) && index >= 0 && index < total;
}

bool is_delayed_job_start(const Argv& words, std::string_view identifier) {
  const auto script = std::ranges::find_if(
      words, [](const auto& word) { return base_name(word) == "delayed_job"; });
  bool named = false;
  bool verb = false;
  for (auto at = static_cast<std::size_t>(script - words.begin()); at < words.size(); ++at) {
    named = named || option_value(words, at, "-i", "--identifier") == identifier ||
            is_below_count(identifier, option_value(words, at, "-n", "--number_of_workers"));
    verb = verb || words[at] == "start" || words[at] == "restart" || words[at] == "run";
  }
  return named && verb;
}

}  // namespace

bool is_below(const Path& directory, const Path& folder) {
  const std::string& inner = directory.native();
  const std::string& outer = folder.native();
  if (outer.empty() || !inner.starts_with(outer)) return false;
  return inner.size() == outer.size() || outer.back() == '/' || inner[outer.size()] == '/';
}

bool App::contains(const Path& directory) const {
  return is_below(directory, release) || is_below(directory, releases_folder);
}

bool App::owns(const Path& directory) const {
  if (is_below(directory, release)) return true;
  const auto holds = [&](const Path& neighbour) { return is_below(directory, neighbour); };
  return contains(directory) && std::ranges::none_of(neighbours, holds);
}

bool bears_title(const Argv& command_line, const Worker& worker) {
  if (command_line.empty()) return false;
  if (worker.process_title.empty()) return runs_start_command(command_line, worker);
  if (command_line.size() == 1) return is_program(command_line[0], worker.process_title);
  return command_text(command_line) == worker.process_title;
}

bool is_start_of(const Argv& command_line, const Worker& worker) {
  if (worker.preset == "delayed_job") return is_delayed_job_start(command_line, worker.identifier);
  return !command_line.empty() && runs_start_command(command_line, worker);
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
