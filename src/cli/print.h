// stdout and stderr. Only the command line prints.
#pragma once

#include "model/event.h"
#include "report/notes.h"

#include <string_view>
#include <vector>

namespace bootcheck {

/// Lines to stdout. What a terminal would act on instead of show stands as an escape here and in
/// all that follows, but for line ends and colours. False: nobody reads it any more.
bool print(std::string_view text);

/// A line that the next one takes the place of, cut off where the terminal ends.
void print_live(std::string_view line);
/// Takes it away.
void clear_live();

/// `bootcheck: TEXT` and a newline to stderr; a longer text on one line.
void print_problem(std::string_view text);

/// Lines of stderr as another process of ours has printed them.
void print_as_problems(std::string_view lines);

/// Those of the events that are problems, one line each, to stderr; `app` goes before each where
/// one run serves several applications.
void print_problems(const std::vector<Event>& events, std::string_view app = {});

/// Whether stdout was one when this was first asked: where it is kept for printing later, what is
/// kept is still for the terminal.
bool is_terminal();

/// Whether somebody can be asked: stdin and stdout are terminals.
bool can_ask();

/// Asks `question`, which ends in a blank, and waits for the answer; true for `y` or `yes`.
bool ask(std::string_view question);

/// Colour and width of stdout: colour only on a terminal, and never with NO_COLOR (no-color.org).
Style stdout_style();

}  // namespace bootcheck
