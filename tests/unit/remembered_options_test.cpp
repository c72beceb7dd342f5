// What -n, -i and -e said last.
#include "cli/remembered_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bootcheck {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr WallTime kNow = 1'795'000'000;
constexpr WallTime kDay = 24 * 3600;

Options counted(int count) {
  Options options;
  options.count = count;
  return options;
}

Options named(std::vector<std::string> identifiers) {
  Options options;
  options.identifiers = std::move(identifiers);
  return options;
}

TEST(RememberedOptions, ACountSaysWhoThereIs) {
  auto remembered = updated({}, counted(12), "production", kNow);
  EXPECT_EQ(remembered.identifiers.size(), 12U);
  EXPECT_EQ(remembered.names().front(), "0");
  EXPECT_EQ(remembered.names().back(), "11");
  remembered = updated(remembered, counted(2), "staging", kNow + 60);
  EXPECT_THAT(remembered.names(), ElementsAre("0", "1"));
  EXPECT_EQ(remembered.environment, "staging");
}

TEST(RememberedOptions, LinesWithOneIdentifierEachAddUp) {
  auto remembered = updated({}, named({"1"}), "production", kNow);
  remembered = updated(remembered, named({"mail"}), "production", kNow);
  EXPECT_THAT(remembered.names(), ElementsAre("1", "mail"));
  const auto again = updated(remembered, named({"1"}), "production", kNow + 60);
  EXPECT_EQ(again, remembered) << "a pass a minute writes nothing";
  remembered = updated(remembered, named({"1"}), "production", kNow + kDay - 60);
  EXPECT_THAT(remembered.names(), ElementsAre("1", "mail"));
  remembered = updated(remembered, named({"1"}), "production", kNow + kDay + 60);
  EXPECT_THAT(remembered.names(), ElementsAre("1")) << "nobody has named it for a day";
}

TEST(RememberedOptions, AreTheSameAfterwards) {
  const auto remembered = updated({}, named({"1", "a \"b\""}), "production", kNow);
  EXPECT_EQ(parse_remembered_options(format_remembered_options(remembered)), remembered);
}

TEST(RememberedOptions, OfADamagedFileAreNone) {
  for (const char* text : {"", "{", "[]", "{\"identifiers\": [1]}",
                           "{\"identifiers\": {\"1\": \"x\"}}", "{\"environment\": 7}"})
    EXPECT_THAT(parse_remembered_options(text).identifiers, IsEmpty()) << text;
}

}  // namespace
}  // namespace bootcheck
