#include "doctor/gather_settings.h"

#include "doctor/gather_ruby.h"
#include "model/identity.h"
#include "system/surroundings.h"

#include <algorithm>

namespace bootcheck::doctor {
namespace {

bool is_comment(std::string_view line) {
  const auto first = line.find_first_not_of(" \t");
  return first == line.npos || line[first] == '#';
}

LineTest names(std::string_view word) {
  return [word](std::string_view line) { return line.find(word) != line.npos; };
}

/// `Delayed::Worker.raise_signal_exceptions = :term`
bool raises(std::string_view line) {
  constexpr std::string_view kSetting = "raise_signal_exceptions";
  const auto name = line.find(kSetting);
  if (name == line.npos) return false;
  auto value = line.substr(name + kSetting.size());
  const auto equals = value.find('=');
  if (equals == value.npos) return false;
  value.remove_prefix(equals + 1);
  value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
  return !value.starts_with("false") && !value.starts_with("nil") && !value.starts_with('=');
}

/// `adapter: mysql2`, or the same in a URL.
bool is_mysql(std::string_view line) {
  return names("mysql2")(line) || names("trilogy")(line);
}

}  // namespace

std::vector<Path> settings_of(const Config& config) {
  auto files = list_folder(config.root / "config/initializers");
  files.push_back(config.root / "config/application.rb");
  files.push_back(config.root / "config/environments" / (config.environment + ".rb"));
  return files;
}

std::vector<TextLine> find_lines(Machine& machine, const std::vector<Path>& files,
                                 const LineTest& test) {
  std::vector<TextLine> found;
  for (const auto& file : files) {
    const auto text = text_of(machine, file);
    std::size_t number = 0;
    for (std::size_t start = 0; start < text.size();) {
      const auto end = std::min(text.find('\n', start), text.size());
      const auto line = std::string_view(text).substr(start, end - start);
      ++number;
      if (!is_comment(line) && test(line)) found.push_back({{file, number}, std::string(line)});
      start = end + 1;
    }
  }
  return found;
}

bool has_line(Machine& machine, const std::vector<Path>& files, const LineTest& test) {
  return !find_lines(machine, files, test).empty();
}

std::vector<SourceLine> look_for_raises(Machine& machine, const Config& config) {
  std::vector<SourceLine> found;
  for (auto& line : find_lines(machine, settings_of(config), raises))
    found.push_back(std::move(line.source));
  return found;
}

bool reserves_with_deadlocks(Machine& machine, const Config& config) {
  return std::ranges::any_of(config.workers, hands_back_jobs) &&
         has_line(machine, {config.root / "config/database.yml"}, is_mysql) &&
         !has_line(machine, settings_of(config), names("reserve_sql_strategy"));
}

}  // namespace bootcheck::doctor
