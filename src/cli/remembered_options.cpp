#include "cli/remembered_options.h"

#include "system/text_file.h"

#include <algorithm>
#include <iterator>
#include <system_error>

#include <boost/json.hpp>

namespace bootcheck {
namespace {

namespace json = boost::json;

constexpr WallTime kForgottenAfter = WallTime{24} * 3600;
/// What was given again within so long needs no writing.
constexpr WallTime kFresh = 3600;

Path file_of(const Path& root) {
  return root / "tmp/pids/bootcheck.options";
}

std::vector<std::string> given_identifiers(const Options& options) {
  if (!options.count) return options.identifiers;
  std::vector<std::string> identifiers;
  identifiers.reserve(static_cast<std::size_t>(std::max(*options.count, 0)));
  for (int index = 0; index < *options.count; ++index)
    identifiers.push_back(std::to_string(index));
  return identifiers;
}

}  // namespace

std::vector<std::string> RememberedOptions::names() const {
  std::vector<std::string> names;
  std::ranges::transform(identifiers, std::back_inserter(names),
                         [](const auto& each) { return each.first; });
  // 2 before 10.
  std::ranges::stable_sort(names, {}, &std::string::size);
  return names;
}

RememberedOptions parse_remembered_options(std::string_view text) {
  RememberedOptions remembered;
  boost::system::error_code damaged;
  const auto document = json::parse(text, damaged);
  const auto* root = damaged ? nullptr : document.if_object();
  if (root == nullptr) return remembered;
  if (const auto* environment = root->if_contains("environment"))
    if (const auto* word = environment->if_string()) remembered.environment = std::string(*word);
  const auto* identifiers = root->if_contains("identifiers");
  const auto* object = identifiers == nullptr ? nullptr : identifiers->if_object();
  if (object == nullptr) return remembered;
  for (const auto& [name, when] : *object) {
    if (const auto* time = when.if_int64()) remembered.identifiers.emplace(name, *time);
  }
  return remembered;
}

std::string format_remembered_options(const RememberedOptions& remembered) {
  json::object identifiers;
  for (const auto& [name, when] : remembered.identifiers)
    identifiers[name] = when;
  return json::serialize(json::object{{"schema", 1},
                                      {"environment", remembered.environment},
                                      {"identifiers", std::move(identifiers)}}) +
         "\n";
}

RememberedOptions updated(RememberedOptions remembered, const Options& options,
                          const std::string& environment, WallTime now) {
  auto& known = remembered.identifiers;
  std::erase_if(known, [now](const auto& each) { return now - each.second > kForgottenAfter; });
  const auto given = given_identifiers(options);
  if (options.count) {
    std::erase_if(known, [&](const auto& each) {
      return std::ranges::find(given, each.first) == given.end();
    });
  }
  for (const auto& name : given) {
    const auto [entry, is_new] = known.try_emplace(name, now);
    if (!is_new && now - entry->second > kFresh) entry->second = now;
  }
  remembered.environment = environment;
  return remembered;
}

RememberedOptions load_remembered_options(const Path& root) {
  try {
    return parse_remembered_options(read_text_file(file_of(root)));
  } catch (const std::system_error&) {  // nothing is remembered
    return {};
  }
}

void remember_options(Machine& machine, const Options& options, const Config& config) {
  if (config.file || (!options.count && options.identifiers.empty())) return;
  const auto before = load_remembered_options(config.root);
  const auto after = updated(before, options, config.environment, machine.wall_now());
  if (after == before) return;
  try {
    machine.replace_file(file_of(config.root), format_remembered_options(after),
                         Durability::renamed);
  } catch (const std::system_error&) {  // the pass says what cannot be written
  }
}

}  // namespace bootcheck
