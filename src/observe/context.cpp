#include "observe/context.h"

#include "util/errors.h"

#include <fmt/format.h>

namespace bootcheck {
namespace {

std::optional<User> other_user(const Config& config) {
  if (config.user.empty()) return std::nullopt;
  auto user = find_user(config.user);
  if (!user) throw_error(ENOENT, fmt::format("user `{}` of the configuration", config.user));
  return user;
}

}  // namespace

Context::Context(const Config& configuration, Machine& outside)
    : config(configuration), machine(outside), boot_id(outside.boot_id()) {
  if (const auto user = other_user(config)) acting.emplace(*user);
  uid = machine.user();
}

}  // namespace bootcheck
