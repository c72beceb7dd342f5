// stdout and stderr. Only the command line prints.
#pragma once

#include "model/event.h"
#include "report/notes.h"

#include <string_view>
#include <vector>

namespace bootcheck {

/// To stdout, as it is.
void print(std::string_view text);

/// `bootcheck: TEXT` and a newline to stderr.
void print_problem(std::string_view text);

/// Those of the events that are problems, one line each, to stderr; `app` goes before each where
/// one run serves several applications.
void print_problems(const std::vector<Event>& events, std::string_view app = {});

bool is_terminal();

/// Colour and width of stdout: colour only on a terminal, and never with NO_COLOR (no-color.org).
Style stdout_style();

}  // namespace bootcheck
