// Texts of single values.
#include "protocol/api_json/text.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>

namespace ff::api_json {
namespace {

struct TimeRow {
  const char* text;
  SecondsNanos value;
};

TEST(Text, TimestampsAreReadAndWrittenAlike) {
  constexpr TimeRow rows[] = {
      {"1970-01-01T00:00:00Z", {0, 0}},
      {"0001-01-01T00:00:00Z", {-62135596800, 0}},
      {"9999-12-31T23:59:59.999999999Z", {253402300799, 999999999}},
      {"2024-02-29T12:30:45.120Z", {1709209845, 120000000}},
      {"2024-02-29T12:30:45.000120Z", {1709209845, 120000}},
      {"1969-12-31T23:59:59.500Z", {-1, 500000000}},
  };
  for (const auto& [text, value] : rows) {
    EXPECT_EQ(parse_timestamp(text, false), value) << text;
    std::string written;
    EXPECT_TRUE(append_timestamp(written, value));
    EXPECT_EQ(written, text);
  }
}

TEST(Text, MalformedTimestampsAreRefused) {
  for (const char* text : {"", "2024", "2024-02-29", "2024-02-29 12:30:45Z", "2023-02-29T12:30:45Z",
                           "2024-13-01T00:00:00Z", "2024-02-29T24:00:00Z", "2024-02-29T12:60:00Z",
                           "2024-02-29T12:30:60Z", "2024-02-29T12:30:45.Z", "2024-02-29T12:30:45",
                           "2024-02-29T12:30:45z", "0000-01-01T00:00:00Z", "2024-02-29T12:30:45Zx",
                           "2024-02-29T12:30:45.1234567890Z"}) {
    EXPECT_FALSE(parse_timestamp(text, true)) << text;
  }
}

TEST(Text, OffsetsAreReadOnlyWhenAllowed) {
  EXPECT_EQ(parse_timestamp("1970-01-01T02:30:00+02:30", true), (SecondsNanos{0, 0}));
  EXPECT_EQ(parse_timestamp("1969-12-31T23:00:00.5-01:00", true), (SecondsNanos{0, 500000000}));
  EXPECT_FALSE(parse_timestamp("1970-01-01T02:30:00+02:30", false));
  EXPECT_FALSE(parse_timestamp("1970-01-01T02:30:00+0230", true));
  EXPECT_FALSE(parse_timestamp("0001-01-01T00:00:00+01:00", true));
}

TEST(Text, DurationsAreReadAndWrittenAlike) {
  constexpr TimeRow rows[] = {
      {"0s", {0, 0}},
      {"1s", {1, 0}},
      {"-1.500s", {-1, -500000000}},
      {"-0.000001s", {0, -1000}},
      {"0.061696s", {0, 61696000}},
      {"315576000000s", {315576000000, 0}},
      {"3.000000001s", {3, 1}},
  };
  for (const auto& [text, value] : rows) {
    EXPECT_EQ(parse_duration(text, false), value) << text;
    EXPECT_EQ(parse_duration(text, true), value) << text;
    std::string written;
    EXPECT_TRUE(append_duration(written, value));
    EXPECT_EQ(written, text);
  }
  std::string out;
  EXPECT_FALSE(append_duration(out, {1, -1}));
  EXPECT_FALSE(append_duration(out, {315576000001, 0}));
}

TEST(Text, DurationsInGoSyntax) {
  constexpr TimeRow rows[] = {
      {"1h2m3.5s", {3723, 500000000}},
      {"300ms", {0, 300000000}},
      {"1.5h", {5400, 0}},
      {"-2m", {-120, 0}},
      {"+5s", {5, 0}},
      {"0", {0, 0}},
      {"10us", {0, 10000}},
      {"10\u00b5s", {0, 10000}},
      {"7ns", {0, 7}},
      {".5s", {0, 500000000}},
  };
  for (const auto& [text, value] : rows) {
    EXPECT_EQ(parse_duration(text, true), value) << text;
    if (std::string_view(text) != ".5s") {
      EXPECT_FALSE(parse_duration(text, false)) << text;
    }
  }
  for (const char* text : {"", "s", "5", "1d", "1s2", "--1s", "1 s", "1e3s", "315576000001s",
                           "9999999999999999999s"}) {
    EXPECT_FALSE(parse_duration(text, true)) << text;
    EXPECT_FALSE(parse_duration(text, false)) << text;
  }
}

/// What JavaScript makes of `0.1 + 0.2 + "s"`.
TEST(Text, DurationsInGoSyntaxMayHaveMoreDecimalsThanCount) {
  constexpr TimeRow rows[] = {
      {"0.30000000000000004s", {0, 300000000}},
      {"-1.9999999999s", {-1, -999999999}},
      {"0.50000000000000000000000000000h", {1800, 0}},
      {"1.0000000000ms", {0, 1000000}},
  };
  for (const auto& [text, value] : rows) {
    EXPECT_EQ(parse_duration(text, true), value) << text;
    EXPECT_FALSE(parse_duration(text, false)) << text;
  }
}

TEST(Text, NumbersTooSmallAreZeroAndThoseTooLargeAreNone) {
  for (const char* text : {"1e-400", "0.001e-400", "1e-4000"}) {
    EXPECT_EQ(parse_double(text), 0.0) << text;
    EXPECT_EQ(parse_float(text), 0.0F) << text;
    EXPECT_TRUE(std::signbit(*parse_double("-" + std::string(text)))) << text;
  }
  EXPECT_EQ(parse_float("1e-60"), 0.0F);
  for (const char* text : {"1e400", "-1e400", "1e4000", "1e99999"}) {
    EXPECT_FALSE(parse_double(text)) << text;
    EXPECT_FALSE(parse_float(text)) << text;
  }
  EXPECT_FALSE(parse_float("1e39"));
}

TEST(Text, IntegersInRange) {
  EXPECT_EQ(parse_int64("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(parse_uint64("18446744073709551615"), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(parse_int64("-5.0"), -5);
  EXPECT_EQ(parse_uint64("1e3"), 1000U);
  for (const char* text : {"", " 1", "+1", "0x1", "1.5", "9223372036854775808", "1e30", "-", "NaN"})
    EXPECT_FALSE(parse_int64(text)) << text;
  EXPECT_FALSE(parse_uint64("-1"));
  EXPECT_FALSE(parse_uint64("-1.0"));
}

TEST(Text, EveryFloatReadsBackTheSame) {
  std::mt19937_64 random(11);
  for (int i = 0; i < 20000; ++i) {
    auto value = std::bit_cast<double>(random());
    std::string text;
    if (!std::isfinite(value)) continue;
    append_number(text, value);
    ASSERT_EQ(parse_double(text), value) << text;
    auto narrow = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
    if (!std::isfinite(narrow)) continue;
    text.clear();
    append_number(text, narrow);
    ASSERT_EQ(parse_float(text), narrow) << text;
  }
  for (const char* text : {"", "inf", "nan", "infinity", "0x1p3", "1e999", "-", "1.2.3"})
    EXPECT_FALSE(parse_double(text)) << text;
}

TEST(Text, StringsAreEscapedOnlyWhereJsonDemandsIt) {
  auto quoted = [](std::string_view text) {
    std::string out;
    append_string(out, text);
    return out;
  };
  EXPECT_EQ(quoted("a\"b\\c/<>&\u00e9"), "\"a\\\"b\\\\c/<>&\u00e9\"");
  EXPECT_EQ(quoted(std::string_view("\0\n\x1f\x7f", 4)), "\"\\u0000\\n\\u001f\x7f\"");
  EXPECT_EQ(quoted("\xff\xc0\xaf\xed\xa0\x80x"), "\"\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\\ufffdx\"");
}

TEST(Text, Utf8IsChecked) {
  for (const char* valid : {"", "a", "\u00e9", "\u6f22", "\U0001f600", "\U0010ffff"})
    EXPECT_TRUE(is_utf8(valid)) << valid;
  for (const char* invalid : {"\x80", "\xc0\x80", "\xc3", "\xe0\x80\x80", "\xed\xa0\x80",
                              "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xe6\xbc"})
    EXPECT_FALSE(is_utf8(invalid));
}

}  // namespace
}  // namespace ff::api_json
