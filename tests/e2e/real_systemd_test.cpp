// What `launcher: systemd` does, under a real systemd: the tests themselves are in
// systemd/inside.cpp.
#include "process/as_root.h"
#include "support/files.h"
#include "support/places.h"
#include "support/run.h"
#include "support/temp_dir.h"

#include <gtest/gtest.h>

namespace bootcheck::test {
namespace {

TEST(RealSystemd, AllThatIsTestedInsideOfIt) {
  if (!is_root_or_rerun()) return;
  const TempDir folder;
  write_file(folder.path() / "disk" / "keep", "");
  const auto boot = source_dir() / "tests/e2e/systemd/boot";
  const auto finished = run({boot.native(), folder.path().native(), source_dir().native(),
                             test_program("inside_systemd").native()},
                            {.env = {}, .limit = std::chrono::minutes{25}});
  if (finished.status == 77) GTEST_SKIP() << "this machine allows no container: " << finished.err;
  EXPECT_EQ(read_file(folder.path() / "status"), "0\n")
      << finished.out << finished.err << read_file(folder.path() / "out");
}

}  // namespace
}  // namespace bootcheck::test
