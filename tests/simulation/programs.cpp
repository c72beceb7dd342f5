#include "simulation/programs.h"

#include "model/identity.h"

#include <algorithm>
#include <csignal>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace bootcheck::sim {
namespace {

bool is_preloader(const Argv& argv) {
  return std::ranges::find(argv, "-") != argv.end();
}

}  // namespace

std::vector<std::size_t> Programs::started_by(const Argv& argv) const {
  std::vector<std::size_t> workers;
  for (std::size_t at = 0; at < site_.config.workers.size(); ++at) {
    const auto& worker = site_.config.workers[at];
    const bool is_it =
        site_.kinds[at] == Kind::delayed_job ? is_start_of(argv, worker) : argv == worker.start;
    if (is_it) workers.push_back(at);
  }
  return workers;
}

Programs::Boots Programs::boots(const Inhabitant& process, Random& dice) const {
  const auto now = world_.now();
  const auto& climate = world_.climate;
  const auto release = world_.releases.find(process.release);
  auto how = release == world_.releases.end() ? Boot::fails : release->second;
  if (now < climate.failing_boots) how = Boot::fails;
  if (now < climate.hanging_boots) how = Boot::hangs;
  if (now < climate.slow_boots) return {how, dice.between(20s, 150s)};
  return {how, dice.between(Duration{100}, Duration{6000})};
}

std::variant<pid_t, NotStarted> Programs::launch(const LaunchRequest& request, bool ours) {
  if (!world_.files.is_folder(request.working_directory))
    return NotStarted{request.working_directory.native() + ": No such file or directory"};
  if (const auto pid = answer_status(request)) return *pid;
  if (const auto pid = answer_ready(request)) return *pid;
  if (const auto pid = answer_stop(request)) return *pid;
  const auto cwd = world_.files.resolved(request.working_directory);
  const bool makes_pid_file = !request.pid_file.empty();
  if (makes_pid_file && !world_.can_write())
    return NotStarted{"cannot write its pid file: No space left on device"};
  auto& process = world_.bear(Role::command, request.argv, cwd, ours ? 99 : 1);
  process.ours = ours;
  process.release = present_release(world_, site_).native();
  process.starts = started_by(request.argv);
  if (ours) process.decided = pass_began;
  const pid_t pid = process.shown.id.pid;
  if (makes_pid_file) {  // it says which of several that look alike it is
    std::erase_if(process.starts, [&](std::size_t at) {
      return site_.config.workers[at].pid_file != request.pid_file;
    });
    world_.write(request.pid_file, std::to_string(pid) + "\n");
    process.pid_file = request.pid_file;
  }
  if (ours) onlooker_.launched(process);
  if (is_preloader(request.argv) ||
      (!process.starts.empty() && site_.kinds[process.starts.front()] == Kind::delayed_job)) {
    run_preloader(process, request);
  } else if (process.starts.empty()) {
    world_.at(world_.now() + 1s, process.serial,
              [this](Inhabitant& it) { world_.end(it, Exited{127}); });
  } else if (site_.config.workers[process.starts.front()].foreground) {
    run_foreground(process);
  } else {
    run_daemon_command(process);
  }
  return pid;
}

void Programs::start_by_hand(std::size_t at) {
  const auto& worker = site_.config.workers[at];
  LaunchRequest request;
  request.argv = worker.start;
  if (site_.kinds[at] == Kind::delayed_job) request.argv.insert(request.argv.begin(), "ruby");
  request.working_directory = worker.working_directory;
  request.output = "/dev/null";
  launch(request, false);
}

std::optional<pid_t> Programs::answer_status(const LaunchRequest& request) {
  for (std::size_t at = 0; at < site_.config.workers.size(); ++at) {
    const auto& worker = site_.config.workers[at];
    if (worker.status.empty() || worker.status != request.argv) continue;
    auto& process = world_.bear(Role::command, request.argv, "/", 99);
    auto dice = world_.dice(process.serial);
    const bool is_broken = world_.now() < world_.faults.status_fails;
    if (is_broken && dice.chance(50)) return process.shown.id.pid;  // it hangs
    world_.at(world_.now() + dice.between(Duration{5}, Duration{300}), process.serial,
              [this, at, is_broken](Inhabitant& it) {
                const auto runs = [at](const auto& each) {
                  return each.second.role == Role::worker && each.second.worker == at;
                };
                const bool is_up = std::ranges::any_of(world_.processes, runs);
                world_.end(it, Exited{is_broken ? 4 : is_up ? 0 : 3});
              });
    return process.shown.id.pid;
  }
  return std::nullopt;
}

