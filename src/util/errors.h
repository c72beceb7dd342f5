// How the unexpected is reported: a std::system_error that names the thing.
#pragma once

#include <cerrno>
#include <string>
#include <system_error>

namespace bootcheck {

[[noreturn]] inline void throw_error(int error, const std::string& what) {
  throw std::system_error(error, std::system_category(), what);
}

/// `what` says what could not be done and to which file: `cannot open /srv/app/tmp/pids/x.pid`.
[[noreturn]] inline void throw_errno(const std::string& what) {
  throw_error(errno, what);
}

/// `No such file or directory`
inline std::string error_text(int error) {
  return std::system_category().message(error);
}

}  // namespace bootcheck
