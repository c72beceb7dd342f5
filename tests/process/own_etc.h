// The program as root of a machine whose /etc, crontabs and cron are the test's own: nothing of
// what is written there reaches the real ones.
#pragma once

#include "support/places.h"
#include "support/run.h"

#include <stdexcept>
#include <string>
#include <vector>

namespace bootcheck::test {

/// Runs a line of /bin/bash there, in `folder`, which is all of the disk that can be written to:
/// whatever a line does elsewhere, it does to nobody. /etc is a copy, `crontab` has a spool of its
/// own, which is empty, no process is seen but the line's own. `bootcheck` is the program under
/// test.
inline Finished with_own_etc(const boost::filesystem::path& folder, const std::string& line,
                             const Environment& env = {}) {
  static const std::string kFurnish =
      "set -eu; mount --bind \"$FOLDER\" \"$FOLDER\"; cd \"$FOLDER\"; test \"$(pwd -P)\" = "
      "\"$FOLDER\"\n"
      "mount -o remount,bind,ro /; test ! -w /\n"
      "mount -t tmpfs tmpfs /mnt; mkdir -p /mnt/upper /mnt/work\n"
      "mount -t overlay overlay -o lowerdir=/etc,upperdir=/mnt/upper,workdir=/mnt/work /etc\n"
      "rm -f /etc/cron.d/*; : > /etc/crontab\n"
      "mount -t tmpfs -o mode=1730 tmpfs /var/spool/cron/crontabs\n"
      "chgrp crontab /var/spool/cron/crontabs\n"
      "bootcheck() { \"$BOOTCHECK\" \"$@\"; }; set +eu\n";
  if (folder.empty() || folder == folder.root_path())
    throw std::invalid_argument("`" + folder.native() + "` is no folder of a test");
  RunOptions options{.directory = folder, .env = env};
  options.env.insert({{"BOOTCHECK", bootcheck_binary()}, {"FOLDER", folder.native()}});
  return run({own_mounts(), "/bin/bash", "-c", kFurnish + line}, options);
}

}  // namespace bootcheck::test