std::optional<pid_t> Programs::answer_ready(const LaunchRequest& request) {
  if (request.argv != Argv{"bin/ready"}) return std::nullopt;
  const auto folder = request.working_directory;
  onlooker_.was_ready(folder, false, pass_began);
  auto& process = world_.bear(Role::command, request.argv, "/", 99);
  auto dice = world_.dice(process.serial);
  const bool is_away = world_.now() < world_.faults.not_ready;
  if (is_away && dice.chance(30)) return process.shown.id.pid;  // it hangs
  world_.at(world_.now() + dice.between(Duration{5}, Duration{300}), process.serial,
            [this, is_away, folder, asked_by = pass_began](Inhabitant& it) {
              if (!is_away) onlooker_.was_ready(folder, true, asked_by);
              world_.end(it, Exited{is_away ? 2 : 0});
            });
  return process.shown.id.pid;
}

std::optional<pid_t> Programs::answer_stop(const LaunchRequest& request) {
  const auto& workers = site_.config.workers;
  const auto it = std::ranges::find_if(workers, [&](const Worker& worker) {
    return !worker.stop.empty() && worker.stop == request.argv;
  });
  if (it == workers.end()) return std::nullopt;
  auto& process = world_.bear(Role::command, request.argv, "/", 99);
  auto dice = world_.dice(process.serial);
  const bool is_broken = world_.now() < world_.faults.status_fails;
  if (is_broken && dice.chance(30)) return process.shown.id.pid;  // it hangs
  const auto worker = static_cast<std::size_t>(it - workers.begin());
  world_.at(world_.now() + dice.between(Duration{5}, Duration{300}), process.serial,
            [this, worker, is_broken](Inhabitant& command) {
              if (!is_broken) ask_by_command(worker, world_.is_awaited(command.serial));
              world_.end(command, Exited{is_broken ? 1 : 0});
            });
  return process.shown.id.pid;
}

/// Where the pass that runs the command has gone meanwhile, the next one has it run once more.
void Programs::ask_by_command(std::size_t worker, bool is_awaited) {
  for (auto& [pid, process] : world_.processes) {
    if (process.role != Role::worker || process.worker != worker) continue;
    take_signal_of_ours(process, SIGTERM);
    process.ask_may_be_lost = process.ask_may_be_lost || !is_awaited;
  }
}

void Programs::append(const Path& path, const std::string& text) {
  if (path == "/dev/null") return;
  const auto* file = world_.files.find(path);
  auto all = file == nullptr ? std::string() : file->text;
  if (all.size() > 20'000) all.erase(0, all.size() - 4'000);  // logrotate
  world_.files.put(path, all + text, world_.wall_clock());
}

// --- delayed_job ---------------------------------------------------------------------------------

void Programs::run_preloader(Inhabitant& process, const LaunchRequest& request) {
  auto dice = world_.dice(process.serial);
  const auto boot = boots(process, dice);
  process.ignores_term = dice.chance(20);
  process.converses = request.converses;
  if (boot.how == Boot::hangs) return;
  constexpr std::string_view kMark = "\n__END__\n";
  const auto mark = request.input.rfind(kMark);
  auto batch =
      mark == std::string::npos ? Batch{} : read_batch(request.input.substr(mark + kMark.size()));
  batch.starts = process.starts;
  batch.output = request.output;
  world_.at(world_.now() + boot.takes, process.serial, [this, boot, batch](Inhabitant& it) {
    if (boot.how == Boot::fails) {
      append(batch.output, "bootcheck: the application does not boot: LoadError\n");
      return world_.end(it, Exited{1});
    }
    it.has_booted = true;
    if (it.ours) onlooker_.booted(it);
    it.said.emplace_back("booted");
    if (it.converses) it.shown.argv = Argv{"bootcheck preloader of " + it.release};
    run_batch(it, batch);
  });
}

