#include "config/entry.h"

#include "config/placeholders.h"
#include "config/policies.h"
#include "delayed_job/arguments.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace bootcheck {
namespace {

constexpr int kHighestCount = 10'000;

constexpr auto kEntryKeys = std::to_array<std::string_view>(
    {"preset",        "identifiers", "count",       "args",   "name",          "start",
     "foreground",    "pid_file",    "stop_signal", "status", "process_title", "working_directory",
     "start_timeout", "kill_after",  "restart",     "limits", "env",           "enabled",
     "preload",       "ready",       "stop",        "unit"});

/// It becomes a part of file names and of a process title.
bool is_fit_for_names(std::string_view text) {
  constexpr std::string_view kLettersAndDigits =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
  const auto is_plain = [&](char each) {
    return kLettersAndDigits.find(each) != std::string_view::npos;
  };
  const auto is_fit = [&](char each) { return is_plain(each) || each == '.' || each == '-'; };
  return !text.empty() && text.size() <= 100 && is_plain(text.front()) &&
         std::ranges::all_of(text, is_fit);
}

}  // namespace

/// Expands placeholders and notes those that stand for nothing.
class Entry::Expander {
 public:
  Expander(Placeholders placeholders, Mistakes& mistakes)
      : placeholders_(std::move(placeholders)), mistakes_(&mistakes) {}

  /// `value` has to outlive this.
  void add(std::string_view name, std::string_view value) {
    placeholders_.emplace_back(name, value);
  }

  std::string text(const YamlNode& node, std::string_view text) const {
    auto expansion = expand(text, placeholders_);
    if (!expansion.mistake.empty()) mistakes_->add(node, expansion.mistake);
    if (!mistakes_->has_room(node, expansion.text.size())) return {};
    return std::move(expansion.text);
  }

  Argv words(const YamlNode& node, Argv words) const {
    for (auto& word : words)
      word = text(node, word);
    return words;
  }

 private:
  Placeholders placeholders_;
  Mistakes* mistakes_;
};

Entry::Entry(const YamlNode& node, std::size_t index, const EntryDefaults& defaults,
             Mistakes& mistakes)
    : section_(node, kEntryKeys, mistakes),
      index_(index),
      defaults_(&defaults),
      mistakes_(&mistakes) {
  check_preset();
  read_identifiers();
}

Entry::Entry(const Preset& preset, std::vector<std::string> identifiers,
             const EntryDefaults& defaults, Mistakes& mistakes)
    : section_(YamlNode(), kEntryKeys, mistakes),
      index_(0),
      defaults_(&defaults),
      mistakes_(&mistakes),
      preset_(&preset),
      identifiers_(std::move(identifiers)) {
  check_identifiers(section_.node());
}

void Entry::check_preset() {
  if (const auto node = section_.find("preset")) {
    const auto word = read_text(*node, *mistakes_);
    preset_ = word ? find_preset(*word) : nullptr;
    if (word && preset_ == nullptr) {
      std::string known;
      for (const auto& preset : all_presets())
        known += (known.empty() ? "" : ", ") + std::string(preset.name);
      mistakes_->expected(*node, "one of " + known);
    }
  } else {
    if (!section_.find("start")) mistakes_->add(section_.node(), "`start` or `preset` is missing");
    if (!section_.find("name")) mistakes_->add(section_.node(), "`name` or `preset` is missing");
    if (const auto args = section_.find("args"))
      mistakes_->add(*args, "`args` are for presets; write them into `start`");
  }
  check_stop();
  if (preset_ == nullptr || !preset_->fixed) return;
  for (const auto* key :
       {"name", "pid_file", "start", "status", "stop", "foreground", "working_directory"}) {
    if (const auto node = section_.find(key)) {
      mistakes_->add(*node, fmt::format("`{}` is for other programs: {} has its own; use `args`",
                                        key, preset_->name));
    }
  }
}

/// It is for those of whom no process is known.
void Entry::check_stop() const {
  const auto node = section_.find("stop");
  if (!node) return;
  if (!section_.find("status")) {
    mistakes_->add(*node,
                   "`stop` is for a worker that a `status` command judges, and there is "
                   "none; any other is sent its `stop_signal`");
  }
  if (const auto kill = section_.find("kill_after"))
    mistakes_->add(*kill, "`kill_after` is for a worker whose process is known: not with `stop`");
}

