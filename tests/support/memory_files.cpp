#include "support/memory_files.h"

#include "model/app.h"
#include "system/pid_file.h"
#include "util/errors.h"

#include <algorithm>
#include <utility>

namespace bootcheck {

void MemoryFiles::add_folder(const Path& path) {
  ++changes_;
  for (auto folder = path; !folder.empty(); folder = folder.parent_path()) {
    if (!folders_.insert(folder.native()).second) return;
  }
}

void MemoryFiles::remove_folder(const Path& path) {
  const auto is_inside = [&](const std::string& name) { return is_below(name, path); };
  std::erase_if(folders_, is_inside);
  std::erase_if(files_, [&](const auto& file) { return is_inside(file.first); });
  std::erase_if(links_, [&](const auto& link) { return is_inside(link.first); });
  links_changed();
}

void MemoryFiles::put(const Path& path, std::string text, Duration modified) {
  if (links_.erase(place_of(path).native()) > 0) links_changed();
  const auto& place = place_of(path);
  const auto [file, is_new] = files_.try_emplace(place.native());
  if (is_new) add_folder(place.parent_path());
  file->second = {.text = std::move(text), .modified = modified};
  ++changes_;
}

bool MemoryFiles::erase(const Path& path) {
  ++changes_;
  return files_.erase(place_of(path).native()) > 0;
}

Path MemoryFiles::link(const Path& path, const Path& target) {
  auto before = std::exchange(links_[path.native()], target);
  links_changed();
  return before;
}

void MemoryFiles::links_changed() {
  ++changes_;
  known_.clear();
}

Path MemoryFiles::follow(const Path& path) const {
  Path done = "/";
  for (const auto& part : path.relative_path()) {
    done /= part;
    for (auto link = links_.find(done.native()); link != links_.end();
         link = links_.find(done.native()))
      done = resolved(link->second);
  }
  return done;
}

const MemoryFiles::Where& MemoryFiles::where(const Path& path) const {
  const auto known = known_.find(path.native());
  if (known != known_.end()) return known->second;
  Where found{.place = follow(path.parent_path()) / path.filename(), .end = follow(path)};
  return known_.emplace(path.native(), std::move(found)).first->second;
}

const MemoryFiles::File* MemoryFiles::find(const Path& path) const {
  const auto file = files_.find(resolved(path).native());
  return file == files_.end() ? nullptr : &file->second;
}

FileRead MemoryFiles::read(const Path& path, const ReadOptions& options) const {
  if (options.links == Links::refused && is_link(path)) return UnreadableFile{"it is a link"};
  if (is_folder(path)) return UnreadableFile{"it is a directory"};
  const auto* file = find(path);
  if (file == nullptr) return NoFile{};
  const auto offset = std::min<std::size_t>(options.offset, file->text.size());
  const auto rest = file->text.size() - offset;
  return FileText{.text = file->text.substr(offset, options.limit),
                  .complete = rest <= options.limit};
}

std::optional<FileStatus> MemoryFiles::status(const Path& path) const {
  if (is_folder(path)) return FileStatus{.size = 0, .modified = 0, .is_directory = true};
  const auto* file = find(path);
  if (file == nullptr) return std::nullopt;
  return FileStatus{.size = file->text.size(),
                    .modified = file->modified.count() * 1'000'000,
                    .is_directory = false};
}

std::int64_t MemoryFiles::modification_time(const Path& path) const {
  const auto file = status(path);
  return file ? file->modified : 0;
}

bool MemoryFiles::is_link(const Path& path) const {
  return links_.contains(place_of(path).native());
}

Path MemoryFiles::enter(const Path& path) const {
  const auto& where = resolved(path);
  if (!folders_.contains(where.native()))
    throw_error(ENOENT, "cannot change into " + path.native());
  return where;
}

std::vector<Path> MemoryFiles::targets_beside(const Path& link) const {
  std::vector<Path> targets;
  for (const auto& [path, target] : links_) {
    const auto& where = resolved(path);
    if (Path(path).parent_path() == link.parent_path() && where != resolved(link) &&
        folders_.contains(where.native()))
      targets.push_back(where);
  }
  return targets;
}

PidFile MemoryFiles::read_pid_file(const Path& path) const {
  const auto file = read(path, {.links = Links::followed});
  if (std::holds_alternative<NoFile>(file)) return NoPidFile{};
  if (const auto* unreadable = std::get_if<UnreadableFile>(&file))
    return GarbagePidFile{unreadable->why};
  return parse_pid_file(std::get<FileText>(file).text);
}

bool MemoryFiles::remove_pid_file(const Path& path, pid_t expected) {
  const auto file = read_pid_file(path);
  const auto* named = std::get_if<PidInFile>(&file);
  const bool as_expected = expected == 0 ? std::holds_alternative<GarbagePidFile>(file)
                                         : named != nullptr && named->pid == expected;
  return as_expected && erase(path);
}

PidFolder MemoryFiles::list_pid_folder(const Path& folder) const {
  constexpr std::string_view kMark = ".pid.draining.";
  PidFolder found;
  const auto where = resolved(folder).native() + "/";
  for (auto file = files_.lower_bound(where); file != files_.end(); ++file) {
    const auto& name = file->first;
    if (!name.starts_with(where)) break;
    if (name.find('/', where.size()) != std::string::npos) continue;
    const auto as_asked = folder / Path(name).filename();
    const auto mark = as_asked.native().rfind(kMark);
    if (name.ends_with(".pid")) found.pid_files.push_back(as_asked);
    if (mark != std::string::npos)
      found.set_aside.push_back({Path(as_asked.native().substr(0, mark + 4)),
                                 std::stoi(as_asked.native().substr(mark + kMark.size()))});
  }
  return found;
}

}  // namespace bootcheck
