#include "act/start.h"

#include "act/fresh_look.h"
#include "act/recovery.h"
#include "act/sight.h"
#include "act/start_attempt.h"
#include "act/start_error.h"
#include "act/start_watch.h"
#include "act/status_questions.h"
#include "act/up_notices.h"

#include <algorithm>
#include <csignal>
#include <deque>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace bootcheck {
namespace {

/// What has happened meanwhile is looked for after so many actions.
constexpr int kAtOnce = 32;

/// One worker on its way up.
struct Rising {
  start::CommandNumber command = 0;
  StartResult result;
  PidFile before;  ///< right before its start
};

class Starter {
 public:
  explicit Starter(const StartContext& context)
      : context_(context),
        config_(context.run.config),
        machine_(context.run.machine),
        starts_(config_.parallel_starts > 0 ? config_.parallel_starts : machine_.processors()),
        launches_(machine_.launches()),
        watch_(*launches_, context.running),
        questions_(context.run, *launches_),
        fresh_(context),
        up_(machine_, context.up) {}

  StartReport run(const std::vector<StartOrder>& orders) {
    add(orders);
    while (!actions_.empty() || !starts_.is_done()) {
      for (int count = 0; count < kAtOnce && !actions_.empty(); ++count) {
        const auto action = std::move(actions_.front());
        actions_.pop_front();
        std::visit([this](const auto& each) { carry_out(each); }, action);
      }
      wait();
    }
    up_.tell();
    for (auto& rising : risings_)
      report_.results.push_back(std::move(rising.result));
    for (const auto& attempt : attempts_)
      collect_recoveries(context_.run, attempt.batch, attempt.request.output, attempt.log_offset,
                         report_);
    return std::move(report_);
  }

 private:
  const Worker& worker_of(const Rising& rising) const {
    return config_.workers[rising.result.worker];
  }
  StartAttempt& attempt_of(const Rising& rising) { return attempts_[rising.command]; }
  Moment now() const { return machine_.monotonic_clock().count(); }

  void add(const std::vector<StartOrder>& orders) {
    start::Ordered ordered;
    for (auto& batch : make_batches(config_, orders)) {
      const auto command = attempts_.size();
      auto& attempt = attempts_.emplace_back();
      attempt.first = risings_.size();
      bool is_told = true;
      for (const auto& order : batch) {
        if (!order.start) continue;
        const auto& worker = config_.workers[order.worker];
        if (!worker.foreground)
          is_told = watch_.watch_pid_file(worker.pid_file, risings_.size()) && is_told;
        auto& rising = risings_.emplace_back();
        rising.command = command;
        rising.result.worker = order.worker;
        rising_.insert(order.worker);
      }
      ordered.commands.push_back(command_of(config_, batch, is_told));
      attempt.batch = std::move(batch);
    }
    if (!ordered.commands.empty()) feed(ordered);
  }

  void feed(const start::Input& input) {
    std::ranges::move(starts_.step(input, now()), std::back_inserter(actions_));
  }

  // --- what happens
  void wait() {
    if (actions_.empty()) watch_.begin();
    for (const auto& occurrence : launches_->wait(wake_at()))
      std::visit([this](const auto& each) { note(each); }, occurrence);
    questions_.end_overdue();
    up_.tell_if_due();
    start_those_ended();
    feed(start::TimePassed{});
  }

  /// But for those that are on their way up: one of theirs that was surged away has ended.
  void start_those_ended() {
    auto ended = watch_.take_ended();
    std::erase_if(ended, [this](std::size_t worker) { return rising_.contains(worker); });
    if (!ended.empty()) add(context_.ended(ended));
  }

  Duration wake_at() const {
    if (!actions_.empty() || starts_.is_done()) return Duration{0};
    auto next = machine_.monotonic_clock() + std::chrono::hours{1};
    if (const auto moment = starts_.deadline()) next = std::min(next, Duration{*moment});
    if (const auto moment = up_.due_at()) next = std::min(next, *moment);
    if (const auto moment = questions_.due_at()) next = std::min(next, *moment);
    return next;
  }

  void note(const CommandEnd& end) {
    if (const auto answer = questions_.take(end)) return feed(*answer);
    const auto command = commands_.find(end.command);
    if (command == commands_.end()) return;
    attempts_[command->second].unit.reset();
    feed(start::CommandEnded{command->second, end.outcome});
  }

  void note(const ProcessEnd& end) {
    if (const auto worker = watch_.note_end(end.process)) feed(start::Gone{*worker});
  }

  void note(const FileChange& change) {
    if (const auto worker = watch_.whose_pid_file(change.file))
      feed(start::PidFileChanged{*worker});
  }

  // --- what is to be done
  void carry_out(const start::Launch& action) {
    auto& attempt = attempts_[action.command];
    leave_out_those_up(attempt);
    if (attempt.batch.empty()) return feed(start::NotNeeded{action.command});
    attempt.began_ticks = static_cast<std::uint64_t>(machine_.boot_clock().count() *
                                                     machine_.ticks_per_second() / 1000);
    try {
      if (const auto problem = prepare(attempt, context_.run, *launches_); !problem.empty())
        note_trouble(action.command, {Task::keep_output, {.thing = problem, .reason = {}}});
      launch(action.command);
    } catch (const std::system_error& error) {
      feed(start::CommandEnded{action.command, NotStarted{error.what()}});
    }
  }