void Entry::read_identifiers() {
  const auto list = section_.find("identifiers");
  const auto count = section_.find("count");
  if (list && count) {
    mistakes_->add(*count, "`identifiers` and `count` say the same; give one");
  } else if (list) {
    if (auto texts = read_texts(*list, *mistakes_)) {
      identifiers_ = std::move(*texts);
      check_identifiers(*list);
    }
  } else if (count) {
    const int number = read_int(*count, 1, kHighestCount, *mistakes_).value_or(0);
    for (int id = 0; id < number; ++id)
      identifiers_.push_back(std::to_string(id));
  } else if (section_.find("preset")) {
    mistakes_->add(section_.node(), "which workers? add `identifiers: [1, 2, 3]` or `count: 3`");
  } else {
    identifiers_.emplace_back();  // a program of which there is one
  }
}

void Entry::check_identifiers(const YamlNode& list) const {
  if (identifiers_.empty()) mistakes_->add(list, "there is no identifier");
  for (const auto& identifier : identifiers_) {
    if (is_fit_for_names(identifier)) continue;
    mistakes_->add(
        list, fmt::format(
                  "`{}` is no identifier: letters, digits, `_`, `-` and `.`, not first, up to 100",
                  identifier.substr(0, 60)));
  }
}

void Entry::add_workers(std::vector<Worker>& workers) const {
  for (const auto& identifier : identifiers_) {
    if (mistakes_->enough()) break;
    if (auto read = worker(identifier)) workers.push_back(std::move(*read));
  }
}

std::optional<Worker> Entry::worker(const std::string& identifier) const {
  Expander expand({{"environment", defaults_->environment}, {"root", defaults_->root.native()}},
                  *mistakes_);
  if (!identifier.empty()) expand.add("id", identifier);
  const auto called = name(expand);

  Worker worker;
  worker.name = called.value_or("nameless");  // read on: there may be more mistakes
  expand.add("name", worker.name);
  worker.identifier = identifier;
  worker.entry = index_;
  worker.pid_file = below(defaults_->root, Path("tmp/pids") / (worker.name + ".pid"));
  if (const auto node = section_.find("pid_file")) {
    if (const auto text = read_text(*node, *mistakes_))
      worker.pid_file = below(defaults_->root, expand.text(*node, *text));
  }
  if (preset_ != nullptr) {
    worker.preset = preset_->name;
    worker.process_title = expand.text(section_.node(), preset_->process_title);
    worker.stop_signal = preset_->stop_signal;
    worker.foreground = preset_->foreground;
    worker.preload = preset_->preload;
  }
  const bool fixed = preset_ != nullptr && preset_->fixed;
  if (!fixed) expand.add("pid_file", worker.pid_file.native());
  Argv args;
  if (const auto node = section_.find("args"); node && preset_ != nullptr)
    args = expand.words(*node, read_texts(*node, *mistakes_).value_or(Argv()));
  if (fixed) {
    args = join_lists(args);
    adopt_delayed_job_args(worker, args);  // they say where the pid file is
    expand.add("pid_file", worker.pid_file.native());
  }
  worker.start = section_.find("start") ? start(expand) : preset_start(expand, args);
  read_settings(worker, expand);
  if (!called) return std::nullopt;
  return worker;
}

std::optional<std::string> Entry::name(const Expander& expand) const {
  const auto node = section_.find("name");
  if (!node && preset_ == nullptr) return std::nullopt;
  const auto pattern = node ? read_text(*node, *mistakes_) : std::string(preset_->name) + ".%{id}";
  if (!pattern) return std::nullopt;
  const auto& place = node ? *node : section_.node();
  // Without %{id} the workers of an entry would share a name.
  const bool complete = pattern->find("%{id}") != std::string::npos ||
                        !(section_.find("identifiers") || section_.find("count"));
  auto name = expand.text(place, complete ? *pattern : *pattern + ".%{id}");
  if (is_fit_for_names(name)) return name;
  // An identifier that is at fault has its own message.
  if (node) {
    mistakes_->add(
        place,
        fmt::format("`{}` is no name: letters, digits, `_`, `-` and `.`, not first, up to 100",
                    name.substr(0, 60)));
  }
  return std::nullopt;
}

Argv Entry::start(const Expander& expand) const {
  const auto node = section_.find("start");
  auto command = read_command(*node, *mistakes_);
  return command ? expand.words(*node, std::move(*command)) : Argv();
}

