#include "system/state_file.h"

#include "system/state_json.h"

#include <algorithm>
#include <array>
#include <utility>

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace bootcheck {
namespace {

namespace json = boost::json;

/// Versions that share a schema can read each other's files. Since the second layout holds have a
/// file of their own; the state keeps a copy of them, so that an earlier version starts no held
/// worker.
constexpr std::int64_t kSchema = 1;
constexpr std::int64_t kLayout = 2;
constexpr std::size_t kLongestState = std::size_t{16} * 1024 * 1024;  // thousands of workers

/// What holds for a process is void in another boot. Jobs to hand back and holds are not; nor is
/// the restart file's mtime. Whatever kept failing gets a fresh chance: its next try was counted
/// from another boot.
void enter_new_boot(State& state) {
  for (auto& [name, record] : state.workers) {
    const auto leave_jobs = [&record = record](pid_t pid, const std::string& host) {
      if (find_dead(record.unrecovered, pid, host) == record.unrecovered.end())
        record.unrecovered.push_back({.pid = pid, .host = host, .asked = false});
    };
    if (record.process) {
      record.former_pid = record.process->id.pid;
      leave_jobs(record.process->id.pid, record.process->host);
    }
    for (const auto& other : record.beside)
      leave_jobs(other.id.pid, other.host);
    for (const auto& stop : record.stops)
      leave_jobs(stop.process.pid, {});
    record.process.reset();
    record.last.reset();
    record.beside.clear();
    record.dead_sessions.clear();
    record.left_overs.clear();
    record.start.reset();
    record.drained_at.reset();
    record.not_ready_since.reset();
    record.roll.reset();
    record.to_replace.reset();
    record.stops.clear();
    record.by_command.reset();
    record.replace_by_command = false;
    record.started_at = 0;
    record.next_recovery = 0;
    record.failures = {};
  }
  // Of the orphans nobody lives, but whoever was surged away may have left a file.
  std::erase_if(state.orphans,
                [](const OrphanRecord& orphan) { return !orphan.stop || !orphan.stop->aside; });
  for (auto& orphan : state.orphans) {
    orphan.process.start_time = 0;
    orphan.stop->process = orphan.process;
  }
  state.failed_boots = {};
  state.oom.reset();
}

struct ReadState {
  State state;
  Stamp written_by;
  std::int64_t layout = kLayout;
};

/// The state, or why there is none in this text.
std::variant<ReadState, std::string> read_state(std::string_view text, const Stamp& here) {
  std::array<unsigned char, 8192> room;  // for most files the tree needs no heap
  json::monotonic_resource memory(room.data(), room.size());
  json::error_code error;
  const auto document = json::parse({text.data(), text.size()}, error, &memory, lenient());
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
  const auto* layout = root->if_contains("layout");
  const auto* layout_number = layout == nullptr ? nullptr : layout->if_int64();
  ReadState read{.state = state_from_json(*root),
                 .written_by = {},
                 .layout = layout_number == nullptr ? 1 : *layout_number};
  read.written_by = std::exchange(read.state.stamp, here);
  if (read.written_by.boot_id != here.boot_id || is_foreign(read.written_by, here))
    enter_new_boot(read.state);
  return read;
}

Failure unusable(const Path& path, const std::string& why, const char* consequence) {
  return {.thing = fmt::format("the file {} is not used: {}; {}", path.native(), why, consequence),
          .reason = {}};
}

struct Unusable {
  Failure why;
  bool is_unread = false;   ///< it may be good
  bool is_failure = false;  ///< and the next pass may well read it
};

/// The whole text of a file of ours; none: there is no such file.
std::optional<std::variant<std::string, Unusable>> read_own(Machine& machine, const Path& path,
                                                            const char* consequence) {
  auto read = machine.read_file(path, {.limit = kLongestState});
  if (std::holds_alternative<NoFile>(read)) return std::nullopt;
  const auto* unreadable = std::get_if<UnreadableFile>(&read);
  if (unreadable != nullptr && unreadable->is_denied)
    return Unusable{
        .why = {.thing = fmt::format(
                    "{} cannot be read by this user, so holds and back-offs are not known",
                    path.native()),
                .reason = {}},
        .is_unread = true};
  if (unreadable != nullptr && unreadable->is_failure)
    return Unusable{
        .why = {.thing = fmt::format("cannot read {}, so holds and back-offs are not known",
                                     path.native()),
                .reason = unreadable->why},
        .is_unread = true,
        .is_failure = true};
  if (unreadable != nullptr) return Unusable{.why = unusable(path, unreadable->why, consequence)};
  auto& file = std::get<FileText>(read);
  if (!file.complete) return Unusable{.why = unusable(path, "it is too long", consequence)};
  return std::move(file.text);
}

constexpr const char* kStateIsNew = "a new one replaces it";
constexpr const char* kHoldsAreLost = "holds have to be set again";

/// Without a usable file of holds the state's copy counts; so it does after an earlier version,
/// which knows no other place for them.
void load_holds(Machine& machine, const Path& path, std::int64_t layout, LoadedState& loaded) {
  if (layout < kLayout) return;
  const auto text = read_own(machine, path, kHoldsAreLost);
  if (!text) return;
  if (const auto* bad = std::get_if<Unusable>(&*text)) {
    loaded.problems.push_back(bad->why);
    if (bad->is_unread) loaded.unread = bad->why;
    return;
  }
  if (auto holds = parse_holds(std::get<std::string>(*text))) {
    loaded.state.holds = std::move(*holds);
  } else {
    loaded.problems.push_back(unusable(path, "it is damaged", kHoldsAreLost));
  }
}

}  // namespace

Path holds_path(const Path& state_file) {
  auto path = state_file;
  return path.replace_extension(".holds");
}

std::optional<State> parse_state(std::string_view text, const Stamp& here) {
  auto read = read_state(text, here);
  if (auto* good = std::get_if<ReadState>(&read)) return std::move(good->state);
  return {};
}

std::string format_state(const State& state) {
  json::object root{{"schema", kSchema}, {"layout", kLayout}};
  for (auto& [key, value] : state_to_json(state))
    root[key] = std::move(value);
  return json::serialize(root) + "\n";
}

std::optional<Holds> parse_holds(std::string_view text) {
  json::error_code error;
  const auto document =
      json::parse({text.data(), text.size()}, error, json::storage_ptr(), lenient());
  const auto* root = error ? nullptr : document.if_object();
  if (root == nullptr || !root->contains("holds")) return {};
  return holds_from_json(*root);
}

std::string format_holds(const Holds& holds) {
  return json::serialize(json::object{{"schema", 1}, {"holds", holds_to_json(holds)}}) + "\n";
}

LoadedState load_state(Machine& machine, const Path& path, const Stamp& here) {
  LoadedState loaded;
  loaded.state.stamp = here;
  auto layout = kLayout;
  if (const auto text = read_own(machine, path, kStateIsNew)) {
    if (const auto* bad = std::get_if<Unusable>(&*text)) {
      loaded.problems.push_back(bad->why);
      loaded.is_unread = bad->is_unread;
      if (bad->is_failure) loaded.unread = bad->why;
    } else {
      auto read = read_state(std::get<std::string>(*text), here);
      if (auto* good = std::get_if<ReadState>(&read)) {
        loaded.state = std::move(good->state);
        loaded.written_by = std::move(good->written_by);
        layout = good->layout;
      } else {
        loaded.problems.push_back(unusable(path, std::get<std::string>(read), kStateIsNew));
      }
    }
  }
  loaded.is_of_earlier_version = layout < kLayout;
  load_holds(machine, holds_path(path), layout, loaded);
  return loaded;
}

void save_state(Machine& machine, const Path& path, const State& state) {
  machine.replace_file(path, format_state(state), Durability::synced);
}

void save_holds(Machine& machine, const Path& state_file, const Holds& holds) {
  machine.replace_file(holds_path(state_file), format_holds(holds), Durability::synced);
}

}  // namespace bootcheck
