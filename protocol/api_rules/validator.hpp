// INTERNAL: walks a message and evaluates the rules of its fields. Not for field mask paths; see
// api_rules.cpp.
#pragma once

#include <google/protobuf/message.h>

#include "protocol/api_rules/rules.hpp"
#include "protocol/api_rules/value_check.hpp"
#include "protocol/base/result.hpp"
#include "protocol/base/time.hpp"
#include "protocol/field_mask/path_tree.hpp"

namespace ff::api_rules {

class Validator {
 public:
  explicit Validator(UtcTime now) : now_(now) {}

  Status whole(const google::protobuf::Message& message) const;
  /// Only what `paths` selects, and the presence of what leads there.
  Status masked(const google::protobuf::Message& message, const PathTree& paths) const;

 private:
  using Message = google::protobuf::Message;
  using Field = google::protobuf::FieldDescriptor;
  using Oneof = google::protobuf::OneofDescriptor;

  /// `below` null: all of the field.
  Status field(const Message& message, const Field& field, const PathTree* below) const;
  Status masked_oneof(const Message& message, const Oneof& oneof, const PathTree& paths) const;
  Status embedded(const Message& message, const Field& field, const PathTree* below) const;
  Status list(const Message& message, const Field& field, const FieldRules* rules) const;
  Status map(const Message& message, const Field& field, const FieldRules* rules) const;
  Status nested(const Message& outer, const std::string& field, const Message& inner,
                const PathTree* below) const;
  Reason presence(const Message& message, const Field& field, const ValueRules& rules) const;
  Reason scalar(const Message& message, const Field& field, const ValueRules& rules) const;
  Reason element(const Message& message, const Field& field, int index,
                 const ValueRules& rules) const;

  UtcTime now_;
};

}  // namespace ff::api_rules
