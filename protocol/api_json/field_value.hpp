// INTERNAL: single values from text into a field, and the field types they fit. Shared by JSON and
// query parameters. Not for messages; see parser.hpp and query.hpp.
#pragma once

#include <google/protobuf/message.h>

#include <optional>
#include <string>
#include <string_view>

#include "protocol/api_json/schema.hpp"

namespace ff::api_json {

/// Sets a singular numeric field, or adds an element to a repeated one. False when `text` is not a
/// number in range.
[[nodiscard]] bool put_number(google::protobuf::Message& message,
                              const google::protobuf::FieldDescriptor& field,
                              std::string_view text);
void put_bool(google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field,
              bool value);
void put_enum(google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field,
              int number);
void put_string(google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field,
                std::string value);
/// The field's message, or a new element of a repeated one.
google::protobuf::Message& put_message(google::protobuf::Message& message,
                                       const google::protobuf::FieldDescriptor& field);

/// The raw bytes that `text` stands for. Nothing when its length or characters do not fit the rule.
std::optional<std::string> parse_bytes(std::string_view text, BytesRule rule);

/// Fills a google.protobuf.Timestamp or Duration. False when `text` is none.
[[nodiscard]] bool put_time(google::protobuf::Message& message, MessageKind kind,
                            std::string_view text, bool plugin);

/// Adds the paths of a comma-separated list to a google.protobuf.FieldMask.
void add_paths(google::protobuf::Message& mask, std::string_view text);

}  // namespace ff::api_json
