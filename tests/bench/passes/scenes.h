// What is measured; each scene adds its rows.
#pragma once

#include "passes/benchmarks.h"
#include "passes/race.h"
#include "passes/results.h"
#include "support/demo_app.h"

#include <string>
#include <vector>

namespace bootcheck::bench {

/// How many rounds: of what takes milliseconds, and of what takes seconds.
struct Effort {
  int quick = 500;
  int slow = 5;
};

/// A pass over three running delayed_job workers, beside what would be used instead. `parts` is
/// what such a pass computes.
void look_at_three(Results& results, const Nanoseconds& parts, const Effort& effort);
/// A pass over 1000 running workers.
void look_at_thousand(Results& results, const Effort& effort);
/// The pure part of a pass, by the number of workers.
void plan(Results& results, const Nanoseconds& parts);
/// Bringing up delayed_job workers: time, and the memory they take.
void bring_up_delayed_job(Results& results, const Effort& effort);
/// Bringing up a thousand missing workers that stay in the foreground, and ten thousand.
void bring_up_foreground(Results& results, const Effort& effort);
/// How long nobody works when a draining worker exits.
void hand_over(Results& results, const Effort& effort);
/// A deploy, as delayed_job workers without a job see it.
void deploy(Results& results, const Effort& effort);
/// What stays in memory between two looks.
void residents(Results& results);

/// A demo application whose delayed_job workers 0 to count-1 run. They look for jobs once an hour
/// only, so as not to be in the way of what is measured.
class RunningWorkers {
 public:
  explicit RunningWorkers(int count);

  const test::DemoApp& app() const { return app_; }
  /// monit's one look at these workers.
  Command monit_validate() const;

 private:
  test::DemoApp app_;
  int count_;
};

/// The processes of delayed_job workers 0 to count-1.
std::vector<pid_t> living_workers(const test::DemoApp& app, int count);

}  // namespace bootcheck::bench
