// argv in, exit status out; the only place that catches everything.
#include "cli/commands.h"
#include "cli/print.h"

#include <csignal>
#include <exception>

#include <malloc.h>

int main(int argc, char** argv) {
  // Inherited as ignored, the kernel would reap our children for us and every wait would fail
  // (ECHILD, wait(2)).
  std::signal(SIGCHLD, SIG_DFL);
  // A log that is a FIFO, or a closed pipe for stderr, must not end a pass half done.
  std::signal(SIGPIPE, SIG_IGN);
  // One growth of the heap instead of five: a pass needs some hundred kilobytes, and not for long.
  ::mallopt(M_TOP_PAD, 512 * 1024);
  ::mallopt(M_TRIM_THRESHOLD, 1024 * 1024);
  try {
    return bootcheck::run_program(argc, argv);
  } catch (const std::exception& error) {
    bootcheck::print_problem(error.what());
    return bootcheck::kCannotWork;
  }
}
