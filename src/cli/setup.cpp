#include "cli/setup.h"

#include "cli/remembered_options.h"
#include "config/reader.h"
#include "system/clock.h"
#include "system/inspect.h"
#include "system/paths.h"
#include "system/surroundings.h"
#include "system/text_file.h"
#include "util/nearest.h"

#include <algorithm>
#include <system_error>

#include <fmt/format.h>

#include <fnmatch.h>

namespace bootcheck {
namespace {

Path full_path(const Path& path) {
  return (path.is_absolute() ? path : working_directory() / path).lexically_normal();
}

Path without_final_slash(const Path& path) {
  return path.filename_is_dot() || path.filename().empty() ? path.parent_path() : path;
}

/// Where the configuration is read from; none: there is none.
std::optional<Path> find_config_file(const Place& place) {
  if (place.config) return place.config;
  return file_status(place.decisive()) ? std::optional(place.decisive()) : std::nullopt;
}

/// The folder that holds config/bootcheck.yml.
std::optional<Path> root_around(const Path& file) {
  const auto folder = file.parent_path();
  if (folder.filename() != "config") return std::nullopt;
  return folder.parent_path();
}

UsageErrors texts(const ConfigErrors& errors) {
  UsageErrors lines;
  for (const auto& error : errors)
    lines.push_back(error.text());
  return lines;
}

std::variant<Config, UsageErrors> checked(std::variant<Config, ConfigErrors> parsed) {
  if (auto* config = std::get_if<Config>(&parsed)) return std::move(*config);
  return texts(std::get<ConfigErrors>(parsed));
}

std::variant<Config, UsageErrors> read_config(const Path& file, const ConfigContext& context) {
  try {
    return checked(parse_config(read_text_file(file), context));
  } catch (const std::system_error& error) {
    return UsageErrors{fmt::format("the configuration cannot be read: {}", error.what())};
  }
}

/// Whether there was one to select.
template <class IsMeant>
bool select(const Config& config, const IsMeant& is_meant, std::vector<bool>& selected) {
  bool found = false;
  for (std::size_t at = 0; at < config.workers.size(); ++at) {
    if (!is_meant(config.workers[at])) continue;
    selected[at] = true;
    found = true;
  }
  return found;
}

std::string no_worker(const Config& config, const std::string& name) {
  std::vector<std::string_view> names;
  for (const auto& worker : config.workers)
    names.emplace_back(worker.name);
  const auto near = nearest(name, names);
  if (!near.empty()) return fmt::format("no worker `{}`: did you mean `{}`?", name, near);
  return fmt::format("no worker `{}`; bootcheck status lists them", name);
}

}  // namespace

Place find_place(const Options& options) {
  Place place;
  place.root = without_final_slash(options.root ? full_path(*options.root) : working_directory());
  if (options.config) {
    place.config = full_path(*options.config);
  } else if (const auto named = environment_variable("BOOTCHECK_CONFIG"); !named.empty()) {
    place.config = full_path(named);
  }
  place.rails_env = environment_variable("RAILS_ENV");
  return place;
}

Config unwritten_config(const Options& options, const Place& place) {
  Config config;
  config.file = place.decisive();
  config.root = options.root ? place.root : root_around(*config.file).value_or(place.root);
  return config;
}

std::variant<Config, UsageErrors> load_config(const Options& options, const Place& place) {
  ConfigContext context;
  context.root = place.root;
  context.environment = options.environment;
  if (!place.rails_env.empty()) context.environment_default = place.rails_env;

  const bool zero = options.count || !options.identifiers.empty();
  const auto file = find_config_file(place);
  if (!file) {
    // Of -n nothing else has to be known.
    auto remembered = options.count ? RememberedOptions() : load_remembered_options(context.root);
    if (!zero && options.environment.empty()) context.environment = remembered.environment;
    if (zero) remembered = updated(std::move(remembered), options, {}, wall_now());
    if (!remembered.identifiers.empty()) return checked(zero_config(remembered.names(), context));
    const auto root = context.root.native();
    if (!look_at(context.root).exists)
      return UsageErrors{
          fmt::format("{} does not exist; name the application's folder with -C", root)};
    return UsageErrors{
        fmt::format("no {0}/config/bootcheck.yml; `bootcheck -C {0} init` writes one, -c names "
                    "another, and -n 3 keeps three delayed_job workers running without one",
                    root)};
  }
  if (zero)
    return UsageErrors{fmt::format("-n and -i are for use without a configuration, and there is {}",
                                   file->native())};
  context.file = *file;
  if (!options.root) context.root = root_around(*file).value_or(context.root);
  context.root_given = options.root.has_value();
  return read_config(*file, context);
}

std::variant<std::vector<bool>, UsageErrors> select_workers(const Config& config,
                                                            const Options& options) {
  // The workers of other crontab lines are no orphans, and none of this one's business.
  const auto& names = options.workers.empty() ? options.identifiers : options.workers;
  if (names.empty()) return std::vector<bool>();
  std::vector<bool> selected(config.workers.size());
  UsageErrors errors;
  for (const auto& name : names) {
    const auto is_named = [&name](const Worker& worker) {
      return ::fnmatch(name.c_str(), worker.name.c_str(), 0) == 0;
    };
    const auto is_preset = [&name](const Worker& worker) { return worker.preset == name; };
    const auto is_identifier = [&name](const Worker& worker) { return worker.identifier == name; };
    const bool found = select(config, is_named, selected) ||
                       (!name.empty() && select(config, is_preset, selected));
    if (found) continue;
    switch (std::ranges::count_if(config.workers, is_identifier)) {
      case 1:
        select(config, is_identifier, selected);
        break;
      case 0:
        errors.push_back(no_worker(config, name));
        break;
      default:
        errors.push_back(fmt::format("`{}` is the identifier of several workers; name one", name));
    }
  }
  if (!errors.empty()) return errors;
  return selected;
}

}  // namespace bootcheck
