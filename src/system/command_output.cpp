#include "system/command_output.h"

#include "system/read_file.h"
#include "util/errors.h"
#include "util/unique_fd.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bootcheck {
namespace {

class FileActions {
 public:
  explicit FileActions(int output) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
    ::posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }

  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
};

bool ended_well(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return false;
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

std::optional<std::string> command_output(const Argv& argv) {
  constexpr std::size_t kMost = 1U << 20U;
  int ends[2];
  if (::pipe2(&ends[0], O_CLOEXEC) != 0) throw_errno("cannot make a pipe");
  const UniqueFd reader(ends[0]);
  UniqueFd writer(ends[1]);
  std::vector<char*> words;
  for (const auto& word : argv)
    words.push_back(const_cast<char*>(word.c_str()));  // posix_spawn(3) does not change them
  words.push_back(nullptr);
  std::string path = "PATH=/usr/bin:/bin";
  char* environment[] = {path.data(), nullptr};
  pid_t child = 0;
  const FileActions actions(writer.get());
  if (::posix_spawnp(&child, words[0], actions.get(), nullptr, words.data(), &environment[0]) != 0)
    return std::nullopt;
  writer.reset();
  std::string output;
  const bool complete = read_rest(reader.get(), output, kMost) == 0;
  const bool well = ended_well(child);
  return complete && well ? std::optional(std::move(output)) : std::nullopt;
}

}  // namespace bootcheck
