#include "simulation/life.h"

#include <algorithm>

#include <fmt/format.h>

namespace bootcheck::sim {
namespace {

/// The back-off at its longest, a boot and a short drain, and some passes for each worker; those in
/// which somebody is still finishing a job do not count.
constexpr int kPassesToConverge = 25;
constexpr int kPassesForEach = 8;
/// More than all jobs take one after another.
constexpr int kMostPasses = 4000;

}  // namespace

/// Counts and checks the passes of a roll-out.
class Life::Listener final : public RollOutWatcher {
 public:
  Listener(Life& life, SimMachine& machine) : life_(life), machine_(machine) {}
  void passed(const PassDone& done) override { life_.note_done(done, machine_.had_faults()); }
  void under_way(const StartsUnderWay&) override {}
  void waiting(const std::vector<Draining>&, BootTime) override {}

 private:
  Life& life_;
  SimMachine& machine_;
};

Life::Life(std::uint64_t seed, Coverage& coverage, bool tells)
    : seed_(seed),
      coverage_(coverage),
      world_(seed),
      site_(make_site(world_.random)),
      watch_(world_, site_, coverage),
      programs_(world_, site_, watch_),
      tells_(tells) {
  world_.tell = [this](const std::string& line) { tell(line); };
  move_link(world_, site_, add_release(world_, site_, Boot::well));
  world_.highest_pid = world_.random.between(30, 90);
  Random dice(mixed(seed, 3));
  add_strangers(dice.between(3, 12), dice);
  if (dice.chance(60)) add_neighbours();
  tell(site_.yaml);
}

void Life::tell(const std::string& line) {
  if (tells_)
    log_ += fmt::format("{:>9.1f}  {}\n", static_cast<double>(world_.now().count()) / 1000, line);
}

void Life::tell_state() {
  const auto* file = world_.files.find(site_.config.state_file);
  auto text =
      file == nullptr ? "no state" : "state: " + file->text.substr(0, file->text.size() - 1);
  if (text != old_state_) tell(text);
  old_state_ = std::move(text);
}

void Life::live(const Story& story, Duration length) {
  const auto end = world_.now() + length;
  world_.at(world_.now() + 1s, [this] { cron(); });
  for (const auto& chapter : story)
    world_.at(chapter.at, [this, chapter] { begin(chapter); });
  world_.advance(end);
}

// --- passes --------------------------------------------------------------------------------------

void Life::cron() {
  world_.at(world_.now() + 60s, [this] { cron(); });
  pass_of_cron();
}

Fuse Life::next_fuse() {
  if (fuses_.empty() || world_.climate.is_calm) return {};
  auto fuse = fuses_.back();
  fuses_.pop_back();
  return fuse;
}

/// What one process of bootcheck does, whatever becomes of it.
template <class Work>
void Life::as_process(const Fuse& fuse, const Work& work) {
  SimMachine machine(world_, programs_, fuse);
  const auto outer = std::exchange(programs_.pass_began, world_.now());
  watch_.pass_begins();
  try {
    work(machine);
  } catch (const Killed&) {
    tell("a pass is killed");
    watch_.broken_off(machine.had_faults());
  } catch (const std::system_error& error) {
    tell(std::string("a pass fails: ") + error.what());
    coverage_.count("pass", "failed");
    if (!machine.had_faults()) throw Violation{std::string("a pass fails: ") + error.what()};
    watch_.broken_off(machine.had_faults());
  }
  programs_.pass_began = outer;
}

void Life::pass_of_cron() {
  as_process(next_fuse(), [this](SimMachine& machine) {
    const Context context(site_.config, machine);
    const auto outcome = run_pass(context, {});
    if (const auto* done = std::get_if<PassDone>(&outcome)) {
      note_done(*done, machine.had_faults());
    } else {
      coverage_.count("pass", "busy");
    }
  });
}

void Life::note_done(const PassDone& done, bool had_faults) {
  if (!done.seen.plan.decisions.empty()) ++passes_;
  if (tells_) {
    std::string states;
    for (const auto& decision : done.seen.plan.decisions)
      states += fmt::format(" {}", name_of(decision.judgement.state));
    tell("pass:" + states);
    for (const auto& event : done.events)
      tell(fmt::format("  {} {} {}", event.worker, name_of(event.kind), pid_of(event).value_or(0)));
    tell_state();
  }
  watch_.passed(done, had_faults);
}

/// As restart, stop and start do it; `said`: once it is written down.
void Life::operate(const Orders& orders, Duration patience, bool must_wait,
                   const std::function<void()>& said) {
  as_process(next_fuse(), [&](SimMachine& machine) {
    const Context context(site_.config, machine);
    post(machine, orders, said);
    Listener listener(*this, machine);
    const auto outcome = roll_out(context,
                                  {.first = {.selection = orders.selection, .lock_wait = 60s},
                                   .patience = patience,
                                   .must_wait = must_wait},
                                  listener);
    if (std::holds_alternative<LockHolder>(outcome)) coverage_.count("request", "left to a pass");
  });
}

/// Who is killed while it writes may have written all of it.
void Life::post(SimMachine& machine, const Orders& orders, const std::function<void()>& said) {
  const auto file = requests_path(site_.config.state_file);
  const auto size = [&] {
    const auto* found = world_.files.find(file);
    return found == nullptr ? std::size_t{0} : found->text.size();
  };
  const auto before = size();
  try {
    post_requests(machine, site_.config.state_file, orders.requests);
  } catch (...) {
    if (size() > before) said();
    throw;
  }
  said();
}

// --- the end -------------------------------------------------------------------------------------

void Life::calm_down() {
  tell("calm");
  world_.faults = {};
  world_.climate = {.is_calm = true};
  if (world_.releases.at(present_release(world_, site_).native()) != Boot::well) {
    move_link(world_, site_, add_release(world_, site_, Boot::well));
    watch_.deployed();
  }
  std::vector<std::uint64_t> hanging;
  for (const auto& [pid, process] : world_.processes) {
    if (process.role == Role::command) hanging.push_back(process.serial);
  }
  for (const auto serial : hanging)
    world_.end(*world_.of_serial(serial), KilledBySignal{9});
  const auto workers = static_cast<int>(site_.kinds.size());
  int left = kPassesToConverge + kPassesForEach * workers;
  const auto is_finishing = [](const auto& each) {
    return each.second.asks > 0 || each.second.asked_by_hand;
  };
  for (int count = 0; left > 0 && count < kMostPasses; ++count) {
    if (std::ranges::none_of(world_.processes, is_finishing)) --left;
    world_.advance(world_.now() + 60s);
  }
  const auto missing = watch_.what_is_missing();
  if (!missing.empty()) throw Violation{"in the calm: " + missing};
}

}  // namespace bootcheck::sim
