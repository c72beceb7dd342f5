#include "act/host_recovery.h"

#include "act/recovery.h"
#include "act/start_error.h"
#include "delayed_job/preloader.h"

#include <algorithm>
#include <csignal>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace bootcheck {
namespace {

namespace json = boost::json;

/// One look at a table that has no index for it.
constexpr Duration kLook = std::chrono::minutes{2};
/// Waits for locks are bounded to a minute (delayed_job/recovery_rows.rb); hooks of the application
/// are not.
constexpr Duration kHandBackLimit = std::chrono::minutes{5};
/// Of workers at a time: each time has a minute of its own.
constexpr std::ptrdiff_t kAtATime = 50;
constexpr Duration kToEnd = std::chrono::seconds{2};

/// Those behind the tag, one a line.
std::vector<json::object> tagged_objects(std::string_view text, const std::string& tag) {
  std::vector<json::object> objects;
  const auto beginning = tag + " ";
  for (std::size_t start = 0; start < text.size();) {
    const auto end = std::min(text.find('\n', start), text.size());
    const auto line = text.substr(start, end - start);
    start = end + 1;
    if (!line.starts_with(beginning)) continue;
    json::error_code error;
    auto value = json::parse(line.substr(beginning.size()), error);
    if (!error && value.is_object()) objects.push_back(std::move(value.as_object()));
  }
  return objects;
}

std::int64_t number(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_int64() ? value->as_int64() : 0;
}

/// None: the last line is missing.
std::optional<HostLocks> read_locks(const std::vector<json::object>& objects,
                                    const std::string& host) {
  HostLocks locks{.host = host, .workers = {}};
  for (const auto& each : objects) {
    const auto* worker = each.if_contains("worker");
    if (worker == nullptr || !worker->is_string()) {
      locks.now = number(each, "now");
      locks.max_run_time = std::chrono::seconds{number(each, "max_run_time")};
      return locks;
    }
    locks.workers.push_back({.name = std::string(worker->as_string()),
                             .pid = number(each, "pid"),
                             .jobs = number(each, "jobs"),
                             .since = number(each, "since"),
                             .last = number(each, "last")});
  }
  return std::nullopt;
}

/// As the entries of a batch (act/batch.cpp). What is locked from now on is not theirs.
json::object entry_of(const LockedWorker& worker, const HostLocks& locks) {
  return {{"worker", worker.name},
          {"pid", worker.pid},
          {"host", locks.host},
          {"gone", locks.now},
          {"shown", worker.shown(locks.host)}};
}

}  // namespace

HostRecovery::HostRecovery(const Context& context, std::size_t worker)
    : context_(context), launches_(context.machine.launches()) {
  attempt_.batch = {{.worker = worker, .start = false, .recover = {}}};
}

HostRecovery::~HostRecovery() {
  try {
    end();
  } catch (const std::exception&) {  // it ends with the end of its input, that is with this process
  }
}

std::variant<HostLocks, RecoveryFailed> HostRecovery::look(const std::string& host) {
  if (auto trouble = start(); !trouble.empty()) return RecoveryFailed{std::move(trouble)};
  const auto limit = attempt_.request.time_limit;
  if (!wait_for([this] { return has_booted_; }, limit)) return RecoveryFailed{why_not_booted()};
  const auto offset = output_size();
  const auto tag = fmt::format("bootcheck locks {}:", attempt_.pid);
  const int batch = batches_++;
  const auto line = json::serialize(json::object{{"batch", batch},
                                                 {"output", attempt_.request.output.native()},
                                                 {"locks_of", host},
                                                 {"tag", tag}});
  if (!ask(line, batch, kLook))
    return RecoveryFailed{last_words("the jobs could not be looked at")};
  auto locks = read_locks(tagged_objects(text_since(offset), tag), host);
  if (!locks)
    return RecoveryFailed{"what was found could not be read from " +
                          attempt_.request.output.native()};
  return *std::move(locks);
}

std::vector<Event> HostRecovery::hand_back(const HostLocks& locks) {
  std::vector<Event> events;
  const auto& all = locks.workers;
  for (auto from = all.begin(); from != all.end();) {
    const auto to = from + std::min(kAtATime, all.end() - from);
    hand_back(locks, from, to, events);
    from = to;
  }
  return events;
}

