// What happened in a pass: one event is one line of the log, and, where a person is needed, one
// line on stderr. Data only; report/ has the words for it.
#pragma once

#include "model/judge.h"
#include "model/not_ready.h"
#include "model/start_failure.h"
#include "model/stop_reason.h"

#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <variant>
#include <vector>

namespace bootcheck {

enum class EventKind {
  started,
  start_failed,
  boot_failed,
  crashed,
  stale,
  restored,
  asked_to_stop,
  drained,
  set_aside,
  job_recovered,
  job_left_alone,
  recovery_failed,
  failing,
  not_ready,
  recovered,
  duplicate,
  left_over,
  no_process,
  still_held,
  orphan,
  unknown,
  killed,
  drain_slow,
  stuck,
  foreign_state,
  host_stopping,
  gap,
  busy,
  failed
};

enum class Severity { info, warning, error };

// --- what there is to say of an event ------------------------------------------------------------

/// The process that it is about (`restored`, `killed`, `crashed`...).
struct OfProcess {
  pid_t pid = 0;
  std::optional<OomKills> oom_kills = {};  ///< `crashed`
  std::string last_output = {};            ///< `crashed`: the last lines of what it printed
  bool operator==(const OfProcess&) const = default;
};
/// `started`
struct Up {
  std::optional<pid_t> pid;  ///< none: only its status command says that it runs
  Duration took{0};
  bool operator==(const Up&) const = default;
};
/// `start_failed`: looked at again right before its start, it was not missing any more, and yet it
/// does not run.
struct NotMissing {
  WorkerState state = WorkerState::unknown;
  bool operator==(const NotMissing&) const = default;
};
/// `start_failed`: the pass that began the start died, and with it its time limit.
struct StartUnderWay {
  pid_t pid = 0;
  Duration age{0};
  bool operator==(const StartUnderWay&) const = default;
};
/// `asked_to_stop`, `drained`, `drain_slow`
struct Stopping {
  pid_t pid = 0;  ///< 0: by its stop command, and no process is known
  StopReason reason = StopReason::restart;
  std::optional<Duration> took;  ///< from the request until its end was seen
  bool is_at_most = false;       ///< nobody watched: it may have ended long before that
  bool operator==(const Stopping&) const = default;
};
/// `stale`: the pid file names no process.
struct GarbageInPidFile {
  std::string content;
  bool operator==(const GarbageInPidFile&) const = default;
};
/// `duplicate`: the processes besides its own; `left_over`: those that a dead one has left behind.
struct Duplicates {
  std::vector<pid_t> pids;
  bool drained = false;       ///< by `orphans: drain`
  bool may_be_forks = false;  ///< of a job: nobody is drained
  bool operator==(const Duplicates&) const = default;
};
/// `failing`
struct WaitsForNextTry {
  StartFailure last;
  int failures = 0;  ///< in a row
  Duration wait{0};  ///< 0: it is tried in this pass
  bool operator==(const WaitsForNextTry&) const = default;
};
/// `unknown`, `no_process`
struct CannotTell {
  std::string why;
  bool operator==(const CannotTell&) const = default;
};
/// `job_recovered`, `job_left_alone`, `recovery_failed`
struct OfJob {
  std::string job;
  bool is_tried_again = true;  ///< `recovery_failed`: by passes to come
  bool operator==(const OfJob&) const = default;
};
/// `still_held`
struct HeldSince {
  std::string by;
  std::string reason;
  std::int64_t since = 0;  ///< s since the epoch
  bool operator==(const HeldSince&) const = default;
};
/// `gap`
struct Unchecked {
  std::chrono::seconds lasted{0};
  bool operator==(const Unchecked&) const = default;
};
/// `busy`, `stuck`
struct LockHeld {
  pid_t pid = 0;  ///< 0: not known
  Duration lasted{0};
  Path lock_file;
  bool waited = false;  ///< the command would have liked the lock
  bool operator==(const LockHeld&) const = default;
};

/// An error of the machine.
struct Failure {
  std::string thing;   ///< `cannot open /srv/shop/tmp/pids/x.pid`
  std::string reason;  ///< `No such file or directory`; empty: `thing` says it
  bool operator==(const Failure&) const = default;
};

/// `foreign_state`: pids mean nothing here that a pass of another host or container has noted.
struct InOtherHands {
  std::string why;
  bool operator==(const InOtherHands&) const = default;
};

enum class Task { step, keep_output, read_state, write_state, write_log, write_metrics };

/// `failed`: what could not be done. Of the whole pass, it is bootcheck's own trouble and keeps no
/// worker from starting.
struct Trouble {
  Task task = Task::step;  ///< step: one of the plan, which `failure` names
  Failure failure;
  bool operator==(const Trouble&) const = default;
};
/// `failed`: the `notify:` command.
struct NotifyFailed {
  LaunchOutcome outcome;
  int count = 1;  ///< how many of its runs ended so
  bool operator==(const NotifyFailed&) const = default;
};

using Detail =
    std::variant<std::monostate, OfProcess, Up, StartFailure, NotMissing, StartUnderWay, Stopping,
                 GarbageInPidFile, Duplicates, WaitsForNextTry, CannotTell, NotReady, OfJob,
                 HeldSince, Unchecked, LockHeld, InOtherHands, Trouble, NotifyFailed>;

struct Event {
  EventKind kind = EventKind::started;
  Severity severity = Severity::info;
  std::string worker;  ///< its name, or the title of an orphan; empty: of the whole pass
  Detail detail;       ///< the alternative that names `kind`
  Duration at{0};      ///< since the epoch, when it happened or was seen; 0: not stamped yet
  bool operator==(const Event&) const = default;
};

Event make_event(EventKind kind, std::string worker, Severity severity, Detail detail);

/// Gives those events a time that have none yet.
void stamp(std::vector<Event>& events, Duration since_epoch);

/// The word for an event in the log: `start_failed`.
std::string_view name_of(EventKind kind);

/// The process that an event is about; none: it is about none, or not known.
std::optional<pid_t> pid_of(const Event& event);

/// The same error as data.
Failure failure_of(const std::system_error& error);

}  // namespace bootcheck