  void launch(start::CommandNumber number) {
    auto& attempt = attempts_[number];
    const auto launched = launches_->start(attempt.request);
    if (const auto* failed = std::get_if<NotStarted>(&launched))
      return feed(start::CommandEnded{number, *failed});
    attempt.pid = std::get<pid_t>(launched);
    commands_.insert_or_assign(attempt.pid, number);
    fresh_.is_ours(attempt.pid);
    feed(start::Launched{number});
  }

  /// Another start may have been faster.
  void leave_out_those_up(StartAttempt& attempt) {
    Batch missing;
    auto number = attempt.first;
    for (const auto& order : attempt.batch) {
      if (!order.start || is_missing(number++)) missing.push_back(order);
    }
    attempt.batch = std::move(missing);
  }

  bool is_missing(start::WorkerNumber number) {
    auto& rising = risings_[number];
    const auto& judgement = fresh_.at(rising.result.worker);
    rising.before = fresh_.pid_file_of(rising.result.worker);
    if (is_absent(judgement)) return true;
    rising.result.process = judgement.process;
    rising_.erase(rising.result.worker);
    rising.result.is_now = judgement.beneath;
    rising.result.at = machine_.wall_clock();
    feed(start::NotMissing{number});
    return false;
  }

  void note_trouble(start::CommandNumber command, const Trouble& trouble) {
    for (auto at = attempts_[command].first; at < risings_.size(); ++at) {
      if (risings_[at].command != command) return;
      risings_[at].result.trouble = trouble;
    }
  }

  void carry_out(const start::Look& action) {
    auto& rising = risings_[action.worker];
    auto& attempt = attempt_of(rising);
    const auto& worker = worker_of(rising);
    const bool is_child = worker.foreground && !attempt.is_unit;
    auto sight = is_child ? see_child(context_, attempt.pid)
                          : see_daemon(context_, rising.result.worker, attempt, rising.before);
    if (!sight.up) return feed(start::NotSeenYet{action.worker, sight.is_coming});
    const auto id = sight.up->id;
    rising.result.process = std::move(sight.up);
    if (!is_child) watch_.watch(rising.result.worker, id, action.worker);
    feed(start::Seen{action.worker, id});
  }

  void carry_out(const start::AskStatus& action) {
    if (const auto answer = questions_.ask(worker_of(risings_[action.worker]), action.worker))
      feed(*answer);
  }

  void carry_out(const start::SignalGroup& action) {
    launches_->signal_group(attempts_[action.command].pid, action.kill ? SIGKILL : SIGTERM);
  }

  void carry_out(const start::Up& action) {
    auto& rising = risings_[action.worker];
    rising_.erase(rising.result.worker);
    rising.result.took = action.took;
    rising.result.at = machine_.wall_clock();
    rising.result.by_status = !rising.result.process;
    if (!rising.result.process) return;
    watch_.watch(rising.result.worker, rising.result.process->id, std::nullopt);
    up_.add(rising.result);
  }

  void carry_out(const start::Failed& action) {
    auto& rising = risings_[action.worker];
    const auto& attempt = attempt_of(rising);
    rising_.erase(rising.result.worker);
    rising.result.at = machine_.wall_clock();
    rising.result.failure =
        failure_of_start(machine_, action.cause, attempt.request.output, attempt.log_offset);
    const auto process = std::exchange(rising.result.process, std::nullopt);
    // A child that could not be looked at in time lives.
    if (!worker_of(rising).foreground || std::holds_alternative<NotSeen>(action.cause)) return;
    const pid_t pid = process ? process->id.pid : attempt.is_unit ? 0 : attempt.pid;
    if (pid != 0) take_pid_file_away(rising, pid);
  }

  /// It has written the file itself, and is gone.
  void take_pid_file_away(const Rising& rising, pid_t pid) {
    try {
      machine_.remove_pid_file(worker_of(rising).pid_file, pid);
    } catch (const std::system_error&) {  // the next pass finds it stale
    }
  }

  void carry_out(const start::LetGo& action) { launches_->let_go(attempts_[action.command].pid); }

  const StartContext& context_;
  const Config& config_;
  Machine& machine_;
  start::Machine starts_;
  std::unique_ptr<Launches> launches_;
  StartWatch watch_;
  StatusQuestions questions_;
  FreshLook fresh_;
  UpNotices up_;
  std::deque<start::Action> actions_;
  std::deque<StartAttempt> attempts_;  ///< by command number
  std::deque<Rising> risings_;         ///< by worker number
  std::unordered_map<pid_t, start::CommandNumber> commands_;
  std::unordered_set<std::size_t> rising_;  ///< workers on their way up
  StartReport report_;
};

}  // namespace

StartReport start_workers(const StartContext& context, const std::vector<StartOrder>& orders) {
  return Starter(context).run(orders);
}

}  // namespace bootcheck
