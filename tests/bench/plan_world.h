// Facts of an application all of whose workers run and are known by their records: what the pure
// plan gets to see nearly always.
#pragma once

#include "model/plan.h"
#include "model/remember.h"

#include <memory>
#include <string>
#include <vector>

namespace bootcheck::bench {

struct World {
  std::vector<Worker> workers;
  Facts facts;
  State state;
};

inline Worker make_worker(std::size_t index) {
  Worker worker;
  worker.identifier = std::to_string(index);
  worker.name = "delayed_job." + worker.identifier;
  worker.preset = "delayed_job";
  worker.pid_file = "/srv/shop/current/tmp/pids/" + worker.name + ".pid";
  worker.process_title = worker.name;
  worker.start = {"bin/delayed_job", "--identifier=" + worker.identifier, "start"};
  worker.working_directory = "/srv/shop/current";
  worker.preload = true;
  worker.restart.restart_file = "/srv/shop/current/tmp/restart.txt";
  return worker;
}

inline void add_running(World& world, std::size_t index) {
  const auto& worker = world.workers.emplace_back(make_worker(index));
  const ProcessId id{.pid = static_cast<pid_t>(index + 2), .start_time = 5000};
  world.state.workers[worker.name].process =
      KnownProcess{.id = id, .session = id.pid, .release = "/srv/shop/releases/2", .host = "web"};
  Observation seen;
  seen.pid_file = PidInFile{id.pid};
  world.facts.seen.push_back(std::move(seen));
  Process process;
  process.id = id;
  process.uid = 1000;
  world.facts.processes.looks.emplace(id.pid, std::move(process));
}

/// The facts point at the workers, so it stays where it is.
inline std::unique_ptr<World> make_world(std::size_t count) {
  auto world = std::make_unique<World>();
  for (std::size_t index = 0; index < count; ++index)
    add_running(*world, index);
  world->facts.workers = &world->workers;
  world->facts.app.uid = 1000;
  world->facts.app.release = "/srv/shop/releases/2";
  world->facts.app.releases_folder = "/srv/shop/releases";
  world->facts.now = 100'000'000;
  world->facts.wall = 1'795'000'000;
  return world;
}

/// What a pass computes from what it has seen.
inline Plan decide(World& world) {
  const auto assignment = assign(world.facts, world.state);
  const auto judgements = judge(world.facts, world.state, assignment);
  auto remembered = remember(std::move(world.state), world.facts, judgements);
  world.state = std::move(remembered.state);
  return make_plan(world.facts, world.state, assignment, judgements, {});
}

}  // namespace bootcheck::bench
