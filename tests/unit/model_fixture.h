// Workers, processes and observations for the tests of the model.
#pragma once

#include "model/identity.h"
#include "model/observation.h"

#include <string>
#include <vector>

namespace bootcheck::fixture {

inline App app() {
  return {.uid = 1000,
          .release = "/srv/shop/releases/2",
          .releases_folder = "/srv/shop",
          .neighbours = {}};
}

/// delayed_job.ID of the app.
inline Worker worker(const std::string& identifier) {
  Worker worker;
  worker.name = "delayed_job." + identifier;
  worker.identifier = identifier;
  worker.preset = "delayed_job";
  worker.pid_file = "/srv/shop/current/tmp/pids/" + worker.name + ".pid";
  worker.process_title = worker.name;
  worker.start = {"bin/delayed_job", "--identifier=" + identifier, "start"};
  worker.working_directory = "/srv/shop/current";
  worker.preload = true;
  worker.restart.restart_file = "/srv/shop/current/tmp/restart.txt";
  return worker;
}

inline Process with_argv(pid_t pid, Argv argv) {
  Process process;
  process.id = {pid, 5000};
  process.uid = 1000;
  process.cwd = "/srv/shop/releases/2";
  process.argv = std::move(argv);
  return process;
}
inline Process with_title(pid_t pid, const std::string& title) {
  return with_argv(pid, {title});
}
inline Process living(pid_t pid) {
  return with_title(pid, "delayed_job.2");
}
inline Process living_in(pid_t pid, const Path& directory) {
  auto process = living(pid);
  process.cwd = directory;
  return process;
}
inline Process of_user(pid_t pid, uid_t uid) {
  auto process = living(pid);
  process.uid = uid;
  return process;
}
inline Process booting(pid_t pid) {
  return with_argv(pid, {"ruby", "bin/delayed_job", "--identifier=2", "start"});
}

inline Observation seen(PidFile file, ProcessLook look, std::optional<Sightings> sightings = {}) {
  Observation observation;
  observation.pid_file = std::move(file);
  observation.named = std::move(look);
  observation.sightings = std::move(sightings);
  return observation;
}
inline Observation hidden(Observation observation) {
  observation.proc_hidden = true;
  return observation;
}
inline Observation answered(Observation observation, StatusAnswer answer) {
  observation.status = answer;
  return observation;
}
inline Sightings alive(const std::vector<pid_t>& pids) {
  Sightings sightings;
  for (const pid_t pid : pids)
    sightings.alive.push_back(living(pid));
  return sightings;
}

inline std::vector<PidFile> all_pid_files() {
  return {NoPidFile{}, GarbagePidFile{"empty"}, UnreadablePidFile{"Permission denied"},
          PidInFile{100}};
}
inline std::vector<ProcessLook> all_looks() {
  return {NoProcess{},    Zombie{},
          ThreadOf{99},   Hidden{"Permission denied"},
          living(100),    with_title(100, "nginx"),
          of_user(100, 0)};
}
inline std::vector<std::optional<Sightings>> all_sightings() {
  Sightings starting;
  starting.starting.push_back(booting(900));
  return {std::nullopt, Sightings{}, alive({200}), alive({200, 300}), starting};
}
inline bool is_foreign_worker(const ProcessLook& look) {
  const auto* process = std::get_if<Process>(&look);
  return process != nullptr && process->uid == 0;
}

}  // namespace bootcheck::fixture
