// main() of every program of tests.
#include "support/reaper.h"
#include "support/skipped.h"

#include <cstdlib>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

namespace bootcheck::test {
namespace {

std::string skip_reason(const testing::TestResult& result) {
  std::string reason;
  for (int at = 0; at < result.total_part_count(); ++at) {
    const auto& part = result.GetTestPartResult(at);
    if (part.skipped()) reason = part.message();
  }
  return reason;
}

/// Ends what a test leaves behind, and notes in $TESTS_SKIPPED which test was skipped and why.
class AfterEachTest : public testing::EmptyTestEventListener {
  void OnTestEnd(const testing::TestInfo& test) override {
    end_left_behind();
    const char* file = std::getenv("TESTS_SKIPPED");  // NOLINT(concurrency-mt-unsafe)
    if (file == nullptr || !test.result()->Skipped()) return;
    const auto reason = skip_reason(*test.result());
    if (reason == kWasRunBySudo) return;
    std::ofstream(file, std::ios::app)
        << test.test_suite_name() << '.' << test.name() << ": " << reason << '\n';
  }
};

int run_all() {
  testing::UnitTest::GetInstance()->listeners().Append(new AfterEachTest);
  return RUN_ALL_TESTS();
}

}  // namespace
}  // namespace bootcheck::test

int main(int argc, char** argv) {
  testing::InitGoogleMock(&argc, argv);
  if (GTEST_FLAG_GET(list_tests)) return RUN_ALL_TESTS();
  ::_exit(bootcheck::test::run_under_reaper(bootcheck::test::run_all));
}
