#include "report/output_file.h"

#include <cerrno>
#include <system_error>

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace bootcheck {

OutputFile::~OutputFile() {
  if (is_open()) ::close(descriptor_);
}

std::optional<std::string> OutputFile::failure(std::string_view action) const {
  const auto why = std::generic_category().message(errno);
  return fmt::format("cannot {} {}: {}", action, path_.native(), why);
}

std::optional<std::string> OutputFile::open(const Path& path, int flags) {
  path_ = path;
  // O_NONBLOCK: open(2) of a FIFO without a reader would wait for one, and with it every pass.
  constexpr int always = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
  do {
    descriptor_ = ::open(path.c_str(), always | flags, 0640);
  } while (descriptor_ < 0 && errno == EINTR);
  if (descriptor_ < 0) return failure("open");
  return std::nullopt;
}

std::optional<std::string> OutputFile::write(std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(descriptor_, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failure("write to");
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return std::nullopt;
}

std::optional<std::string> OutputFile::set_mode(unsigned mode) {
  if (::fchmod(descriptor_, mode) != 0) return failure("set the mode of");
  return std::nullopt;
}

}  // namespace bootcheck
