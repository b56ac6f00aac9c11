// The rules of messages.tsv field by field, and what a rule says of a field that alone is asked
// for. For tests that go through all of the table.
#pragma once

#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocol/api_json/any_type.hpp"
#include "protocol/api_rules/validator.hpp"
#include "test/support/table.hpp"

namespace ff::api_rules::test {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

inline const UtcTime now = *parse_rfc3339("2025-02-11T10:00:00Z");

struct RuleRow {
  std::string type;
  std::string name;
  boost::json::object rules;  ///< By the key of the table, `string.max_len`.
  const FieldDescriptor* field = nullptr;

  std::string text() const { return type + "." + name; }
  /// Null when there is none.
  const boost::json::value* rule(const std::string& key) const { return rules.if_contains(key); }
  std::unique_ptr<Message> make() const { return api_json::make_any_content("/" + type); }
};

/// `key=JSON` joined by `;`.
inline boost::json::object parse_rules(std::string_view text) {
  boost::json::object out;
  while (!text.empty()) {
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) throw std::runtime_error("no rule: " + std::string(text));
    const std::string key(text.substr(0, equals));
    text.remove_prefix(equals + 1);
    boost::json::stream_parser parser;
    boost::json::error_code error;
    const auto used = parser.write_some(text.data(), text.size(), error);
    if (!error && !parser.done()) parser.finish(error);
    if (error) throw std::runtime_error("no JSON after " + key);
    out[key] = parser.release();
    text.remove_prefix(used);
    if (text.starts_with(';')) text.remove_prefix(1);
  }
  return out;
}

inline const std::vector<RuleRow>& all_rules() {
  static const auto rows = [] {
    std::vector<RuleRow> out;
    for (const auto& row :
         ff::test::read_table(FF_SOURCE_DIR "/protocol/proto/tables/messages.tsv")) {
      if (row.at("rules").empty()) continue;
      RuleRow one{row.at("message"), row.at("field"), parse_rules(row.at("rules"))};
      const auto message = one.make();
      one.field = message ? message->GetDescriptor()->FindFieldByName(one.name) : nullptr;
      EXPECT_NE(one.field, nullptr) << one.text();
      out.push_back(std::move(one));
    }
    return out;
  }();
  return rows;
}

/// The rows that have a rule of this name, and its key, whatever it is about: `max_len` for
/// `repeated.items.string.max_len`.
inline std::vector<std::pair<RuleRow, std::string>> rows_with(const std::string& name) {
  std::vector<std::pair<RuleRow, std::string>> out;
  for (const auto& row : all_rules()) {
    for (const auto& rule : row.rules) {
      const std::string key(rule.key());
      if (key == name || key.ends_with("." + name)) out.emplace_back(row, key);
    }
  }
  EXPECT_FALSE(out.empty()) << name;
  return out;
}

/// Why the message breaks a rule of `field`, which alone is validated; empty when it breaks none.
inline std::string reason(const Message& message, const std::string& field) {
  PathTree tree;
  tree.add(field);
  const auto status = Validator(now).masked(message, tree);
  if (status) return "";
  return std::get<std::string>(status.error().attributes().at(1).value);
}

/// Puts a text or bytes into the field: as its value, its only element, or the key or value of its
/// only entry.
inline void put_text(Message& message, const RuleRow& row, const std::string& key,
                     const std::string& value) {
  const auto& reflection = *message.GetReflection();
  if (key.starts_with("map.")) {
    auto& entry = *reflection.AddMessage(&message, row.field);
    const bool is_key = key.starts_with("map.keys.");
    const auto* target =
        is_key ? row.field->message_type()->map_key() : row.field->message_type()->map_value();
    const auto* other = row.field->message_type()->map_key();
    if (!is_key && other->cpp_type() == FieldDescriptor::CPPTYPE_STRING)
      entry.GetReflection()->SetString(&entry, other, "key");
    entry.GetReflection()->SetString(&entry, target, value);
  } else if (row.field->is_repeated()) {
    reflection.AddString(&message, row.field, value);
  } else {
    reflection.SetString(&message, row.field, value);
  }
}

/// What the rules of the field say of a text or bytes.
inline std::string judge_text(const RuleRow& row, const std::string& key,
                              const std::string& value) {
  const auto message = row.make();
  put_text(*message, row, key, value);
  return reason(*message, row.name);
}

/// `string.ignore_empty`, of the same value as `key`.
inline bool ignores_empty(const RuleRow& row, const std::string& key) {
  return row.rule(key.substr(0, key.rfind('.')) + ".ignore_empty") != nullptr;
}

}  // namespace ff::api_rules::test
