#include "system/identity.h"

#include "system/surroundings.h"
#include "util/errors.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX has it declared by the
                        // program, environ(7)

namespace bootcheck {
namespace {

struct Ids {
  uid_t uid;
  gid_t gid;

  bool operator==(const Ids&) const = default;
};

/// Written once, before the first fork.
bool has_expectation = false;
Ids expected{};

struct AllIds {
  std::array<uid_t, 3> users;  ///< real, effective, saved
  std::array<gid_t, 3> groups;

  bool are(const Ids& ids) const noexcept {
    for (std::size_t at = 0; at < users.size(); ++at) {
      if (users[at] != ids.uid || groups[at] != ids.gid) return false;
    }
    return true;
  }
};

AllIds ids_now() noexcept {
  AllIds ids{};
  ::getresuid(&ids.users[0], &ids.users[1], &ids.users[2]);
  ::getresgid(&ids.groups[0], &ids.groups[1], &ids.groups[2]);
  return ids;
}

std::vector<gid_t> groups_now() {
  std::vector<gid_t> groups;
  int count = ::getgroups(0, nullptr);
  if (count > 0) {
    groups.resize(static_cast<std::size_t>(count));
    count = ::getgroups(count, groups.data());
  }
  if (count < 0) throw_errno("cannot read the groups of this process");
  return groups;
}

std::vector<gid_t> sorted(std::vector<gid_t> groups) {
  std::ranges::sort(groups);
  // clang 14 cannot compile the subrange that std::ranges::unique returns.
  groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
  return groups;
}

bool is_kept(std::string_view key) {
  constexpr auto kKept =
      std::to_array<std::string_view>({"PATH", "LANG", "LANGUAGE", "TZ", "TERM", "NO_COLOR"});
  return key.starts_with("LC_") || std::ranges::find(kKept, key) != kKept.end();
}

}  // namespace

Identity::Identity(PasswdEntry entry, std::vector<gid_t> groups) : entry_(std::move(entry)) {
  groups.push_back(entry_.gid);
  groups_ = sorted(std::move(groups));
}

Identity Identity::of_this_process() {
  const auto ids = ids_now();
  if (ids.users[0] != ids.users[1] || ids.users[0] != ids.users[2])
    throw_error(EPERM, fmt::format("this process has the rights of two users, {} and {}",
                                   ids.users[0], ids.users[1]));
  auto name = environment_variable("LOGNAME");
  if (name.empty()) name = fmt::to_string(ids.users[0]);
  return {PasswdEntry{.name = std::move(name),
                      .uid = ids.users[1],
                      .gid = ids.groups[1],
                      .home = environment_variable("HOME"),
                      .shell = environment_variable("SHELL")},
          groups_now()};
}

void become(const Identity& identity) {
  const auto& groups = identity.groups();
  // The groups first and the user last: without root's rights the others could not be changed.
  if (::setgroups(groups.size(), groups.data()) != 0 ||
      ::setresgid(identity.gid(), identity.gid(), identity.gid()) != 0 ||
      ::setresuid(identity.uid(), identity.uid(), identity.uid()) != 0)
    throw_errno(fmt::format("cannot become {} (uid {})", identity.name(), identity.uid()));
  const bool is_all =
      ids_now().are({identity.uid(), identity.gid()}) && sorted(groups_now()) == groups;
  const bool is_for_good = identity.uid() == 0 || ::setresuid(0, 0, 0) != 0;
  if (!is_all || !is_for_good)
    throw_error(EPERM, fmt::format("the rights are not those of {} (uid {}) as they should be",
                                   identity.name(), identity.uid()));
}

void take_environment_of(const Identity& identity) {
  std::vector<std::pair<std::string, std::string>> kept;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view pair = *entry;
    const auto equals = pair.find('=');
    if (equals != std::string_view::npos && is_kept(pair.substr(0, equals)))
      kept.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
  }
  kept.insert(kept.end(), {{"HOME", identity.home()},
                           {"USER", identity.name()},
                           {"LOGNAME", identity.name()},
                           {"SHELL", identity.shell()}});
  ::clearenv();
  for (const auto& [key, value] : kept)
    ::setenv(key.c_str(), value.c_str(), 1);  // NOLINT(concurrency-mt-unsafe): there is one thread
  ::umask(S_IWGRP | S_IWOTH);
}

void expect_children_as(const Identity& identity) noexcept {
  expected = {identity.uid(), identity.gid()};
  has_expectation = true;
}

bool has_expected_ids() noexcept {
  return has_expectation && ids_now().are(expected);
}

}  // namespace bootcheck
