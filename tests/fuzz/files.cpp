// Files of bootcheck's own: the configuration, and what it remembers.
#include "cli/config_json.h"
#include "config/reader.h"
#include "config/writer.h"
#include "fuzz/targets.h"
#include "support/memory_machine.h"
#include "system/request_file.h"
#include "system/state_file.h"

#include <string>

namespace bootcheck::fuzz {
namespace {

const Stamp kHere{.boot_id = "boot-1", .host = "web1", .pid_namespace = 1};

void feed_config(std::string_view input) {
  ConfigContext context;
  context.file = "/srv/shop/current/config/bootcheck.yml";
  context.root = "/srv/shop/current";
  const auto parsed = parse_config(input, context);
  if (const auto* errors = std::get_if<ConfigErrors>(&parsed)) {
    require(!errors->empty(), "what is wrong is said");
    return;
  }
  const auto& config = std::get<Config>(parsed);
  require_json(config_json(config));
  const auto again = parse_config(format_config(config), context);
  const auto* same = std::get_if<Config>(&again);
  require(same != nullptr, "the effective configuration can be read");
  require(same->workers.size() == config.workers.size(), "...and has the same workers");
  for (std::size_t at = 0; at < config.workers.size(); ++at) {
    const auto& one = config.workers[at];
    const auto& other = same->workers[at];
    require(one.name == other.name && one.start == other.start && one.pid_file == other.pid_file &&
                one.process_title == other.process_title && one.env == other.env &&
                one.working_directory == other.working_directory,
            "...which are as they were");
  }
}

void feed_state(std::string_view input) {
  const auto state = parse_state(input, kHere);
  if (!state) return;
  require(state->stamp == kHere, "what was read is of here and now");
  const auto again = parse_state(format_state(*state), kHere);
  require(again && *again == *state, "a state is read as it was written");
}

void feed_holds(std::string_view input) {
  const auto holds = parse_holds(input);
  if (!holds) return;
  require(parse_holds(format_holds(*holds)) == holds, "holds are read as they were written");
}

/// Of a file with that text.
void feed_state_files(std::string_view input) {
  const Path folder = "/srv/shop/tmp/pids";
  const auto cut = input.find('\f');
  for (const char* name : {"bootcheck.state", "bootcheck.holds"}) {
    MemoryMachine machine;
    machine.add_folder(folder);
    machine.put_file(folder / name, std::string(input.substr(0, cut)));
    if (cut != std::string_view::npos)
      machine.put_file(folder / "bootcheck.state", std::string(input.substr(cut + 1)));
    const auto loaded = load_state(machine, folder / "bootcheck.state", kHere);
    require(loaded.state.stamp == kHere, "whatever the files hold, there is a state of here");
  }
}

void feed_requests(std::string_view input) {
  const Path folder = "/srv/shop/tmp/pids";
  const auto state_file = folder / "bootcheck.state";
  MemoryMachine machine;
  machine.add_folder(folder);
  machine.put_file(requests_path(state_file), std::string(input));
  const auto posted = read_requests(machine, state_file);
  require(input.starts_with(posted.text), "what was read stands at the beginning");
  if (posted.requests.empty() || posted.requests.size() > 900) return;
  MemoryMachine other;
  other.add_folder(folder);
  post_requests(other, state_file, posted.requests);
  require(read_requests(other, state_file).requests == posted.requests,
          "requests are read as they were posted");
  drop_requests(machine, state_file, posted);
  require(
      machine.text_of(requests_path(state_file)).value_or("") == input.substr(posted.text.size()),
      "what was taken up is gone, and nothing else");
}

}  // namespace

std::vector<Target> file_targets() {
  return {{"config", feed_config},
          {"state", feed_state},
          {"holds", feed_holds},
          {"state_files", feed_state_files},
          {"requests", feed_requests}};
}

}  // namespace bootcheck::fuzz
