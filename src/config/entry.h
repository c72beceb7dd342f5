// One entry of `workers:`: a mapping, and the identifiers it stands for.
#pragma once

#include "config/presets.h"
#include "config/workers.h"

#include <string>
#include <vector>

namespace bootcheck {

class Entry {
 public:
  Entry(const YamlNode& node, std::size_t index, const EntryDefaults& defaults, Mistakes& mistakes);
  /// An entry that nobody wrote.
  Entry(const Preset& preset, std::vector<std::string> identifiers, const EntryDefaults& defaults,
        Mistakes& mistakes);

  /// Appends one worker an identifier, in their order.
  void add_workers(std::vector<Worker>& workers) const;

 private:
  class Expander;

  void check_preset();
  void check_stop() const;
  void read_identifiers();
  void check_identifiers(const YamlNode& list) const;
  std::optional<Worker> worker(const std::string& identifier) const;
  std::optional<std::string> name(const Expander& expand) const;
  Argv start(const Expander& expand) const;
  Argv preset_start(const Expander& expand, const Argv& args) const;
  void adopt_delayed_job_args(Worker& worker, const Argv& args) const;
  void read_settings(Worker& worker, const Expander& expand) const;
  void check_foreground(const Worker& worker) const;

  Section section_;
  std::size_t index_;
  const EntryDefaults* defaults_;
  Mistakes* mistakes_;
  const Preset* preset_ = nullptr;
  std::vector<std::string> identifiers_;
};

}  // namespace bootcheck
