#include "protocol/api_rules/validator.hpp"

#include <google/protobuf/timestamp.pb.h>

#include <set>

#include "protocol/api_rules/api_rules.hpp"

namespace ff::api_rules {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

Error broken(const Message& message, std::string_view field, std::string_view reason) {
  return Error(validation, {{"field", field},
                            {"reason", reason},
                            {"name", message.GetDescriptor()->name() + "ValidationError"}});
}

/// Messages of other packages have no rules.
bool is_ours(const FieldDescriptor& field) {
  return field.message_type() != nullptr &&
         field.message_type()->file()->package() == "ttn.lorawan.v3";
}

/// google.protobuf.UInt32Value and its like.
bool is_wrapper(const google::protobuf::Descriptor& type) {
  using google::protobuf::Descriptor;
  const auto kind = type.well_known_type();
  return kind >= Descriptor::WELLKNOWNTYPE_DOUBLEVALUE &&
         kind <= Descriptor::WELLKNOWNTYPE_BOOLVALUE;
}

Reason check_items(const FieldRules& rules, int size) {
  bool few = rules.min_items && size < *rules.min_items;
  bool many = rules.max_items && size > *rules.max_items;
  if (!few && !many) return std::nullopt;
  if (rules.min_items.value_or(0) > 0 && rules.max_items) {
    return "value must contain between " + std::to_string(*rules.min_items) + " and " +
           std::to_string(*rules.max_items) + " items, inclusive";
  }
  return few ? "value must contain at least " + std::to_string(*rules.min_items) + " item(s)"
             : "value must contain no more than " + std::to_string(*rules.max_items) + " item(s)";
}

std::string element_text(const Message& message, const FieldDescriptor& field, int index) {
  const auto& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection.GetRepeatedString(message, &field, index);
    case FieldDescriptor::CPPTYPE_ENUM:
      return std::to_string(reflection.GetRepeatedEnumValue(message, &field, index));
    case FieldDescriptor::CPPTYPE_UINT32:
      return std::to_string(reflection.GetRepeatedUInt32(message, &field, index));
    case FieldDescriptor::CPPTYPE_UINT64:
      return std::to_string(reflection.GetRepeatedUInt64(message, &field, index));
    default:
      return std::to_string(index);
  }
}

bool has_duplicates(const Message& message, const FieldDescriptor& field, int size) {
  std::set<std::string> seen;
  for (int i = 0; i < size; ++i) {
    if (!seen.insert(element_text(message, field, i)).second) return true;
  }
  return false;
}

}  // namespace

Status Validator::whole(const Message& message) const {
  const auto& type = *message.GetDescriptor();
  for (int i = 0; i < type.oneof_decl_count(); ++i) {
    const auto* oneof = type.oneof_decl(i);
    if (Rules::instance().is_required(oneof) && !message.GetReflection()->HasOneof(message, oneof))
      return fail(broken(message, oneof->name(), "value is required"));
  }
  for (int i = 0; i < type.field_count(); ++i) FF_CHECK(field(message, *type.field(i), nullptr));
  return {};
}

Status Validator::masked(const Message& message, const PathTree& paths) const {
  const auto& type = *message.GetDescriptor();
  for (const auto& [name, below] : paths.children()) {
    if (const auto* selected = type.FindFieldByName(name)) {
      FF_CHECK(field(message, *selected, below.whole() ? nullptr : &below));
    } else if (const auto* oneof = type.FindOneofByName(name)) {
      FF_CHECK(masked_oneof(message, *oneof, below));
    }
  }
  return {};
}

Status Validator::masked_oneof(const Message& message, const Oneof& oneof,
                               const PathTree& paths) const {
  const auto* member = message.GetReflection()->GetOneofFieldDescriptor(message, &oneof);
  if (member == nullptr) {
    if (!Rules::instance().is_required(&oneof)) return {};
    return fail(broken(message, oneof.name(), "value is required"));
  }
  if (paths.whole()) return field(message, *member, nullptr);
  const auto* below = paths.find(member->name());
  return below == nullptr ? Status() : field(message, *member, below->whole() ? nullptr : below);
}

Status Validator::field(const Message& message, const Field& field, const PathTree* below) const {
  const auto* rules = Rules::instance().find(&field);
  if (field.is_map()) return map(message, field, rules);
  if (field.is_repeated()) return list(message, field, rules);
  bool in_oneof = field.real_containing_oneof() != nullptr;
  if (in_oneof && !message.GetReflection()->HasField(message, &field)) return {};
  if (rules != nullptr) {
    auto reason = field.message_type() != nullptr ? presence(message, field, rules->self)
                                                  : scalar(message, field, rules->self);
    if (reason) return fail(broken(message, field.name(), *reason));
  }
  return embedded(message, field, below);
}

Status Validator::embedded(const Message& message, const Field& field,
                           const PathTree* below) const {
  if (!is_ours(field) || !message.GetReflection()->HasField(message, &field)) return {};
  return nested(message, field.name(), message.GetReflection()->GetMessage(message, &field), below);
}

Status Validator::nested(const Message& outer, const std::string& field, const Message& inner,
                         const PathTree* below) const {
  auto status = below == nullptr ? whole(inner) : masked(inner, *below);
  if (status) return {};
  return fail(broken(outer, field, "embedded message failed validation")
                  .caused_by(std::move(status).error()));
}

