#include "system/request_file.h"

#include "system/state_json.h"
#include "util/cases.h"
#include "util/errors.h"

#include <algorithm>
#include <cerrno>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace bootcheck {
namespace {

namespace json = boost::json;

constexpr Duration kLockWait{5000};
constexpr std::ptrdiff_t kMostRequests = 1000;
constexpr std::size_t kLongestRequest = std::size_t{4} * 1024 * 1024;

std::unique_ptr<FileLock> lock(Machine& machine, const Path& path) {
  auto taken = machine.take_lock(path, kLockWait);
  if (const auto* holder = std::get_if<LockHolder>(&taken))
    throw_error(EBUSY,
                fmt::format("cannot lock {}, which pid {} holds", path.native(), holder->pid));
  return std::move(std::get<std::unique_ptr<FileLock>>(taken));
}

std::string line_of(const Request& request) {
  json::object object{{"worker", request.worker}};
  std::visit(Cases{[&](const AskForRoll& ask) {
                     auto roll = roll_to_json(ask.roll);
                     roll["boot_id"] = ask.boot_id;
                     object["roll"] = std::move(roll);
                   },
                   [&](const AskForHold& ask) { object["hold"] = hold_to_json(ask.hold); },
                   [&](const AskForRelease&) { object["release"] = true; }},
             request.what);
  return json::serialize(object) + "\n";
}

std::optional<Request> request_of(std::string_view line) {
  json::error_code error;
  const auto document =
      json::parse({line.data(), line.size()}, error, json::storage_ptr(), lenient());
  const auto* object = error ? nullptr : document.if_object();
  const auto* name = object == nullptr ? nullptr : object->if_contains("worker");
  if (name == nullptr || !name->is_string()) return std::nullopt;
  const auto part = [&](json::string_view key) -> const json::object* {
    const auto* value = object->if_contains(key);
    return value == nullptr ? nullptr : value->if_object();
  };
  Request request{.worker = std::string(name->as_string()), .what = AskForRelease{}};
  if (const auto* hold = part("hold")) {
    request.what = AskForHold{hold_from_json(*hold)};
  } else if (const auto* roll = part("roll")) {
    const auto* boot = roll->if_contains("boot_id");
    const auto asked = roll_from_json(*roll);
    if (boot == nullptr || !boot->is_string() || !asked) return std::nullopt;
    request.what = AskForRoll{.boot_id = std::string(boot->as_string()), .roll = *asked};
  } else if (!object->contains("release")) {
    return std::nullopt;
  }
  return request;
}

Failure unusable(const Path& path, const std::string& why) {
  return {.thing = fmt::format("what was asked for in {} is not done: {}", path.native(), why),
          .reason = {}};
}

struct NotRead {
  Failure why;
  bool is_failure = false;
};

/// The whole text; empty: there is none.
std::variant<std::string, NotRead> read_text(Machine& machine, const Path& path) {
  auto read = machine.read_file(path, {.limit = kLongestRequest});
  if (std::holds_alternative<NoFile>(read)) return std::string();
  if (const auto* unreadable = std::get_if<UnreadableFile>(&read))
    return NotRead{.why = unusable(path, unreadable->why),
                   .is_failure = unreadable->is_failure && !unreadable->is_denied};
  return std::move(std::get<FileText>(read).text);
}

}  // namespace

Path requests_path(const Path& state_file) {
  auto path = state_file;
  return path.replace_extension(".requests");
}

void post_requests(Machine& machine, const Path& state_file, const std::vector<Request>& requests) {
  const auto path = requests_path(state_file);
  const auto held = lock(machine, path);
  const auto waiting = read_text(machine, path);
  const auto* text = std::get_if<std::string>(&waiting);
  const auto lines = text == nullptr ? 0 : std::ranges::count(*text, '\n');
  if (lines > 0 && lines + std::ssize(requests) > kMostRequests)
    throw_error(EDQUOT, fmt::format("{} requests wait in {} for a pass to take them up", lines,
                                    path.native()));
  std::string added;
  for (const auto& request : requests)
    added += line_of(request);
  machine.append_to_file(path, added);
}

PostedRequests read_requests(Machine& machine, const Path& state_file) {
  const auto path = requests_path(state_file);
  PostedRequests posted;
  auto read = read_text(machine, path);
  if (auto* unread = std::get_if<NotRead>(&read)) {
    posted.problems.push_back(std::move(unread->why));
    posted.is_unread = unread->is_failure;
    return posted;
  }
  posted.text = std::move(std::get<std::string>(read));
  // A last line without its end is still being written.
  posted.text.resize(posted.text.rfind('\n') + 1);
  std::string_view rest = posted.text;
  while (!rest.empty()) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(line.size() + 1);
    if (auto request = request_of(line)) {
      posted.requests.push_back(std::move(*request));
    } else {
      posted.problems.push_back(unusable(path, "a line of it is damaged"));
    }
  }
  return posted;
}

void drop_requests(Machine& machine, const Path& state_file, const PostedRequests& read) {
  if (read.text.empty()) return;
  const auto path = requests_path(state_file);
  const auto held = lock(machine, path);
  const auto now = read_text(machine, path);
  const auto* text = std::get_if<std::string>(&now);
  if (text == nullptr || !text->starts_with(read.text)) return;
  if (text->size() == read.text.size()) {
    machine.remove_file(path);
  } else {
    machine.replace_file(path, std::string_view(*text).substr(read.text.size()),
                         Durability::renamed);
  }
}

}  // namespace bootcheck
