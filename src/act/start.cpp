#include "act/start.h"

#include "act/fresh_look.h"
#include "act/recovery.h"
#include "act/sight.h"
#include "act/start_attempt.h"
#include "act/start_error.h"
#include "act/start_watch.h"
#include "act/status_questions.h"
#include "act/up_notices.h"
#include "delayed_job/preloader.h"

#include <algorithm>
#include <csignal>
#include <deque>
#include <map>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace bootcheck {
namespace {

/// What has happened meanwhile is looked for after so many actions.
constexpr int kAtOnce = 32;
constexpr Duration kBetweenWords = std::chrono::seconds{1};

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
        preloaders_(context.preloaders),
        launches_(preloaders_.launches()),
        watch_(launches_, context.running),
        questions_(context.run, launches_),
        fresh_(context),
        up_(machine_, context.up),
        began_(machine_.monotonic_clock()) {}

  StartReport run(const std::vector<StartOrder>& orders) {
    add_boots();
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

  /// First: what is to be started as well has the same boot then.
  void add_boots() {
    std::vector<StartOrder> boots;
    for (const auto worker : context_.to_boot)
      boots.push_back({.worker = worker, .start = false, .recover = {}});
    add(boots);
  }

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
    tell_under_way();
    for (const auto& occurrence : launches_.wait(wake_at()))
      std::visit([this](const auto& each) { note(each); }, occurrence);
    questions_.end_overdue();
    up_.tell_if_due();
    start_those_ended();
    feed(start::TimePassed{});
  }

  void tell_under_way() const {
    if (!context_.under_way || starts_.is_done()) return;
    StartsUnderWay under_way{.workers = {rising_.begin(), rising_.end()},
                             .to_boot = {},
                             .since = machine_.monotonic_clock() - began_};
    for (const auto& attempt : attempts_) {
      if (only_boots(attempt.batch) && !attempt.has_booted)
        std::ranges::copy(workers_of(attempt), std::back_inserter(under_way.to_boot));
    }
    std::ranges::sort(under_way.workers);
    context_.under_way(under_way);
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
    if (context_.under_way) next = machine_.monotonic_clock() + kBetweenWords;
    if (const auto moment = starts_.deadline()) next = std::min(next, Duration{*moment});
    if (const auto moment = up_.due_at()) next = std::min(next, *moment);
    if (const auto moment = questions_.due_at()) next = std::min(next, *moment);
    return next;
  }

  void note(const CommandEnd& end) {
    if (const auto answer = questions_.take(end)) return feed(*answer);
    const auto* preloader = preloaders_.find(end.command);
    for (auto each = commands_.lower_bound({end.command, 0});
         each != commands_.end() && each->first.first == end.command; ++each) {
      if (preloader != nullptr && !preloader->has_booted) blame_boot(each->second, *preloader);
      note_end(each->second, end.outcome);
    }
    std::erase_if(commands_, [&](const auto& each) { return each.first.first == end.command; });
    preloaders_.forget(end.command);
  }

  void note_end(start::CommandNumber number, const LaunchOutcome& outcome) {
    auto& attempt = attempts_[number];
    attempt.unit.reset();
    if (only_boots(attempt.batch) && !attempt.has_booted) note_boot_failure(attempt, outcome);
    feed(start::CommandEnded{number, outcome});
  }

  /// It says why in its own output.
  void blame_boot(start::CommandNumber number, const Preloader& preloader) {
    attempts_[number].request.output = preloader.output;
    attempts_[number].log_offset = preloader.log_offset;
  }

  void note_boot_failure(const StartAttempt& attempt, const LaunchOutcome& outcome) {
    report_.boot_failures.push_back(
        {.workers = workers_of(attempt),
         .failure = failure_of_start(
             machine_,
             start::cause_of(attempt.is_out_of_time ? LaunchOutcome{TimedOut{}} : outcome,
                             attempt.request.time_limit),
             attempt.request.output, attempt.log_offset)});
  }

  static std::vector<std::size_t> workers_of(const StartAttempt& attempt) {
    std::vector<std::size_t> workers;
    for (const auto& order : attempt.batch)
      workers.push_back(order.worker);
    return workers;
  }

  void note(const Said& said) {
    auto* preloader = preloaders_.find(said.command);
    const auto answer = read_answer(said.line);
    if (preloader == nullptr || !answer) return;
    if (const auto* ended = std::get_if<BatchEnded>(&*answer)) {
      const auto command = commands_.find({said.command, ended->batch});
      if (command != commands_.end()) note_end(command->second, Exited{ended->exit_status});
    } else {
      preloaders_.note_booted(*preloader);
      if (const auto first = commands_.find({said.command, 0}); first != commands_.end())
        note_booted(first->second);
    }
  }

