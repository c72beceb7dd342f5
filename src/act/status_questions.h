// Status commands that are asked while workers are started.
#pragma once

#include "model/start_machine.h"
#include "observe/context.h"

#include <map>
#include <optional>

namespace bootcheck {

class StatusQuestions {
 public:
  StatusQuestions(const Context& context, Launches& launches)
      : context_(context), launches_(launches) {}

  /// Runs the worker's status command; an answer at once where that cannot be done.
  std::optional<start::StatusAnswered> ask(const Worker& worker, start::WorkerNumber number);

  /// The answer, if that was a status command.
  std::optional<start::StatusAnswered> take(const CommandEnd& end);

  /// When the next of them has taken too long; none is asked: none.
  std::optional<Duration> due_at() const;
  void end_overdue();

 private:
  struct Question {
    start::WorkerNumber worker = 0;
    Duration ends_at{0};
  };

  const Context& context_;
  Launches& launches_;
  std::map<pid_t, Question> asked_;
};

}  // namespace bootcheck
