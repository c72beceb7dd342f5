#include "simulation/coverage.h"

#include "simulation/story.h"

#include <istream>

#include <fmt/format.h>

namespace bootcheck::sim {
namespace {

struct NameOfStep {
  const char* operator()(const RemovePidFile&) const { return "remove the pid file"; }
  const char* operator()(const RestorePidFile&) const { return "restore the pid file"; }
  const char* operator()(const RecoverJobs&) const { return "recover jobs"; }
  const char* operator()(const StartWorker&) const { return "start"; }
  const char* operator()(const AskToStop&) const { return "ask to stop"; }
  const char* operator()(const SetPidFileAside&) const { return "set aside"; }
  const char* operator()(const ForgetSetAside&) const { return "forget what was set aside"; }
  const char* operator()(const KillWorker&) const { return "kill"; }
  const char* operator()(const RunStopCommand&) const { return "run the stop command"; }
};

std::vector<std::string> all_states() {
  std::vector<std::string> names;
  for (int state = 0; state <= static_cast<int>(WorkerState::drained); ++state)
    names.emplace_back(name_of(static_cast<WorkerState>(state)));
  return names;
}

std::vector<std::string> all_steps() {
  const NameOfStep name;
  return {name(RemovePidFile{}),  name(RestorePidFile{}), name(RecoverJobs{}),
          name(StartWorker{}),    name(AskToStop{}),      name(SetPidFileAside{}),
          name(ForgetSetAside{}), name(RunStopCommand{})};
}

}  // namespace

void Coverage::count(const Plan& plan, const std::vector<Event>& events) {
  for (const auto& decision : plan.decisions) {
    count("state", name_of(decision.judgement.state));
    for (const auto& step : decision.steps)
      count("step", std::visit(NameOfStep(), step));
  }
  for (const auto& event : events)
    count("event", name_of(event.kind));
}

void Coverage::add(const Coverage& other) {
  for (const auto& [group, names] : other.counts_) {
    for (const auto& [name, count] : names)
      counts_[group][name] += count;
  }
}

std::string Coverage::packed() const {
  std::string text;
  for (const auto& [group, names] : counts_) {
    for (const auto& [name, count] : names)
      text += fmt::format("{}\t{}\t{}\n", group, name, count);
  }
  return text;
}

bool Coverage::unpack(std::istream& lines) {
  std::string group;
  std::string name;
  std::string count;
  while (std::getline(lines, group, '\t')) {
    if (!std::getline(lines, name, '\t') || !std::getline(lines, count)) return false;
    counts_[group][name] += std::stoull(count);
  }
  return true;
}

std::uint64_t Coverage::of(const std::string& group, const std::string& name) const {
  const auto names = counts_.find(group);
  if (names == counts_.end()) return 0;
  const auto count = names->second.find(name);
  return count == names->second.end() ? 0 : count->second;
}

std::string Coverage::table() const {
  std::string text;
  for (const auto& [group, names] : counts_) {
    text += group + ":";
    for (const auto& [name, count] : names)
      text += fmt::format(" {} {},", name, count);
    text.back() = '\n';
  }
  return text;
}

std::vector<std::string> Coverage::missing() const {
  std::vector<std::string> names;
  const auto need = [&](const std::string& group, const std::vector<std::string>& all) {
    for (const auto& name : all) {
      if (of(group, name) == 0) names.push_back(group + " " + name);
    }
  };
  need("weather", all_weather());
  need("state", all_states());
  need("step", all_steps());
  return names;
}

}  // namespace bootcheck::sim
