// How missing workers come up: which start command runs when, what is looked at, and when a start
// has succeeded or failed. Pure: it is told what happened and when, and says what is to be done
// now and by when it wants to be told that nothing happened. act/start.cpp does it.
//
//   a worker   booting --seen--> proving --still there after the start seconds--> up
//                 |                 '--gone--> failed
//                 '--its command failed, its time is over--> failed
//   a command  queued --> launching --> running --> ended
//                                         |--all its workers are up, no jobs to hand back--> let go
//                                         '--out of time--> ending (TERM, then KILL) --> ended
#pragma once

#include "model/observation.h"
#include "model/start_failure.h"

#include <cstddef>
#include <deque>
#include <optional>
#include <set>
#include <utility>
#include <variant>
#include <vector>

namespace bootcheck {

/// ms on a clock that only runs forward; where it begins does not matter.
using Moment = std::int64_t;

/// How a worker shows that it is up.
enum class ComesUpAs {
  child,     ///< it is the process of the start command itself
  daemon,    ///< by its pid file; the start command ends
  by_status  ///< its status command says so
};

/// One worker that a command has to bring up.
struct WorkerToStart {
  std::size_t worker = 0;  ///< index into the configuration's workers
  ComesUpAs as = ComesUpAs::daemon;
  Duration time_limit{0};         ///< `start_timeout`
  Duration grace{0};              ///< how long it may take once its command has succeeded
  bool pid_file_is_told = false;  ///< whoever waits for events is told of its pid file
};

/// One start command. Without workers it only hands back jobs, or boots the application for those
/// that come later.
struct CommandToStart {
  std::vector<WorkerToStart> workers;
  Duration time_limit{0};   ///< then its whole process group is ended; 0: never
  bool hands_back = false;  ///< once its workers are started: its end is waited for
};

namespace start {

/// Commands are numbered in the order in which they are given, and so are their workers: all of the
/// first command come before those of the second.
using CommandNumber = std::size_t;
using WorkerNumber = std::size_t;

// --- what happens -------------------------------------------------------------------------------
struct Ordered {
  std::vector<CommandToStart> commands;
};
/// Looked at again right before its start, the worker is not missing any more.
struct NotMissing {
  WorkerNumber worker = 0;
};
/// The command runs; or there was nobody left for it to start and it was not needed.
struct Launched {
  CommandNumber command = 0;
};
struct NotNeeded {
  CommandNumber command = 0;
};
/// What was to be booted has booted: a command without workers has nothing else to do.
struct HasBooted {
  CommandNumber command = 0;
};
/// It has ended, or could not be launched (`NotStarted`).
struct CommandEnded {
  CommandNumber command = 0;
  LaunchOutcome outcome;
};
/// The answer to a Look: it lives.
struct Seen {
  WorkerNumber worker = 0;
  ProcessId process;
};
/// The answer to a Look: it does not, or not yet. `is_coming`: its pid file names a living process
/// of which it cannot be said yet whether it is the worker.
struct NotSeenYet {
  WorkerNumber worker = 0;
  bool is_coming = false;
};
/// The process that was seen has ended.
struct Gone {
  WorkerNumber worker = 0;
};
struct PidFileChanged {
  WorkerNumber worker = 0;
};
struct StatusAnswered {
  WorkerNumber worker = 0;
  StatusAnswer answer = StatusAnswer::unknown;
};
/// Nothing, but the deadline may be over.
struct TimePassed {};

using Input = std::variant<Ordered, NotMissing, Launched, NotNeeded, HasBooted, CommandEnded, Seen,
                           NotSeenYet, Gone, PidFileChanged, StatusAnswered, TimePassed>;

// --- what is to be done --------------------------------------------------------------------------
/// Look whether its workers are still missing, then launch it.
struct Launch {
  CommandNumber command = 0;
  bool operator==(const Launch&) const = default;
};
/// Answered by Seen or NotSeenYet.
struct Look {
  WorkerNumber worker = 0;
  bool operator==(const Look&) const = default;
};
/// Run its status command; answered by StatusAnswered.
struct AskStatus {
  WorkerNumber worker = 0;
  bool operator==(const AskStatus&) const = default;
};
struct SignalGroup {
  CommandNumber command = 0;
  bool kill = false;  ///< SIGKILL; else SIGTERM
  bool operator==(const SignalGroup&) const = default;
};
/// It stays up. `took`: from the launch until it was seen.
struct Up {
  WorkerNumber worker = 0;
  Duration took{0};
  bool operator==(const Up&) const = default;
};
struct Failed {
  WorkerNumber worker = 0;
  StartCause cause;
  bool operator==(const Failed&) const = default;
};
/// What still runs of the command lives on; nobody waits for it.
struct LetGo {
  CommandNumber command = 0;
  bool operator==(const LetGo&) const = default;
};

using Action = std::variant<Launch, Look, AskStatus, SignalGroup, Up, Failed, LetGo>;
using Actions = std::vector<Action>;

/// A worker that dies at once (no database, a port in use) must not count as started.
inline constexpr Duration kStartSeconds{500};
/// A start that is not up by then gives its place to the next.
inline constexpr Duration kKeepsItsPlace = std::chrono::seconds{60};
inline constexpr Duration kGraceAfterTerm{2000};
inline constexpr Duration kBetweenQuestions{200};
/// A change of title or folder tells nobody, so it is looked for: first after this, then after
/// twice as long each time.
inline constexpr Duration kFirstLook{10};
inline constexpr Duration kLongestLook{320};

/// Why a worker is not up whose command has ended so, without a word of its own; `limit`: after
/// which it was ended.
StartCause cause_of(const LaunchOutcome& outcome, Duration limit);

class Machine {
 public:
  /// At most `parallel_starts` commands boot at a time, and twice as many with those that take
  /// long.
  explicit Machine(int parallel_starts) : places_(parallel_starts) {}

