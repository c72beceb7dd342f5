#include "system/text_file.h"

#include "system/read_file.h"
#include "util/errors.h"
#include "util/unique_fd.h"

#include <fcntl.h>
#include <unistd.h>

namespace bootcheck {

std::string read_text_file(const Path& path, std::uint64_t offset, std::size_t limit) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd || (offset > 0 && ::lseek(fd.get(), static_cast<off_t>(offset), SEEK_SET) < 0))
    throw_errno("cannot open " + path.native());
  std::string text;
  if (const int error = read_rest(fd.get(), text, limit); error != 0)
    throw_error(error, "cannot read " + path.native());
  return text;
}

}  // namespace bootcheck