void Programs::tell(Inhabitant& preloader, const std::string& line) {
  preloader.decided = pass_began;
  preloader.starts.clear();
  run_batch(preloader, read_batch(line));
}

void Programs::hang_up(Inhabitant& preloader) {
  preloader.is_hung_up = true;
  if (preloader.has_booted && preloader.batches == 0) world_.end(preloader, Exited{0});
}

Programs::Batch Programs::read_batch(const std::string& line) const {
  const auto object = boost::json::parse(line).as_object();
  Batch batch{.number = static_cast<int>(object.at("batch").as_int64()),
              .output = {},
              .starts = {},
              .dead = {}};
  if (const auto* output = object.if_contains("output"))
    batch.output = std::string(output->as_string());
  for (const auto& each : object.at("hand_back").as_array()) {
    const auto& dead = each.as_object();
    const auto* pid_taken = dead.if_contains("pid_taken");
    batch.dead.push_back({.name = std::string(dead.at("worker").as_string()),
                          .host = std::string(dead.at("host").as_string()),
                          .pid = static_cast<pid_t>(dead.at("pid").as_int64()),
                          .pid_taken = pid_taken == nullptr ? 0 : pid_taken->as_int64()});
  }
  const auto* starts = object.if_contains("start");
  if (starts == nullptr) return batch;
  for (const auto& each : starts->as_array()) {
    Argv argv{"bin/delayed_job"};
    for (const auto& word : each.as_array())
      argv.emplace_back(word.as_string());
    const auto found = std::ranges::find(site_.config.workers, argv, &Worker::start);
    batch.starts.push_back(static_cast<std::size_t>(found - site_.config.workers.begin()));
  }
  return batch;
}

/// Each start in a fork.
void Programs::run_batch(Inhabitant& preloader, Batch batch) {
  ++preloader.batches;
  Duration takes{60};
  for (const auto worker : batch.starts) {
    fork_start(preloader, worker, takes);
    takes += 30ms;
  }
  world_.at(world_.now() + takes, preloader.serial,
            [this, batch = std::move(batch)](Inhabitant& it) { end_batch(it, batch); });
}

void Programs::fork_start(const Inhabitant& preloader, std::size_t worker, Duration takes) {
  const auto command = "ruby " + command_text(site_.config.workers[worker].start);
  const auto& parent = preloader.shown;
  auto& fork =
      world_.bear(Role::command, Argv{command}, *parent.cwd, parent.id.pid, parent.session);
  fork.ours = preloader.ours;
  fork.decided = preloader.decided;
  fork.release = preloader.release;
  fork.starts = {worker};
  // Those of its command line were seen when it was launched.
  if (fork.ours && preloader.starts.empty()) onlooker_.launched(fork);
  world_.at(world_.now() + takes, fork.serial, [this, worker](Inhabitant& it) {
    if (!is_refused(worker)) fork_delayed_job(it, worker);
    world_.end(it, Exited{0});
  });
}

void Programs::end_batch(Inhabitant& preloader, const Batch& batch) {
  hand_back(batch);
  preloader.said.push_back(fmt::format("ended {} 0", batch.number));
  --preloader.batches;
  const bool is_over = !preloader.converses || preloader.is_hung_up;
  if (is_over && preloader.batches == 0) world_.end(preloader, Exited{0});
}

void Programs::hand_back(const Batch& batch) {
  for (const auto& dead : batch.dead)
    hand_back_of(dead, batch.output);
}

void Programs::hand_back_of(const Dead& dead, const Path& output) {
  const auto is_of = [&](const Row& row) {
    return row.name == dead.name && row.pid == dead.pid &&
           row.host == (dead.host.empty() ? world_.host : dead.host);
  };
  const auto is_left = [&](const Row& row) {
    return dead.pid_taken != 0 && row.locked_at >= dead.pid_taken;
  };
  std::string said;
  for (auto& row : world_.rows) {
    if (!is_of(row)) continue;
    if (is_left(row)) {
      onlooker_.left_alone(row);
      said += fmt::format("bootcheck hand-back: left job 1 of {} (pid {}) alone: ...\n", dead.name,
                          dead.pid);
      continue;
    }
    onlooker_.handed_back(row);
    said +=
        fmt::format("bootcheck hand-back: recovered job 1 of {} (pid {}), attempt 1, next run at\n",
                    dead.name, dead.pid);
  }
  std::erase_if(world_.rows, [&](const Row& row) { return is_of(row) && !is_left(row); });
  append(output, said + fmt::format("bootcheck hand-back: done with {} (pid {}): ...\n", dead.name,
                                    dead.pid));
}

