#include "cli/commands.h"
#include "cli/print.h"
#include "system/surroundings.h"

#include <string>
#include <string_view>

#include <fmt/format.h>

namespace bootcheck {
namespace {

/// A word for /bin/sh inside a crontab: quoted where need be, and `%`, which cron turns into a
/// newline, escaped (crontab(5)).
std::string crontab_word(std::string_view text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-=,:@+";
  std::string word(text);
  if (word.empty() || text.find_first_not_of(kPlain) != std::string_view::npos) {
    word = "'";
    for (const char each : text)
      word += each == '\'' ? std::string("'\\''") : std::string(1, each);
    word += "'";
  }
  std::string line;
  for (const char each : word)
    line += each == '%' ? std::string("'\\%'") : std::string(1, each);
  return line;
}

}  // namespace

int crontab_command(const Options& options, const Config& config, Machine&) {
  const auto program = own_program();
  std::string line = "* * * * * " + crontab_word(program.native());
  if (config.file && config.file != config.root / "config" / "bootcheck.yml")
    line += " -c " + crontab_word(config.file->native());
  line += " -C " + crontab_word(config.root.native());
  if (options.count) line += fmt::format(" -n {}", *options.count);
  for (const auto& identifier : options.identifiers)
    line += " -i " + crontab_word(identifier);
  if (!options.environment.empty()) line += " -e " + crontab_word(options.environment);
  print(line + "\n");
  return kWell;
}

}  // namespace bootcheck
