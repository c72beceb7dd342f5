// What the doctor has looked at. Data only: gathered by gather.cpp, judged by findings.cpp.
#pragma once

#include "config/config.h"
#include "doctor/crontab.h"
#include "doctor/cut_off.h"
#include "system/inspect.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace bootcheck::doctor {

/// A short command, run as cron would run it.
struct Tried {
  bool succeeded = false;
  bool timed_out = false;
  std::string text;  ///< what it printed
};

struct RubyFacts {
  bool is_needed = false;
  bool has_gemfile = false;
  std::string path;                         ///< the PATH in which cron's pass looks
  std::optional<Path> ruby;                 ///< as found there
  std::optional<Path> bundle;               ///< the same
  std::vector<Path> folders;                ///< which folders in front would let them be found
  std::optional<Tried> version;             ///< `ruby -v`
  std::optional<Tried> bundle_check;        ///< `bundle check`
  std::map<std::string, std::string> gems;  ///< of Gemfile.lock
};

/// What a worker's start command begins with.
struct ProgramFacts {
  std::string worker;
  std::string program;  ///< as the configuration says
  Path path;            ///< where it was looked for; of a plain word, empty unless found in PATH
  PathLook look;
  bool is_run_by_ruby = false;  ///< it need not be executable
};

struct FolderFacts {
  std::string purpose;  ///< `pid folder`
  Path path;
  PathLook look;
  Path nearest;           ///< the folder above it that exists; itself if it does
  PathLook nearest_look;  ///< `look` if it exists
};

/// What else starts the same workers.
struct Manager {
  std::string what;   ///< `monit`, `a systemd unit`
  std::string where;  ///< a file, a process
  std::string fix;    ///< a line that ends it
};

struct SourceLine {
  Path file;
  std::size_t line = 0;  ///< from 1
};

/// A file that cron leaves out, and says so at most in its own log.
struct RefusedFile {
  Path file;
  std::string why;
  std::string fix;
};

struct CronFacts {
  bool runs = false;               ///< a process of it was seen
  bool can_be_seen = true;         ///< else nothing is known about that
  bool has_timer = false;          ///< one of systemd makes the passes
  std::vector<std::string> lines;  ///< that make passes over this application: where, and the line
  std::string crontab_trouble;     ///< why the user's crontab is not known
  std::vector<RefusedFile> refused;
};

/// A time of a file that lies ahead.
struct FutureFile {
  Path file;
  Duration ahead{0};
};

struct Facts {
  const Config* config = nullptr;
  std::string naming;  ///< the options that name the application: `-C /srv/shop/current -n 3`
  std::string user;    ///< for chown: `deploy`
  uid_t uid = 0;
  std::string group;
  RubyFacts ruby;
  std::vector<ProgramFacts> programs;
  std::vector<FolderFacts> folders;
  Path releases;  ///< Capistrano's folder of releases, resolved; empty: it is not used
  bool hides_processes = false;
  std::vector<Manager> managers;
  std::vector<SourceLine> raises;  ///< where raise_signal_exceptions is set
  std::vector<CutOff> cut_offs;
  bool deadlocks = false;  ///< delayed_job may run a job twice (doctor/gather_settings.h)
  CronFacts cron;
  std::optional<LockHolder> lock;
  std::vector<FutureFile> future;
};

}  // namespace bootcheck::doctor
