// A machine made of values that lives: its processes come and go, its time passes, and all that
// happens on it comes from one seed. It knows nothing of bootcheck.
#pragma once

#include "simulation/random.h"
#include "support/memory_files.h"

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace bootcheck::sim {

using namespace std::chrono_literals;

constexpr uid_t kUser = 1000;
constexpr std::size_t kNobody = static_cast<std::size_t>(-1);
constexpr std::int64_t kTicks = 100;  ///< a second

/// What a process really is, whatever it looks like.
enum class Role { stranger, neighbour, command, worker, child };

struct Inhabitant {
  std::uint64_t serial = 0;  ///< no other process ever has it
  Process shown;
  Role role = Role::stranger;
  std::size_t worker = kNobody;     ///< whose worker, or whose child
  std::vector<std::size_t> starts;  ///< a command: the workers that it brings up
  bool converses = false;           ///< delayed_job's preloader: bootcheck talks with it
  bool has_booted = false;
  bool is_hung_up = false;        ///< ...and did
  int batches = 0;                ///< ...that it is at
  std::vector<std::string> said;  ///< ...to bootcheck
  bool ours = false;              ///< bootcheck has started it, or what has forked it
  Duration born{0};
  Duration decided{0};  ///< when the pass began that has started it; else its birth
  std::string release;  ///< whose code it runs
  std::string host;     ///< as it was called at its birth
  Path pid_file;        ///< which it removes at its end
  bool ignores_term = false;
  Duration job{0};               ///< how long it takes to end when it is asked to
  int asks = 0;                  ///< so often bootcheck has asked it to stop
  bool ask_may_be_lost = false;  ///< bootcheck cannot know that it has asked
  bool asked_by_hand = false;
  bool is_remembered = false;  ///< bootcheck has written down that it is the worker
  bool was_set_aside = false;  ///< by bootcheck
  bool of_unseen = false;      ///< a child whose parent ended before it was written down
  bool was_named = false;  ///< somebody has written its pid into the pid file of another's worker
};

/// What keeps bootcheck from doing its work, each until then.
struct Faults {
  Duration disk_full{0};
  Duration read_only{0};
  Duration state_stuck{0};  ///< the state file alone cannot be written
  Duration io_errors{0};
  Duration descriptors{0};
  Duration hides_processes{0};
  Duration not_ready{0};  ///< `ready` commands fail
  Duration status_fails{0};
};

/// What happens to programs, each until then.
struct Climate {
  Duration slow_boots{0};
  Duration hanging_boots{0};
  Duration failing_boots{0};
  Duration short_lives{0};
  Duration long_jobs{0};
  bool is_calm = false;  ///< nothing ends by itself any more
};

/// How a release behaves at its boot.
enum class Boot { well, fails, hangs };

/// A row of the queue: a job that somebody has locked.
struct Row {
  std::string name;  ///< of the worker
  std::string host;
  pid_t pid = 0;
  std::uint64_t owner = 0;     ///< the process
  std::int64_t locked_at = 0;  ///< s since the epoch
  bool is_dead = false;        ///< the owner has ended without unlocking it
  bool is_lost = false;        ///< every trace of the owner was destroyed
};

class World {
 public:
  explicit World(std::uint64_t seed) : random(seed), seed_(seed) {}

  // --- time: on a clock that no suspension and no reboot stops
  Duration now() const { return now_; }
  Duration boot_clock() const { return now_ + suspended - booted; }
  Duration wall_clock() const { return wall_offset + now_ + suspended; }
  /// Something that happens at that time.
  void at(Duration when, std::function<void()> what);
  /// ... unless that process has ended before.
  void at(Duration when, std::uint64_t serial, std::function<void(Inhabitant&)> what);
  /// Lets the next thing happen that is due until then; false: there is none, and it is then.
  bool step(Duration until);
  void advance(Duration until) {
    while (step(until)) {
    }
  }

  // --- processes
  Inhabitant& bear(Role role, const Argv& argv, const Path& cwd, pid_t parent, pid_t session = 0);
  Inhabitant* find(pid_t pid);
  Inhabitant* of_serial(std::uint64_t serial);
  /// It is gone; what it leaves behind is for the caller.
  void end(Inhabitant& process, const LaunchOutcome& outcome);
  /// Somebody waits for its end; its pid is its own until then.
  void wait_for(std::uint64_t serial) { awaited_.insert(serial); }
  /// What it ended with; none: it lives.
  std::optional<LaunchOutcome> reap(std::uint64_t serial);
  void let_go(std::uint64_t serial);
  bool is_awaited(std::uint64_t serial) const { return awaited_.contains(serial); }
  bool is_zombie(pid_t pid) const;
  void reboot();
  /// Numbers for what one process does.
  Random dice(std::uint64_t of) const { return Random(mixed(seed_, of)); }

  std::map<pid_t, Inhabitant> processes;
  pid_t highest_pid = 60;

  // --- all else
  MemoryFiles files;
  bool can_write() const { return now_ >= faults.disk_full && now_ >= faults.read_only; }
  /// As a program does; whether it could.
  bool write(const Path& path, const std::string& text);

  Random random;
  Faults faults;
  Climate climate;
  std::map<std::string, Boot> releases;  ///< by folder
  std::vector<Row> rows;
  std::set<std::string> locks;  ///< files that are locked
  std::string host = "web1";
  int boot = 1;
  bool goes_down = false;  ///< all processes are being killed
  Duration booted{0};
  Duration suspended{0};
  Duration wall_offset{std::chrono::seconds{1'795'000'000}};

  /// For whoever reads the story.
  std::function<void(const std::string&)> tell = [](const std::string&) {};
  /// Told of each end, while the process is still to be seen.
  std::function<void(const Inhabitant&)> on_end = [](const Inhabitant&) {};

 private:
  struct End {
    pid_t pid;
    LaunchOutcome outcome;
  };

  pid_t free_pid();

  std::uint64_t seed_;
  Duration now_{1h};
  std::multimap<Duration, std::function<void()>> queue_;
  std::uint64_t births_ = 0;
  pid_t last_pid_ = 1;
  std::map<pid_t, std::uint64_t> tick_of_end_;
  std::set<std::uint64_t> awaited_;
  std::map<std::uint64_t, End> ends_;  ///< of those awaited
};

}  // namespace bootcheck::sim
