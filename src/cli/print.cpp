#include "cli/print.h"

#include "report/problems.h"
#include "report/text.h"
#include "system/clock.h"

#include <cstdio>
#include <cstdlib>

#include <sys/ioctl.h>
#include <unistd.h>

namespace bootcheck {
namespace {

bool write_all(std::FILE* stream, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stream);
  return std::fflush(stream) == 0 && std::ferror(stream) == 0;
}

int terminal_width() {
  winsize size{};
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

bool has_colour() {
  const char* no_color =
      std::getenv("NO_COLOR");  // NOLINT(concurrency-mt-unsafe): there is one thread
  return is_terminal() && (no_color == nullptr || *no_color == '\0');
}

}  // namespace

bool print(std::string_view text) {
  return write_all(stdout, showable(text, has_colour()));
}

void print_live(std::string_view text) {
  auto line = printable(text);
  const auto width = static_cast<std::size_t>(stdout_style().width);
  if (width > 0 && line.size() >= width) {
    line.resize(width - 1);
    line = printable(line);  // it may end in the middle of a character
  }
  write_all(stdout, "\r\033[K" + line);
}

void clear_live() {
  write_all(stdout, "\r\033[K");
}

void print_problem(std::string_view text) {
  write_all(stderr, "bootcheck: " + one_line(text) + "\n");
}

void print_as_problems(std::string_view lines) {
  write_all(stderr, showable(lines, false));
}

void print_problems(const std::vector<Event>& events, std::string_view app) {
  write_all(stderr, showable(problem_lines(events, app), false));
}

bool is_terminal() {
  static const bool is_one = ::isatty(STDOUT_FILENO) == 1;
  return is_one;
}

bool can_ask() {
  return is_terminal() && ::isatty(STDIN_FILENO) == 1;
}

bool ask(std::string_view question) {
  print(question);
  std::string answer;
  for (int letter = 0; (letter = std::fgetc(stdin)) != EOF && letter != '\n';)
    answer += static_cast<char>(letter);
  return answer == "y" || answer == "Y" || answer == "yes";
}

Style stdout_style() {
  Style style;
  style.now = wall_now();
  style.time_text = local_time;
  if (!is_terminal()) return style;
  style.colour = has_colour();
  static const int width = terminal_width();
  style.width = width;
  return style;
}

}  // namespace bootcheck
