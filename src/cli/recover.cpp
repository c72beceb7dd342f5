#include "cli/commands.h"
#include "cli/cron_order.h"
#include "cli/passes.h"
#include "cli/print.h"
#include "pass/recover_host.h"
#include "report/event_text.h"
#include "report/host_locks.h"
#include "util/shell_words.h"

#include <algorithm>

#include <fmt/format.h>

namespace bootcheck {
namespace {

class Recovery {
 public:
  Recovery(const Options& options, const Context& context)
      : options_(options), context_(context), style_(stdout_style()) {}

  /// Of one queue, by a worker that serves it.
  int recover(std::size_t worker) {
    status_ = kWell;
    const auto outcome = recover_host(context_, worker, options_.host,
                                      [this](const HostLocks& locks) { return confirm(locks); });
    if (const auto* failed = std::get_if<CannotRecover>(&outcome)) {
      print_problem(failed->why);
      return kCannotWork;
    }
    const auto& events = std::get<HostRecovered>(outcome).events;
    print_problems(events, app_of(options_, context_.config));
    if (!options_.quiet) print(event_lines(events));
    const auto is_bad = [](const Event& event) {
      return event.kind == EventKind::recovery_failed || event.kind == EventKind::job_left_alone;
    };
    return std::ranges::any_of(events, is_bad) ? kWorkerProblem : status_;
  }

  /// The same without the question.
  std::string line_with_yes() const {
    return fmt::format("bootcheck {} recover --host {} --yes",
                       naming_options(cron_order(options_, context_.config)),
                       shell_word(options_.host));
  }

 private:
  bool confirm(const HostLocks& locks) {
    if (!options_.quiet || !options_.yes) print(format_host_locks(locks, style_));
    if (locks.workers.empty()) return false;
    const auto alive = why_maybe_alive(locks, style_);
    if (options_.dry_run) {
      if (!alive.empty()) print(alive + "\n");
      return false;
    }
    if (options_.yes) return true;
    status_ = kUsage;
    if (!alive.empty()) {
      print_problem(fmt::format("{} may still be at work: {}. If it is gone for good: {}",
                                options_.host, alive, line_with_yes()));
      return false;
    }
    const auto question = fmt::format(
        "Is {} gone for good, and are they to be handed back as failed attempts? [y/N] ",
        options_.host);
    if (!ask(question)) {
      print("Nothing was changed.\n");
      return false;
    }
    status_ = kWell;
    return true;
  }

  const Options& options_;
  const Context& context_;
  Style style_;
  int status_ = kWell;
};

/// Why this may not be done; empty: it may.
std::string refusal(const Options& options, const Context& context, const Recovery& recovery) {
  const auto& own = context.here.host;
  if (own.empty()) return "it cannot be told what this host is called";
  if (may_be_host(own, options.host))
    return fmt::format("{} is this host: every pass hands back the jobs of its own dead workers",
                       options.host);
  if (options.yes || options.dry_run) return {};
  if (!can_ask())
    return "there is no terminal to ask on; to hand them back all the same: " +
           recovery.line_with_yes();
  if (options.in_fleet) return "-c is a folder: name one configuration of it, or add --yes";
  return {};
}

}  // namespace

int recover_command(const Options& options, const Config& config, Machine& machine) {
  const Context context(config, machine);
  Recovery recovery(options, context);
  if (const auto why = refusal(options, context, recovery); !why.empty()) {
    print_problem(why);
    return kUsage;
  }
  const auto queues = queues_of(config);
  if (queues.empty() && !options.in_fleet) {
    print_problem("none of the workers is one of delayed_job");
    return kUsage;
  }
  int status = kWell;
  for (const auto worker : queues)
    status = std::max(status, recovery.recover(worker));
  return status;
}

}  // namespace bootcheck
