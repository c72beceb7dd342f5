// Which user the workers belong to. Run by root with `user:`, a pass takes on that user's rights
// before it touches any of the application's files.
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

/// From passwd(5) and group(5), and by getent(1) where these do not tell all. None: no such user.
/// Throws std::system_error when getent cannot be run.
std::optional<User> find_user(const std::string& name);

/// Takes on the user's effective uid, gid and groups while it lives (real and saved uid stay
/// root's), and gives them back. Does nothing when this is that user already. Throws
/// std::system_error, also when this is not root.
class ActingAs {
 public:
  explicit ActingAs(const User& user);
  ActingAs(const ActingAs&) = delete;
  ActingAs& operator=(const ActingAs&) = delete;
  ~ActingAs();

 private:
  void give_back() noexcept;

  uid_t uid_;
  gid_t gid_;
  std::vector<gid_t> groups_;
  bool is_other_ = false;
};

}  // namespace bootcheck
