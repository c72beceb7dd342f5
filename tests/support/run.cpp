#include "support/run.h"

#include "support/files.h"

#include <csignal>
#include <cstdlib>
#include <stdexcept>

#include <boost/filesystem/operations.hpp>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bootcheck::test {
namespace {

namespace fs = boost::filesystem;

void redirect(const fs::path& file, int flags, int to) {
  const int fd = ::open(file.c_str(), flags, 0600);
  if (fd < 0 || ::dup2(fd, to) < 0) ::_exit(126);
  ::close(fd);
}

[[noreturn]] void become(const std::vector<std::string>& argv, const RunOptions& options,
                         const fs::path& output) {
  redirect("/dev/null", O_RDONLY, STDIN_FILENO);
  redirect(output / "out", O_WRONLY | O_CREAT | O_TRUNC, STDOUT_FILENO);
  redirect(output / "err", O_WRONLY | O_CREAT | O_TRUNC, STDERR_FILENO);
  for (const auto& [key, value] : options.env)
    ::setenv(key.c_str(), value.c_str(), 1);
  if (::chdir(options.directory.c_str()) != 0) ::_exit(126);
  ::setenv("PWD", options.directory.c_str(), 1);
  std::vector<char*> words;
  for (const auto& word : argv)
    words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  ::execvp(words.front(), words.data());
  ::_exit(127);
}

}  // namespace

Background::Background(const std::vector<std::string>& argv, const RunOptions& options) {
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("fork");
  if (pid_ == 0) become(argv, options, output_.path());
}

Background::~Background() {
  if (has_ended()) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

bool Background::has_ended() {
  if (reaped_) return true;
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) != pid_) return false;
  status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  reaped_ = true;
  return true;
}

int Background::wait(std::chrono::seconds limit) {
  if (!wait_until([this] { return has_ended(); }, limit)) {
    ::kill(pid_, SIGKILL);
    wait_until([this] { return has_ended(); });
  }
  return status_;
}

std::string Background::out() const {
  return read_file(output_.path() / "out");
}

std::string Background::err() const {
  return read_file(output_.path() / "err");
}

Finished run(const std::vector<std::string>& argv, const RunOptions& options) {
  Background command(argv, options);
  Finished finished;
  finished.status = command.wait(options.limit);
  finished.out = command.out();
  finished.err = command.err();
  return finished;
}

}  // namespace bootcheck::test