void HostRecovery::hand_back(const HostLocks& locks, Sight from, Sight to,
                             std::vector<Event>& events) {
  const auto offset = output_size();
  const int batch = batches_++;
  json::array entries;
  for (auto worker = from; worker != to; ++worker)
    entries.push_back(entry_of(*worker, locks));
  ask(json::serialize(json::object{{"batch", batch},
                                   {"output", attempt_.request.output.native()},
                                   {"hand_back", std::move(entries)}}),
      batch, kHandBackLimit);
  const auto text = text_since(offset);
  for (auto worker = from; worker != to; ++worker) {
    const auto name = worker->name.empty() ? std::string("jobs:work") : worker->name;
    auto trouble = read_hand_back(text, worker->shown(locks.host), name, events);
    if (!trouble.empty())
      events.push_back(make_event(EventKind::recovery_failed, name, Severity::error,
                                  OfJob{std::move(trouble), false}));
  }
}

/// Why it could not be started; empty: it was.
std::string HostRecovery::start() {
  auto problem = prepare(attempt_, context_, *launches_);
  if (!problem.empty()) return problem;  // its output is where it answers
  attempt_.request.converses = true;     // `preload: false` as well: nobody is started from it
  hand_to_systemd(attempt_, context_.config);
  auto launched = launches_->start(attempt_.request);
  if (auto* failed = std::get_if<NotStarted>(&launched)) return std::move(failed->why);
  attempt_.pid = std::get<pid_t>(launched);
  return {};
}

/// False: it is not so at the end of the time, or of the command.
bool HostRecovery::wait_for(const std::function<bool()>& condition, Duration limit) {
  auto& machine = context_.machine;
  const auto until = machine.monotonic_clock() + limit;
  while (!condition() && !is_over_) {
    if (machine.monotonic_clock() >= until) {
      is_out_of_time_ = true;
      return false;
    }
    for (const auto& occurrence : launches_->wait(until)) {
      if (const auto* end = std::get_if<CommandEnd>(&occurrence))
        is_over_ = is_over_ || end->command == attempt_.pid;
      const auto* said = std::get_if<Said>(&occurrence);
      const auto answer = said == nullptr ? std::nullopt : read_answer(said->line);
      if (!answer) continue;
      has_booted_ = true;  // nothing is said before that
      if (const auto* ended = std::get_if<BatchEnded>(&*answer))
        ended_[ended->batch] = ended->exit_status;
    }
  }
  return condition();
}

/// Whether it was done, and well.
bool HostRecovery::ask(std::string_view line, int batch, Duration limit) {
  if (is_over_ || !launches_->tell(attempt_.pid, line)) return false;
  return wait_for([&] { return ended_.contains(batch); }, limit) && ended_.at(batch) == 0;
}

std::string HostRecovery::why_not_booted() const {
  return last_words(is_out_of_time_ ? "the application did not boot within `start_timeout`"
                                    : "the application did not boot");
}

/// What it printed last, or else `otherwise`.
std::string HostRecovery::last_words(const std::string& otherwise) const {
  const auto& output = attempt_.request.output;
  const auto said =
      failure_of_start(context_.machine, InWords{}, output, attempt_.log_offset).output_tail;
  const auto why = said.empty() ? otherwise : is_out_of_time_ ? otherwise + ": " + said : said;
  return why + " (see " + output.native() + ")";
}

std::string HostRecovery::text_since(std::uint64_t offset) const {
  auto read = context_.machine.read_file(attempt_.request.output,
                                         {.links = Links::followed, .offset = offset});
  auto* file = std::get_if<FileText>(&read);
  return file == nullptr ? std::string() : std::move(file->text);
}

std::uint64_t HostRecovery::output_size() const {
  const auto status = context_.machine.file_status(attempt_.request.output);
  return status ? status->size : 0;
}

/// Nothing that it has forked is a worker.
void HostRecovery::end() {
  if (attempt_.pid == 0 || is_over_) return;
  launches_->hang_up(attempt_.pid);
  if (attempt_.is_unit) return;  // it is no child of ours
  const auto never = [] { return false; };
  if (!is_out_of_time_) wait_for(never, kToEnd);
  if (is_over_) return;
  launches_->signal_group(attempt_.pid, SIGTERM);
  wait_for(never, kToEnd);
  if (!is_over_) launches_->signal_group(attempt_.pid, SIGKILL);
}

}  // namespace bootcheck