Reason Validator::presence(const Message& message, const Field& field,
                           const ValueRules& rules) const {
  const auto& reflection = *message.GetReflection();
  if (!reflection.HasField(message, &field)) {
    if (rules.required) return "value is required";
    return std::nullopt;
  }
  const auto& value = reflection.GetMessage(message, &field);
  // The rules of a wrapper are about what it holds.
  if (is_wrapper(*field.message_type()))
    return scalar(value, *field.message_type()->FindFieldByNumber(1), rules);
  const auto* time = google::protobuf::DynamicCastToGenerated<google::protobuf::Timestamp>(&value);
  if (time == nullptr) return std::nullopt;
  // Compared in whole and part: a timestamp may be beyond what nanoseconds in 64 bits reach.
  auto since_epoch = now_.time_since_epoch();
  auto now_seconds = std::chrono::floor<std::chrono::seconds>(since_epoch);
  std::pair<std::int64_t, std::int64_t> instant{time->seconds(), time->nanos()};
  std::pair<std::int64_t, std::int64_t> now{now_seconds.count(),
                                            (since_epoch - now_seconds).count()};
  if (rules.gt_now && instant <= now) return "value must be greater than now";
  if (rules.lt_now && instant >= now) return "value must be less than now";
  return std::nullopt;
}

Reason Validator::scalar(const Message& message, const Field& field,
                         const ValueRules& rules) const {
  const auto& reflection = *message.GetReflection();
  std::string scratch;
  switch (field.cpp_type()) {
    case Field::CPPTYPE_STRING: {
      const auto& value = reflection.GetStringReference(message, &field, &scratch);
      return field.type() == Field::TYPE_STRING ? check_text(rules, value)
                                                : check_bytes(rules, value);
    }
    case Field::CPPTYPE_ENUM:
      return check_enum(rules, *field.enum_type(), reflection.GetEnumValue(message, &field));
    case Field::CPPTYPE_INT32:
      return check_number(rules, reflection.GetInt32(message, &field));
    case Field::CPPTYPE_UINT32:
      return check_number(rules, reflection.GetUInt32(message, &field));
    case Field::CPPTYPE_INT64:
      return check_number(rules, static_cast<double>(reflection.GetInt64(message, &field)));
    case Field::CPPTYPE_UINT64:
      return check_number(rules, static_cast<double>(reflection.GetUInt64(message, &field)));
    case Field::CPPTYPE_FLOAT:
      return check_number(rules, static_cast<double>(reflection.GetFloat(message, &field)));
    case Field::CPPTYPE_DOUBLE:
      return check_number(rules, reflection.GetDouble(message, &field));
    default:
      return std::nullopt;
  }
}

Reason Validator::element(const Message& message, const Field& field, int index,
                          const ValueRules& rules) const {
  const auto& reflection = *message.GetReflection();
  std::string scratch;
  switch (field.cpp_type()) {
    case Field::CPPTYPE_STRING: {
      const auto& value = reflection.GetRepeatedStringReference(message, &field, index, &scratch);
      return field.type() == Field::TYPE_STRING ? check_text(rules, value)
                                                : check_bytes(rules, value);
    }
    case Field::CPPTYPE_ENUM:
      return check_enum(rules, *field.enum_type(),
                        reflection.GetRepeatedEnumValue(message, &field, index));
    case Field::CPPTYPE_UINT32:
      return check_number(rules, reflection.GetRepeatedUInt32(message, &field, index));
    case Field::CPPTYPE_UINT64:
      return check_number(
          rules, static_cast<double>(reflection.GetRepeatedUInt64(message, &field, index)));
    default:
      return std::nullopt;
  }
}

Status Validator::list(const Message& message, const Field& field, const FieldRules* rules) const {
  const auto& reflection = *message.GetReflection();
  int size = reflection.FieldSize(message, &field);
  if (rules != nullptr) {
    if (auto reason = check_items(*rules, size))
      return fail(broken(message, field.name(), *reason));
    if (rules->unique && has_duplicates(message, field, size))
      return fail(broken(message, field.name(), "repeated value must contain unique items"));
  }
  for (int i = 0; i < size; ++i) {
    auto name = field.name() + "[" + std::to_string(i) + "]";
    if (is_ours(field)) {
      FF_CHECK(nested(message, name, reflection.GetRepeatedMessage(message, &field, i), nullptr));
    } else if (rules != nullptr) {
      if (auto reason = element(message, field, i, rules->items))
        return fail(broken(message, name, *reason));
    }
  }
  return {};
}

Status Validator::map(const Message& message, const Field& field, const FieldRules* rules) const {
  const auto& reflection = *message.GetReflection();
  const auto& key = *field.message_type()->map_key();
  const auto& value = *field.message_type()->map_value();
  int size = reflection.FieldSize(message, &field);
  if (rules != nullptr && rules->max_pairs && size > *rules->max_pairs) {
    return fail(broken(
        message, field.name(),
        "value must contain no more than " + std::to_string(*rules->max_pairs) + " pair(s)"));
  }
  for (int i = 0; i < size; ++i) {
    const auto& entry = reflection.GetRepeatedMessage(message, &field, i);
    auto name = field.name();
    if (key.type() == Field::TYPE_STRING)
      name += "[" + entry.GetReflection()->GetString(entry, &key) + "]";
    if (rules != nullptr) {
      auto reason = scalar(entry, key, rules->keys);
      if (!reason && value.message_type() == nullptr) reason = scalar(entry, value, rules->values);
      if (reason) return fail(broken(message, name, *reason));
    }
    if (is_ours(value))
      FF_CHECK(nested(message, name, entry.GetReflection()->GetMessage(entry, &value), nullptr));
  }
  return {};
}

}  // namespace ff::api_rules
