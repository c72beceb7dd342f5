// Others that start the same workers: monit, systemd, god, delayed_job's own monitor, cron.
#include "doctor/gather_cron.h"
#include "doctor/gather_ruby.h"
#include "model/app.h"
#include "system/surroundings.h"
#include "util/shell_words.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

namespace bootcheck::doctor {
namespace {

bool contains(std::string_view text, std::string_view part) {
  return !part.empty() && text.find(part) != std::string_view::npos;
}

/// What gives a text away that starts workers of this application.
class Traces {
 public:
  explicit Traces(const Config& config)
      : root_(config.root.native()), real_root_(look_at(config.root).real.native()) {
    for (const auto& worker : config.workers) {
      pid_files_.insert(worker.pid_file.native());
      const auto folder = look_at(worker.pid_file.parent_path()).real;
      if (!folder.empty()) pid_files_.insert((folder / worker.pid_file.filename()).native());
      if (!worker.preset.empty()) programs_.insert(worker.preset);
      const auto program = worker.start.empty() ? std::string() : worker.start.front();
      if (contains(program, "/") && program != "/bin/sh") programs_.insert(program);
      for (const auto& word : worker.start) {
        if (worker.preset.empty() && program == "/bin/sh" && contains(word, " "))
          programs_.insert(word);
      }
    }
  }

  bool are_in(std::string_view text) const {
    const auto words = shell_words(text);
    const auto is_ours = [](const std::string& word) {
      return Path(word).filename() == "bootcheck";
    };
    if (std::ranges::any_of(words, is_ours)) return false;  // our own line, unit or wrapper
    const auto is_in = [text](const std::string& part) { return contains(text, part); };
    if (std::ranges::any_of(pid_files_, is_in)) return true;
    return (contains(text, root_) || contains(text, real_root_)) &&
           std::ranges::any_of(programs_, is_in);
  }

 private:
  std::string root_;
  std::string real_root_;
  std::set<std::string> pid_files_;
  std::set<std::string> programs_;
};

std::string without_comments(std::string_view text) {
  std::string kept;
  for (std::size_t start = 0; start < text.size();) {
    const auto end = std::min(text.find('\n', start), text.size());
    const auto line = text.substr(start, end - start);
    const auto first = line.find_first_not_of(" \t");
    if (first != line.npos && line[first] != '#') kept += std::string(line) + "\n";
    start = end + 1;
  }
  return kept;
}

class ManagerLooker {
 public:
  ManagerLooker(Machine& machine, const Config& config)
      : machine_(machine), config_(config), traces_(config) {}

  void look_at_monit() {
    for (const auto* file : {"/etc/monit/monitrc", "/etc/monitrc"})
      look_at_file("monit", file, "sudoedit {} && sudo monit reload");
    for (const auto* folder :
         {"/etc/monit/conf.d", "/etc/monit/conf-enabled", "/etc/monit/monitrc.d", "/etc/monit.d"})
      look_at_folder("monit", folder, {}, "sudoedit {} && sudo monit reload");
  }

  void look_at_systemd() {
    for (const auto* folder :
         {"/etc/systemd/system", "/usr/local/lib/systemd/system", "/lib/systemd/system"})
      look_at_folder("a systemd unit", folder, ".service", "sudo systemctl disable --now {name}");
    look_at_folder("a systemd unit", Path(environment_variable("HOME")) / ".config/systemd/user",
                   ".service", "systemctl --user disable --now {name}");
  }

  void look_at_god() {
    for (const auto& folder : {Path("/etc/god"), Path("/etc/god/conf.d"), config_.root / "config",
                               config_.root / "config/god"})
      look_at_folder("god", folder, ".god", "god quit && ${{EDITOR:-vi}} {}");
  }

  void look_at_crontab(const std::string& where, std::string_view text, CrontabKind kind,
                       const std::string& edit) {
    for (const auto& job : parse_crontab(text, kind)) {
      if (traces_.are_in(job.command))
        managers_.push_back({"another crontab line", where + ": " + job.command, edit});
    }
  }

  void look_at_crontabs(const std::string& own) {
    look_at_crontab("crontab", own, CrontabKind::user, "crontab -e");
    look_at_system_crontab("/etc/crontab");
    for (const auto& file : list_folder("/etc/cron.d"))
      look_at_system_crontab(file);
  }

  /// `delayed_job.3_monitor`, which starts the worker again, with the release it was itself started
  /// from.
  void look_for_monitors() {
    machine_.scan(
        machine_.user(), [this](const Argv& words) { return is_monitor(words); },
        [this](Process&& process) {
          const auto root = look_at(config_.root).real;
          const bool may_be_ours =
              !process.cwd || process.cwd == "/" || is_below(*process.cwd, root);
          if (!may_be_ours) return;
          managers_.push_back({"delayed_job's own monitor",
                               fmt::format("process {}, {}", process.id.pid, process.argv->front()),
                               fmt::format("kill {}", process.id.pid)});
        });
  }

  std::vector<Manager>& managers() { return managers_; }

 private:
  void look_at_file(const std::string& what, const Path& file, const std::string& fix) {
    if (!traces_.are_in(without_comments(text_of(machine_, file)))) return;
    managers_.push_back({what, file.native(),
                         fmt::format(fmt::runtime(fix), shell_word(file.native()),
                                     fmt::arg("name", shell_word(file.filename().native())))});
  }

  void look_at_folder(const std::string& what, const Path& folder, std::string_view ending,
                      const std::string& fix) {
    for (const auto& file : list_folder(folder)) {
      if (file.native().ends_with(ending)) look_at_file(what, file, fix);
    }
  }

  void look_at_system_crontab(const Path& file) {
    look_at_crontab(file.native(), text_of(machine_, file), CrontabKind::system,
                    "sudoedit " + shell_word(file.native()));
  }

  bool is_monitor(const Argv& words) const {
    return words.size() == 1 && std::ranges::any_of(config_.workers, [&](const Worker& worker) {
             return !worker.process_title.empty() &&
                    words.front() == worker.process_title + "_monitor";
           });
  }

  Machine& machine_;
  const Config& config_;
  Traces traces_;
  std::vector<Manager> managers_;
};

}  // namespace

std::vector<Manager> look_for_managers(Machine& machine, const Config& config,
                                       const Question& question) {
  ManagerLooker looker(machine, config);
  looker.look_at_monit();
  looker.look_at_systemd();
  looker.look_at_god();
  looker.look_at_crontabs(question.crontab);
  looker.look_for_monitors();
  return std::move(looker.managers());
}

}  // namespace bootcheck::doctor
