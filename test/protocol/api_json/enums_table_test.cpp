// Every value of every enum against enums.tsv. [api/json-rules.md, Enums]
#include <google/protobuf/descriptor.h>

#include <set>
#include <sstream>

#include "protocol/api_json/schema.hpp"
#include "test/protocol/api_json/messages.hpp"
#include "test/support/table.hpp"

namespace ff::api_json::test {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

const google::protobuf::DescriptorPool& pool() {
  return *google::protobuf::DescriptorPool::generated_pool();
}

const std::vector<ff::test::TableRow>& rows() {
  static const auto rows = ff::test::read_table(FF_SOURCE_DIR "/protocol/proto/tables/enums.tsv");
  return rows;
}

std::int32_t number_of(const ff::test::TableRow& row) {
  return std::stoi(row.at("number"));
}

std::vector<std::string> accepted(const ff::test::TableRow& row) {
  std::istringstream stream(row.at("json_accept"));
  std::vector<std::string> out;
  for (std::string one; std::getline(stream, one, '|');) out.push_back(one);
  return out;
}

/// A singular field of each enum that has one.
const std::map<const EnumDescriptor*, const FieldDescriptor*>& carriers() {
  static const auto found = [] {
    std::map<const EnumDescriptor*, const FieldDescriptor*> out;
    for (const auto& row :
         ff::test::read_table(FF_SOURCE_DIR "/protocol/proto/tables/messages.tsv")) {
      const auto* type = pool().FindMessageTypeByName(row.at("message"));
      const auto* field = type == nullptr ? nullptr : type->FindFieldByName(row.at("field"));
      if (field == nullptr || field->is_repeated() || field->enum_type() == nullptr) continue;
      if (Schema::instance().kind(type) == MessageKind::wrapper) continue;
      out.emplace(field->enum_type(), field);
    }
    return out;
  }();
  return found;
}

/// `{"field":value}`, as the message of a carrier is written when nothing else is set.
std::string alone(const FieldDescriptor& field, const std::string& value) {
  return "{\"" + field.name() + "\":" + value + "}";
}

TEST(EnumsTable, EveryTextOfTheTableIsReadAsItsNumber) {
  for (const auto& row : rows()) {
    const auto* type = pool().FindEnumTypeByName(row.at("enum"));
    ASSERT_NE(type, nullptr) << row.at("enum");
    EXPECT_EQ(enum_number(type, row.at("value"), true), number_of(row)) << row.at("value");
    for (const auto& text : accepted(row))
      EXPECT_EQ(enum_number(type, text, true), number_of(row)) << row.at("enum") << ' ' << text;
  }
}

TEST(EnumsTable, UrlsKnowOnlyNamesAndNumbers) {
  for (const auto& row : rows()) {
    const auto* type = pool().FindEnumTypeByName(row.at("enum"));
    EXPECT_EQ(enum_number(type, row.at("value"), false), number_of(row));
    for (const auto& text : accepted(row)) {
      if (type->FindValueByName(text) != nullptr) continue;
      const auto found = enum_number(type, text, false);
      // What is left of `DEVICE_EIRP_8` without its prefix is a number.
      const bool digits = text.find_first_not_of("0123456789") == std::string::npos;
      EXPECT_EQ(found, digits ? std::optional<std::int32_t>(std::stoi(text)) : std::nullopt)
          << row.at("enum") << ' ' << text;
    }
  }
}

TEST(EnumsTable, OtherSpellingsAreRefused) {
  std::set<std::pair<std::string, std::string>> known;
  for (const auto& row : rows())
    for (const auto& text : accepted(row)) known.emplace(row.at("enum"), text);
  for (const auto& row : rows()) {
    const auto* type = pool().FindEnumTypeByName(row.at("enum"));
    auto lower = row.at("value");
    for (auto& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    for (const auto& text : {lower, row.at("value") + " ", "+" + row.at("number"),
                             row.at("number") + ".0", std::string()}) {
      if (known.contains({row.at("enum"), text})) continue;
      EXPECT_EQ(enum_number(type, text, true), std::nullopt) << row.at("enum") << ' ' << text;
    }
  }
}

TEST(EnumsTable, EveryNumberIsWrittenAsTheTableSays) {
  std::set<std::string> written;
  for (const auto& row : rows()) {
    const auto found = carriers().find(pool().FindEnumTypeByName(row.at("enum")));
    if (found == carriers().end()) continue;
    const auto& field = *found->second;
    const auto message = make(field.containing_type()->full_name());
    message->GetReflection()->SetEnumValue(message.get(), &field, number_of(row));
    const bool absent = number_of(row) == 0 && field.real_containing_oneof() == nullptr;
    EXPECT_EQ(to_json(*message), absent ? "{}" : alone(field, row.at("json_emit")))
        << row.at("enum") << ' ' << row.at("value");
    written.insert(row.at("enum"));
  }
  EXPECT_GT(written.size(), 40U);
}

TEST(EnumsTable, ANumberWithoutANameIsKept) {
  for (const auto& [type, field] : carriers()) {
    constexpr int unknown = 123'456;
    ASSERT_EQ(type->FindValueByNumber(unknown), nullptr);
    const bool as_number = Schema::instance().enumeration(type).as_number;
    const auto& name = field->containing_type()->full_name();
    const auto written = alone(*field, as_number ? "123456" : "\"123456\"");
    EXPECT_EQ(reread(name, alone(*field, "123456")), written) << name;
    EXPECT_EQ(reread(name, alone(*field, "\"123456\"")), written) << name;
  }
}

TEST(EnumsTable, NumbersEndAt32Bits) {
  for (const auto& [type, field] : carriers()) {
    const auto& name = field->containing_type()->full_name();
    for (const char* text : {"2147483648", "-2147483649", "1e10", "1.5", "99999999999999999999"}) {
      EXPECT_EQ(reread(name, alone(*field, text)), value_refused) << name << ' ' << text;
      EXPECT_EQ(reread(name, alone(*field, '"' + std::string(text) + '"')), value_refused) << name;
    }
    for (const char* text : {"true", "[]", "{}"})
      EXPECT_EQ(reread(name, alone(*field, text)), json_refused) << name << ' ' << text;
  }
}

/// "`8` for AggregatedDutyCycle is value 3, JSON number `8` is value 8."
TEST(EnumsTable, WhereDigitsAreANameTheTextIsTheNameAndTheNumberTheNumber) {
  std::set<std::string> affected;
  for (const auto& row : rows()) {
    const auto* type = pool().FindEnumTypeByName(row.at("enum"));
    for (const auto& text : accepted(row)) {
      if (text.find_first_not_of("0123456789") != std::string::npos) continue;
      if (std::stoi(text) != number_of(row)) affected.insert(type->name());
      const auto found = carriers().find(type);
      if (found == carriers().end()) continue;
      const auto message = make(found->second->containing_type()->full_name());
      for (const auto& [json, number] :
           {std::pair(alone(*found->second, text), std::stoi(text)),
            std::pair(alone(*found->second, '"' + text + '"'), number_of(row))}) {
        ASSERT_TRUE(from_json(json, *message)) << json;
        EXPECT_EQ(message->GetReflection()->GetEnumValue(*message, found->second), number) << json;
      }
    }
  }
  for (const char* name : {"ADRAckDelayExponent", "ADRAckLimitExponent", "AggregatedDutyCycle",
                           "DeviceEIRP", "RelayLimitBucketSize"})
    EXPECT_TRUE(affected.contains(name)) << name;
}

}  // namespace
}  // namespace ff::api_json::test
