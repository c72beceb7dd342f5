// Which user the workers belong to. Run by root with `user:`, a pass takes on that user's rights before it touches any
// of the application's files.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace bootcheck {

struct User {
  std::string name;
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups;
  std::string home;
  std::string shell;
};

/// passwd(5) and group(5) through NSS. None: no such user. Throws std::system_error when the lookup fails.
std::optional<User> find_user(const std::string& name);
/// The entry of the effective user id; only `uid` and `gid` are filled when there is none.
User current_user();

/// Takes on the user's effective uid, gid and groups while it lives (saved uid stays root), and gives them back.
/// Throws std::system_error.
class ActingAs {
 public:
  explicit ActingAs(const User& user);
  ActingAs(const ActingAs&) = delete;
  ActingAs& operator=(const ActingAs&) = delete;
  ~ActingAs();

 private:
  uid_t uid_;
  gid_t gid_;
  std::vector<gid_t> groups_;
};

}  // namespace bootcheck
