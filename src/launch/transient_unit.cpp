#include "launch/transient_unit.h"

#include "system/memory_file.h"
#include "util/errors.h"

#include <algorithm>
#include <cstring>

#include <boost/filesystem/operations.hpp>
#include <fmt/format.h>

#include <unistd.h>

namespace bootcheck {
namespace {

std::string property(std::string_view name, std::string_view value) {
  return fmt::format("--property={}={}", name, value);
}

/// systemd expands `$` in the words of a command (systemd.service(5), COMMAND LINES).
std::string without_expansion(const std::string& word) {
  std::string text;
  for (const char letter : word)
    text += letter == '$' ? std::string("$$") : std::string(1, letter);
  return text;
}

std::string path_of(const UniqueFd& fd) {
  return fmt::format("/proc/{}/fd/{}", ::getpid(), fd.get());
}

User root_user() {
  return {.name = "root", .uid = 0, .gid = 0, .groups = {0}, .home = "/root", .shell = "/bin/sh"};
}

std::string name_of_signal(int signal) {
  return std::string("SIG") + ::sigabbrev_np(signal);
}

}  // namespace

bool uses_systemd(const Config& config) {
  if (config.launcher != Launcher::automatic) return config.launcher == Launcher::systemd;
  boost::system::error_code ignored;
  return ::getuid() == 0 && boost::filesystem::exists("/run/systemd/system", ignored);
}

Argv transient_unit_command(const LaunchRequest& request, const UnitSettings& settings) {
  Argv command = {"systemd-run",
                  "--quiet",
                  "--collect",
                  "--description=" + settings.description,
                  property("Type", settings.forks ? "forking" : "exec"),
                  property("WorkingDirectory", request.working_directory.native()),
                  property("EnvironmentFile", settings.environment),
                  property("StandardOutput", "append:" + request.output.native()),
                  property("StandardError", "append:" + request.output.native()),
                  property("KillSignal", name_of_signal(settings.stop_signal)),
                  property("SendSIGKILL", "no"),      // promise 3: no job is ever killed
                  property("OOMPolicy", "continue"),  // one of them out of memory ends no other
                  property("IgnoreSIGPIPE", "no")};
  if (settings.forks) command.push_back(property("GuessMainPID", "no"));
  if (settings.start_timeout > Duration{0})
    command.push_back(
        property("TimeoutStartSec", fmt::format("{}ms", settings.start_timeout.count())));
  if (!settings.input.empty())
    command.push_back(property("StandardInput", "file:" + settings.input));
  if (request.user) command.push_back(property("User", request.user->name));
  // The shell looks the program up in the unit's PATH and keeps the words as they are, by which
  // the worker is known in /proc; systemd-run would make the program's path absolute.
  for (const char* word : {"--", "/bin/sh", "-c", "exec \"$$@\"", "bootcheck"})
    command.emplace_back(word);
  std::ranges::transform(request.argv, std::back_inserter(command), without_expansion);
  return command;
}

std::string environment_file(const std::map<std::string, std::string>& env) {
  std::string text;
  for (const auto& [key, value] : env) {
    text += key + "=\"";
    for (const char letter : value) {
      if (std::strchr("\"\\$`", letter) != nullptr && letter != '\0') text += '\\';
      text += letter;
    }
    text += "\"\n";
  }
  return text;
}

TransientUnit::TransientUnit(LaunchRequest& request, const Worker& first, std::string description) {
  if (::getuid() != 0) throw_error(EPERM, "`launcher: systemd` is for root");
  environment_ = memory_file(environment_file(request.env));
  if (!request.input.empty()) input_ = memory_file(request.input);
  const UnitSettings settings{.description = std::move(description),
                              .forks = !first.foreground,
                              .environment = path_of(environment_),
                              .input = input_ ? path_of(input_) : std::string(),
                              .stop_signal = first.stop_signal,
                              .start_timeout = request.time_limit};
  request.argv = transient_unit_command(request, settings);
  request.env = {{"PATH", "/usr/bin:/bin"}};
  request.input.clear();
  request.user = root_user();
}

}  // namespace bootcheck