  void note_booted(start::CommandNumber number) {
    auto& attempt = attempts_[number];
    if (!only_boots(attempt.batch)) return;
    attempt.has_booted = true;
    feed(start::HasBooted{number});
    add(context_.booted(workers_of(attempt)));
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
      attempt.release = machine_.enter_directory(config_.root).native();
      if (const auto problem = prepare(attempt, context_.run, launches_); !problem.empty())
        note_trouble(action.command, {Task::keep_output, {.thing = problem, .reason = {}}});
      launch(action.command);
    } catch (const std::system_error& error) {
      note_end(action.command, NotStarted{error.what()});
    }
  }

  void launch(start::CommandNumber number) {
    auto& attempt = attempts_[number];
    if (attempt.converses && give_to_preloader(number)) return;
    hand_to_systemd(attempt, config_);
    const auto launched = launches_.start(attempt.request);
    if (const auto* failed = std::get_if<NotStarted>(&launched)) return note_end(number, *failed);
    attempt.pid = std::get<pid_t>(launched);
    commands_.insert_or_assign({attempt.pid, 0}, number);
    fresh_.is_ours(attempt.pid);
    if (attempt.converses) {
      preloaders_.begin({.pid = attempt.pid,
                         .worker = attempt.batch.front().worker,
                         .code = code_of_batch(attempt),
                         .output = attempt.request.output,
                         .log_offset = attempt.log_offset});
    }
    feed(start::Launched{number});
  }

  /// Whether the application is booted already, or will be.
  bool give_to_preloader(start::CommandNumber number) {
    auto& attempt = attempts_[number];
    const auto& worker = config_.workers[attempt.batch.front().worker];
    auto* preloader = preloaders_.find(config_, worker, code_of_batch(attempt));
    if (preloader == nullptr) return false;
    attempt.pid = preloader->pid;
    if (only_boots(attempt.batch)) {
      if (!preloader->has_booted) return false;
      feed(start::Launched{number});
      note_booted(number);
      return true;
    }
    const auto given = preloaders_.give(*preloader, config_, attempt.batch, attempt.request.output);
    if (!given) return false;
    commands_.insert_or_assign({attempt.pid, *given}, number);
    feed(start::Launched{number});
    return true;
  }

  Code code_of_batch(const StartAttempt& attempt) const {
    return code_of(machine_, attempt.release, config_.workers[attempt.batch.front().worker]);
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
    if (!sight.up || (!is_child && is_anothers(sight.up->id, rising)))
      return feed(start::NotSeenYet{action.worker, sight.is_coming});
    const auto id = sight.up->id;
    rising.result.process = std::move(sight.up);
    if (!is_child) watch_.watch(rising.result.worker, id, action.worker);
    feed(start::Seen{action.worker, id});
  }

  /// Its pid file may say anything: this one has come up as another worker, or was launched for
  /// one.
  bool is_anothers(const ProcessId& id, const Rising& rising) {
    const auto worker = watch_.worker_of(id);
    if (worker) return *worker != rising.result.worker;
    const auto command = commands_.lower_bound({id.pid, 0});
    return command != commands_.end() && command->first.first == id.pid &&
           id.pid != attempt_of(rising).pid;
  }

  void carry_out(const start::AskStatus& action) {
    if (const auto answer = questions_.ask(worker_of(risings_[action.worker]), action.worker))
      feed(*answer);
  }

  void carry_out(const start::SignalGroup& action) {
    auto& attempt = attempts_[action.command];
    attempt.is_out_of_time = true;
    launches_.signal_group(attempt.pid, action.kill ? SIGKILL : SIGTERM);
  }

  void carry_out(const start::Up& action) {
    auto& rising = risings_[action.worker];
    rising_.erase(rising.result.worker);
    rising.result.took = action.took;
    rising.result.at = machine_.wall_clock();
    rising.result.by_status = !rising.result.process;
    rising.result.release = attempt_of(rising).release;
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

  /// A preloader goes on to serve others.
  void carry_out(const start::LetGo& action) {
    const auto& attempt = attempts_[action.command];
    if (!attempt.converses) launches_.let_go(attempt.pid);
  }

  const StartContext& context_;
  const Config& config_;
  Machine& machine_;
  start::Machine starts_;
  Preloaders& preloaders_;
  Launches& launches_;
  StartWatch watch_;
  StatusQuestions questions_;
  FreshLook fresh_;
  UpNotices up_;
  std::deque<start::Action> actions_;
  std::deque<StartAttempt> attempts_;  ///< by command number
  std::deque<Rising> risings_;         ///< by worker number
  /// By their process, and the number of the batch that it was given.
  std::map<std::pair<pid_t, int>, start::CommandNumber> commands_;
  std::unordered_set<std::size_t> rising_;  ///< workers on their way up
  StartReport report_;
  const Duration began_;  ///< by the monotonic clock
};

}  // namespace

StartReport start_workers(const StartContext& context, const std::vector<StartOrder>& orders) {
  return Starter(context).run(orders);
}

}  // namespace bootcheck
