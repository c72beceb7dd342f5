// What the process says that boots the application.
#include "delayed_job/preloader.h"

#include <gtest/gtest.h>

namespace bootcheck {
namespace {

TEST(Answers, AreThatItHasBootedOrHowABatchHasEnded) {
  const auto booted = read_answer("booted");
  ASSERT_TRUE(booted);
  EXPECT_TRUE(std::holds_alternative<Booted>(*booted));
  const auto ended = read_answer("ended 12 1");
  ASSERT_TRUE(ended);
  EXPECT_EQ(std::get<BatchEnded>(*ended).batch, 12);
  EXPECT_EQ(std::get<BatchEnded>(*ended).exit_status, 1);
}

TEST(Answers, AreNothingElse) {
  for (const char* line : {"", "boot", "booted ", "ended", "ended 1", "ended  1 0", "ended 1 0 ",
                           "ended x 0", "ended 1 x", "ended 99999999999 0", "ended1 0"})
    EXPECT_FALSE(read_answer(line)) << line;
}

}  // namespace
}  // namespace bootcheck
