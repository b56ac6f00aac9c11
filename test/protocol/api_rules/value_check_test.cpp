// Rules of single values, one row for each way to keep or break one; the words are the reference's.
#include "protocol/api_rules/value_check.hpp"

#include <gtest/gtest.h>

#include "protocol/api_json/any_type.hpp"

#include <re2/re2.h>

namespace ff::api_rules {
namespace {

template <class Value>
struct Row {
  const char* name;
  ValueRules rules;
  Value value;
  const char* reason;  // null: kept
};

template <class Value, class Check>
void expect(const std::vector<Row<Value>>& rows, Check check) {
  for (const auto& row : rows) {
    const auto reason = check(row.rules, row.value);
    EXPECT_EQ(reason.value_or("kept"), row.reason == nullptr ? "kept" : row.reason) << row.name;
  }
}

std::shared_ptr<const re2::RE2> pattern(const char* text) {
  return std::make_shared<const re2::RE2>(text);
}

TEST(TextRules, EachIsKeptAndBroken) {
  expect<std::string_view>(
      {
          {"none", {}, "anything", nullptr},
          {"length", {.len = 3}, "abc", nullptr},
          {"length", {.len = 3}, "ab", "value length must be 3 runes"},
          {"at least", {.min_len = 2}, "ab", nullptr},
          {"at least", {.min_len = 2}, "a", "value length must be at least 2 runes"},
          {"at most", {.max_len = 2}, "ab", nullptr},
          {"at most", {.max_len = 2}, "abc", "value length must be at most 2 runes"},
          {"between",
           {.min_len = 1, .max_len = 2},
           "",
           "value length must be between 1 and 2 runes, inclusive"},
          {"between",
           {.min_len = 1, .max_len = 2},
           "abc",
           "value length must be between 1 and 2 runes, inclusive"},
          {"runes, not octets", {.max_len = 2}, "\u00e9\u00e9", nullptr},
          {"empty is passed over", {.ignore_empty = true, .min_len = 3}, "", nullptr},
          {"and nothing else",
           {.ignore_empty = true, .min_len = 3},
           "a",
           "value length must be at least 3 runes"},
          {"list", {.in_list = {"a", "b"}}, "b", nullptr},
          {"list", {.in_list = {"a", "b"}}, "c", "value must be in list [a b]"},
          {"no list", {.not_in_list = {"a", "b"}}, "c", nullptr},
          {"no list", {.not_in_list = {"a", "b"}}, "a", "value must not be in list [a b]"},
          {"pattern", {.pattern = pattern("^[a-z]+$")}, "abc", nullptr},
          {"pattern",
           {.pattern = pattern("^[a-z]+$")},
           "ab1",
           "value does not match regex pattern \"^[a-z]+$\""},
          {"email", {.email = true}, "a@b.c", nullptr},
          {"email", {.email = true}, "a", "value must be a valid email address"},
          {"uri", {.uri = true}, "https://a/b", nullptr},
          {"uri", {.uri = true}, "/a", "value must be absolute"},
          {"uri", {.uri = true}, "a\nb", "value must be a valid URI"},
          {"reference", {.uri_ref = true}, "/a", nullptr},
          {"reference", {.uri_ref = true}, "%zz", "value must be a valid URI"},
          {"uuid", {.uuid = true}, "123e4567-e89b-12d3-a456-426614174000", nullptr},
          {"uuid", {.uuid = true}, "1", "value must be a valid UUID"},
          {"ip", {.ip = true}, "::1", nullptr},
          {"ip", {.ip = true}, "x", "value must be a valid IP address"},
          {"ipv4", {.ipv4 = true}, "10.0.0.1", nullptr},
          {"ipv4", {.ipv4 = true}, "::1", "value must be a valid IPv4 address"},
      },
      check_text);
}

TEST(BytesRules, CountOctets) {
  expect<std::string_view>(
      {
          {"none", {}, std::string_view("\0\xff", 2), nullptr},
          {"length", {.len = 2}, "\u00e9", nullptr},
          {"length", {.len = 1}, "\u00e9", "value length must be 1 bytes"},
          {"at most", {.max_len = 1}, "ab", "value length must be at most 1 bytes"},
          {"empty is passed over", {.ignore_empty = true, .len = 16}, "", nullptr},
          {"no formats", {.email = true}, "a", nullptr},
      },
      check_bytes);
}

TEST(NumberRules, EachIsKeptAndBroken) {
  expect<double>(
      {
          {"none", {}, -1e300, nullptr},
          {"up to", {.lte = 5}, 5, nullptr},
          {"up to", {.lte = 5}, 5.5, "value must be less than or equal to 5"},
          {"from", {.gte = 5}, 5, nullptr},
          {"from", {.gte = 5}, 4, "value must be greater than or equal to 5"},
          {"above", {.gt = 5}, 5.1, nullptr},
          {"above", {.gt = 5}, 5, "value must be greater than 5"},
          {"inside", {.lte = 5, .gte = 1}, 1, nullptr},
          {"inside", {.lte = 5, .gte = 1}, 0, "value must be inside range [1, 5]"},
          {"inside", {.lte = 5, .gte = 1}, 6, "value must be inside range [1, 5]"},
          {"outside", {.lte = 1, .gte = 5}, 1, nullptr},
          {"outside", {.lte = 1, .gte = 5}, 5, nullptr},
          {"outside", {.lte = 1, .gte = 5}, 3, "value must be outside range (1, 5)"},
          {"a point", {.lte = 2, .gte = 2}, 2, nullptr},
          {"a point", {.lte = 2, .gte = 2}, 2.5, "value must be inside range [2, 2]"},
          {"a fraction", {.gt = 0.25}, 0.25, "value must be greater than 0.25"},
          {"zero is passed over", {.ignore_empty = true, .gte = 5}, 0, nullptr},
          {"list", {.in_list = {"1", "2"}}, 2, nullptr},
          {"list", {.in_list = {"1", "2"}}, 3, "value must be in list [1 2]"},
          {"not a number",
           {.lte = 5},
           std::numeric_limits<double>::quiet_NaN(),
           "value must be less than or equal to 5"},
          {"not a number",
           {.lte = 5, .gte = 1},
           std::numeric_limits<double>::quiet_NaN(),
           "value must be inside range [1, 5]"},
      },
      check_number);
}

TEST(EnumRules, KnowTheirValues) {
  const auto device = api_json::make_any_content("/ttn.lorawan.v3.EndDevice");
  ASSERT_NE(device, nullptr);
  const auto& phy = *device->GetDescriptor()->FindFieldByName("lorawan_phy_version")->enum_type();
  const auto check = [&](const ValueRules& rules, int value) {
    return check_enum(rules, phy, value);
  };
  std::vector<Row<int>> rows{
      {"none", {}, 99, nullptr},
      {"defined", {.defined_only = true}, 14, "value must be one of the defined enum values"},
      {"defined", {.defined_only = true}, -1, "value must be one of the defined enum values"},
      {"list", {.in_list = {"1", "2"}}, 2, nullptr},
      {"list", {.in_list = {"1", "2"}}, 3, "value must be in list [1 2]"},
      {"no list", {.not_in_list = {"0"}}, 0, "value must not be in list [0]"},
  };
  // Every version of regional parameters, RP002-1.0.5 among them.
  for (int version = 0; version <= 13; ++version)
    rows.push_back({"version", {.defined_only = true}, version, nullptr});
  expect(rows, check);
}

}  // namespace
}  // namespace ff::api_rules
