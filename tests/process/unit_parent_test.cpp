// The small process that asks systemd in a user's place believes nothing that it is told.
#include "launch/unit_parent.h"

#include "process/forked.h"
#include "system/memory_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bootcheck {
namespace {

/// All that comes, to the end.
std::string read_all(const UniqueFd& fd) {
  std::string text;
  char part[4096];
  for (ssize_t got = 0; (got = ::read(fd.get(), &part[0], sizeof part)) > 0;)
    text.append(&part[0], static_cast<std::size_t>(got));
  return text;
}

/// What a unit parent of its own answers to an order with these properties. Without root, or
/// without systemd, systemd-run fails, and that is an answer as well.
std::string answer_to(const UnitProperties& properties) {
  int ends[2];
  if (::pipe2(&ends[0], O_CLOEXEC) != 0) throw_errno("cannot make a pipe");
  const UniqueFd mine(ends[0]);
  UniqueFd theirs(ends[1]);
  Forked asker([&](const Forked::Ready& ready) {
    ready.say();
    fork_unit_parent(::getuid(), ::getgid());
    UnitOrder order;
    order.argv = {"/bin/true"};
    order.working_directory = "/";
    order.output = "/dev/null";
    order.start_timeout = Duration{10'000};
    order.properties = properties;
    const auto text = read_all(ask_unit_parent(order));
    return ::write(theirs.get(), text.data(), text.size()) < 0 ? 1 : 0;
  });
  theirs.reset();
  const auto answer = read_all(mine);
  EXPECT_EQ(asker.wait(), 0);
  return answer;
}

TEST(UnitParent, AnswersWhatBecameOfAnOrder) {
  EXPECT_THAT(answer_to({}), testing::HasSubstr("exit status "));
  EXPECT_THAT(answer_to({{"MemoryMax", "1G"}}), testing::HasSubstr("exit status "));
}

TEST(UnitParent, DoesNothingForAPropertyThatNobodyMayHave) {
  for (const auto& property : {std::pair("User", "root"), std::pair("ExecStartPre", "/bin/sh"),
                               std::pair("Nice", "-20"), std::pair("MemoryMax", "1G\nUser=root")})
    EXPECT_EQ(answer_to({property}), "") << property.first;
}

}  // namespace
}  // namespace bootcheck