  /// Takes one input and says what follows from it, in this order. An input that does not fit (a
  /// look answered after the worker has failed) changes nothing.
  Actions step(const Input& input, Moment now);

  /// When to step with TimePassed at the latest; none: whatever happens next is told.
  std::optional<Moment> deadline() const;

  /// Every worker is up or has failed, and every command has ended or was let go.
  bool is_done() const { return queue_.empty() && unfinished_ == 0; }

 private:
  enum class WorkerStage { queued, booting, proving, confirming, done };
  enum class CommandStage { queued, launching, running, ending, ended, let_go };
  enum class Place { none, held, given_away };

  struct Starting {
    WorkerToStart order;
    CommandNumber command = 0;
    WorkerStage stage = WorkerStage::queued;
    std::optional<ProcessId> process;
    Moment seen_at = 0;
    bool is_coming = false;
    bool is_looking = false;  ///< a Look or an AskStatus is not answered yet
    std::optional<Moment> look_at;
    Duration interval = kFirstLook;
    std::optional<Moment> wakes_at;
  };

  struct Command {
    CommandToStart order;
    CommandStage stage = CommandStage::queued;
    Place place = Place::none;
    Moment began = 0;
    Moment ended_at = 0;
    std::optional<Moment> next_signal_at;  ///< while it is being ended
    int signals = 0;
    LaunchOutcome outcome;
    std::size_t first = 0;   ///< number of its first worker
    std::size_t unseen = 0;  ///< of its workers
    std::size_t undone = 0;
    bool has_failed = false;  ///< one of its workers has
    bool counts = false;      ///< it has begun and is not finished
    std::optional<Moment> wakes_at;
  };

  void take(const Ordered& input, Moment now);
  void take(const NotMissing& input, Moment now);
  void take(const Launched& input, Moment now);
  void take(const NotNeeded& input, Moment now);
  void take(const HasBooted& input, Moment now);
  void take(const CommandEnded& input, Moment now);
  void take(const Seen& input, Moment now);
  void take(const NotSeenYet& input, Moment now);
  void take(const Gone& input, Moment now);
  void take(const PidFileChanged& input, Moment now);
  void take(const StatusAnswered& input, Moment now);
  void take(const TimePassed& input, Moment now);

  void look(WorkerNumber number);
  void look_later(Starting& worker, Moment now);
  void look_at_child_later(WorkerNumber number, Moment now);
  void wake_child(WorkerNumber number, Moment now);
  void wait_for(WorkerNumber number, Moment now);
  void give_up_if_hopeless(WorkerNumber number, Moment now);
  std::optional<StartCause> why_hopeless(const Starting& worker, Moment now) const;
  void finish(WorkerNumber number);
  void fail(WorkerNumber number, StartCause cause);
  void set_stage(Starting& worker, WorkerStage stage);
  void settle(CommandNumber number);
  void set_stage(Command& command, CommandStage stage);
  void end_group(CommandNumber number, Moment now);
  void wake_command(CommandNumber number, Moment now);
  void wake_worker(WorkerNumber number, Moment now);
  void schedule(WorkerNumber number);
  void schedule_command(CommandNumber number);
  void update_place(Command& command);
  void update_count(Command& command);
  void launch_next(Moment now);
  bool is_open(const Command& command) const;

  int places_;
  int held_ = 0;
  int given_away_ = 0;
  int unfinished_ = 0;  ///< commands that count
  std::vector<Command> commands_;
  std::vector<Starting> workers_;
  std::deque<CommandNumber> queue_;
  std::set<std::pair<Moment, WorkerNumber>> worker_wakes_;
  std::set<std::pair<Moment, CommandNumber>> command_wakes_;
  Actions actions_;
};

}  // namespace start
}  // namespace bootcheck
