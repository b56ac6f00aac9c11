// Field masks and what they select, over fieldmasks.tsv and validation-masks.tsv.
// [spec api-conventions §5, rules 1 to 3]
#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "protocol/api_json/any_type.hpp"
#include "protocol/api_json/api_json.hpp"
#include "protocol/api_rules/api_rules.hpp"
#include "test/protocol/api_rules/rule_rows.hpp"

namespace ff::api_rules::test {
namespace {

using ff::test::read_table;
using ff::test::TableRow;

std::string table(const char* name) {
  return std::string(FF_SOURCE_DIR "/protocol/proto/tables/") + name + ".tsv";
}

struct Method {
  std::string name;  ///< `package.Service/Rpc`
  std::string request;
  TableRow summary;
  std::vector<std::string> paths;  ///< Sorted.

  bool restricts() const {
    return summary.at("mode") == "set" && summary.at("paths_known") != summary.at("paths_allowed");
  }
};

const std::vector<Method>& methods() {
  static const auto found = [] {
    std::map<std::string, Method> out;
    for (const auto& row : read_table(table("fieldmasks-summary"))) {
      const auto name = row.at("service") + "/" + row.at("rpc");
      out[name] = {name, "", row, {}};
    }
    for (const auto& row : read_table(table("fieldmasks")))
      out.at(row.at("service") + "/" + row.at("rpc")).paths.push_back(row.at("path"));
    for (const auto& row : read_table(table("services"))) {
      const auto method = out.find(row.at("service") + "/" + row.at("rpc"));
      if (method != out.end()) method->second.request = row.at("request");
    }
    std::vector<Method> list;
    for (auto& [name, method] : out) {
      std::ranges::sort(method.paths);
      list.push_back(std::move(method));
    }
    return list;
  }();
  return found;
}

/// A request of the method that has nothing but a mask; null where it can have none.
std::unique_ptr<Message> with_mask(const Method& method, const std::string& paths) {
  auto request = api_json::make_any_content("/" + method.request);
  if (!request || request->GetDescriptor()->FindFieldByName("field_mask") == nullptr)
    return nullptr;
  EXPECT_TRUE(api_json::from_json(R"({"field_mask":")" + paths + "\"}", *request));
  return request;
}

bool is_forbidden(const Method& method, const std::string& paths) {
  const auto status = validate(method.name, *with_mask(method, paths), now);
  return !status && status.error().is(field_mask_paths);
}

TEST(MasksTable, AMethodAllowsThePathsOfTheTable) {
  ASSERT_EQ(methods().size(), 82U);
  for (const auto& method : methods()) {
    const auto allowed = allowed_paths(method.name);
    EXPECT_TRUE(std::ranges::equal(allowed, method.paths)) << method.name;
    EXPECT_EQ(method.paths.size(), std::stoul(method.summary.at("paths_allowed"))) << method.name;
  }
  EXPECT_TRUE(allowed_paths("ttn.lorawan.v3.GatewayRegistry/Purge").empty());
  EXPECT_TRUE(allowed_paths("").empty());
}

TEST(MasksTable, OfAMaskEachPathIsAllowedOrForbiddenAsItStands) {
  std::size_t asked = 0;
  for (const auto& method : methods()) {
    if (with_mask(method, "") == nullptr) continue;
    std::string all;
    for (const auto& path : method.paths) (all += all.empty() ? "" : ",") += path;
    EXPECT_FALSE(is_forbidden(method, all)) << method.name;
    const auto& some = method.paths.at(method.paths.size() / 2);
    for (const auto& other : {some + "x", some + ".", "." + some, some + ".nothing", " " + some,
                              some.substr(0, some.size() - 1) + "*", std::string("*"), some + " "})
      EXPECT_TRUE(is_forbidden(method, some + "," + other)) << method.name << ' ' << other;
    ++asked;
  }
  EXPECT_GT(asked, 70U);
}

/// Paths that other methods about the same message allow, and this one does not.
std::vector<std::string> others_paths(const Method& method) {
  std::set<std::string> out;
  for (const auto& other : methods()) {
    if (other.summary.at("target_message") != method.summary.at("target_message")) continue;
    for (const auto& path : other.paths)
      if (!std::ranges::binary_search(method.paths, path)) out.insert(path);
  }
  return {out.begin(), out.end()};
}

TEST(MasksTable, WhatAnotherComponentMaySetThisOneMayNot) {
  std::size_t forbidden = 0;
  for (const auto& method : methods()) {
    if (with_mask(method, "") == nullptr) continue;
    for (const auto& path : others_paths(method)) {
      EXPECT_TRUE(is_forbidden(method, path)) << method.name << ' ' << path;
      ++forbidden;
    }
  }
  EXPECT_GT(forbidden, 500U);
}

/// The field at a dotted path gets a value; choices of the path have no field. False where a
/// list or a map is on the way.
bool set_at(Message& message, const std::string& path) {
  const auto dot = path.find('.');
  const auto name = path.substr(0, dot);
  const auto* field = message.GetDescriptor()->FindFieldByName(name);
  const auto rest = dot == std::string::npos ? "" : path.substr(dot + 1);
  if (field == nullptr) return !rest.empty() && set_at(message, rest);
  if (field->is_repeated()) return false;
  const auto& reflection = *message.GetReflection();
  if (field->message_type() != nullptr) {
    auto& inner = *reflection.MutableMessage(&message, field);
    return rest.empty() || set_at(inner, rest);
  }
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      reflection.SetString(&message, field, "x");
      return true;
    case FieldDescriptor::CPPTYPE_BOOL:
      reflection.SetBool(&message, field, true);
      return true;
    case FieldDescriptor::CPPTYPE_ENUM:
      reflection.SetEnumValue(&message, field, 1);
      return true;
    case FieldDescriptor::CPPTYPE_UINT32:
      reflection.SetUInt32(&message, field, 1);
      return true;
    default:
      return false;
  }
}

