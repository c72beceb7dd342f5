#include "act/status_questions.h"

#include "observe/status_command.h"

#include <algorithm>
#include <csignal>
#include <system_error>

namespace bootcheck {

std::optional<start::StatusAnswered> StatusQuestions::ask(const Worker& worker,
                                                          start::WorkerNumber number) {
  try {
    const auto request = status_request(context_.config, worker);
    const auto launched = launches_.start(request);
    if (const auto* pid = std::get_if<pid_t>(&launched)) {
      asked_[*pid] = {.worker = number,
                      .ends_at = context_.machine.monotonic_clock() + request.time_limit};
      return std::nullopt;
    }
  } catch (const std::system_error&) {  // its env_file cannot be read: nothing is known
  }
  return start::StatusAnswered{number, StatusAnswer::unknown};
}

std::optional<start::StatusAnswered> StatusQuestions::take(const CommandEnd& end) {
  const auto asked = asked_.find(end.command);
  if (asked == asked_.end()) return std::nullopt;
  const auto number = asked->second.worker;
  asked_.erase(asked);
  return start::StatusAnswered{number, status_answer(end.outcome)};
}

std::optional<Duration> StatusQuestions::due_at() const {
  if (asked_.empty()) return std::nullopt;
  return std::ranges::min_element(asked_, {}, [](const auto& each) { return each.second.ends_at; })
      ->second.ends_at;
}

void StatusQuestions::end_overdue() {
  const auto now = context_.machine.monotonic_clock();
  for (auto& [pid, question] : asked_) {
    if (now < question.ends_at) continue;
    launches_.signal_group(pid, SIGKILL);
    question.ends_at = now + std::chrono::hours{1};
  }
}

}  // namespace bootcheck
