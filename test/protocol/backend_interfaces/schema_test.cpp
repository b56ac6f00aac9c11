// Every message that is sent or read, field by field against a table of its own.
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "test/protocol/backend_interfaces/fields_table.hpp"
#include "test/protocol/backend_interfaces/full_messages.hpp"

namespace ff::backend_interfaces {
namespace {

namespace json = boost::json;
using test::Field;

constexpr auto versions = {Version::v1_0, Version::v1_1};

/// Where a field is: names, and `0` in arrays.
using Path = std::vector<std::string>;

std::string text_of(const Path& path) {
  std::string out;
  for (const auto& part : path) out += (out.empty() ? "" : ".") + part;
  return out;
}

/// The object that has the field; null if there is none.
json::object* parent_of(json::object& message, const Path& path) {
  auto* at = &message;
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    auto* next = at->if_contains(path[i]);
    if (next != nullptr && next->is_array()) next = &next->get_array().at(0);
    if (next == nullptr || !next->is_object()) return nullptr;
    at = &next->get_object();
  }
  return at;
}

class Schema {
 public:
  using Visit = std::function<void(const Path&, const Field&)>;

  /// Fields of `type`, those in structs too.
  void each(MessageType type, const Visit& visit) const {
    each_of("Header", {}, "same", visit);
    each_of(std::string(to_string(type)), {}, "same", visit);
  }
  bool has(MessageType type) const {
    return !test::fields_of(fields_, std::string(to_string(type))).empty();
  }

