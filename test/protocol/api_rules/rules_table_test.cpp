// Every rule of messages.tsv at its limits: the last value that keeps it and the first that breaks
// it. [spec api-conventions §5, rule 3; the rules are those of protoc-gen-validate]
#include <algorithm>
#include <set>

#include "protocol/api_json/api_json.hpp"
#include "test/protocol/api_rules/rule_rows.hpp"

namespace ff::api_rules::test {
namespace {

bool is_length(const std::string& reason) {
  return reason.starts_with("value length must be");
}

/// A service holds it, as its limit is a setting. [app/api/services/mapping/link.cpp]
bool is_setting(const RuleRow& row) {
  return row.type == "ttn.lorawan.v3.MessagePayloadFormatters";
}

/// So many characters, of which some are more than one octet where those are text.
std::string characters(const std::string& key, std::size_t count) {
  if (key.find("bytes") != std::string::npos) return std::string(count, '\xff');
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += i % 2 == 0 ? "\u6f22" : "a";
  return out;
}

bool length_is_wrong(const RuleRow& row, const std::string& key, std::size_t length) {
  return is_length(judge_text(row, key, characters(key, length)));
}

TEST(RulesTable, NothingIsLongerThanItMayBe) {
  for (const auto& [row, key] : rows_with("max_len")) {
    if (is_setting(row)) continue;
    const auto limit = row.rule(key)->to_number<std::size_t>();
    EXPECT_FALSE(length_is_wrong(row, key, limit)) << row.text();
    EXPECT_TRUE(length_is_wrong(row, key, limit + 1)) << row.text();
  }
}

TEST(RulesTable, NothingIsShorterThanItMustBe) {
  for (const auto& [row, key] : rows_with("min_len")) {
    const auto limit = row.rule(key)->to_number<std::size_t>();
    EXPECT_FALSE(length_is_wrong(row, key, limit)) << row.text();
    if (limit == 0) continue;
    EXPECT_EQ(length_is_wrong(row, key, limit - 1), limit > 1 || !ignores_empty(row, key))
        << row.text();
  }
}

TEST(RulesTable, WhatHasOneLengthHasNoOther) {
  for (const auto& [row, key] : rows_with("len")) {
    const auto length = row.rule(key)->to_number<std::size_t>();
    EXPECT_FALSE(length_is_wrong(row, key, length)) << row.text();
    EXPECT_TRUE(length_is_wrong(row, key, length - 1)) << row.text();
    EXPECT_TRUE(length_is_wrong(row, key, length + 1)) << row.text();
    EXPECT_EQ(length_is_wrong(row, key, 0), !ignores_empty(row, key)) << row.text();
  }
}

/// The largest number, the smallest, what they may not reach, and what they may not be.
struct Bounds {
  std::optional<double> lte, gte, gt;
  std::vector<double> forbidden;

