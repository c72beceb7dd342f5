// Crontabs: the line for an application, which lines are there, and how it gets among them. Pure.
#pragma once

#include "util/types.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace bootcheck {

/// What a line is to say.
struct CrontabOrder {
  Path program;
  std::optional<Path> config;  ///< none: config/bootcheck.yml under the root, or there is none
  Path root;
  std::optional<int> count;
  std::vector<std::string> identifiers;
  std::string environment;
  std::string path;  ///< the PATH that Ruby needs; empty: that of cron will do
};

/// The options that name the application again: `-C /srv/shop/current -n 3`.
std::string naming_options(const CrontabOrder& order);

/// `* * * * * /usr/bin/bootcheck -C /srv/shop/current -n 3`, without a newline.
std::string crontab_line(const CrontabOrder& order);

enum class CrontabKind {
  user,   ///< of crontab(1)
  system  ///< /etc/crontab and /etc/cron.d: the sixth field is a user
};

/// One line that cron runs.
struct CrontabJob {
  std::size_t line = 0;                    ///< from 0
  std::string user;                        ///< of a system crontab
  std::map<std::string, std::string> env;  ///< what the lines above it set
  std::string command;
};

/// Reads as cron does; a line that is none is left out.
std::vector<CrontabJob> parse_crontab(std::string_view text, CrontabKind kind);

/// A pass of bootcheck that a job runs.
struct PassCall {
  std::optional<Path> root;                ///< -C, or where it had changed to
  std::optional<Path> config;              ///< -c
  std::map<std::string, std::string> env;  ///< of the job, and what stands before the program
};

/// Whether a job makes a pass, and over what; none: it does not.
std::optional<PassCall> pass_of(const CrontabJob& job);

/// Which application: its root, and the configuration where there is one.
struct AppPlace {
  Path root;
  std::optional<Path> config;
};

/// Whether the pass is over this application; `-c` may name the folder of its configuration.
bool is_over(const PassCall& call, const AppPlace& place);

/// A crontab with the line in it.
struct Installed {
  enum class Change { none, added, replaced };
  Change change = Change::none;
  std::string text;
};
/// Somebody else's line runs passes over the application already.
struct ForeignLine {
  std::string line;
};

/// Puts the line into a crontab below a comment by which it is known again: an older one of ours
/// goes, any other line stays as it is. A line that somebody wrote with the very same words is one
/// that is there already.
std::variant<Installed, ForeignLine> install_line(std::string_view crontab, const AppPlace& place,
                                                  const std::string& line);

}  // namespace bootcheck
