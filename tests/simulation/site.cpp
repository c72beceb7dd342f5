#include "simulation/site.h"

#include "config/reader.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <fmt/format.h>

namespace bootcheck::sim {
namespace {

struct EntryText {
  Kind kind;
  const char* yaml;  ///< but for its identifiers
  bool has_identifiers = true;
};

constexpr auto kEntries = std::to_array<EntryText>({
    {Kind::delayed_job, "preset: delayed_job"},
    {Kind::foreground, "name: feed-%{id}\n    start: [bin/feed, '%{id}']\n    foreground: true"},
    {Kind::changing_title, "name: kiq-%{id}\n    start: [bin/kiq, '%{id}']\n    foreground: true"},
    {Kind::forking, "name: puma-%{id}\n    start: [bin/puma, '%{id}']\n    foreground: true"},
    {Kind::twin, "name: twin-%{id}\n    start: [bin/twin, --all]\n    foreground: true"},
    {Kind::titled_daemon,
     "name: mail-%{id}\n    start: [bin/mail, '%{id}']\n    process_title: mail-%{id}"},
    {Kind::untitled_daemon, "name: noisy-%{id}\n    start: [bin/noisy, '%{id}']"},
    {Kind::plain_daemon, "name: plain-%{id}\n    start: [bin/plain, '%{id}']"},
    {Kind::by_status,
     "name: db-%{id}\n    start: [bin/db, start, '%{id}']\n    status: [bin/db, status, '%{id}']"},
});

std::string restart_policy(Random& random) {
  static constexpr auto kShares = std::to_array<const char*>({"1", "50%", "100%", "2"});
  return fmt::format("{{mode: {}, max_unavailable: {}, max_surge: {}, settle: {}s}}",
                     random.chance(75) ? "drain" : "surge", random.pick(kShares),
                     random.pick(kShares), random.between(0, 6));
}

std::string identifiers(Random& random, int most) {
  const int count = random.between(1, most);
  std::string list;
  for (int id = 0; id < count; ++id)
    list += fmt::format("{}'{}'", id == 0 ? "" : ", ", id);
  return list;
}

void choose_place(Site& site, Random& random) {
  if (random.chance(70)) {
    site.link = "/srv/shop/current";
    site.releases = "/srv/shop/releases";
    site.shared = "/srv/shop/shared";
    site.neighbour = "/srv/blog/releases/3";
  } else {  // a link beside other applications
    site.link = "/srv/shop";
    site.releases = random.chance(50) ? "/srv" : "/srv/releases";
    site.prefix = "shop-";
    site.shared = "/var/lib/shop";
    site.neighbour = random.chance(50) ? "/srv/blog" : "/srv/releases/blog-3";
  }
}

std::string configuration(Site& site, Random& random) {
  static constexpr auto kOrphans = std::to_array<const char*>({"warn", "drain", "ignore"});
  auto yaml = fmt::format(
      "root: {}\nlauncher: direct\nparallel_starts: {}\nstart_timeout: 90s\n"
      "backoff: {{first: 1m, max: 4m}}\norphans: {}\nrestart: {}\nworkers:\n",
      site.link.native(), random.between(1, 3), random.pick(kOrphans), restart_policy(random));
  if (random.chance(60)) yaml.insert(0, "ready: [bin/ready]\n");
  auto kinds = std::vector<EntryText>(kEntries.begin(), kEntries.end());
  const int entries = random.between(1, 3);
  for (int count = 0; count < entries; ++count) {
    const auto at = random.chance(35) && count == 0 ? 0 : random.next() % kinds.size();
    const auto entry = kinds[at];
    kinds.erase(kinds.begin() + static_cast<std::ptrdiff_t>(at));
    const auto least = entry.kind == Kind::twin ? 2 : 1;
    yaml += fmt::format("  - {}\n    identifiers: [{}]\n", entry.yaml,
                        least == 2 ? "'0', '1'" : identifiers(random, 2));
    if (entry.kind == Kind::by_status && random.chance(60))
      yaml += "    stop: [bin/db, stop, '%{id}']\n";
    const bool is_child = entry.kind == Kind::foreground || entry.kind == Kind::changing_title;
    if (is_child && random.chance(30))
      yaml += fmt::format("    working_directory: {}\n", site.shared.native());
  }
  return yaml;
}

Kind kind_of(const Worker& worker) {
  if (worker.preset == "delayed_job") return Kind::delayed_job;
  const auto& name = worker.name;
  for (const auto& entry : kEntries) {
    const auto begin = std::string_view(entry.yaml).substr(6);
    if (name.substr(0, 3) == begin.substr(0, 3)) return entry.kind;
  }
  throw std::logic_error("no kind for " + name);
}

}  // namespace

Site make_site(Random& random) {
  Site site;
  choose_place(site, random);
  site.yaml = configuration(site, random);
  ConfigContext context;
  context.root = site.link;
  auto parsed = parse_config(site.yaml, context);
  if (const auto* errors = std::get_if<ConfigErrors>(&parsed))
    throw std::logic_error(errors->front().text() + "\n" + site.yaml);
  site.config = std::get<Config>(std::move(parsed));
  for (const auto& worker : site.config.workers)
    site.kinds.push_back(kind_of(worker));
  site.daemons_refuse = random.chance(50);
  return site;
}

Path add_release(World& world, Site& site, Boot boot) {
  const auto release = site.releases / fmt::format("{}{}", site.prefix, ++site.deploys);
  auto& files = world.files;
  for (const char* folder : {"bin", "tmp"})
    files.add_folder(release / folder);
  for (const char* folder : {"tmp/pids", "log"}) {
    files.add_folder(site.shared / folder);
    files.link(release / folder, site.shared / folder);
  }
  files.put(release / "bin/delayed_job", "#!/usr/bin/env ruby\n", world.wall_clock());
  world.releases[release.native()] = boot;
  return release;
}

void move_link(World& world, const Site& site, const Path& release) {
  world.files.link(site.link, release);
}

Path present_release(const World& world, const Site& site) {
  return world.files.resolved(site.link);
}

}  // namespace bootcheck::sim
