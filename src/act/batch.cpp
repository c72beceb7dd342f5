#include "act/batch.h"

#include "config/start_log.h"
#include "delayed_job/preloader.h"
#include "launch/environment.h"
#include "model/identity.h"

#include <algorithm>

#include <boost/json.hpp>

namespace bootcheck {
namespace {

bool starts_any(const Batch& batch) {
  return std::ranges::any_of(batch, &StartOrder::start);
}

/// The command is the worker's own, and not a boot of its application.
bool is_program_itself(const Worker& worker, const Batch& batch) {
  return !hands_back_jobs(worker) || (worker.foreground && starts_any(batch));
}

/// `bin/delayed_job`, or `script/delayed_job` as generated before Rails 4. Where there is neither,
/// this still tells where the application is.
std::string script_of(Machine& machine, const Worker& worker) {
  const Path script = worker.foreground ? Path("bin/delayed_job") : Path(worker.start.front());
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
Argv preloader_command(Machine& machine, const Config& config, const Batch& batch) {
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

namespace json = boost::json;

/// The dead processes whose jobs are to be handed back.
json::array hand_back_list(const Config& config, const Batch& batch) {
  json::array list;
  for (const auto& order : batch) {
    for (const auto& [dead, pid_taken] : order.recover) {
      auto& entry = list.emplace_back(json::object()).as_object();
      const auto& worker = config.workers[order.worker];
      const auto name = name_in_locks(worker);
      entry["worker"] = name;
      if (name != worker.name) entry["shown"] = shown(worker.name, dead.pid);
      entry["pid"] = dead.pid;
      entry["host"] = dead.host;
      if (dead.born != 0) entry["born"] = dead.born;
      if (dead.gone != 0) entry["gone"] = dead.gone;
      if (pid_taken != 0) entry["pid_taken"] = pid_taken;
    }
  }
  return list;
}

/// The arguments of each start.
json::array start_list(const Config& config, const Batch& batch) {
  json::array list;
  for (const auto& order : batch) {
    const auto& start = config.workers[order.worker].start;
    if (order.start) list.emplace_back(json::array(start.begin() + 1, start.end()));
  }
  return list;
}

/// The first batch: what is to be started stands in the command line.
std::string first_line(const Config& config, const Batch& batch) {
  return json::serialize(json::object{{"batch", 0}, {"hand_back", hand_back_list(config, batch)}});
}

bool hands_back_beside(const Worker& worker, const StartOrder& order) {
  return worker.foreground && order.start && !order.recover.empty();
}

Path start_log_of(const Config& config, const Batch& batch) {
  const auto& first = config.workers[batch.front().worker];
  const bool is_of_one = batch.size() == 1 && !only_boots(batch);
  return is_of_one ? start_log(config, first) : shared_start_log(config, first);
}

}  // namespace

std::string shown(const std::string& worker, pid_t pid) {
  return worker + " (pid " + std::to_string(pid) + ")";
}

std::vector<Batch> make_batches(const Config& config, const std::vector<StartOrder>& orders) {
  std::vector<Batch> batches;
  for (const auto& order : orders) {
    if (hands_back_beside(config.workers[order.worker], order)) {
      batches.push_back({{.worker = order.worker, .start = true, .recover = {}}});
      batches.push_back({{.worker = order.worker, .start = false, .recover = order.recover}});
      continue;
    }
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

std::string batch_line(const Config& config, const Batch& batch, int number, const Path& output) {
  return json::serialize(json::object{{"batch", number},
                                      {"output", output.native()},
                                      {"start", start_list(config, batch)},
                                      {"hand_back", hand_back_list(config, batch)}});
}

bool only_boots(const Batch& batch) {
  return std::ranges::none_of(
      batch, [](const StartOrder& order) { return order.start || !order.recover.empty(); });
}

LaunchRequest make_request(Machine& machine, const Config& config, const Batch& batch) {
  const auto& first = config.workers[batch.front().worker];
  LaunchRequest request;
  request.working_directory = first.working_directory;
  request.env = environment_of(config, first);
  request.output = start_log_of(config, batch);
  if (is_program_itself(first, batch)) {
    request.argv = first.start;
  } else {
    request.argv = preloader_command(machine, config, batch);
    request.input =
        std::string(delayed_job_preloader()) + "__END__\n" + first_line(config, batch) + "\n";
    request.converses = has_preloader(first);
  }
  if (first.foreground && starts_any(batch)) {  // it is the worker itself: no time limit ends it
    request.pid_file = first.pid_file;
    return request;
  }
  for (const auto& order : batch)
    request.time_limit = std::max(request.time_limit, config.workers[order.worker].start_timeout);
  return request;
}

}  // namespace bootcheck
