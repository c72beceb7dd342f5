// The user database, asked through getent(1): a static binary cannot load NSS modules, and loading
// them costs more than the rest of a pass.
#pragma once

#include "system/identity.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bootcheck {

/// What `getent passwd NAME` or `getent passwd UID` printed. None: no entry of that name or uid, or
/// a broken one.
std::optional<PasswdEntry> parse_passwd(std::string_view text, std::string_view name_or_uid);

/// The numbers behind the name in the line that `getent initgroups NAME` prints.
std::vector<gid_t> parse_initgroups(std::string_view text);

/// A user id in decimal digits; none: anything else.
std::optional<uid_t> parse_id(std::string_view text);

/// The user of this name, or of this uid in digits, with its groups. None: no such user. Throws
/// std::system_error when getent is not there, fails or does not answer within 10 s: who cannot be
/// looked up is not nobody.
std::optional<Identity> find_user(const std::string& name_or_uid);

}  // namespace bootcheck
