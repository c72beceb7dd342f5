#include "model/start_machine.h"

#include <algorithm>

namespace bootcheck::start {
namespace {

/// Changes the moment at which somebody is to be woken.
template <class Number>
void reschedule(std::set<std::pair<Moment, Number>>& wakes, std::optional<Moment>& current,
                Number number, std::optional<Moment> next) {
  if (current == next) return;
  if (current) wakes.erase({*current, number});
  if (next) wakes.insert({*next, number});
  current = next;
}

void earlier(std::optional<Moment>& moment, Moment other) {
  moment = moment ? std::min(*moment, other) : other;
}

bool succeeded(const LaunchOutcome& outcome) {
  const auto* exited = std::get_if<Exited>(&outcome);
  return exited != nullptr && exited->code == 0;
}

}  // namespace

StartCause cause_of(const LaunchOutcome& outcome, Duration limit) {
  if (const auto* exited = std::get_if<Exited>(&outcome)) return *exited;
  if (const auto* killed = std::get_if<KilledBySignal>(&outcome)) return *killed;
  if (const auto* failed = std::get_if<NotStarted>(&outcome)) return *failed;
  return NotSeen{limit};
}

Actions Machine::step(const Input& input, Moment now) {
  std::visit([&](const auto& each) { take(each, now); }, input);
  launch_next(now);
  return std::exchange(actions_, {});
}

std::optional<Moment> Machine::deadline() const {
  std::optional<Moment> next;
  if (!worker_wakes_.empty()) earlier(next, worker_wakes_.begin()->first);
  if (!command_wakes_.empty()) earlier(next, command_wakes_.begin()->first);
  return next;
}

// --- commands ------------------------------------------------------------------------------------

void Machine::take(const Ordered& input, Moment) {
  for (const auto& order : input.commands) {
    const auto number = commands_.size();
    auto& command = commands_.emplace_back();
    command.order = order;
    command.first = workers_.size();
    command.unseen = command.undone = order.workers.size();
    for (const auto& each : order.workers) {
      auto& worker = workers_.emplace_back();
      worker.order = each;
      worker.command = number;
    }
    queue_.push_back(number);
  }
}

void Machine::launch_next(Moment now) {
  while (!queue_.empty() && held_ < places_ && held_ + given_away_ < 2 * places_) {
    const auto number = queue_.front();
    queue_.pop_front();
    auto& command = commands_[number];
    command.began = now;
    set_stage(command, CommandStage::launching);
    for (std::size_t at = 0; at < command.order.workers.size(); ++at)
      set_stage(workers_[command.first + at], WorkerStage::booting);
    actions_.emplace_back(Launch{number});
  }
}

void Machine::take(const Launched& input, Moment now) {
  auto& command = commands_[input.command];
  if (command.stage != CommandStage::launching) return;
  command.began = now;
  set_stage(command, CommandStage::running);
  for (std::size_t at = 0; at < command.order.workers.size(); ++at) {
    const auto number = command.first + at;
    if (workers_[number].stage != WorkerStage::booting) continue;
    if (workers_[number].order.as != ComesUpAs::by_status) look(number);
    schedule(number);
  }
  settle(input.command);
  schedule_command(input.command);
}

void Machine::take(const NotNeeded& input, Moment now) {
  auto& command = commands_[input.command];
  if (command.stage != CommandStage::launching) return;
  command.ended_at = now;
  set_stage(command, CommandStage::ended);
}

void Machine::take(const HasBooted& input, Moment) {
  auto& command = commands_[input.command];
  if (command.stage != CommandStage::running || !command.order.workers.empty()) return;
  if (command.order.hands_back) return;
  set_stage(command, CommandStage::let_go);
  schedule_command(input.command);
}

void Machine::take(const CommandEnded& input, Moment now) {
  auto& command = commands_[input.command];
  if (!is_open(command)) return;
  // What it was ended for is the reason, and not by which signal.
  command.outcome = command.stage == CommandStage::ending ? TimedOut{} : input.outcome;
  command.ended_at = now;
  set_stage(command, CommandStage::ended);
  schedule_command(input.command);
  for (std::size_t at = 0; at < command.order.workers.size(); ++at) {
    const auto number = command.first + at;
    auto& worker = workers_[number];
    if (worker.stage == WorkerStage::done) continue;
    if (worker.order.as == ComesUpAs::child) {
      fail(number, cause_of(command.outcome, worker.order.time_limit));
    } else if (worker.stage == WorkerStage::booting) {
      worker.interval = kFirstLook;
      wait_for(number, now);
    }
  }
}

void Machine::end_group(CommandNumber number, Moment now) {
  auto& command = commands_[number];
  if (command.signals == 2) {  // it does not end even so: nothing more can be done
    actions_.emplace_back(LetGo{number});
    command.outcome = TimedOut{};
    command.ended_at = now;
    set_stage(command, CommandStage::ended);
    command.next_signal_at.reset();
    return;
  }
  set_stage(command, CommandStage::ending);
  actions_.emplace_back(SignalGroup{number, command.signals == 1});
  ++command.signals;
  command.next_signal_at = now + kGraceAfterTerm.count();
}

void Machine::wake_command(CommandNumber number, Moment now) {
  auto& command = commands_[number];
  if (command.next_signal_at) {
    if (now >= *command.next_signal_at) end_group(number, now);
  } else if (command.stage == CommandStage::running && command.order.time_limit > Duration{0} &&
             now >= command.began + command.order.time_limit.count()) {
    end_group(number, now);
  }
  if (command.place == Place::held && now >= command.began + kKeepsItsPlace.count()) {
    command.place = Place::given_away;
    --held_;
    ++given_away_;
  }
  schedule_command(number);
}

void Machine::schedule_command(CommandNumber number) {
  auto& command = commands_[number];
  std::optional<Moment> next;
  if (is_open(command) && command.stage != CommandStage::launching) {
    if (command.next_signal_at) {
      next = command.next_signal_at;
    } else if (command.order.time_limit > Duration{0}) {
      next = command.began + command.order.time_limit.count();
    }
  }
  if (command.place == Place::held) earlier(next, command.began + kKeepsItsPlace.count());
  reschedule(command_wakes_, command.wakes_at, number, next);
}

bool Machine::is_open(const Command& command) const {
  return command.stage == CommandStage::launching || command.stage == CommandStage::running ||
         command.stage == CommandStage::ending;
}

void Machine::set_stage(Command& command, CommandStage stage) {
  command.stage = stage;
  if (!is_open(command)) command.next_signal_at.reset();
  update_place(command);
  update_count(command);
}

/// It counts until it has ended or was let go, and all its workers are up or have failed.
void Machine::update_count(Command& command) {
  const bool counts = is_open(command) || command.undone > 0;
  if (counts == command.counts) return;
  command.counts = counts;
  unfinished_ += counts ? 1 : -1;
}

/// It boots, and has a place, until all its workers have been seen; without workers while it runs.
void Machine::update_place(Command& command) {
  const bool boots = command.order.workers.empty() ? is_open(command) : command.unseen > 0;
  if (boots && command.place == Place::none) {
    command.place = Place::held;
    ++held_;
  } else if (!boots && command.place != Place::none) {
    --(command.place == Place::held ? held_ : given_away_);
    command.place = Place::none;
  }
}

/// What still runs of a command whose workers are all up lives on without us.
void Machine::settle(CommandNumber number) {
  auto& command = commands_[number];
  if (command.stage != CommandStage::running || command.order.workers.empty()) return;
  if (command.undone > 0 || command.has_failed || command.order.hands_back) return;
  set_stage(command, CommandStage::let_go);
  actions_.emplace_back(LetGo{number});
}

// --- workers -------------------------------------------------------------------------------------

void Machine::take(const NotMissing& input, Moment) {
  const auto& worker = workers_[input.worker];
  const bool is_launching = commands_[worker.command].stage == CommandStage::launching;
  if (is_launching && worker.stage == WorkerStage::booting) finish(input.worker);
}

void Machine::take(const Seen& input, Moment now) {
  auto& worker = workers_[input.worker];
  worker.is_looking = false;
  if (worker.stage == WorkerStage::confirming && worker.process == input.process) {
    const auto took = Duration(worker.seen_at - commands_[worker.command].began);
    actions_.emplace_back(Up{input.worker, took});
    finish(input.worker);
  } else if (worker.stage == WorkerStage::booting || worker.stage == WorkerStage::confirming) {
    worker.process = input.process;
    worker.seen_at = now;
    set_stage(worker, WorkerStage::proving);
    schedule(input.worker);
  }
}

void Machine::take(const NotSeenYet& input, Moment now) {
  auto& worker = workers_[input.worker];
  worker.is_looking = false;
  worker.is_coming = input.is_coming;
  if (worker.order.as == ComesUpAs::child) return look_at_child_later(input.worker, now);
  if (worker.stage == WorkerStage::confirming) {
    if (!input.is_coming) return take(Gone{input.worker}, now);
    // It was seen before it had left for another folder, and is not back yet.
    worker.interval = kFirstLook;
    set_stage(worker, WorkerStage::booting);
  }
  if (worker.stage != WorkerStage::booting) return;
  look_later(worker, now);
  give_up_if_hopeless(input.worker, now);
}

/// That a child has ended is told. Until then it was not seen because it could not be looked at:
/// too many open files, an error of the disk.
void Machine::look_at_child_later(WorkerNumber number, Moment now) {
  auto& worker = workers_[number];
  if (worker.stage != WorkerStage::booting && worker.stage != WorkerStage::confirming) return;
  worker.look_at = now + worker.interval.count();
  worker.interval = std::min(2 * worker.interval, kLongestLook);
  schedule(number);
}

void Machine::wake_child(WorkerNumber number, Moment now) {
  const auto& worker = workers_[number];
  const auto command = worker.command;
  if (now < commands_[command].began + worker.order.time_limit.count()) return look(number);
  fail(number, NotSeen{worker.order.time_limit});
  set_stage(commands_[command], CommandStage::let_go);
  actions_.emplace_back(LetGo{command});
}

void Machine::take(const Gone& input, Moment now) {
  auto& worker = workers_[input.worker];
  if (worker.stage != WorkerStage::proving && worker.stage != WorkerStage::confirming) return;
  // The end of its command says more, and is told as well.
  if (worker.order.as == ComesUpAs::child) return;
  fail(input.worker, CameAndWent{worker.process->pid, Duration(now - worker.seen_at)});
}

void Machine::take(const PidFileChanged& input, Moment) {
  auto& worker = workers_[input.worker];
  if (worker.stage != WorkerStage::booting || worker.order.as != ComesUpAs::daemon) return;
  if (commands_[worker.command].stage == CommandStage::launching) return;
  worker.interval = kFirstLook;
  look(input.worker);
  schedule(input.worker);
}

void Machine::take(const StatusAnswered& input, Moment now) {
  auto& worker = workers_[input.worker];
  if (worker.stage != WorkerStage::booting || worker.order.as != ComesUpAs::by_status ||
      !worker.is_looking)
    return;
  worker.is_looking = false;
  if (input.answer == StatusAnswer::running) {
    actions_.emplace_back(Up{input.worker, Duration(now - commands_[worker.command].began)});
    return finish(input.worker);
  }
  worker.look_at = now + kBetweenQuestions.count();
  give_up_if_hopeless(input.worker, now);
}

void Machine::take(const TimePassed&, Moment now) {
  while (!worker_wakes_.empty() && worker_wakes_.begin()->first <= now)
    wake_worker(worker_wakes_.begin()->second, now);
  while (!command_wakes_.empty() && command_wakes_.begin()->first <= now)
    wake_command(command_wakes_.begin()->second, now);
}

void Machine::wake_worker(WorkerNumber number, Moment now) {
  auto& worker = workers_[number];
  if (worker.stage == WorkerStage::proving) {
    set_stage(worker, WorkerStage::confirming);
    look(number);
    schedule(number);
  } else if (worker.order.as == ComesUpAs::child) {
    wake_child(number, now);
    schedule(number);
  } else {
    const bool is_hopeless = why_hopeless(worker, now).has_value();
    const bool is_due = worker.look_at && now >= *worker.look_at;
    if (is_due && !is_hopeless) return wait_for(number, now);
    give_up_if_hopeless(number, now);
  }
}

/// Looks, or asks, now.
void Machine::wait_for(WorkerNumber number, Moment) {
  auto& worker = workers_[number];
  if (worker.order.as != ComesUpAs::by_status) {
    look(number);
  } else if (succeeded(commands_[worker.command].outcome)) {
    worker.is_looking = true;
    worker.look_at.reset();
    actions_.emplace_back(AskStatus{number});
  } else {
    return fail(number, cause_of(commands_[worker.command].outcome, worker.order.time_limit));
  }
  schedule(number);
}

void Machine::look(WorkerNumber number) {
  auto& worker = workers_[number];
  worker.look_at.reset();
  worker.is_looking = true;
  actions_.emplace_back(Look{number});
}

void Machine::look_later(Starting& worker, Moment now) {
  const bool is_told = worker.order.pid_file_is_told && !worker.is_coming &&
                       commands_[worker.command].stage != CommandStage::ended;
  worker.look_at.reset();
  if (is_told) return;
  worker.look_at = now + worker.interval.count();
  worker.interval = std::min(2 * worker.interval, kLongestLook);
}

std::optional<StartCause> Machine::why_hopeless(const Starting& worker, Moment now) const {
  const auto& command = commands_[worker.command];
  const bool out_of_time = now >= command.began + worker.order.time_limit.count();
  if (command.stage != CommandStage::ended || worker.is_coming) {
    if (out_of_time) return NotSeen{worker.order.time_limit};
    return std::nullopt;
  }
  const bool in_grace = now < command.ended_at + worker.order.grace.count();
  if (succeeded(command.outcome) && !out_of_time && in_grace) return std::nullopt;
  return cause_of(command.outcome, worker.order.time_limit);
}

void Machine::give_up_if_hopeless(WorkerNumber number, Moment now) {
  auto& worker = workers_[number];
  const bool has_begun = commands_[worker.command].stage != CommandStage::launching;
  if (has_begun) {
    if (auto cause = why_hopeless(worker, now)) return fail(number, std::move(*cause));
  }
  schedule(number);
}

void Machine::schedule(WorkerNumber number) {
  auto& worker = workers_[number];
  const auto& command = commands_[worker.command];
  std::optional<Moment> next;
  if (worker.stage == WorkerStage::proving) {
    next = worker.seen_at + kStartSeconds.count();
  } else if (worker.stage == WorkerStage::booting && worker.order.as != ComesUpAs::child) {
    next = command.began + worker.order.time_limit.count();
    if (command.stage == CommandStage::ended && !worker.is_coming)
      earlier(next, command.ended_at + worker.order.grace.count());
    if (worker.look_at) earlier(next, *worker.look_at);
    if (worker.is_looking) next.reset();  // the answer comes first
  } else if (worker.stage == WorkerStage::booting || worker.stage == WorkerStage::confirming) {
    next = worker.look_at;  // of a child; none: the end of its command is told, or it is looked at
  }
  reschedule(worker_wakes_, worker.wakes_at, number, next);
}

void Machine::fail(WorkerNumber number, StartCause cause) {
  commands_[workers_[number].command].has_failed = true;
  actions_.emplace_back(Failed{number, std::move(cause)});
  finish(number);
}

void Machine::finish(WorkerNumber number) {
  auto& worker = workers_[number];
  set_stage(worker, WorkerStage::done);
  schedule(number);
  auto& command = commands_[worker.command];
  --command.undone;
  update_count(command);
  settle(worker.command);
  schedule_command(worker.command);
}

void Machine::set_stage(Starting& worker, WorkerStage stage) {
  const auto is_unseen = [](WorkerStage each) {
    return each == WorkerStage::queued || each == WorkerStage::booting;
  };
  auto& command = commands_[worker.command];
  if (is_unseen(worker.stage) && !is_unseen(stage)) --command.unseen;
  if (!is_unseen(worker.stage) && is_unseen(stage)) ++command.unseen;
  worker.stage = stage;
  update_place(command);
}

}  // namespace bootcheck::start