 private:
  /// A field of a struct is in no version that does not have the struct.
  void each_of(const std::string& of, const Path& at, const std::string& in_1_0,
               const Visit& visit) const {
    for (auto& field : test::fields_of(fields_, of)) {
      if (in_1_0 != "same") field.in_1_0 = in_1_0;
      auto path = at;
      path.push_back(field.name);
      visit(path, field);
      each_of(field.struct_name(), path, field.in_1_0, visit);
    }
  }
  const std::vector<Field> fields_ = test::read_fields();
};

struct Sample {
  Version version;
  MessageType type;
  Message message;
  json::object written;
};

std::vector<Sample> samples(const Schema& schema) {
  std::vector<Sample> out;
  for (const auto version : versions) {
    for (unsigned i = 0; i <= static_cast<unsigned>(MessageType::profile_ans); ++i) {
      const auto type = static_cast<MessageType>(i);
      if (!schema.has(type)) continue;
      for (auto& message : test::full_messages(version, type)) {
        auto written = json::parse(encode(message)).get_object();
        out.push_back({version, type, std::move(message), std::move(written)});
      }
    }
  }
  return out;
}

Result<Decoded> read(const json::object& message) {
  return decode(json::serialize(message));
}

std::string name_of(const Sample& sample, const Path& path) {
  return std::string(to_string(sample.type)) +
         (sample.version == Version::v1_0 ? " 1.0 " : " 1.1 ") + text_of(path);
}

/// What becomes of a message with something wrong.
std::string outcome_of_reading(const json::object& message) {
  const auto decoded = read(message);
  if (!decoded) {
    EXPECT_TRUE(decoded.error().is(invalid_json));
    return "no message";
  }
  if (decoded->body) return "read";
  EXPECT_TRUE(decoded->body.error().is(malformed_message));
  const auto code = outcome_of(decoded->body.error(), Purpose::other).code;
  const auto version = message.at("ProtocolVersion") == "1.0" ? Version::v1_0 : Version::v1_1;
  EXPECT_EQ(to_string(code, version),
            version == Version::v1_0 ? "MalformedRequest" : "MalformedMessage");
  return "malformed";
}

TEST(BackendInterfacesSchema, EveryServedTypeIsInTheTable) {
  const Schema schema;
  for (unsigned i = 0; i <= static_cast<unsigned>(MessageType::profile_ans); ++i) {
    const auto type = static_cast<MessageType>(i);
    EXPECT_EQ(schema.has(type), !test::full_bodies(type).empty()) << to_string(type);
  }
}

TEST(BackendInterfacesSchema, EveryFieldOfTheTableIsWrittenWithItsTypeInItsVersions) {
  const Schema schema;
  std::map<std::string, std::string> missing;
  for (const auto& sample : samples(schema)) {
    schema.each(sample.type, [&](const Path& path, const Field& field) {
      auto written = sample.written;
      const auto* parent = parent_of(written, path);
      const auto* value = parent != nullptr ? parent->if_contains(path.back()) : nullptr;
      const auto name = name_of(sample, path);
      if (!field.written_in(sample.version)) {
        EXPECT_EQ(value, nullptr) << name;
        return;
      }
      if (value == nullptr) {
        // Another sample of the type, or another field of the struct, may have it.
        EXPECT_FALSE(field.required_in(sample.version) && parent != nullptr) << name;
        missing.try_emplace(name, "missing");
        return;
      }
      EXPECT_TRUE(test::is_of_type(field, *value)) << name << " " << json::serialize(*value);
      missing[name] = "written";
    });
  }
  for (const auto& [name, what] : missing) {
    // A key in clear has no label.
    if (name.ends_with("NwkSKey.KEKLabel")) continue;
    EXPECT_EQ(what, "written") << name;
  }
}

/// Members of `value`, which is a struct `of`, that the table does not have.
void find_strangers(const std::vector<Field>& fields, const std::string& of,
                    const std::string& also, const json::object& value,
                    std::vector<std::string>& out) {
  for (const auto& member : value) {
    const auto name = std::string(member.key());
    const auto found = std::ranges::find_if(fields, [&](const Field& field) {
      return field.name == name && (field.of == of || field.of == also);
    });
    if (found == fields.end()) {
      out.push_back(of + "." + name);
      continue;
    }
    const auto* inner = &member.value();
    if (inner->is_array()) inner = &inner->get_array().at(0);
    if (inner->is_object())
      find_strangers(fields, found->struct_name(), "", inner->get_object(), out);
  }
}

TEST(BackendInterfacesSchema, NothingElseIsWritten) {
  const auto fields = test::read_fields();
  std::vector<std::string> strangers;
  for (const auto& sample : samples({}))
    find_strangers(fields, std::string(to_string(sample.type)), "Header", sample.written,
                   strangers);
  EXPECT_EQ(strangers, std::vector<std::string>{});
}

TEST(BackendInterfacesSchema, WhatIsWrittenIsReadAgain) {
  for (const auto& sample : samples({})) {
    const auto decoded = read(sample.written);
    ASSERT_TRUE(decoded) << to_string(sample.type);
    EXPECT_EQ(decoded->header, sample.message.header) << to_string(sample.type);
    ASSERT_TRUE(decoded->body) << to_string(sample.type) << decoded->body.error().to_string();
  }
}

TEST(BackendInterfacesSchema, FieldsThatNobodyKnowsDoNotCount) {
  const Schema schema;
  for (const auto& sample : samples(schema)) {
    const auto expected = read(sample.written);
    std::set<std::string> done;
    schema.each(sample.type, [&](const Path& path, const Field& field) {
      auto changed = sample.written;
      auto* parent = parent_of(changed, path);
      if (parent == nullptr || !done.insert(field.of).second) return;
      (*parent)["Stranger"] = json::parse(R"({"a":[1,{"b":null}]})");
      const auto decoded = read(changed);
      ASSERT_TRUE(decoded && decoded->body) << name_of(sample, path);
      EXPECT_EQ(decoded->header, expected->header) << name_of(sample, path);
      EXPECT_EQ(*decoded->body, *expected->body) << name_of(sample, path);
    });
  }
}

/// Removes or nulls each field that `sample` has.
void without_each(const Schema& schema, const Sample& sample, bool null) {
  schema.each(sample.type, [&](const Path& path, const Field& field) {
    auto changed = sample.written;
    auto* parent = parent_of(changed, path);
    if (parent == nullptr || !parent->contains(path.back())) return;
    if (null) {
      parent->at(path.back()) = nullptr;
    } else {
      parent->erase(path.back());
    }
    // A wrapped key without its label has the wrong size for one in clear.
    const bool needed =
        field.required_in(sample.version) || field.presence == "one of" || field.name == "KEKLabel";
    auto expected = needed ? field.when_wrong : "read";
    // What is wrong in a struct that is read over is read over.
    if (path.size() > 1 && expected == "ignored") expected = "read";
    const auto name = name_of(sample, path);
    if (field.name == "ProtocolVersion") {
      EXPECT_FALSE(read(changed)) << name;
      return;
    }
    EXPECT_EQ(outcome_of_reading(changed), expected) << name;
  });
}

TEST(BackendInterfacesSchema, AMissingFieldHasItsResult) {
  const Schema schema;
  for (const auto& sample : samples(schema)) {
    without_each(schema, sample, false);
    without_each(schema, sample, true);
  }
}

/// `changed` is as if `path` were not there.
void expect_read_over(json::object changed, const Path& path, const std::string& name) {
  const auto with = read(changed);
  parent_of(changed, path)->erase(path.back());
  const auto without = read(changed);
  ASSERT_TRUE(with && with->body) << name;
  ASSERT_TRUE(without && without->body) << name;
  EXPECT_EQ(with->header, without->header) << name;
  EXPECT_EQ(*with->body, *without->body) << name;
}

TEST(BackendInterfacesSchema, AWrongFieldHasItsResult) {
  const Schema schema;
  std::size_t tried = 0;
  for (const auto& sample : samples(schema)) {
    schema.each(sample.type, [&](const Path& path, const Field& field) {
      auto changed = sample.written;
      auto* parent = parent_of(changed, path);
      if (parent == nullptr || !parent->contains(path.back())) return;
      for (const auto& wrong : test::wrong_values(field)) {
        parent->at(path.back()) = json::parse(wrong);
        ++tried;
        const auto name = name_of(sample, path) + " " + wrong.substr(0, 40);
        if (field.when_wrong == "ignored") {
          expect_read_over(changed, path, name);
        } else if (field.name == "ProtocolVersion") {
          EXPECT_FALSE(read(changed)) << name;
        } else {
          EXPECT_EQ(outcome_of_reading(changed), field.when_wrong) << name;
        }
      }
    });
  }
  EXPECT_GT(tried, 2000U);
}

TEST(BackendInterfacesSchema, WhatOneZeroDoesNotHaveIsRefusedOrReadAsTheTableSays) {
  const Schema schema;
  for (const auto& sample : samples(schema)) {
    if (sample.version == Version::v1_1) continue;
    const auto later =
        json::parse(encode({test::full_header(Version::v1_1, sample.type), sample.message.body}))
            .get_object();
    schema.each(sample.type, [&](const Path& path, const Field& field) {
      if (field.in_1_0 == "same" || path.size() > 1) return;
      auto changed = sample.written;
      changed[path.back()] = later.at(path.back());
      EXPECT_EQ(outcome_of_reading(changed), field.in_1_0 == "malformed" ? "malformed" : "read")
          << name_of(sample, path);
    });
  }
}

TEST(ResultCodes, HaveTheirNamesOfBothVersions) {
  const auto table = test::read_tsv("result_codes.tsv");
  ASSERT_EQ(table.size(), static_cast<std::size_t>(ResultCode::other) + 1);
  for (std::size_t i = 0; i < table.size(); ++i) {
    const auto code = static_cast<ResultCode>(i);
    EXPECT_EQ(to_string(code, Version::v1_1), table[i].at(0));
    EXPECT_EQ(to_string(code, Version::v1_0), table[i].at(1));
    EXPECT_EQ(parse_result_code(table[i].at(0)), code);
    // Codes that 1.0 does not have are one to it.
    if (table[i].at(1) == "Other") continue;
    EXPECT_EQ(parse_result_code(table[i].at(1)), code);
  }
  EXPECT_EQ(parse_result_code("Other"), ResultCode::other);
  EXPECT_FALSE(parse_result_code(""));
  EXPECT_FALSE(parse_result_code("success"));
}

}  // namespace
}  // namespace ff::backend_interfaces