/// `ERROR: there is already one or more instance(s) of the program running`
bool Programs::is_refused(std::size_t worker) const {
  const auto file = world_.files.read_pid_file(site_.config.workers[worker].pid_file);
  const auto* named = std::get_if<PidInFile>(&file);
  return named != nullptr && world_.processes.contains(named->pid);
}

/// Null: it cannot write its pid file, and is gone.
Inhabitant* Programs::become_daemon(const Inhabitant& command, std::size_t worker) {
  auto& process = world_.bear(Role::worker, *command.shown.argv, *command.shown.cwd, 1);
  process.worker = worker;
  process.ours = command.ours;
  process.decided = command.ours ? command.decided : command.born;
  process.release = command.release;
  process.pid_file = site_.config.workers[worker].pid_file;
  return &process;
}

void Programs::fork_delayed_job(const Inhabitant& starter, std::size_t worker) {
  auto& process = *become_daemon(starter, worker);
  process.shown.argv = Argv{site_.config.workers[worker].process_title};
  process.shown.cwd = Path("/");
  const pid_t pid = process.shown.id.pid;
  if (!world_.write(process.pid_file, std::to_string(pid) + "\n"))
    return world_.end(process, Exited{1});
  if (!starter.ours) onlooker_.taken_over();
  auto dice = world_.dice(process.serial);
  world_.at(world_.now() + dice.between(Duration{20}, Duration{900}), process.serial,
            [this](Inhabitant& it) {
              it.shown.cwd = Path(it.release);
              live(it);
            });
}

// --- other daemons -------------------------------------------------------------------------------

void Programs::run_daemon_command(Inhabitant& process) {
  auto dice = world_.dice(process.serial);
  const auto boot = boots(process, dice);
  if (boot.how == Boot::hangs) return;
  world_.at(world_.now() + boot.takes, process.serial, [this, boot](Inhabitant& it) {
    if (boot.how == Boot::fails) return world_.end(it, Exited{1});
    const auto worker = it.starts.front();
    if (site_.daemons_refuse && is_refused(worker)) return world_.end(it, Exited{0});
    fork_daemon(it, worker);
    world_.at(world_.now() + 40ms, it.serial,
              [this](Inhabitant& command) { world_.end(command, Exited{0}); });
  });
}

void Programs::fork_daemon(const Inhabitant& command, std::size_t worker) {
  auto& process = *become_daemon(command, worker);
  const auto kind = site_.kinds[worker];
  auto dice = world_.dice(process.serial);
  if (kind == Kind::titled_daemon)
    process.shown.argv = Argv{site_.config.workers[worker].process_title};
  if (kind == Kind::untitled_daemon) process.shown.argv = Argv{"noisy: master process"};
  if (kind == Kind::by_status) {
    process.pid_file.clear();
    process.shown.argv = Argv{"db: writer"};
    return live(process);
  }
  if (dice.chance(20) && kind != Kind::titled_daemon) process.shown.cwd = Path("/");
  world_.at(world_.now() + dice.between(Duration{0}, Duration{300}), process.serial,
            [this](Inhabitant& it) {
              if (!world_.write(it.pid_file, std::to_string(it.shown.id.pid) + "\n"))
                return world_.end(it, Exited{1});
              live(it);
            });
}

// --- programs in the foreground ------------------------------------------------------------------

void Programs::run_foreground(Inhabitant& process) {
  process.role = Role::worker;
  process.worker = process.starts.front();
  process.starts.clear();
  auto dice = world_.dice(process.serial);
  const auto boot = boots(process, dice);
  if (boot.how == Boot::hangs) return live(process);  // it serves nobody, and nobody can tell
  world_.at(world_.now() + boot.takes, process.serial, [this, boot](Inhabitant& it) {
    if (boot.how == Boot::fails) return world_.end(it, Exited{1});
    const auto kind = site_.kinds[it.worker];
    if (kind == Kind::changing_title) it.shown.argv = Argv{"kiq 7.1 shop [0 of 5 busy]"};
    if (kind == Kind::forking) {
      fork_child(it);
      fork_child(it);
    }
    live(it);
  });
}

