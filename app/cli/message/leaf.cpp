#include "app/cli/message/leaf.hpp"

#include <google/protobuf/descriptor.h>

#include <algorithm>

namespace ff::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

bool is(const Descriptor& type, std::string_view name) {
  return type.full_name() == name;
}

/// A message of one field `value` is written as that value. [shared/api/json-rules.md]
const FieldDescriptor* wrapped(const Descriptor& type) {
  if (type.field_count() != 1 || type.field(0)->name() != "value" || type.field(0)->is_repeated() ||
      type.field(0)->message_type() != nullptr)
    return nullptr;
  return type.field(0);
}

bool is_text(const Descriptor& type) {
  return is(type, "google.protobuf.Timestamp") || is(type, "google.protobuf.Duration") ||
         wrapped(type) != nullptr;
}

LeafKind kind_of(const FieldDescriptor& field) {
  if (field.is_map()) {
    const auto* value = field.message_type()->map_value();
    return value->message_type() == nullptr ? LeafKind::map : LeafKind::json;
  }
  if (field.message_type() != nullptr) {
    if (field.is_repeated() || !is_text(*field.message_type())) return LeafKind::json;
    const auto* value = wrapped(*field.message_type());
    return value != nullptr && value->type() == FieldDescriptor::TYPE_BOOL ? LeafKind::boolean
                                                                           : LeafKind::text;
  }
  if (field.is_repeated()) return LeafKind::list;
  return field.type() == FieldDescriptor::TYPE_BOOL ? LeafKind::boolean : LeafKind::text;
}

/// Whether the message's own fields are the leaves.
bool is_followed(const FieldDescriptor& field) {
  const auto* type = field.message_type();
  return type != nullptr && !field.is_repeated() && !is_text(*type) && type->field_count() > 0 &&
         type->file()->package() != "google.protobuf";
}

class Walk {
 public:
  std::vector<Leaf> run(const Descriptor& type) {
    message(type, "");
    return std::move(leaves_);
  }

 private:
  void message(const Descriptor& type, const std::string& prefix) {
    for (int i = 0; i < type.field_count(); ++i) {
      const auto* field = type.field(i);
      auto path = prefix;
      if (const auto* oneof = field->real_containing_oneof()) path += oneof->name() + ".";
      path += field->name();
      fields_.push_back(field);
      if (!is_followed(*field)) {
        add(path);
      } else if (fields_.size() < leaf_depth_max) {
        message(*field->message_type(), path + ".");
      }
      fields_.pop_back();
    }
  }

  void add(const std::string& path) {
    const auto* type = fields_.back()->message_type();
    if (type != nullptr && is(*type, "google.protobuf.FieldMask")) return;
    leaves_.push_back({path, fields_, kind_of(*fields_.back())});
  }

  std::vector<Leaf> leaves_;
  std::vector<const FieldDescriptor*> fields_;
};

std::string_view scalar_hint(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_ENUM:
      return "NAME";
    case FieldDescriptor::CPPTYPE_STRING:
      return field.type() == FieldDescriptor::TYPE_BYTES ? "HEX" : "TEXT";
    case FieldDescriptor::CPPTYPE_BOOL:
      return "BOOL";
    default:
      return "NUMBER";
  }
}

}  // namespace

std::vector<Leaf> leaves_of(const Descriptor& type) {
  return Walk().run(type);
}

std::string_view value_hint(const Leaf& leaf) {
  const auto& field = leaf.field();
  switch (leaf.kind) {
    case LeafKind::boolean:
      return "";
    case LeafKind::list:
      return "VALUE,...";
    case LeafKind::map:
      return "KEY=VALUE,...";
    case LeafKind::json:
      return "JSON";
    case LeafKind::text:
      break;
  }
  if (field.message_type() == nullptr) return scalar_hint(field);
  if (is(*field.message_type(), "google.protobuf.Timestamp")) return "TIME";
  if (is(*field.message_type(), "google.protobuf.Duration")) return "DURATION";
  return scalar_hint(*field.message_type()->field(0));
}

}  // namespace ff::cli
