#include "system/text_file.h"

#include "system/read_file.h"
#include "util/errors.h"

namespace bootcheck {

std::string read_text_file(const Path& path, std::uint64_t offset, std::size_t limit) {
  auto read = read_file(path, {.links = Links::followed, .offset = offset, .limit = limit});
  if (auto* file = std::get_if<FileText>(&read)) return std::move(file->text);
  if (const auto* unreadable = std::get_if<UnreadableFile>(&read))
    throw_error(EINVAL, "cannot read " + path.native() + ": " + unreadable->why);
  throw_error(ENOENT, "cannot open " + path.native());
}

}  // namespace bootcheck
