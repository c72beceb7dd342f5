#include "doctor/gather_cron.h"

#include "doctor/gather_ruby.h"
#include "launch/transient_unit.h"
#include "system/user_database.h"
#include "util/shell_words.h"

#include <algorithm>

#include <fmt/format.h>

namespace bootcheck::doctor {
namespace {

const Path kCronFolder = "/etc/cron.d";
const Path kTimers = "/etc/systemd/system/timers.target.wants";

bool is_cron(const Argv& words) {
  const auto name = words.empty() ? std::string() : Path(words.front()).filename().native();
  return name == "cron" || name == "crond" || name == "fcron";
}

bool sees_cron(Machine& machine) {
  bool seen = false;
  machine.scan(0, is_cron, [&seen](Process&&) { seen = true; });
  return seen;
}

/// systemd.unit(5), string escaping for inclusion in unit names.
std::string unit_escaped(const Path& path) {
  std::string text;
  for (const char each : path.native().substr(1)) {
    const auto byte = static_cast<unsigned char>(each);
    const bool is_plain = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
                          (byte >= 'A' && byte <= 'Z') || byte == '_' || byte == ':' ||
                          (byte == '.' && !text.empty());
    text += each == '/' ? "-" : is_plain ? std::string(1, each) : fmt::format("\\x{:02x}", byte);
  }
  return text;
}

bool has_timer(const Config& config) {
  if (!is_under_systemd()) return false;
  const bool is_in_etc = config.file && config.file->parent_path() == "/etc/bootcheck";
  return (is_in_etc && look_at(kTimers / "bootcheck.timer").exists) ||
         look_at(kTimers / ("bootcheck@" + unit_escaped(config.root) + ".timer")).exists;
}

/// A line that leaves hosts with systemd to a timer.
bool is_void_here(const CrontabJob& job) {
  return job.command.find("-d /run/systemd/system ||") != std::string::npos && is_under_systemd();
}

bool has_user(const CrontabJob& job) {
  return find_user(job.user).has_value();
}

/// Why cron leaves a file of /etc/cron.d out; nothing: it does not (cron(8), Debian).
std::optional<RefusedFile> refusal_of(const Path& file, const std::string& text,
                                      const std::vector<CrontabJob>& jobs) {
  const auto name = file.filename().native();
  const auto word = shell_word(file.native());
  const auto is_fit = [](unsigned char byte) {
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
           (byte >= 'A' && byte <= 'Z') || byte == '_' || byte == '-';
  };
  if (!std::ranges::all_of(name, is_fit)) {
    auto fit = name;
    std::ranges::replace_if(
        fit, [&](unsigned char byte) { return !is_fit(byte); }, '_');
    return RefusedFile{
        file, "its name may have letters, digits, - and _ only, and no dot",
        fmt::format("sudo mv {} {}", word, shell_word((kCronFolder / fit).native()))};
  }
  const auto look = look_at(file);
  if (look.owner != 0)
    return RefusedFile{file, "it is not root's", fmt::format("sudo chown root: {}", word)};
  if (look.group_may_write || look.others_may_write)
    return RefusedFile{file, "others than root may write to it",
                       fmt::format("sudo chmod 644 {}", word)};
  if (look.hard_links > 1)
    return RefusedFile{file, "it has more than one hard link",
                       fmt::format("sudo cp -p {0} {0}_ && sudo mv {0}_ {0}", word)};
  if (!text.ends_with('\n'))
    return RefusedFile{file, "its last line has no newline at its end",
                       fmt::format("echo | sudo tee -a {}", word)};
  const auto stranger = std::ranges::find_if_not(jobs, has_user);
  if (stranger != jobs.end())
    return RefusedFile{file,
                       fmt::format("line {} names the user `{}`, and there is none",
                                   stranger->line + 1, stranger->user),
                       fmt::format("sudoedit {}", word)};
  return std::nullopt;
}

class CronLooker {
 public:
  CronLooker(Machine& machine, const Config& config)
      : machine_(machine), place_{.root = config.root, .config = config.file} {}

  void look_at_text(const std::string& where, std::string_view text, CrontabKind kind) {
    for (const auto& job : parse_crontab(text, kind)) {
      const auto call = call_of(job);
      if (!call || is_void_here(job)) continue;
      if (passes_.cron.lines.empty()) passes_.env = call->env;
      passes_.cron.lines.push_back(where + ": " + job.command);
    }
  }

  void look_at_system_file(const Path& file) {
    const auto text = text_of(machine_, file);
    const auto jobs = parse_crontab(text, CrontabKind::system);
    if (std::ranges::none_of(jobs, [&](const auto& job) { return call_of(job).has_value(); }))
      return;
    if (auto refused = refusal_of(file, text, jobs)) {
      passes_.cron.refused.push_back(std::move(*refused));
    } else {
      look_at_text(file.native(), text, CrontabKind::system);
    }
  }

  Passes& passes() { return passes_; }

 private:
  std::optional<PassCall> call_of(const CrontabJob& job) const {
    auto call = pass_of(job);
    return call && is_over(*call, place_) ? call : std::nullopt;
  }

  Machine& machine_;
  AppPlace place_;
  Passes passes_;
};

}  // namespace

Passes look_at_cron(Machine& machine, const Config& config, const Question& question) {
  CronLooker looker(machine, config);
  looker.look_at_text("crontab", question.crontab, CrontabKind::user);
  looker.look_at_text("/etc/crontab", text_of(machine, "/etc/crontab"), CrontabKind::system);
  for (const auto& file : list_folder(kCronFolder))
    looker.look_at_system_file(file);
  auto passes = std::move(looker.passes());
  passes.cron.crontab_trouble = question.crontab_trouble;
  passes.cron.has_timer = has_timer(config);
  passes.cron.can_be_seen = machine.shows_all_processes();
  if (passes.cron.can_be_seen) passes.cron.runs = sees_cron(machine);
  return passes;
}

}  // namespace bootcheck::doctor
