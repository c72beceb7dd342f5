#include "report/text.h"

#include <string>

#include <gtest/gtest.h>

namespace bootcheck {
namespace {

struct PrintableCase {
  const char* what;
  std::string text;
  std::string expected;
};

class Printable : public testing::TestWithParam<PrintableCase> {};

TEST_P(Printable, ShowsWhatATerminalWouldActOn) {
  EXPECT_EQ(printable(GetParam().text), GetParam().expected) << GetParam().what;
}

INSTANTIATE_TEST_SUITE_P(
    Text, Printable,
    testing::Values(
        PrintableCase{"plain", "delayed_job.1 --queue=a\\b", "delayed_job.1 --queue=a\\b"},
        PrintableCase{"empty", "", ""}, PrintableCase{"UTF-8", "Prüfung 日本 😀", "Prüfung 日本 😀"},
        PrintableCase{"newline, tab, return", "a\nb\tc\rd", "a\\nb\\tc\\rd"},
        PrintableCase{"a title that paints the terminal", "\x1b[31mred\x07", "\\x1b[31mred\\x07"},
        PrintableCase{"NUL and DEL", std::string("a\0b\x7f", 4), "a\\x00b\\x7f"},
        PrintableCase{"C1 control (CSI in one character)", "\xc2\x9b", "\\x9b"},
        PrintableCase{"right-to-left override", "\u202etxt", "\\u202etxt"},
        PrintableCase{"no UTF-8", "a\xff\xfe", "a\\xff\\xfe"},
        PrintableCase{"cut off in mid-character", "a\xe2\x82", "a\\xe2\\x82"},
        PrintableCase{"overlong slash", "\xc0\xaf", "\\xc0\\xaf"},
        PrintableCase{"overlong in three bytes", "\xe0\x80\xaf", "\\xe0\\x80\\xaf"},
        PrintableCase{"surrogate", "\xed\xa0\x80", "\\xed\\xa0\\x80"},
        PrintableCase{"beyond Unicode", "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"}));

TEST(Text, BytesOfNoCharacterBecomeTheReplacementCharacter) {
  EXPECT_EQ(valid_utf8("a\xff"
                       "b"),
            "a\uFFFDb");
  EXPECT_EQ(valid_utf8("Prüfung\n"), "Prüfung\n");
}

TEST(Text, WidthIsTheNumberOfCharacters) {
  EXPECT_EQ(display_width(""), 0);
  EXPECT_EQ(display_width("delayed_job.1"), 13);
  EXPECT_EQ(display_width("prüf"), 4);
  EXPECT_EQ(display_width("\xff"), 1);
}

TEST(Text, OfLinesTheirEndsStayAndColoursWhereTheyAreWanted) {
  EXPECT_EQ(showable("a\nb\n", false), "a\nb\n");
  EXPECT_EQ(showable("\x1b[32mrunning\x1b[0m\n", true), "\x1b[32mrunning\x1b[0m\n");
  EXPECT_EQ(showable("\x1b[32mrunning\n", false), "\\x1b[32mrunning\n");
  EXPECT_EQ(showable("\x1b[2J\x1b]0;x\x07\r\t\x7f\xc2\x9b\x1b", true),
            "\\x1b[2J\\x1b]0;x\\x07\\r\\t\\x7f\\x9b\\x1b");
  EXPECT_EQ(showable("\x1b[3", true), "\\x1b[3");
}

TEST(Text, LinesAreJoinedToOne) {
  EXPECT_EQ(one_line("one"), "one");
  EXPECT_EQ(one_line("  one \r\n\n\n\ttwo\n"), "one | two");
  EXPECT_EQ(one_line("a\x1b[0m\nb"), "a\\x1b[0m | b");
  EXPECT_EQ(one_line("\n \n"), "");
}

TEST(Text, TimesAreUtc) {
  EXPECT_EQ(utc_time(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(utc_time(1795415101), "2026-11-23T06:25:01Z");
}

TEST(Text, ImpossibleTimesDoNotThrow) {
  EXPECT_EQ(utc_time(INT64_MAX), "9999-12-31T23:59:59Z");
  EXPECT_EQ(utc_time(INT64_MIN), "1970-01-01T00:00:00Z");
}

}  // namespace
}  // namespace bootcheck
