#include "config/reader.h"

#include "config/policies.h"
#include "config/workers.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace bootcheck {
namespace {

constexpr std::size_t kLargest = 1'000'000;  // bytes; the largest real file known has 20,000

constexpr auto kFileKeys = std::to_array<std::string_view>(
    {"app",         "root",    "environment",     "user",          "env",       "path",
     "env_file",    "workers", "parallel_starts", "start_timeout", "restart",   "limits",
     "backoff",     "orphans", "recover_jobs",    "launcher",      "lock_file", "state_file",
     "stuck_after", "log",     "metrics_file",    "notify",        "ready",     "unit"});
constexpr auto kBackoffKeys = std::to_array<std::string_view>({"first", "max"});
constexpr auto kLogKeys = std::to_array<std::string_view>({"to", "path", "level", "format"});

template <class Enum>
using Word = std::pair<std::string_view, Enum>;
constexpr auto kOrphans = std::to_array<Word<Orphans>>(
    {{"drain", Orphans::drain}, {"warn", Orphans::warn}, {"ignore", Orphans::ignore}});
constexpr auto kLaunchers = std::to_array<Word<Launcher>>(
    {{"direct", Launcher::direct}, {"systemd", Launcher::systemd}, {"auto", Launcher::automatic}});
constexpr auto kLogTargets =
    std::to_array<Word<LogTarget>>({{"file", LogTarget::file},
                                    {"syslog", LogTarget::syslog},
                                    {"stderr", LogTarget::standard_error}});
constexpr auto kLogLevels = std::to_array<Word<LogLevel>>({{"debug", LogLevel::debug},
                                                           {"info", LogLevel::info},
                                                           {"warn", LogLevel::warn},
                                                           {"error", LogLevel::error}});
constexpr auto kLogFormats =
    std::to_array<Word<LogFormat>>({{"text", LogFormat::text}, {"json", LogFormat::json}});

/// `shop` for /srv/shop and for Capistrano's /srv/shop/current.
std::string app_name(const Path& root) {
  const auto folder =
      root.filename() == "current" ? root.parent_path().filename() : root.filename();
  return folder.empty() || folder == "/" ? "app" : folder.native();
}

class Reader {
 public:
  Reader(const YamlNode& node, const ConfigContext& context, Mistakes& mistakes)
      : section_(node, kFileKeys, mistakes), context_(&context), mistakes_(&mistakes) {}

  /// All of a file.
  Config read() {
    if (!context_->file.empty()) config_.file = context_->file;
    read_all_but_workers();
    if (const auto list = section_.find("workers")) {
      config_.workers = read_workers(*list, entry_defaults(), *mistakes_);
      check_pid_files(*list);
    } else {
      mistakes_->add(section_.node(), "`workers` is missing");
    }
    return std::move(config_);
  }

  /// Without a file: delayed_job workers and defaults.
  Config read(const std::vector<std::string>& identifiers) {
    read_all_but_workers();
    config_.workers = delayed_job_workers(identifiers, entry_defaults(), *mistakes_);
    return std::move(config_);
  }

 private:
  void read_all_but_workers() {
    read_app();
    read_environment_of_workers();
    read_pass();
    read_files();
    read_log();
    check_files();
  }

  Path path(std::string_view key, const Path& otherwise) {
    std::string text = otherwise.native();
    read_into(section_, key, text, read_text);
    return below(config_.root, text);
  }

  std::optional<Path> optional_path(std::string_view key) {
    if (!section_.find(key)) return std::nullopt;
    return path(key, {});
  }

  void read_app() {
    std::string root = context_->root.native();
    if (!context_->root_given) read_into(section_, "root", root, read_text);
    config_.root = below(context_->root, root);
    if (config_.root.filename_is_dot()) config_.root = config_.root.parent_path();  // a final slash
    config_.app = app_name(config_.root);
    read_into(section_, "app", config_.app, read_text);
    config_.environment = context_->environment_default;
    read_into(section_, "environment", config_.environment, read_text);
    if (!context_->environment.empty()) config_.environment = context_->environment;
    read_into(section_, "user", config_.user, read_text);
  }

  void read_environment_of_workers() {
    read_into(section_, "env", config_.env, read_environment);
    config_.env_file = optional_path("env_file");
    std::vector<std::string> folders;
    read_into(section_, "path", folders, read_texts);
    for (const auto& folder : folders)
      config_.path.push_back(below(config_.root, folder));
  }

  void read_pass() {
    read_into(section_, "parallel_starts", config_.parallel_starts, read_int, 1, 1000);
    read_into(section_, "orphans", config_.orphans, read_word<Orphans>, kOrphans);
    read_into(section_, "launcher", config_.launcher, read_word<Launcher>, kLaunchers);
    read_into(section_, "recover_jobs", config_.recover_jobs, read_bool);
    read_into(section_, "stuck_after", config_.stuck_after, read_time_limit);
    if (const auto node = section_.find("backoff")) read_backoff(*node);
  }

