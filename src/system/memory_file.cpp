#include "system/memory_file.h"

#include "util/errors.h"

#include <string_view>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace bootcheck {

UniqueFd memory_file(const std::string& text) {
  UniqueFd file(::memfd_create("bootcheck", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!file) throw_errno("memfd_create");
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto written = ::write(file.get(), rest.data(), rest.size());
    if (written < 0) throw_errno("cannot write to a memfd");
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  ::lseek(file.get(), 0, SEEK_SET);
  ::fcntl(file.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
  return file;
}

UniqueFd growing_memory_file() {
  UniqueFd file(::memfd_create("bootcheck", MFD_CLOEXEC));
  if (!file) throw_errno("memfd_create");
  return file;
}

}  // namespace bootcheck