  bool keeps(double value) const {
    if (std::ranges::find(forbidden, value) != forbidden.end() || (gt && value <= *gt))
      return false;
    const bool below = !lte || value <= *lte;
    const bool above = !gte || value >= *gte;
    // Limits that do not meet leave out what is between them.
    return lte && gte && *lte < *gte ? below || above : below && above;
  }
};

/// Of `uint32.lte` and its like, for elements as well; nothing without any.
std::optional<Bounds> bounds_of(const RuleRow& row) {
  Bounds out;
  bool any = false;
  for (const auto& rule : row.rules) {
    const std::string key(rule.key());
    const auto name = key.substr(key.rfind('.') + 1);
    const auto type = key.substr(0, key.rfind('.'));
    if (!type.ends_with("int32") && !type.ends_with("int64") && !type.ends_with("float") &&
        !type.ends_with("double"))
      continue;
    any = true;
    if (name == "not_in") {
      for (const auto& value : rule.value().as_array())
        out.forbidden.push_back(value.to_number<double>());
    } else {
      (name == "lte"   ? out.lte
       : name == "gte" ? out.gte
                       : out.gt) = rule.value().to_number<double>();
    }
  }
  return any ? std::optional(out) : std::nullopt;
}

bool is_fraction(const RuleRow& row) {
  for (const auto& rule : row.rules)
    if (rule.key().starts_with("float.") || rule.key().starts_with("double.")) return true;
  return false;
}

/// Both sides of each limit.
std::vector<double> near(const Bounds& bounds, double step) {
  std::vector<double> out = bounds.forbidden;
  for (const auto& limit : {bounds.lte, bounds.gte, bounds.gt}) {
    if (limit) out.insert(out.end(), {*limit - step, *limit, *limit + step});
  }
  return out;
}

TEST(RulesTable, NumbersAreWithinTheirLimits) {
  std::size_t broken = 0;
  for (const auto& row : all_rules()) {
    const auto bounds = bounds_of(row);
    if (!bounds) continue;
    for (const double value : near(*bounds, is_fraction(row) ? 1.0 / 1024 : 1)) {
      const auto message = row.make();
      const auto number = boost::json::serialize(boost::json::value(value));
      const bool list = row.field->is_repeated();
      const auto json =
          "{\"" + row.name + "\":" + (list ? "[" : "") + number + (list ? "]" : "") + "}";
      if (!api_json::from_json(json, *message)) continue;  // Beyond what the type can hold.
      EXPECT_EQ(reason(*message, row.name).empty(), bounds->keeps(value))
          << row.text() << " = " << value << ": " << reason(*message, row.name);
      broken += bounds->keeps(value) ? 0 : 1;
    }
  }
  EXPECT_GT(broken, 100U);
}

TEST(RulesTable, NoNumberIsWithinNoLimits) {
  for (const auto& row : all_rules()) {
    if (!is_fraction(row)) continue;
    const auto message = row.make();
    ASSERT_TRUE(api_json::from_json("{\"" + row.name + "\":\"NaN\"}", *message));
    EXPECT_NE(reason(*message, row.name), "") << row.text();
  }
}

/// What the rules say of an enum's number, as value or as element.
std::string judge_enum(const RuleRow& row, int number) {
  const auto message = row.make();
  if (row.field->is_repeated())
    message->GetReflection()->AddEnumValue(message.get(), row.field, number);
  else
    message->GetReflection()->SetEnumValue(message.get(), row.field, number);
  return reason(*message, row.name);
}

TEST(RulesTable, EnumsAreWhatIsDefined) {
  for (const auto& [row, key] : rows_with("defined_only")) {
    const auto& type = *row.field->enum_type();
    int last = 0;
    for (int i = 0; i < type.value_count(); ++i) {
      const int number = type.value(i)->number();
      last = std::max(last, number);
      EXPECT_NE(judge_enum(row, number), "value must be one of the defined enum values")
          << row.text() << " = " << number;
    }
    for (const int number : {-1, last + 1, 1'000'000})
      EXPECT_NE(judge_enum(row, number), "") << row.text() << " = " << number;
  }
}

TEST(RulesTable, EnumsOfAListAreInIt) {
  for (const char* name : {"enum.in", "enum.not_in"}) {
    for (const auto& [row, key] : rows_with(name)) {
      const auto& list = row.rule(key)->as_array();
      for (int i = 0; i < row.field->enum_type()->value_count(); ++i) {
        const int number = row.field->enum_type()->value(i)->number();
        const bool listed = std::ranges::find(list, boost::json::value(number)) != list.end();
        EXPECT_EQ(judge_enum(row, number).empty(), listed == (key == "enum.in"))
            << row.text() << " = " << number;
      }
    }
  }
}

TEST(RulesTable, TextsOfAListAreInIt) {
  for (const auto& [row, key] : rows_with("in")) {
    if (key.find("string.") == std::string::npos) continue;
    const auto& list = row.rule(key)->as_array();
    for (const auto& text : list) {
      const std::string value(text.as_string());
      EXPECT_EQ(judge_text(row, key, value), "") << row.text() << " = " << value;
      for (const auto& other : {value + "x", "--" + value, value + " "})
        EXPECT_NE(judge_text(row, key, other), "") << row.text() << " = " << other;
    }
  }
}

TEST(RulesTable, WhatIsRequiredIsThere) {
  for (const auto& [row, key] : rows_with("required")) {
    if (key == "oneof.required") continue;
    const auto message = row.make();
    // A member of a choice is not chosen: the choice has a rule of its own.
    const bool chosen = row.field->real_containing_oneof() == nullptr;
    EXPECT_EQ(reason(*message, row.name), chosen ? "value is required" : "") << row.text();
    message->GetReflection()->MutableMessage(message.get(), row.field);
    EXPECT_NE(reason(*message, row.name), "value is required") << row.text();
  }
}

TEST(RulesTable, AChoiceThatIsRequiredIsMade) {
  std::size_t required = 0;
  for (const auto& row : ff::test::read_table(FF_SOURCE_DIR "/protocol/proto/tables/oneofs.tsv")) {
    const auto message = api_json::make_any_content("/" + row.at("message"));
    ASSERT_NE(message, nullptr);
    const auto& name = row.at("oneof");
    const bool must = row.at("required") == "true";
    EXPECT_EQ(reason(*message, name), must ? "value is required" : "") << row.at("message");
    required += must ? 1 : 0;
    const auto* oneof = message->GetDescriptor()->FindOneofByName(name);
    for (int i = 0; i < oneof->field_count(); ++i) {
      const auto* member = oneof->field(i);
      if (member->message_type() == nullptr) continue;
      message->GetReflection()->MutableMessage(message.get(), member);
      EXPECT_NE(reason(*message, name), "value is required") << member->full_name();
    }
  }
  EXPECT_GT(required, 10U);
}

/// A list or a map of so many elements, each another.
std::unique_ptr<Message> of_size(const RuleRow& row, std::size_t size) {
  auto message = row.make();
  const auto& reflection = *message->GetReflection();
  for (std::size_t i = 0; i < size; ++i) {
    const auto text = "key-" + std::to_string(i);
    if (row.field->is_map())
      put_text(*message, row, "map.keys.", text);
    else if (row.field->message_type() != nullptr)
      reflection.AddMessage(message.get(), row.field);
    else if (row.field->cpp_type() == FieldDescriptor::CPPTYPE_STRING)
      reflection.AddString(message.get(), row.field, text);
    else if (row.field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM)
      reflection.AddEnumValue(message.get(), row.field, static_cast<int>(i));
    else if (row.field->cpp_type() == FieldDescriptor::CPPTYPE_BOOL)
      reflection.AddBool(message.get(), row.field, i % 2 == 0);
    else if (row.field->cpp_type() == FieldDescriptor::CPPTYPE_UINT32)
      reflection.AddUInt32(message.get(), row.field, static_cast<std::uint32_t>(i));
    else
      reflection.AddUInt64(message.get(), row.field, 1'000'000 + i);
  }
  return message;
}

bool count_is_wrong(const RuleRow& row, std::size_t size) {
  return reason(*of_size(row, size), row.name).starts_with("value must contain ");
}

TEST(RulesTable, ListsAndMapsHaveNoMoreThanTheyMayAndNoLessThanTheyMust) {
  for (const char* name : {"repeated.max_items", "map.max_pairs", "repeated.min_items"}) {
    for (const auto& [row, key] : rows_with(name)) {
      const auto limit = row.rule(key)->to_number<std::size_t>();
      EXPECT_FALSE(count_is_wrong(row, limit)) << row.text();
      const bool least = key == "repeated.min_items";
      if (least && limit == 0) continue;
      EXPECT_TRUE(count_is_wrong(row, least ? limit - 1 : limit + 1)) << row.text();
    }
  }
}

TEST(RulesTable, WhatIsUniqueIsThereOnce) {
  for (const auto& [row, key] : rows_with("unique")) {
    const auto twice = of_size(row, 3);
    EXPECT_NE(reason(*twice, row.name), "repeated value must contain unique items") << row.text();
    const auto once_more = of_size(row, 1);
    twice->MergeFrom(*once_more);
    EXPECT_EQ(reason(*twice, row.name), "repeated value must contain unique items") << row.text();
  }
}

/// A point in time before or after now, by nanoseconds.
std::string judge_time(const RuleRow& row, int nanoseconds) {
  const auto message = row.make();
  auto& time = *message->GetReflection()->MutableMessage(message.get(), row.field);
  const auto instant = now.time_since_epoch() + std::chrono::nanoseconds(nanoseconds);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(instant);
  const auto* type = time.GetDescriptor();
  time.GetReflection()->SetInt64(&time, type->FindFieldByName("seconds"), seconds.count());
  time.GetReflection()->SetInt32(&time, type->FindFieldByName("nanos"),
                                 static_cast<std::int32_t>((instant - seconds).count()));
  return reason(*message, row.name);
}

TEST(RulesTable, TimesAreBeforeOrAfterNowAndNowIsNeither) {
  for (const auto& [row, key] : rows_with("gt_now")) {
    EXPECT_EQ(judge_time(row, 1), "") << row.text();
    EXPECT_EQ(judge_time(row, 0), "value must be greater than now") << row.text();
    EXPECT_EQ(judge_time(row, -1), "value must be greater than now") << row.text();
  }
  for (const auto& [row, key] : rows_with("lt_now")) {
    EXPECT_EQ(judge_time(row, -1), "") << row.text();
    EXPECT_EQ(judge_time(row, 0), "value must be less than now") << row.text();
    EXPECT_EQ(judge_time(row, 1), "value must be less than now") << row.text();
  }
}

/// A rule that no code looks at would hold for any value. A kind that is new in the table fails
/// here until it has a test in this file or in patterns_test.cpp.
TEST(RulesTable, EveryKindOfRuleHasATest) {
  const std::set<std::string> tested = {
      "max_len",   "min_len",      "len",      "lte",       "gte",     "gt",
      "in",        "not_in",       "required", "max_items", "unique",  "min_items",
      "max_pairs", "defined_only", "gt_now",   "lt_now",    "pattern", "email",
      "uri",       "uri_ref",      "uuid",     "ip",        "ipv4",    "ignore_empty"};
  for (const auto& row : all_rules()) {
    for (const auto& rule : row.rules) {
      const std::string key(rule.key());
      EXPECT_TRUE(tested.contains(key.substr(key.rfind('.') + 1))) << row.text() << ' ' << key;
    }
  }
}

}  // namespace
}  // namespace ff::api_rules::test
