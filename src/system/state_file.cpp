#include "system/state_file.h"

#include "system/state_json.h"

#include <array>

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace bootcheck {
namespace {

namespace json = boost::json;

constexpr std::int64_t kSchema = 1;
constexpr std::size_t kLongest = std::size_t{16} * 1024 * 1024;  // thousands of workers

/// What holds for a process is void in another boot. Jobs to hand back and holds are not; nor is
/// the restart file's mtime. Whatever kept failing gets a fresh chance: its next try was counted
/// from another boot.
void enter_new_boot(State& state, const std::string& boot_id) {
  for (auto& [name, record] : state.workers) {
    if (record.process) record.former_pid = record.process->pid;
    record.process.reset();
    record.to_replace.reset();
    record.stops.clear();
    record.started_at = 0;
    record.next_recovery = 0;
    record.failures = {};
  }
  state.orphans.clear();
  state.boot_id = boot_id;
}

/// The state, or why there is none in this text.
std::variant<State, std::string> read_state(std::string_view text, const std::string& boot_id) {
  std::array<unsigned char, 8192> room;  // for most files the tree needs no heap
  json::monotonic_resource memory(room.data(), room.size());
  json::parse_options options;
  options.allow_invalid_utf8 = true;  // a path may hold any bytes
  json::error_code error;
  const auto document = json::parse({text.data(), text.size()}, error, &memory, options);
  if (error) return "it is damaged: " + error.message();
  const auto* root = document.if_object();
  if (root == nullptr) return "it is damaged: no JSON object";
  const auto* schema = root->if_contains("schema");
  const auto* number = schema == nullptr ? nullptr : schema->if_int64();
  if (number == nullptr) return "it is damaged: no schema number";
  // Not even the holds of an unknown schema can be trusted to mean what they seem to.
  if (*number != kSchema) {
    return fmt::format("its schema is {}, this program knows {}: another version wrote it", *number,
                       kSchema);
  }
  auto state = state_from_json(*root);
  if (state.boot_id != boot_id) enter_new_boot(state, boot_id);
  return state;
}

LoadedState nothing_remembered(const std::string& boot_id) {
  LoadedState loaded;
  loaded.state.boot_id = boot_id;
  return loaded;
}

LoadedState unusable(const Path& path, const std::string& boot_id, const std::string& why) {
  auto loaded = nothing_remembered(boot_id);
  loaded.problem = fmt::format(
      "the state file {} is not used: {}; a new one replaces it, and holds have to be set again",
      path.native(), why);
  return loaded;
}

}  // namespace

std::optional<State> parse_state(std::string_view text, const std::string& boot_id) {
  auto state = read_state(text, boot_id);
  if (auto* good = std::get_if<State>(&state)) return std::move(*good);
  return {};
}

std::string format_state(const State& state) {
  json::object root{{"schema", kSchema}};
  for (auto& [key, value] : state_to_json(state))
    root[key] = std::move(value);
  return json::serialize(root) + "\n";
}

LoadedState load_state(Machine& machine, const Path& path, const std::string& boot_id) {
  const auto read = machine.read_file(path, {.limit = kLongest});
  if (std::holds_alternative<NoFile>(read)) return nothing_remembered(boot_id);
  if (const auto* unreadable = std::get_if<UnreadableFile>(&read))
    return unusable(path, boot_id, unreadable->why);
  const auto& file = std::get<FileText>(read);
  if (!file.complete) return unusable(path, boot_id, "it is too long");
  auto state = read_state(file.text, boot_id);
  if (const auto* why = std::get_if<std::string>(&state)) return unusable(path, boot_id, *why);
  return {.state = std::move(std::get<State>(state)), .problem = {}};
}

void save_state(Machine& machine, const Path& path, const State& state) {
  machine.replace_file(path, format_state(state), Durability::synced);
}

}  // namespace bootcheck
