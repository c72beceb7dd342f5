#include "system/publish_file.h"

#include "util/errors.h"
#include "util/unique_fd.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace bootcheck {
namespace {

void write_new_file(const Path& path, std::string_view text) {
  const UniqueFd fd(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!fd) throw_errno("cannot open " + path.native());
  while (!text.empty()) {
    const auto written = ::write(fd.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw_errno("cannot write to " + path.native());
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fchmod(fd.get(), 0644) != 0) throw_errno("cannot set the mode of " + path.native());
}

}  // namespace

void publish_file(const Path& path, std::string_view text) {
  const Path temporary = path.native() + ".tmp";
  // What a killed pass left there; O_EXCL then makes sure that the file written is our own.
  ::unlink(temporary.c_str());
  try {
    write_new_file(temporary, text);
    if (::rename(temporary.c_str(), path.c_str()) != 0)
      throw_errno("cannot rename " + temporary.native() + " to " + path.native());
  } catch (const std::system_error&) {
    ::unlink(temporary.c_str());
    throw;
  }
}

}  // namespace bootcheck
