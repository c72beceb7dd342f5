#include "act/batch.h"

#include "config/start_log.h"
#include "delayed_job/starter.h"
#include "launch/environment.h"
#include "model/identity.h"

#include <algorithm>

#include <boost/json.hpp>

namespace bootcheck {
namespace {

/// `bin/delayed_job`, or `script/delayed_job` as generated before Rails 4.
std::string script_of(Machine& machine, const Worker& worker) {
  const Path script = worker.start.front();
  const Path old = Path("script") / script.filename();
  const auto exists = [&](const Path& path) {
    return machine.file_status(worker.working_directory / path).has_value();
  };
  return !exists(script) && exists(old) ? old.native() : script.native();
}

Argv ruby_of(Machine& machine, const Worker& worker) {
  const bool bundled = machine.file_status(worker.working_directory / "Gemfile").has_value();
  return bundled ? Argv{"bundle", "exec", "ruby"} : Argv{"ruby"};
}

/// `ruby - bin/delayed_job -- --identifier=1 start -- --identifier=2 start`: other passes recognise
/// it in /proc as a start of these workers under way.
Argv starter_command(Machine& machine, const Config& config, const Batch& batch) {
  const auto& first = config.workers[batch.front().worker];
  auto argv = ruby_of(machine, first);
  argv.insert(argv.end(), {"-", script_of(machine, first)});
  for (const auto& order : batch) {
    if (!order.start) continue;
    const auto& start = config.workers[order.worker].start;
    argv.emplace_back("--");
    argv.insert(argv.end(), start.begin() + 1, start.end());
  }
  return argv;
}

/// The jobs of so many dead processes are handed back by one boot of the application; those of the
/// others by the next.
constexpr std::size_t kMostRecovered = 1000;

void leave_out_too_many(Batch& batch) {
  auto left = kMostRecovered;
  for (auto& order : batch) {
    order.recover.resize(std::min(order.recover.size(), left));
    left -= order.recover.size();
  }
}

/// What Ruby finds in DATA: the dead processes whose jobs are to be handed back.
std::string recovery_list(const Config& config, const Batch& batch) {
  boost::json::array list;
  for (const auto& order : batch) {
    for (const auto& dead : order.recover) {
      auto& entry = list.emplace_back(boost::json::object()).as_object();
      entry["worker"] = config.workers[order.worker].name;
      entry["pid"] = dead.pid;
      entry["host"] = dead.host;
      if (dead.born != 0) entry["born"] = dead.born;
      if (dead.gone != 0) entry["gone"] = dead.gone;
    }
  }
  return list.empty() ? std::string() : "__END__\n" + boost::json::serialize(list);
}

Path start_log_of(const Config& config, const Batch& batch) {
  const auto& first = config.workers[batch.front().worker];
  return batch.size() == 1 ? start_log(config, first) : shared_start_log(config, first);
}

}  // namespace

std::vector<Batch> make_batches(const Config& config, const std::vector<StartOrder>& orders) {
  std::vector<Batch> batches;
  for (const auto& order : orders) {
    const auto& worker = config.workers[order.worker];
    const auto shared = std::ranges::find_if(batches, [&](const Batch& batch) {
      return share_a_boot(config.workers[batch.front().worker], worker);
    });
    if (shared == batches.end()) {
      batches.push_back({order});
    } else {
      shared->push_back(order);
    }
  }
  std::ranges::for_each(batches, leave_out_too_many);
  return batches;
}

LaunchRequest make_request(Machine& machine, const Config& config, const Batch& batch) {
  const auto& first = config.workers[batch.front().worker];
  LaunchRequest request;
  request.working_directory = first.working_directory;
  request.env = environment_of(config, first);
  request.output = start_log_of(config, batch);
  if (hands_back_jobs(first)) {
    request.argv = starter_command(machine, config, batch);
    request.input = std::string(delayed_job_starter()) + recovery_list(config, batch);
  } else {
    request.argv = first.start;
  }
  if (first.foreground) {  // it is the worker itself: no time limit ends it
    request.pid_file = first.pid_file;
    return request;
  }
  for (const auto& order : batch)
    request.time_limit = std::max(request.time_limit, config.workers[order.worker].start_timeout);
  return request;
}

}  // namespace bootcheck
