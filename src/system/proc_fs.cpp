#include "system/proc_fs.h"

#include "system/read_file.h"
#include "util/errors.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <climits>
#include <iterator>
#include <memory>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace bootcheck {
namespace {

constexpr std::size_t kLongestCmdline =
    std::size_t{64} * 1024;  // a title is short; what is longer is no worker

/// `123`, or `123/stat`, without the heap.
class ProcName {
 public:
  explicit ProcName(pid_t pid, std::string_view file = {}) {
    char* end = std::to_chars(text_.data(), text_.data() + kDigits, pid).ptr;
    *std::copy(file.begin(), file.end(), end) = '\0';
  }
  const char* c_str() const { return text_.data(); }

 private:
  static constexpr std::size_t kDigits = 11;
  std::array<char, 32> text_;
};

void read_cwd(int folder, const char* name, Process& process) {
  constexpr std::string_view deleted = " (deleted)";
  std::array<char, PATH_MAX + deleted.size()> buffer;
  const auto length = ::readlinkat(folder, name, buffer.data(), buffer.size());
  process.cwd_refused = length < 0 && (errno == EACCES || errno == EPERM);
  if (length <= 0 || static_cast<std::size_t>(length) == buffer.size()) return;
  std::string_view text(buffer.data(), static_cast<std::size_t>(length));
  // The kernel says so of a release that was removed; a folder really named like this loses a part
  // of its name and is still below the same folders.
  if (text.ends_with(deleted)) text.remove_suffix(deleted.size());
  if (!text.starts_with('/')) return;  // `(unreachable)/...`: outside of our root
  process.cwd = Path(text.begin(), text.end());
}

struct CmdlineRead {
  Argv argv;
  int error = 0;
};

CmdlineRead read_cmdline(int folder, const char* name) {
  const UniqueFd fd(::openat(folder, name, O_RDONLY | O_CLOEXEC));
  if (!fd) return {.argv = {}, .error = errno};
  std::array<char, 4096> buffer;
  const auto read = read_once(fd.get(), buffer);
  if (read.error != 0) return {.argv = {}, .error = read.error};
  if (read.text.size() < buffer.size()) return {.argv = parse_cmdline(read.text), .error = 0};
  std::string text(read.text);
  const int error = read_rest(fd.get(), text, kLongestCmdline);
  return {.argv = parse_cmdline(text), .error = error};
}

std::optional<uid_t> effective_uid(int root, pid_t pid) {
  std::array<char, 2048> buffer;
  const auto status = parse_status(read_below(root, ProcName(pid, "/status").c_str(), buffer).text);
  return status ? std::optional(status->uid) : std::nullopt;
}

Process process_of(pid_t pid, const Stat& stat) {
  Process process;
  process.id = {.pid = pid, .start_time = stat.start_time};
  process.parent = stat.parent;
  process.session = stat.session;
  process.state = stat.state;
  process.resident = stat.resident;
  process.stack = stat.stack;
  return process;
}

struct CloseListing {
  void operator()(DIR* listing) const { ::closedir(listing); }
};

/// Gives every entry of a folder that is a number to `visit` until that returns false; an errno, 0:
/// none.
template <class Visit>
int for_each_number(int folder, const char* name, const Visit& visit) {
  UniqueFd fd(::openat(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return errno;
  const std::unique_ptr<DIR, CloseListing> listing(::fdopendir(fd.get()));
  if (!listing) return errno;
  fd.release();
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(listing.get());
    if (entry == nullptr) return errno;
    const std::string_view word(entry->d_name);
    pid_t number = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    const bool is_number = error == std::errc() && end == word.data() + word.size() && number > 0;
    if (is_number && !visit(number)) return 0;
  }
}

/// A leader that has ended has neither a command line nor a working directory; the process's other
/// threads still show them.
void read_from_living_thread(int folder, Process& process) {
  const UniqueFd tasks(::openat(folder, "task", O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!tasks) return;
  for_each_number(tasks.get(), ".", [&](pid_t thread) {
    if (thread == process.id.pid) return true;
    auto cmdline = read_cmdline(tasks.get(), ProcName(thread, "/cmdline").c_str());
    if (cmdline.argv.empty()) return true;
    process.argv = std::move(cmdline.argv);
    read_cwd(tasks.get(), ProcName(thread, "/cwd").c_str(), process);
    return false;
  });
}

}  // namespace

ProcFs::ProcFs(const Path& root)
    : root_(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)), name_(root.native()) {
  if (!root_) throw_errno("cannot open " + name_);
}

bool ProcFs::shows_all() const {
  struct stat status {};
  return ::fstatat(root_.get(), "1", &status, 0) == 0;
}

ProcessLook ProcFs::failed_look(int error) const {
  if (error != ENOENT && error != ESRCH) return Hidden{error_text(error)};
  if (shows_all()) return NoProcess{};
  return Hidden{name_ + " does not show pid 1, so it may hide others, too (hidepid?)"};
}

// The hot path: stat and the user, and the start time says that all else is as it was.
ProcessLook ProcFs::look(pid_t pid, const std::optional<ProcessId>& known) const {
  if (pid < 1) return NoProcess{};
  if (!known || known->pid != pid) return look_closely(pid);
  std::array<char, 2048> buffer;
  const auto read = read_below(root_.get(), ProcName(pid, "/stat").c_str(), buffer);
  const auto stat = parse_stat(read.text);
  if (!stat || stat->start_time != known->start_time || stat->is_dead() || stat->is_zombie())
    return look_closely(pid);
  const auto uid = user_of(pid);
  if (!uid) return look_closely(pid);
  auto process = process_of(pid, *stat);
  process.uid = *uid;
  return process;
}

// /proc/PID belongs to the effective user, but to root where the process is not dumpable (proc(5)),
// as after a change of user without an exec: then only its status tells.
std::optional<uid_t> ProcFs::user_of(pid_t pid) const {
  struct stat status {};
  if (::fstatat(root_.get(), ProcName(pid).c_str(), &status, 0) != 0) return {};
  return status.st_uid != 0 ? status.st_uid : effective_uid(root_.get(), pid);
}

// All files through one descriptor of /proc/PID: should the pid come round again meanwhile, reads
// fail with ESRCH instead of mixing two processes.
ProcessLook ProcFs::look_closely(pid_t pid) const {
  const UniqueFd folder(
      ::openat(root_.get(), ProcName(pid).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return failed_look(errno);
  return look_into(folder.get(), pid);
}

ProcessLook ProcFs::look_into(int folder, pid_t pid) const {
  std::array<char, 2048> buffer;
  const auto stat_read = read_below(folder, "stat", buffer);
  if (stat_read.error != 0) return failed_look(stat_read.error);
  const auto stat = parse_stat(stat_read.text);
  if (!stat) return Hidden{name_ + "'s stat is not understood"};

  const auto status_read = read_below(folder, "status", buffer);  // what is cut off is not needed
  if (status_read.error != 0) return failed_look(status_read.error);
  const auto status = parse_status(status_read.text);
  if (!status) return Hidden{name_ + "'s status is not understood"};

  if (status->leader != pid) return ThreadOf{status->leader};
  if (stat->is_dead()) return NoProcess{};
  if (stat->is_zombie()) return Zombie{};
  auto process = process_of(pid, *stat);
  process.uid = status->uid;
  if (stat->state == 'Z') {
    read_from_living_thread(folder, process);
    return process;
  }
  auto cmdline = read_cmdline(folder, "cmdline");
  if (cmdline.error != 0) return failed_look(cmdline.error);
  process.argv = std::move(cmdline.argv);
  read_cwd(folder, "cwd", process);
  return process;
}

// Almost everything is root's, so there it is not worth asking.
bool ProcFs::may_belong_to(uid_t uid, pid_t pid) const {
  return uid == 0 || user_of(pid) == uid;
}

// Without a command line it is a kernel thread, or a zombie, of which a thread may be alive.
bool ProcFs::may_be_wanted(pid_t pid, const IsCandidate& is_candidate) const {
  const auto cmdline = read_cmdline(root_.get(), ProcName(pid, "/cmdline").c_str());
  if (!cmdline.argv.empty()) return is_candidate(cmdline.argv);
  std::array<char, 2048> buffer;
  const auto stat =
      parse_stat(read_below(root_.get(), ProcName(pid, "/stat").c_str(), buffer).text);
  return stat && stat->state == 'Z' && !stat->is_zombie();
}

void ProcFs::scan(uid_t uid, const std::unordered_set<pid_t>& but, const IsCandidate& is_candidate,
                  const std::function<void(Process&&)>& visit) const {
  const int error = for_each_number(root_.get(), ".", [&](pid_t pid) {
    if (but.contains(pid) || !may_belong_to(uid, pid) || !may_be_wanted(pid, is_candidate))
      return true;
    auto look = look_closely(pid);
    auto* process = std::get_if<Process>(&look);
    const bool is_wanted =
        process != nullptr && process->uid == uid && process->argv && is_candidate(*process->argv);
    if (is_wanted) visit(std::move(*process));
    return true;
  });
  if (error != 0) throw_error(error, "cannot list " + name_);
}

std::optional<std::uint64_t> ProcFs::proportional_size(pid_t pid) const {
  std::array<char, 4096> buffer;
  const auto read = read_below(root_.get(), ProcName(pid, "/smaps_rollup").c_str(), buffer);
  return parse_proportional_size(read.text);
}

std::vector<pid_t> ProcFs::tree_of(pid_t pid) const {
  constexpr std::size_t kMost = 1000;
  std::vector<pid_t> tree{pid};
  std::array<char, 16384> buffer;
  for (std::size_t at = 0; at < tree.size() && tree.size() < kMost; ++at) {
    const auto name = std::to_string(tree[at]);
    const auto file = name + "/task/" + name + "/children";
    std::ranges::copy(parse_children(read_below(root_.get(), file.c_str(), buffer).text),
                      std::back_inserter(tree));
  }
  return tree;
}

std::uint64_t ProcFs::resident_size(pid_t pid) const {
  std::array<char, 2048> buffer;
  const auto stat =
      parse_stat(read_below(root_.get(), ProcName(pid, "/stat").c_str(), buffer).text);
  return stat ? stat->resident : 0;
}

std::optional<std::uint64_t> ProcFs::memory_of_tree(pid_t pid, std::uint64_t enough) const {
  const auto tree = tree_of(pid);
  std::uint64_t resident = 0;
  for (const auto each : tree)
    resident += resident_size(each);
  if (resident <= enough) return resident;
  auto sum = proportional_size(pid);
  for (std::size_t at = 1; sum && at < tree.size(); ++at)
    *sum += proportional_size(tree[at]).value_or(0);
  return sum;
}

std::string read_boot_id(const Path& proc_root) {
  const Path path = proc_root / "sys/kernel/random/boot_id";
  std::array<char, 64> buffer;
  const auto read = read_below(AT_FDCWD, path.c_str(), buffer);
  if (read.error != 0) throw_error(read.error, "cannot read " + path.native());
  auto text = read.text;
  while (text.ends_with('\n'))
    text.remove_suffix(1);
  if (text.empty()) throw_error(EINVAL, path.native() + " is empty");
  return std::string(text);
}

}  // namespace bootcheck
