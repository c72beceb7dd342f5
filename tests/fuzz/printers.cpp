// What is printed, logged and exported, of values that hold whatever may come from outside.
#include "fuzz/targets.h"
#include "report/event_text.h"
#include "report/json.h"
#include "report/log.h"
#include "report/metrics.h"
#include "report/notify.h"
#include "report/problems.h"
#include "report/table.h"
#include "report/text.h"

#include <algorithm>
#include <fuzzer/FuzzedDataProvider.h>
#include <limits>
#include <string>

namespace bootcheck::fuzz {
namespace {

class Maker {
 public:
  explicit Maker(std::string_view input)
      : data_(reinterpret_cast<const std::uint8_t*>(input.data()), input.size()) {}

  std::string text() { return data_.ConsumeRandomLengthString(40); }
  pid_t pid() { return data_.ConsumeIntegralInRange<pid_t>(0, 4'194'304); }
  bool flag() { return data_.ConsumeBool(); }
  int number(int most) { return data_.ConsumeIntegralInRange(0, most); }
  /// Up to a hundred years, as a configuration may say.
  Duration duration() {
    return Duration{data_.ConsumeIntegralInRange<std::int64_t>(0, 3'155'760'000'000)};
  }
  WallTime time() {
    return data_.ConsumeIntegralInRange<WallTime>(-1'000'000'000'000, 1'000'000'000'000);
  }
  template <class Make>
  auto maybe(const Make& make) -> std::optional<decltype(make())> {
    return flag() ? std::optional(make()) : std::nullopt;
  }
  StopReason reason() {
    return static_cast<StopReason>(number(static_cast<int>(StopReason::orphan)));
  }

  StartFailure failure() {
    StartFailure failure;
    switch (number(6)) {
      case 0:
        failure.cause = InWords{text()};
        break;
      case 1:
        failure.cause = Exited{number(255)};
        break;
      case 2:
        failure.cause = KilledBySignal{number(70)};
        break;
      case 3:
        failure.cause = NotStarted{text()};
        break;
      case 4:
        failure.cause = NotSeen{duration()};
        break;
      case 5:
        failure.cause = CameAndWent{pid(), duration()};
        break;
      default:
        failure.cause = DiedEarly{};
    }
    failure.output_tail = text();
    failure.output = text();
    return failure;
  }

  Detail detail() {
    switch (number(16)) {
      case 0:
        return OfProcess{pid()};
      case 1:
        return Up{maybe([&] { return pid(); }), duration()};
      case 2:
        return failure();
      case 3:
        return NotMissing{state()};
      case 4:
        return StartUnderWay{pid(), duration()};
      case 5:
        return Stopping{pid(), reason(), maybe([&] { return duration(); })};
      case 6:
        return GarbageInPidFile{text()};
      case 7:
        return Duplicates{{pid(), pid()}, flag(), flag()};
      case 8:
        return WaitsForNextTry{failure(), number(1000), duration()};
      case 9:
        return CannotTell{text()};
      case 10:
        return OfJob{text()};
      case 11:
        return Unchecked{std::chrono::seconds{number(1'000'000)}};
      case 12:
        return LockHeld{pid(), duration(), text(), flag()};
      case 13:
        return InOtherHands{text()};
      case 14:
        return Trouble{static_cast<Task>(number(5)), Failure{text(), text()}};
      case 15:
        return NotifyFailed{Exited{number(255)}, number(100)};
      default:
        return std::monostate{};
    }
  }

  WorkerState state() {
    return static_cast<WorkerState>(number(static_cast<int>(WorkerState::drained)));
  }

  Event event() {
    Event event;
    event.kind = static_cast<EventKind>(number(static_cast<int>(EventKind::failed)));
    event.severity = static_cast<Severity>(number(2));
    event.worker = text();
    event.detail = detail();
    event.at = Duration{time()};
    return event;
  }

  WorkerStatus worker() {
    WorkerStatus worker;
    worker.name = text();
    worker.state = state();
    worker.should_run = flag();
    worker.pid = maybe([&] { return pid(); });
    worker.age = maybe([&] { return duration(); });
    worker.memory =
        maybe([&] { return std::uint64_t{data_.ConsumeIntegral<std::uint32_t>()} << 12U; });
    worker.draining_for = maybe([&] { return duration(); });
    worker.drain_reason = maybe([&] { return reason(); });
    if (flag()) worker.set_aside = {pid()};
    worker.hold = maybe([&] {
      return Hold{
          .by = text(), .reason = text(), .since = time(), .until = maybe([&] { return time(); })};
    });
    worker.out_of_date = maybe([&] { return reason(); });
    worker.next_try_in = maybe([&] { return duration(); });
    worker.failures = number(1000);
    worker.last_error = maybe([&] { return failure(); });
    worker.note = text();
    worker.pid_file = text();
    return worker;
  }