/// The longest path above `path` that the method allows; empty without one.
std::string allowed_above(const Method& method, std::string path) {
  for (auto dot = path.rfind('.'); dot != std::string::npos; dot = path.rfind('.')) {
    path.resize(dot);
    if (std::ranges::binary_search(method.paths, path)) return path;
  }
  return "";
}

const FieldDescriptor* payload_field(const Method& method, const Message& request) {
  const auto& type = *request.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const auto* inner = type.field(i)->message_type();
    if (inner != nullptr && inner->full_name() == method.summary.at("target_message"))
      return type.field(i);
  }
  return nullptr;
}

/// Rule 2: "every path outside the allow-list must be zero in the payload", where it is asked for.
TEST(MasksTable, APayloadHoldsNothingBelowItsMaskThatTheMethodForbids) {
  std::size_t tried = 0;
  for (const auto& method : methods()) {
    if (!method.restricts()) continue;
    for (const auto& path : others_paths(method)) {
      const auto parent = allowed_above(method, path);
      if (parent.empty()) continue;
      const auto request = with_mask(method, parent);
      const auto* field = payload_field(method, *request);
      ASSERT_NE(field, nullptr) << method.name;
      if (!set_at(*request->GetReflection()->MutableMessage(request.get(), field), path)) continue;
      const auto status = validate(method.name, *request, now);
      ASSERT_FALSE(status) << method.name << ' ' << path;
      EXPECT_TRUE(status.error().is(non_zero_path)) << method.name << ' ' << path;
      ++tried;
    }
  }
  EXPECT_GT(tried, 5U);
}

/// What a request's mask does not name is not looked at, whatever it holds.
TEST(MasksTable, OnlyWhatIsAskedForAndIdentifiersAreValidated) {
  const auto table_rows = read_table(table("validation-masks"));
  EXPECT_EQ(table_rows.size(), 15U);
  for (const auto& row : table_rows) {
    const auto request = api_json::make_any_content("/" + row.at("message"));
    ASSERT_NE(request, nullptr);
    ASSERT_TRUE(api_json::from_json(R"({"field_mask":"nothing-of-it"})", *request));
    std::istringstream always(row.at("always_validated"));
    std::string first;
    std::getline(always, first, ',');
    const auto status = validate("", *request, now);
    ASSERT_FALSE(status) << row.at("message") << ": " << first << " is missing";
    EXPECT_EQ(status.error().attributes().at(0),
              Attribute("field", first.substr(0, first.find('.'))))
        << row.at("message");
  }
}

}  // namespace
}  // namespace ff::api_rules::test
