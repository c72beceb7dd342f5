// passwd(5), group(5) and nsswitch.conf(5), read without loading NSS modules: a static binary
// cannot, and loading them costs more than the rest of a pass.
#pragma once

#include "system/user.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bootcheck {

/// The first entry of this name in the text of /etc/passwd or of `getent passwd`; its `groups` are
/// empty. None: no such entry, or a broken one.
std::optional<User> parse_passwd(std::string_view text, std::string_view name);

/// The groups that /etc/group names this user a member of.
std::vector<gid_t> parse_groups(std::string_view text, std::string_view name);

/// The numbers behind the name in the line that `getent initgroups NAME` prints.
std::vector<gid_t> parse_initgroups(std::string_view text);

/// Whether /etc/group knows every group, by the text of nsswitch.conf: `group:` (and `initgroups:`,
/// if there) name no service but `files`, `compat` and `systemd`, whose users have no further
/// groups. Empty text: it does.
bool files_know_all_groups(std::string_view nsswitch);

}  // namespace bootcheck