  AppStatus status() {
    AppStatus status;
    status.app = text();
    status.root = text();
    status.environment = text();
    status.last_pass = maybe([&] { return time(); });
    for (int count = number(3); count > 0; --count)
      status.workers.push_back(worker());
    if (flag()) status.orphans.push_back({.title = text(), .pid = pid(), .draining = flag()});
    if (flag())
      status.boot_trouble =
          BootTrouble{.failure = failure(), .failures = number(9), .next_try_in = duration()};
    return status;
  }

  std::vector<Event> events() {
    std::vector<Event> events;
    for (int count = number(3); count > 0; --count)
      events.push_back(event());
    return events;
  }

 private:
  FuzzedDataProvider data_;
};

/// As `promtool check metrics` reads them: each line a comment, or a name, labels and a number.
void require_metrics(std::string_view text) {
  require(text.empty() || text.ends_with('\n'), "metrics end with a newline");
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(line.size() + 1);
    if (line.starts_with("# ")) continue;
    require(line.starts_with("bootcheck_"), "a metric has its name");
    const auto number = line.substr(line.rfind(' ') + 1);
    require(!number.empty() && number.find_first_not_of("0123456789.+-e") == std::string_view::npos,
            "a metric has a number");
    bool is_quoted = false;
    for (std::size_t at = 0; at < line.size(); ++at) {
      if (is_quoted && line[at] == '\\') {
        ++at;
        require(
            at < line.size() && std::string_view("\\\"n").find(line[at]) != std::string_view::npos,
            "a label is escaped as Prometheus reads it");
      } else if (line[at] == '"') {
        is_quoted = !is_quoted;
      }
    }
    require(!is_quoted, "a label ends on its line");
  }
}

void feed_status(std::string_view input) {
  Maker maker(input);
  const auto status = maker.status();
  const auto events = maker.events();
  const Style style{.width = maker.number(200), .now = 1'795'415'101};
  require_showable(showable(format_status(status, style), false));
  require_showable(showable(format_run(status, events, style), false));
  require_json(status_json(status));
  require_json(run_json(status, events, "run", 0));
}

void feed_metrics(std::string_view input) {
  Maker maker(input);
  const auto status = maker.status();
  PassFigures figures{.ended_at = maker.time(), .took = maker.duration(), .counters = {}};
  count_events(maker.events(), figures.counters);
  const auto text = format_metrics(status, figures);
  require_metrics(text);
  require(valid_utf8(text) == text, "metrics are UTF-8");
}

void feed_events(std::string_view input) {
  Maker maker(input);
  const auto event = maker.event();
  const auto app = maker.text();
  for (const auto time : {LogTime::written, LogTime::left_out}) {
    require_one_line(log_text(event, app, time));
    require_one_line(log_json(event, app, time));
    require_json(log_json(event, app, time));
  }
  auto told = notification(event, {.app = app, .host = maker.text()});
  require(told.ends_with('\n'), "a notification is a line");
  told.pop_back();
  require_one_line(told);
  require_json(told);
  auto problem = problem_line(event, app);
  if (problem.empty()) return;
  require(problem.ends_with('\n'), "a problem is a line");
  problem.pop_back();
  require(problem.find('\n') == std::string::npos, "a problem is one line");
  require(!problem_key(event).empty(), "a problem has a name to be remembered by");
}

void feed_text(std::string_view input) {
  require_one_line(printable(input));
  require_one_line(one_line(input));
  require_showable(showable(input, false));
  const auto utf8 = valid_utf8(input);
  require(valid_utf8(utf8) == utf8, "valid UTF-8 is valid");
  require(printable(input).find('\x1b') == std::string::npos, "no escape");
  for (const char character : printable(input))
    require(static_cast<unsigned char>(character) >= 0x20 && character != 0x7f,
            "no control character");
  require(display_width(printable(input)) >= 0, "a width is a number");
  require_json("\"" + std::string(json_printable(on_one_line(json_text(input)).substr(1))));
}

}  // namespace

std::vector<Target> printer_targets() {
  return {{"status", feed_status},
          {"metrics", feed_metrics},
          {"events", feed_events},
          {"text", feed_text}};
}

}  // namespace bootcheck::fuzz
