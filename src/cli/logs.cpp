#include "cli/commands.h"
#include "cli/passes.h"
#include "cli/print.h"
#include "config/start_log.h"
#include "system/followed_file.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace bootcheck {
namespace {

constexpr std::size_t kDefaultLines = 20;
/// Where nobody tells of changes (NFS), and for folders that others have taken the place of.
constexpr Duration kAtLatest{1000};

/// Each file once, in the order of the workers.
std::vector<Path> files_of(const Config& config, const Selection& selection) {
  std::vector<Path> files;
  const auto add = [&files](Path file) {
    if (std::ranges::find(files, file) == files.end()) files.push_back(std::move(file));
  };
  for (std::size_t at = 0; at < config.workers.size(); ++at) {
    const auto& worker = config.workers[at];
    if (!is_selected(selection, at)) continue;
    if (worker.preload) add(shared_start_log(config, worker));
    add(start_log(config, worker));
  }
  return files;
}

/// Writes pieces of several files one after another, each below the name of its file, as tail(1)
/// does.
class Output {
 public:
  explicit Output(bool with_names) : with_names_(with_names) {}

  /// False: nobody reads it any more.
  bool write(const Path& file, const std::string& text) {
    if (text.empty()) return true;
    std::string heading;
    if (with_names_ && file != last_) {
      if (!at_line_start_) heading += "\n";
      heading += fmt::format("{}==> {} <==\n", last_.empty() ? "" : "\n", file.native());
    }
    last_ = file;
    at_line_start_ = text.back() == '\n';
    return print(heading + text);
  }

 private:
  bool with_names_;
  bool at_line_start_ = true;
  Path last_;
};

/// A line that is still being written, or a character of it, waits for its end; not for ever.
class Lines {
 public:
  explicit Lines(FollowedFile& file) : file_(file) {}

  FollowedFile& file() const { return file_; }

  std::string next() {
    const auto fresh = file_.read();
    if (fresh.empty()) return std::exchange(begun_, {});
    begun_ += fresh;
    const auto end = begun_.rfind('\n');
    if (end == std::string::npos) return {};
    auto lines = begun_.substr(0, end + 1);
    begun_.erase(0, end + 1);
    return lines;
  }

 private:
  FollowedFile& file_;
  std::string begun_;
};

/// Until it is interrupted, or nobody reads it.
void follow(Machine& machine, std::vector<FollowedFile>& files, Output& output) {
  std::vector<Lines> all(files.begin(), files.end());
  const auto launches = machine.launches();
  for (;;) {
    for (const auto& file : files)
      launches->watch_folder(file.path().parent_path());
    for (auto& lines : all) {
      if (!output.write(lines.file().path(), lines.next())) return;
    }
    launches->wait(machine.monotonic_clock() + kAtLatest);
  }
}

int report_troubles(const std::vector<FollowedFile>& files) {
  int status = kWell;
  for (const auto& file : files) {
    if (file.trouble().empty()) continue;
    print_problem(fmt::format("{} cannot be read: {}", file.path().native(), file.trouble()));
    status = kWorkerProblem;
  }
  const bool nothing = std::ranges::none_of(files, &FollowedFile::is_there);
  if (nothing)
    print_problem(
        fmt::format("nothing has been printed yet: there is no {}", files.back().path().native()));
  return status;
}

}  // namespace

int logs_command(const Options& options, const Config& config, Machine& machine) {
  const auto selected = select_workers(config, options);
  if (const auto* errors = std::get_if<UsageErrors>(&selected)) return print_usage_errors(*errors);
  std::vector<FollowedFile> files;
  for (auto& path : files_of(config, std::get<Selection>(selected)))
    files.emplace_back(machine, std::move(path));
  Output output(files.size() > 1);
  for (auto& file : files)
    output.write(file.path(), file.last_lines(options.lines.value_or(kDefaultLines)));
  const int status = report_troubles(files);
  if (options.follow) follow(machine, files, output);
  return status;
}

}  // namespace bootcheck