Argv Entry::preset_start(const Expander& expand, const Argv& args) const {
  Argv start;
  if (preset_ == nullptr) return start;
  for (const auto word : preset_->start) {
    if (word == "%{args}") {
      start.insert(start.end(), args.begin(), args.end());
    } else {
      start.push_back(expand.text(section_.node(), word));
    }
  }
  return start;
}

void Entry::adopt_delayed_job_args(Worker& worker, const Argv& args) const {
  const auto found = read_delayed_job_args(args);
  if (!found.mistake.empty()) mistakes_->add(*section_.find("args"), found.mistake);
  if (!found.prefix.empty())
    worker.process_title = (Path(found.prefix) / worker.process_title).native();
  if (!found.pid_dir.empty())
    worker.pid_file = below(defaults_->root, Path(found.pid_dir) / worker.pid_file.filename());
}

void Entry::read_settings(Worker& worker, const Expander& expand) const {
  worker.working_directory = defaults_->root;
  worker.start_timeout = defaults_->start_timeout;
  worker.restart = defaults_->restart;
  worker.limits = defaults_->limits;
  worker.unit = defaults_->unit;
  read_into(section_, "process_title", worker.process_title, read_text);
  if (const auto node = section_.find("process_title"))
    worker.process_title = expand.text(*node, worker.process_title);
  if (const auto node = section_.find("status"))
    worker.status = expand.words(*node, read_command(*node, *mistakes_).value_or(Argv()));
  const auto ready = section_.find("ready");
  worker.ready =
      expand.words(ready.value_or(section_.node()),
                   ready ? read_command(*ready, *mistakes_).value_or(Argv()) : defaults_->ready);
  if (const auto node = section_.find("stop"))
    worker.stop = expand.words(*node, read_command(*node, *mistakes_).value_or(Argv()));
  if (const auto node = section_.find("working_directory")) {
    if (const auto path = read_text(*node, *mistakes_))
      worker.working_directory = below(defaults_->root, expand.text(*node, *path));
  }
  read_into(section_, "env", worker.env, read_environment);
  for (auto& variable : worker.env)
    variable.second = expand.text(*section_.find("env"), variable.second);
  read_into(section_, "foreground", worker.foreground, read_bool);
  if (worker.foreground && !worker.stop.empty())
    mistakes_->add(*section_.find("stop"),
                   "`stop` is not for a program in the foreground: that is "
                   "sent its `stop_signal`");
  read_into(section_, "preload", worker.preload, read_bool);
  read_into(section_, "enabled", worker.enabled, read_bool);
  read_into(section_, "stop_signal", worker.stop_signal, read_signal);
  read_into(section_, "start_timeout", worker.start_timeout, read_time_limit);
  read_into(section_, "kill_after", worker.kill_after, read_time_limit);
  if (const auto node = section_.find("restart")) {
    worker.restart = read_restart(*node, worker.restart, defaults_->root, *mistakes_);
    worker.restart.restart_file = expand.text(*node, worker.restart.restart_file.native());
  }
  if (const auto node = section_.find("limits"))
    worker.limits = read_limits(*node, worker.limits, *mistakes_);
  if (const auto node = section_.find("unit"))
    worker.unit = read_unit(*node, worker.unit, *mistakes_);
  check_foreground(worker);
}

/// What daemonizes is not the process that was started: every pass would start one more.
void Entry::check_foreground(const Worker& worker) const {
  if (preset_ == nullptr || preset_->daemonizes.empty() || !worker.foreground) return;
  const auto how = preset_->daemonizes;
  const bool is_variable = how.ends_with('=');
  const std::string variable(how.substr(0, how.size() - 1));
  const bool is_set =
      is_variable && (worker.env.contains(variable) || defaults_->env.contains(variable));
  const bool is_given = std::ranges::any_of(worker.start, [&](const std::string& word) {
    return is_variable ? word.starts_with(how) : word == how;
  });
  if (!is_set && !is_given) return;
  const auto place = section_.find(is_given ? "args" : "env");
  mistakes_->add(place.value_or(section_.node()),
                 fmt::format("`{}` makes {} leave the foreground, and every pass would start "
                             "another; leave it out",
                             is_variable ? variable : how, preset_->name));
}

}  // namespace bootcheck