void Programs::fork_child(const Inhabitant& parent) {
  const auto shown = parent.shown;
  const auto worker = parent.worker;
  auto& child = world_.bear(Role::child, *shown.argv, *shown.cwd, shown.id.pid, shown.session);
  child.worker = worker;
  auto dice = world_.dice(child.serial);
  world_.at(world_.now() + dice.between(10min, 6h), child.serial, [this](Inhabitant& it) {
    if (!world_.climate.is_calm) world_.end(it, Exited{0});
  });
}

// --- lives ---------------------------------------------------------------------------------------

/// It is up, and works.
void Programs::live(Inhabitant& process) {
  auto dice = world_.dice(process.serial + 1'000'000);
  const bool is_long = world_.now() < world_.climate.long_jobs && dice.chance(60);
  process.job = dice.chance(50) ? dice.between(Duration{10}, Duration{4000})
                                : dice.between(5s, Duration{is_long ? 4h : 3min});
  if (world_.now() < world_.climate.short_lives && dice.chance(60))
    world_.at(world_.now() + dice.between(Duration{0}, Duration{40'000}), process.serial,
              [this](Inhabitant& it) { world_.end(it, Exited{1}); });
  if (site_.kinds[process.worker] == Kind::delayed_job && dice.chance(80))
    world_.at(world_.now() + dice.between(1s, 60s), process.serial,
              [this](Inhabitant& it) { lock_job(it); });
}

void Programs::lock_job(const Inhabitant& process) {
  if (process.asks > 0 || process.asked_by_hand) return;
  world_.rows.push_back(
      {.name = site_.config.workers[process.worker].name,
       .host = process.host,
       .pid = process.shown.id.pid,
       .owner = process.serial,
       .locked_at = std::chrono::duration_cast<std::chrono::seconds>(world_.wall_clock()).count()});
}

void Programs::ask_by_hand(Inhabitant& process) {
  if (process.asks == 0 && !process.asked_by_hand) take_term(process);
  process.asked_by_hand = true;
}

void Programs::take_signal_of_ours(Inhabitant& process, int signal) {
  onlooker_.signalled(process, signal);
  if (signal == SIGKILL) return world_.end(process, KilledBySignal{SIGKILL});
  if (process.asks++ == 0 && !process.asked_by_hand) take_term(process);
}

void Programs::take_term(Inhabitant& process) {
  if (process.role != Role::worker || process.job == Duration{0})  // no handler yet
    return world_.end(process, KilledBySignal{SIGTERM});
  world_.at(world_.now() + process.job, process.serial, [this](Inhabitant& it) { finish(it); });
}

/// A clean end: its pid file goes a moment before it does.
void Programs::finish(Inhabitant& process) {
  std::erase_if(world_.rows, [&](const Row& row) { return row.owner == process.serial; });
  const auto file = world_.files.read_pid_file(process.pid_file);
  const auto* named = std::get_if<PidInFile>(&file);
  const bool is_own = named != nullptr && named->pid == process.shown.id.pid;
  if (is_own && !site_.config.workers[process.worker].foreground)
    world_.files.erase(process.pid_file);
  auto dice = world_.dice(process.serial + 2'000'000);
  world_.at(world_.now() + dice.between(Duration{0}, Duration{150}), process.serial,
            [this](Inhabitant& it) { world_.end(it, Exited{0}); });
}

void Programs::signal_group(pid_t group, int signal) {
  std::vector<std::uint64_t> serials;
  for (const auto& [pid, process] : world_.processes) {
    if (process.shown.session == group) serials.push_back(process.serial);
  }
  for (const auto serial : serials) {
    auto& process = *world_.of_serial(serial);
    if (signal == SIGKILL || !process.ignores_term) world_.end(process, KilledBySignal{signal});
  }
}

}  // namespace bootcheck::sim
