#include "config/workers.h"

#include "config/entry.h"

#include <unordered_map>

#include <fmt/format.h>

namespace bootcheck {
namespace {

constexpr std::size_t kMostWorkers = 10'000;

/// Two workers of one name or of one pid file would take each other for themselves.
void check_unique(const std::vector<Worker>& workers, const std::vector<YamlNode>& entries,
                  Mistakes& mistakes) {
  std::unordered_map<std::string_view, const Worker*> names;
  std::unordered_map<std::string_view, const Worker*> pid_files;
  for (const auto& worker : workers) {
    const auto& entry = entries[worker.entry];
    if (const auto [other, fresh] = names.try_emplace(worker.name, &worker); !fresh) {
      const int line = entries[other->second->entry].line();
      mistakes.add(entry, fmt::format("worker `{}` is there twice{}", worker.name,
                                      line == 0 ? "" : fmt::format(", see line {}", line)));
    } else if (const auto [same, first] = pid_files.try_emplace(worker.pid_file.native(), &worker);
               !first) {
      mistakes.add(entry, fmt::format("`{}` and `{}` have one pid file, {}", same->second->name,
                                      worker.name, worker.pid_file.native()));
    }
  }
}

}  // namespace

std::vector<Worker> read_workers(const YamlNode& node, const EntryDefaults& defaults,
                                 Mistakes& mistakes) {
  std::vector<Worker> workers;
  if (node.kind() != YamlKind::sequence) {
    mistakes.expected(node, "a list of workers (- preset: delayed_job ...)");
    return workers;
  }
  const auto entries = node.items();
  if (entries.empty())
    mistakes.add(node, "`workers` is empty; add one, such as {preset: delayed_job, count: 2}");
  for (std::size_t index = 0; index < entries.size() && !mistakes.enough(); ++index) {
    Entry(entries[index], index, defaults, mistakes).add_workers(workers);
    if (workers.size() > kMostWorkers) {
      mistakes.add(entries[index], fmt::format("more than {} workers", kMostWorkers));
      break;
    }
  }
  check_unique(workers, entries, mistakes);
  return workers;
}

std::vector<Worker> delayed_job_workers(const std::vector<std::string>& identifiers,
                                        const EntryDefaults& defaults, Mistakes& mistakes) {
  std::vector<Worker> workers;
  workers.reserve(identifiers.size());
  Entry(*find_preset("delayed_job"), identifiers, defaults, mistakes).add_workers(workers);
  check_unique(workers, {YamlNode()}, mistakes);
  return workers;
}

}  // namespace bootcheck
