// Applications that were booted once, and from which workers are forked as they are needed
// (delayed_job/preloader.rb). They are kept from pass to pass for as long as the lock is, and end
// with this.
#pragma once

#include "act/batch.h"
#include "model/app.h"
#include "system/machine.h"

#include <list>
#include <memory>
#include <string>
#include <vector>

namespace bootcheck {

/// Which code was booted: another release, or a restart file that was touched since, is another.
struct Code {
  std::string release;
  std::optional<std::int64_t> restart_file_mtime;  ///< as Observation::restart_file_mtime
  bool operator==(const Code&) const = default;
};

/// The code that a worker would be started with now.
Code code_of(Machine& machine, std::string release, const Worker& worker);

struct Preloader {
  pid_t pid = 0;
  std::size_t worker = 0;  ///< it serves those that share a boot with this one
  Code code;
  Path output;                   ///< where it says why it does not boot
  std::uint64_t log_offset = 0;  ///< and from where on there
  bool has_booted = false;
  int batches = 1;                       ///< it was given, the first at its start
  std::vector<std::string> untold = {};  ///< batches that wait until it has booted
};

class Preloaders {
 public:
  explicit Preloaders(Machine& machine) : machine_(machine) {}

  /// Commands and whoever else is waited for, made when it is first asked for. Throws
  /// std::system_error.
  Launches& launches();

  /// The one that serves this worker and has, or will have, booted this code; null: there is none.
  Preloader* find(const Config& config, const Worker& worker, const Code& code);
  Preloader* find(pid_t pid);

  void begin(Preloader preloader);
  void forget(pid_t pid);

  /// Gives it a batch once it has booted; the batch's number, or none when it does not listen.
  std::optional<int> give(Preloader& preloader, const Config& config, const Batch& batch,
                          const Path& output);
  void note_booted(Preloader& preloader);

  /// Whether any has booted and can fork at once.
  bool is_any_ready() const;

  /// They end: what they have booted is not to be forked any more.
  void hang_up();

 private:
  Machine& machine_;
  std::unique_ptr<Launches> launches_;
  std::list<Preloader> all_;
};

}  // namespace bootcheck
