#include "rights/rights.h"

#include "launch/transient_unit.h"
#include "launch/unit_parent.h"
#include "model/app.h"
#include "rights/decide.h"
#include "system/user_database.h"
#include "util/errors.h"

#include <optional>
#include <system_error>
#include <utility>

#include <fmt/format.h>

namespace bootcheck {
namespace {

/// For a message: a name, or `uid 1001`.
std::string name_of(uid_t uid) {
  try {
    if (const auto user = find_user(fmt::to_string(uid))) return user->name();
  } catch (const std::system_error&) {  // the number says as much
  }
  return fmt::format("uid {}", uid);
}

Identity user_that_decides(const OwnerDecides& decided) {
  if (auto user = find_user(fmt::to_string(decided.owner))) return std::move(*user);
  throw RightsRefused(fmt::format(
      "{} belongs to uid {}, which is no user here: its workers cannot be run (getent passwd {})",
      decided.step.native(), decided.owner, decided.owner));
}

/// `1001:1001` needs no entry in the user database.
std::optional<Identity> user_by_ids(const std::string& text) {
  const auto colon = text.find(':');
  if (colon == std::string::npos) return std::nullopt;
  const auto uid = parse_id(std::string_view(text).substr(0, colon));
  const auto gid = parse_id(std::string_view(text).substr(colon + 1));
  if (!uid || !gid) throw RightsRefused(fmt::format("`user: {}`: write a name, or uid:gid", text));
  const auto known = find_user(fmt::to_string(*uid));
  PasswdEntry entry{.name = known ? known->name() : fmt::to_string(*uid),
                    .uid = *uid,
                    .gid = *gid,
                    .home = known ? known->home() : "/",
                    .shell = known ? known->shell() : "/bin/sh"};
  return Identity(std::move(entry), known ? known->groups() : std::vector<gid_t>());
}

Identity user_of(const std::string& text) {
  if (auto user = user_by_ids(text)) return std::move(*user);
  if (auto user = find_user(text)) return std::move(*user);
  throw RightsRefused(
      fmt::format("the configuration says `user: {}`, but there is no such user (getent passwd {})",
                  text, text));
}

bool is_root_word(const std::string& user) {
  return user == "root" || user == "0" || user == "0:0";
}

}  // namespace

Rights::Rights(const Path& place, std::string command)
    : place_(place),
      command_(std::move(command)),
      identity_(Identity::of_this_process()),
      is_root_(identity_.uid() == 0) {
  if (!is_root_) return;
  const auto decision = who_decides(look_along(place));
  if (const auto* open = std::get_if<Undecided>(&decision)) throw RightsRefused(open->why);
  if (const auto* owner = std::get_if<OwnerDecides>(&decision)) {
    auto user = user_that_decides(*owner);
    whose_ = fmt::format("{} belongs to {}", owner->step.native(), user.name());
    become_other(std::move(user), is_under_systemd());
  }
}

void Rights::settle(const Config& config) {
  if (is_root_) {
    take_user_of(config);
  } else if (!config.user.empty() && !is_this_user(config.user)) {
    refuse_other_user(config);
  }
  if (has_changed_) check_files_are_not_roots(config);
  expect_children_as(identity_);
}

void Rights::become_other(Identity identity, bool through_systemd) {
  if (through_systemd) fork_unit_parent(identity.uid(), identity.gid());
  become(identity);
  take_environment_of(identity);
  identity_ = std::move(identity);
  is_root_ = false;
  has_changed_ = true;
}

void Rights::take_user_of(const Config& config) {
  if (config.user.empty()) return accept_root_for(config);
  if (is_root_word(config.user)) return;
  auto user = user_of(config.user);
  if (user.uid() != 0) become_other(std::move(user), uses_systemd(config));
}

void Rights::accept_root_for(const Config& config) const {
  if (is_below(place_, config.root)) return;  // on the way to it all was root's
  const auto decision = who_decides(look_along(config.root));
  if (const auto* open = std::get_if<Undecided>(&decision)) {
    throw RightsRefused(
        fmt::format("{}, or write whom its workers run as (`user: root` accepts it)", open->why));
  }
  const auto* owner = std::get_if<OwnerDecides>(&decision);
  if (owner == nullptr) return;
  const auto name = name_of(owner->owner);
  throw RightsRefused(fmt::format(
      "{} belongs to {}: run this as {} (sudo -u {} bootcheck {}) or write `user: {}` into {}",
      owner->step.native(), name, name, name, command_, name,
      config.file ? config.file->native() : "the configuration"));
}

bool Rights::is_this_user(const std::string& user) const {
  if (user == identity_.name()) return true;
  try {
    return user_of(user).uid() == identity_.uid();
  } catch (const std::exception&) {
    return false;  // nobody that could be this user
  }
}

void Rights::refuse_other_user(const Config& config) const {
  const auto file = config.file ? config.file->native() : std::string("the configuration");
  if (!whose_.empty()) {
    throw RightsRefused(
        fmt::format("{}, so the `user: {}` of {} does not count: take it out, or give "
                    "the configuration to root",
                    whose_, config.user, file));
  }
  throw RightsRefused(fmt::format("{} names `user: {}`, and this is {}: sudo -u {} bootcheck {}",
                                  file, config.user, identity_.name(), config.user, command_));
}

std::string Rights::advice(const Config& config) const {
  const auto owner = owner_of(config.lock_file);
  if (!owner || *owner == identity_.uid()) {
    const auto folder = config.lock_file.parent_path();
    const auto others = owner_of(folder);
    if (!others || *others == identity_.uid()) return {};
    return fmt::format("; its folder belongs to {}: sudo chown {}: {}", name_of(*others),
                       name_of(identity_.uid()), folder.native());
  }
  const auto name = name_of(*owner);
  return fmt::format("; it belongs to {}: sudo -u {} bootcheck {}", name, name, command_);
}

void Rights::check_files_are_not_roots(const Config& config) const {
  std::string files;
  for (const auto& file : {config.lock_file, config.state_file, config.log.path}) {
    if (owner_of(file) == 0U) files += " " + file.native();
  }
  if (files.empty()) return;
  throw_error(EACCES,
              fmt::format("an earlier run as root has left files that {} cannot write: chown "
                          "{}:{}{}",
                          identity_.name(), identity_.uid(), identity_.gid(), files));
}

}  // namespace bootcheck
