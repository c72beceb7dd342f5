// Whether there is a place for pid files and logs, the lock is free, and the clock right.
#include "doctor/checks.h"
#include "model/app.h"
#include "util/duration.h"
#include "util/shell_words.h"

#include <fmt/format.h>

namespace bootcheck::doctor {
namespace {

constexpr std::uint64_t kLeastBytes = std::uint64_t{1} << 20U;
constexpr std::uint64_t kLeastFiles = 16;

/// Empty: there is nothing wrong with it.
Finding judge_absent(const Facts& facts, const FolderFacts& folder) {
  const auto& path = folder.path;
  if (folder.look.is_link) {
    return {"folder_missing",
            fmt::format("the {} {} is a link that leads nowhere", folder.purpose, path.native()),
            fmt::format("mkdir -p \"$(readlink -m {})\"", shell_word(path.native()))};
  }
  if (folder.nearest_look.may_write && folder.nearest_look.is_directory) return {};
  return {
      "folder_missing",
      fmt::format("the {} {} is not there, and {} may not make it in {}", folder.purpose,
                  path.native(), facts.user, folder.nearest.native()),
      fmt::format("sudo install -d -o {} {}", shell_word(facts.user), shell_word(path.native()))};
}

Finding judge_present(const Facts& facts, const FolderFacts& folder) {
  const auto& path = folder.path;
  const auto& look = folder.look;
  const auto finding = [&](std::string kind, std::string_view what, std::string fix) {
    return Finding{std::move(kind),
                   fmt::format("the {} {} {}", folder.purpose, path.native(), what),
                   std::move(fix)};
  };
  if (!look.is_directory)
    return finding("folder_missing", "is no folder",
                   fmt::format("mv {0} {0}.old", shell_word(path.native())));
  if (look.is_read_only) {
    return finding("folder_read_only", "is on a file system that is mounted read-only",
                   fmt::format("findmnt -T {}", shell_word(path.native())));
  }
  if (!look.may_write && look.owner != facts.uid) {
    return finding(
        "folder_not_ours",
        fmt::format("belongs to uid {}, and {} may not write to it", look.owner, facts.user),
        fmt::format("sudo chown {}: {}", shell_word(facts.user), shell_word(path.native())));
  }
  if (!look.may_write) {
    return finding("folder_not_writable", fmt::format("is not writable for {}", facts.user),
                   fmt::format("chmod u+rwx {}", shell_word(path.native())));
  }
  if (look.free_bytes < kLeastBytes) {
    return finding("folder_full", fmt::format("has {} left", format_size(look.free_bytes)),
                   fmt::format("df -h {}", shell_word(path.native())));
  }
  if (look.free_files < kLeastFiles) {
    return finding("folder_full", fmt::format("has room for {} more files", look.free_files),
                   fmt::format("df -i {}", shell_word(path.native())));
  }
  return {};
}

}  // namespace

void check_folders(const Facts& facts, Findings& findings) {
  for (const auto& folder : facts.folders) {
    auto finding = folder.look.exists ? judge_present(facts, folder) : judge_absent(facts, folder);
    if (!finding.kind.empty()) findings.push_back(std::move(finding));
  }
}

void check_shared(const Facts& facts, Findings& findings) {
  if (facts.releases.empty()) return;
  for (const auto& folder : facts.folders) {
    if (!folder.look.exists || !is_below(folder.look.real, facts.releases)) continue;
    const auto relative = folder.path.lexically_relative(facts.config->root).native();
    findings.push_back(
        {"folder_not_shared",
         fmt::format("the {} {} is inside the release {}: the next release does not see it",
                     folder.purpose, folder.path.native(), folder.look.real.native()),
         fmt::format("echo {} >> config/deploy.rb",
                     shell_word(fmt::format("append :linked_dirs, \"{}\"", relative)))});
  }
}

void check_processes(const Facts& facts, Findings& findings) {
  if (!facts.hides_processes) return;
  findings.push_back(
      {"processes_hidden",
       "/proc hides the processes of others (hidepid), so it cannot be told whether a "
       "worker is gone",
       "sudo mount -o remount,hidepid=0 /proc"});
}

void check_lock(const Facts& facts, Findings& findings) {
  const auto& lock = facts.lock;
  if (!lock || lock->held_for <= facts.config->stuck_after) return;
  if (lock->pid == 0) {
    findings.push_back(
        {"lock_held",
         fmt::format("somebody has held the lock for {}, and no pass gets it",
                     format_duration(lock->held_for)),
         fmt::format("sudo fuser -v {}", shell_word(facts.config->lock_file.native()))});
    return;
  }
  findings.push_back({"lock_held",
                      fmt::format("process {} has held the lock for {}, and no other pass gets it",
                                  lock->pid, format_duration(lock->held_for)),
                      fmt::format("ps -o pid,user,etime,args -p {0} && kill {0}", lock->pid)});
}

void check_clock(const Facts& facts, Findings& findings) {
  if (facts.future.empty()) return;
  const auto& file = facts.future.front();
  findings.push_back({"clock_behind",
                      fmt::format("the clock is wrong, or was: {} was written {} from now",
                                  file.file.native(), format_duration(file.ahead)),
                      "date && sudo timedatectl set-ntp true"});
}

}  // namespace bootcheck::doctor
