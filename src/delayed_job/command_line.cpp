#include "delayed_job/command_line.h"

#include <algorithm>
#include <charconv>

namespace bootcheck::delayed_job {
namespace {

std::string_view base_name(std::string_view path) {
  return path.substr(path.find_last_of('/') + 1);
}

// OptionParser's spellings.

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

/// A title that a process has set is one word, with blanks in it.
Argv words_of(std::string_view title) {
  Argv words;
  for (std::size_t start = 0; start < title.size();) {
    const auto end = std::min(title.find(' ', start), title.size());
    if (end > start) words.emplace_back(title.substr(start, end - start));
    start = end + 1;
  }
  return words;
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

}  // namespace

bool is_worker(const Argv& command_line) {
  if (command_line.size() != 1) return false;
  const auto title = base_name(command_line.front());
  return title == "delayed_job" ||
         (title.starts_with("delayed_job.") && !title.ends_with("_monitor"));
}

bool is_start_of(const Argv& command_line, std::string_view identifier) {
  const auto words = command_line.size() == 1 ? words_of(command_line.front()) : command_line;
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

}  // namespace bootcheck::delayed_job
