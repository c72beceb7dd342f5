#include "cli/print.h"

#include "report/problems.h"
#include "system/clock.h"

#include <cstdio>
#include <cstdlib>

#include <sys/ioctl.h>
#include <unistd.h>

namespace bootcheck {
namespace {

void write_all(std::FILE* stream, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stream);
  std::fflush(stream);
}

}  // namespace

void print(std::string_view text) {
  write_all(stdout, text);
}

void print_problem(std::string_view text) {
  write_all(stderr, "bootcheck: " + std::string(text) + "\n");
}

void print_problems(const std::vector<Event>& events, std::string_view app) {
  write_all(stderr, problem_lines(events, app));
}

bool is_terminal() {
  return ::isatty(STDOUT_FILENO) == 1;
}

Style stdout_style() {
  Style style;
  style.now = wall_now();
  style.time_text = local_time;
  if (!is_terminal()) return style;
  const char* no_color =
      std::getenv("NO_COLOR");  // NOLINT(concurrency-mt-unsafe): there is one thread
  style.colour = no_color == nullptr || *no_color == '\0';
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) style.width = size.ws_col;
  return style;
}

}  // namespace bootcheck