  void read_backoff(const YamlNode& node) {
    if (node.kind() == YamlKind::scalar && node.text() == "0") {
      config_.backoff.first = Duration::zero();
      return;
    }
    if (node.kind() == YamlKind::scalar)
      return mistakes_->expected(node, "0, or a mapping such as {first: 30s, max: 10m}");
    const Section backoff(node, kBackoffKeys, *mistakes_);
    read_into(backoff, "first", config_.backoff.first, read_duration);
    read_into(backoff, "max", config_.backoff.max, read_duration);
    if (config_.backoff.max < config_.backoff.first)
      mistakes_->add(node, "`max` is shorter than `first`");
  }

  void read_files() {
    config_.lock_file = path("lock_file", "tmp/pids/bootcheck.lock");
    config_.state_file = path("state_file", "tmp/pids/bootcheck.state");
    config_.metrics_file = optional_path("metrics_file");
    read_into(section_, "notify", config_.notify, read_command);
  }

  void read_log() {
    config_.log.path = below(config_.root, "log/bootcheck.log");
    const auto node = section_.find("log");
    if (!node) return;
    const Section log(*node, kLogKeys, *mistakes_);
    read_into(log, "to", config_.log.to, read_word<LogTarget>, kLogTargets);
    read_into(log, "level", config_.log.level, read_word<LogLevel>, kLogLevels);
    read_into(log, "format", config_.log.format, read_word<LogFormat>, kLogFormats);
    std::string path = config_.log.path.native();
    read_into(log, "path", path, read_text);
    config_.log.path = below(config_.root, path);
  }

  /// The lock file has to stay what it is, and the others are replaced or appended to: of one name
  /// with another of them it would vanish under a pass, and two passes would run at once.
  void check_files() {
    std::vector<std::pair<std::string_view, Path>> files = {{"lock_file", config_.lock_file},
                                                            {"state_file", config_.state_file}};
    if (config_.metrics_file) files.emplace_back("metrics_file", *config_.metrics_file);
    if (config_.log.to == LogTarget::file) files.emplace_back("log", config_.log.path);
    for (auto file = files.begin(); file != files.end(); ++file) {
      const auto same = std::find_if(files.begin(), file, [&](const auto& other) {
        return other.second.native() == file->second.native();
      });
      if (same == file) continue;
      const auto place = section_.find(file->first);
      mistakes_->add(place ? *place : section_.find(same->first).value_or(section_.node()),
                     fmt::format("`{}` and `{}` are one file, {}", file->first, same->first,
                                 file->second.native()));
    }
  }

  EntryDefaults entry_defaults() const {
    EntryDefaults defaults;
    defaults.root = config_.root;
    defaults.environment = config_.environment;
    defaults.env = config_.env;
    defaults.start_timeout = std::chrono::minutes(5);
    defaults.restart.restart_file = below(config_.root, "tmp/restart.txt");
    read_into(section_, "start_timeout", defaults.start_timeout, read_time_limit);
    read_into(section_, "ready", defaults.ready, read_command);
    if (const auto restart = section_.find("restart"))
      defaults.restart = read_restart(*restart, defaults.restart, config_.root, *mistakes_);
    if (const auto limits = section_.find("limits"))
      defaults.limits = read_limits(*limits, defaults.limits, *mistakes_);
    if (const auto unit = section_.find("unit"))
      defaults.unit = read_unit(*unit, defaults.unit, *mistakes_);
    return defaults;
  }

  void check_pid_files(const YamlNode& list) const {
    for (const auto& worker : config_.workers) {
      const auto& file = worker.pid_file.native();  // normal paths compare by their text
      if (file != config_.lock_file.native() && file != config_.state_file.native()) continue;
      mistakes_->add(list, fmt::format("the pid file of `{}` is the lock file or the state file",
                                       worker.name));
    }
  }

  Section section_;
  const ConfigContext* context_;
  Mistakes* mistakes_;
  Config config_;
};

}  // namespace

std::string ConfigError::text() const {
  if (file.empty()) return message;
  return line == 0 ? fmt::format("{}: {}", file, message)
                   : fmt::format("{}:{}:{}: {}", file, line, column, message);
}

std::variant<Config, ConfigErrors> parse_config(std::string_view yaml,
                                                const ConfigContext& context) {
  Mistakes mistakes(context.file.native());
  if (yaml.size() > kLargest) {
    mistakes.add_at(0, 0, fmt::format("it is larger than {} bytes", kLargest));
    return mistakes.take();
  }
  YamlDocument document(yaml);
  if (const auto* mistake = document.mistake()) {
    mistakes.add_at(mistake->line, mistake->column, mistake->message);
    return mistakes.take();
  }
  if (document.is_empty()) {
    mistakes.add_at(0, 0, "it is empty; `workers:` is the least it has to say");
    return mistakes.take();
  }
  auto config = Reader(document.root(), context, mistakes).read();
  if (mistakes.none()) return config;
  return mistakes.take();
}

std::variant<Config, ConfigErrors> zero_config(const std::vector<std::string>& identifiers,
                                               const ConfigContext& context) {
  Mistakes mistakes("");  // of no file
  auto config = Reader(YamlNode(), context, mistakes).read(identifiers);
  if (mistakes.none()) return config;
  return mistakes.take();
}

}  // namespace bootcheck
