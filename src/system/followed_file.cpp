#include "system/followed_file.h"

#include <utility>

namespace bootcheck {
namespace {

constexpr std::uint64_t kSmallBlock = std::uint64_t{64} << 10U;
constexpr std::uint64_t kLargestBlock = std::uint64_t{16} << 20U;

/// Where the last lines of a text begin; 0: there are no more than these.
std::size_t start_of_last(std::string_view text, std::size_t lines) {
  if (lines == 0) return text.size();
  auto at = text.ends_with('\n') ? text.size() - 1 : text.size();
  for (; lines > 0; --lines) {
    at = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
    if (at == std::string_view::npos) return 0;
  }
  return at + 1;
}

}  // namespace

FollowedFile::FollowedFile(Machine& machine, Path path)
    : machine_(machine), path_(std::move(path)) {}

std::string FollowedFile::take(const Path& path, std::uint64_t offset) {
  const auto read = machine_.read_file(
      path, {.links = Links::followed, .offset = offset, .limit = kLargestBlock});
  trouble_.clear();
  if (const auto* unreadable = std::get_if<UnreadableFile>(&read)) trouble_ = unreadable->why;
  const auto* found = std::get_if<FileText>(&read);
  return found == nullptr ? std::string() : found->text;
}

std::string FollowedFile::last_lines(std::size_t lines) {
  const auto status = machine_.file_status(path_);
  is_there_ = status.has_value();
  if (!status) return {};
  inode_ = status->inode;
  for (auto block = kSmallBlock;; block *= 4) {
    const auto from = status->size > block ? status->size - block : 0;
    auto text = take(path_, from);
    offset_ = from + text.size();
    const auto start = start_of_last(text, lines);
    if (start > 0 || from == 0 || block >= kLargestBlock) return text.substr(start);
  }
}

/// What was written to the file before it was moved, and not yet read.
std::string FollowedFile::rest_of_rotated() {
  const Path rotated = path_.native() + ".1";
  const auto status = machine_.file_status(rotated);
  const bool is_ours = status && status->inode == inode_ && status->size > offset_;
  return is_ours ? take(rotated, offset_) : std::string();
}

std::string FollowedFile::read() {
  const auto status = machine_.file_status(path_);
  is_there_ = status.has_value();
  if (!status) return {};
  if (inode_ != status->inode) {
    auto rest = rest_of_rotated();
    inode_ = status->inode;
    offset_ = 0;
    if (!rest.empty()) return rest;
  }
  if (status->size < offset_) offset_ = 0;
  auto text = take(path_, offset_);
  const auto then = machine_.file_status(path_);
  // Another took its name meanwhile: whose text this is nobody can tell. It is read again.
  if (!then || then->inode != inode_) return {};
  offset_ += text.size();
  return text;
}

}  // namespace bootcheck
