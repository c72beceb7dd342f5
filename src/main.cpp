// argv in, exit status out; the only place that catches everything.
#include "cli/commands.h"
#include "cli/print.h"

#include <csignal>
#include <exception>

int main(int argc, char** argv) {
  // Inherited as ignored, the kernel would reap our children for us and every wait would fail
  // (ECHILD, wait(2)).
  std::signal(SIGCHLD, SIG_DFL);
  // A log that is a FIFO, or a closed pipe for stderr, must not end a pass half done.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return bootcheck::run_program(argc, argv);
  } catch (const std::exception& error) {
    bootcheck::print_problem(error.what());
    return bootcheck::kCannotWork;
  }
}
