// INTERNAL: writes messages as JSON by reflection. Not for reading; see parser.hpp.
#pragma once

#include <google/protobuf/message.h>

#include <string>

#include "protocol/api_json/schema.hpp"
#include "protocol/base/result.hpp"

namespace ff::api_json {

class Writer {
 public:
  /// Appends to `out`, which must outlive the writer.
  explicit Writer(std::string& out) : out_(out) {}

  Status message(const google::protobuf::Message& message);

 private:
  using Message = google::protobuf::Message;
  using Field = google::protobuf::FieldDescriptor;

  /// A bracket of an object or a list, of which no more than max_depth are open.
  Status open(char bracket);
  void close(char bracket);
  Status object(const Message& message);
  Status fields(const Message& message, bool first);
  Status field(const Message& message, const Field& field);
  Status list(const Message& message, const Field& field);
  Status map(const Message& message, const Field& field);
  Status element(const Message& message, const Field& field, int index);
  Status singular(const Message& message, const Field& field);
  void number(const google::protobuf::EnumDescriptor& enumeration, int number);
  void bytes(const Field& field, const std::string& value);

  Status special(const Message& message, MessageKind kind);
  Status any(const Message& message);
  Status structure(const Message& message);
  Status value(const Message& message);
  Status list_value(const Message& message);
  Status field_mask(const Message& message);

  std::string& out_;
  int depth_ = 0;
};

}  // namespace ff::api_json
