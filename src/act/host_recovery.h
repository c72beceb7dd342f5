// Hands back the jobs of all delayed_job workers of a host that is gone for good, by one boot of
// the application (delayed_job/preloader.rb) that starts nobody.
#pragma once

#include "act/start_attempt.h"
#include "model/event.h"
#include "model/host_locks.h"

#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace bootcheck {

/// Why it could not be done, for people.
struct RecoveryFailed {
  std::string why;
};

class HostRecovery {
 public:
  /// `worker`: index of one whose program, folder and environment are to be had. Throws
  /// std::system_error.
  HostRecovery(const Context& context, std::size_t worker);
  HostRecovery(const HostRecovery&) = delete;
  HostRecovery& operator=(const HostRecovery&) = delete;
  /// The application that was booted ends.
  ~HostRecovery();

  /// Boots the application and looks who of the host has locked jobs. Once.
  std::variant<HostLocks, RecoveryFailed> look(const std::string& host);

  /// Hands those back. `job_recovered`, `job_left_alone` and `recovery_failed`, not stamped.
  std::vector<Event> hand_back(const HostLocks& locks);

 private:
  using Sight = std::vector<LockedWorker>::const_iterator;

  std::string start();
  std::string why_not_booted() const;
  std::string last_words(const std::string& otherwise) const;
  bool wait_for(const std::function<bool()>& condition, Duration limit);
  bool ask(std::string_view line, int batch, Duration limit);
  std::string text_since(std::uint64_t offset) const;
  std::uint64_t output_size() const;
  void hand_back(const HostLocks& locks, Sight from, Sight to, std::vector<Event>& events);
  void end();

  const Context& context_;
  std::unique_ptr<Launches> launches_;
  StartAttempt attempt_;
  bool has_booted_ = false;
  bool is_over_ = false;  ///< the command has ended
  bool is_out_of_time_ = false;
  int batches_ = 1;           ///< it was given, the first at its start
  std::map<int, int> ended_;  ///< exit statuses of those that have ended
};

}  // namespace bootcheck
