#include "config/workers.h"

#include "config/entry.h"

#include <unordered_map>

#include <fmt/format.h>

namespace bootcheck {
namespace {

constexpr std::size_t kMostWorkers = 10'000;

/// Two workers of one name or of one pid file would take each other for themselves.
class Uniqueness {
 public:
  explicit Uniqueness(Mistakes& mistakes) : mistakes_(&mistakes) {}

  void check(const Worker& worker, const YamlNode& entry) {
    if (const auto [other, fresh] = names_.try_emplace(worker.name, entry.line()); !fresh) {
      mistakes_->add(entry, fmt::format("worker `{}` is there twice, see line {}", worker.name,
                                        other->second));
    } else if (const auto [same, first] =
                   pid_files_.try_emplace(worker.pid_file.native(), worker.name);
               !first) {
      mistakes_->add(entry, fmt::format("`{}` and `{}` have one pid file, {}", same->second,
                                        worker.name, worker.pid_file.native()));
    }
  }

 private:
  Mistakes* mistakes_;
  std::unordered_map<std::string, int> names_;
  std::unordered_map<std::string, std::string> pid_files_;
};

}  // namespace

std::vector<Worker> read_workers(const YamlNode& node, const EntryDefaults& defaults,
                                 Mistakes& mistakes) {
  std::vector<Worker> workers;
  if (node.kind() != YamlKind::sequence) {
    mistakes.add(node, "a list of workers belongs here: - preset: delayed_job ...");
    return workers;
  }
  const auto entries = node.items();
  if (entries.empty()) mistakes.add(node, "there is no worker");
  Uniqueness uniqueness(mistakes);
  for (std::size_t index = 0; index < entries.size() && !mistakes.enough(); ++index) {
    for (auto& worker : Entry(entries[index], index, defaults, mistakes).workers()) {
      uniqueness.check(worker, entries[index]);
      workers.push_back(std::move(worker));
    }
    if (workers.size() > kMostWorkers) {
      mistakes.add(entries[index], fmt::format("more than {} workers", kMostWorkers));
      break;
    }
  }
  return workers;
}

}  // namespace bootcheck
