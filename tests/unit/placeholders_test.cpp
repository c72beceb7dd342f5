// `%{id}` and the like in the strings of a worker entry.
#include "config/placeholders.h"

#include <gtest/gtest.h>

namespace bootcheck {
namespace {

const Placeholders kKnown = {{"id", "7"}, {"root", "/srv/%{id}"}, {"empty", ""}};

TEST(Placeholders, AreReplacedAndAnyOtherPercentSignStays) {
  const std::pair<const char*, const char*> rows[] = {
      {"", ""},
      {"plain", "plain"},
      {"%{id}", "7"},
      {"a%{id}b%{id}c", "a7b7c"},
      {"%{id}%{empty}%{id}", "77"},
      {"100%", "100%"},
      {"%", "%"},
      {"%%{id}", "%7"},
      {"%d %s {id} $id ${id}", "%d %s {id} $id ${id}"},
      {"%{id", "%{id"},
      {"%{", "%{"},
      {"}%{id}}", "}7}"},
      {"%{root}", "/srv/%{id}"},  // what stands for something is not looked through again
  };
  for (const auto& [text, expanded] : rows) {
    const auto expansion = expand(text, kKnown);
    EXPECT_EQ(expansion.text, expanded) << text;
    EXPECT_EQ(expansion.mistake, "") << text;
  }
}

TEST(Placeholders, ThatStandForNothingAreAMistakeThatNamesTheKnownOnes) {
  EXPECT_EQ(expand("x %{nr}", kKnown).mistake,
            "`%{nr}` stands for nothing here; known: %{id}, %{root}, %{empty}");
  for (const auto* text : {"%{}", "%{ID}", "%{ id}", "%{id }", "%{%{id}}", "%{i\nd}"})
    EXPECT_NE(expand(text, kKnown).mistake, "") << text;
}

TEST(Placeholders, TheFirstMistakeIsTold) {
  EXPECT_EQ(expand("%{a} %{id} %{b}", {{"id", "7"}}).mistake,
            "`%{a}` stands for nothing here; known: %{id}");
}

}  // namespace
}  // namespace bootcheck
