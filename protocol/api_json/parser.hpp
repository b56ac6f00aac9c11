// INTERNAL: fills messages from JSON by reflection. Not for writing; see writer.hpp.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>

#include "protocol/api_json/reader.hpp"
#include "protocol/api_json/schema.hpp"
#include "protocol/base/result.hpp"

namespace ff::api_json {

class Parser {
 public:
  /// `text` must outlive the parser.
  explicit Parser(std::string_view text) : reader_(text) {}

  /// The whole text is one message.
  Status document(google::protobuf::Message& message);

 private:
  using Message = google::protobuf::Message;
  using Field = google::protobuf::FieldDescriptor;
  /// The dialect that a message's fields are read in.
  enum class Dialect { plugin, plain };

  Status message(Message& message, Dialect dialect);
  Status object(Message& message);
  Status members(Message& message, Dialect dialect);
  Status member(Message& message, const Field& field, Dialect dialect);
  Status list(Message& message, const Field& field, Dialect dialect);
  Status map(Message& message, const Field& field, Dialect dialect);
  /// A value of a singular field, or (`field` repeated) one more element.
  Status value(Message& message, const Field& field, Dialect dialect);
  Status string(Message& message, const Field& field);
  Status enumeration(Message& message, const Field& field, Dialect dialect);
  Status number(Message& message, const Field& field);

  Status special(Message& message, MessageKind kind, Dialect dialect);
  Status wrapper(Message& message);
  Status wrapped_object(Message& message, const Field& inner);
  Status time(Message& message, MessageKind kind, Dialect dialect);
  Status field_mask(Message& message);
  Status any(Message& message);
  Status structure(Message& message);
  Status dynamic_value(Message& message);
  Status list_value(Message& message);
  Status empty();

  /// A number, or a string that holds one.
  Result<std::string> number_text();
  Error invalid(std::string_view reason) const;

  Reader reader_;
  std::string path_;  ///< Of the field being read, dotted, for error messages.
};

}  // namespace ff::api_json
