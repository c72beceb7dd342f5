#include "e2e/private_cron.h"

#include "support/files.h"
#include "support/places.h"

#include <stdexcept>
#include <vector>

#include <boost/filesystem/directory.hpp>
#include <boost/filesystem/operations.hpp>

#include <sys/stat.h>
#include <unistd.h>

namespace bootcheck::test {
namespace {

namespace fs = boost::filesystem;

// Debian's cron looks for /run/crond.reboot to tell a boot from a restart of its own.
constexpr const char* kInside = R"(set -e
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /var/spool/cron
mount --bind "$1/cron.d" /etc/cron.d
mount --bind "$1/crontab" /etc/crontab
mount --bind "$1/passwd" /etc/passwd
mount --bind "$1/shadow" /etc/shadow
exec cron -f)";

std::vector<std::string> in_namespaces(const std::vector<std::string>& command) {
  std::vector<std::string> argv = {own_mounts()};
  argv.insert(argv.end(), command.begin(), command.end());
  return argv;
}

std::string with_deploy(const std::string& text, const std::string& line) {
  std::string all;
  for (const auto& other : lines_of(text)) {
    if (!other.starts_with("deploy:")) all += other + "\n";
  }
  return all + line + "\n";
}

fs::path furnish(const fs::path& folder, const std::map<std::string, std::string>& files) {
  const auto id = std::to_string(PrivateCron::kDeploy);
  const auto account = "deploy:x:" + id + ":" + id + "::" + folder.native() + ":/bin/sh";
  write_file(folder / "passwd", with_deploy(read_file("/etc/passwd"), account));
  write_file(folder / "shadow",
             with_deploy(read_file("/etc/shadow"), "deploy:*:19000:0:99999:7:::"));
  write_file(folder / "crontab", "");
  for (const auto& [name, text] : files) {
    write_file(folder / "cron.d" / name, text);
    ::chmod((folder / "cron.d" / name).c_str(), 0644);
  }
  return folder;
}

}  // namespace

bool PrivateCron::is_possible() {
  return run(in_namespaces({"true"})).status == 0;
}

PrivateCron::PrivateCron(const fs::path& folder, const std::map<std::string, std::string>& files)
    : cron_(in_namespaces({"sh", "-c", kInside, "sh", furnish(folder, files).native()})) {}

void give_to_deploy(const fs::path& folder) {
  const auto give = [](const fs::path& path) {
    if (::lchown(path.c_str(), PrivateCron::kDeploy, PrivateCron::kDeploy) != 0)
      throw std::runtime_error("cannot chown " + path.native());
  };
  give(folder);
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    give(entry.path());
}

}  // namespace bootcheck::test
