#include "protocol/api_json/schema.hpp"

#include <charconv>

#include "protocol/api_json/tables.hpp"

namespace ff::api_json {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

struct WellKnown {
  std::string_view name;
  MessageKind kind;
};

constexpr WellKnown well_known[] = {
    {"google.protobuf.Timestamp", MessageKind::timestamp},
    {"google.protobuf.Duration", MessageKind::duration},
    {"google.protobuf.FieldMask", MessageKind::field_mask},
    {"google.protobuf.Any", MessageKind::any},
    {"google.protobuf.Struct", MessageKind::structure},
    {"google.protobuf.Value", MessageKind::value},
    {"google.protobuf.ListValue", MessageKind::list_value},
    {"google.protobuf.Empty", MessageKind::empty},
    {"google.protobuf.DoubleValue", MessageKind::wrapper},
    {"google.protobuf.FloatValue", MessageKind::wrapper},
    {"google.protobuf.Int64Value", MessageKind::wrapper},
    {"google.protobuf.UInt64Value", MessageKind::wrapper},
    {"google.protobuf.Int32Value", MessageKind::wrapper},
    {"google.protobuf.UInt32Value", MessageKind::wrapper},
    {"google.protobuf.BoolValue", MessageKind::wrapper},
    {"google.protobuf.StringValue", MessageKind::wrapper},
    {"google.protobuf.BytesValue", MessageKind::wrapper},
};

const DescriptorPool& pool() {
  return *DescriptorPool::generated_pool();
}

}  // namespace

const Schema& Schema::instance() {
  static const Schema schema;
  return schema;
}

Schema::Schema() {
  add_well_known();
  add_messages();
  add_enums();
}

void Schema::add_well_known() {
  for (const auto& [name, kind] : well_known) {
    if (const auto* message = pool().FindMessageTypeByName(std::string(name)))
      kinds_[message] = kind;
  }
}

void Schema::add_messages() {
  for (auto name : tables::plain_messages) {
    if (const auto* message = pool().FindMessageTypeByName(std::string(name)))
      kinds_[message] = MessageKind::plain;
  }
  for (auto name : tables::wrapper_messages) {
    if (const auto* message = pool().FindMessageTypeByName(std::string(name)))
      kinds_[message] = MessageKind::wrapper;
  }
  for (const auto& [name, size] : tables::byte_fields) {
    if (const auto* field = pool().FindFieldByName(std::string(name)))
      bytes_[field] = {size == 0 ? BytesForm::dev_addr_prefix : BytesForm::hex, size};
  }
}

void Schema::add_enums() {
  auto find = [](std::string_view name) { return pool().FindEnumTypeByName(std::string(name)); };
  for (auto name : tables::number_enums) {
    if (const auto* found = find(name)) enums_[found].as_number = true;
  }
  for (const auto& [name, text, number] : tables::enum_texts) {
    if (const auto* found = find(name)) enums_[found].texts[number] = text;
  }
  for (const auto& [name, text, number] : tables::enum_aliases) {
    if (const auto* found = find(name)) enums_[found].aliases[text] = number;
  }
}

MessageKind Schema::kind(const Descriptor* message) const {
  auto found = kinds_.find(message);
  return found == kinds_.end() ? MessageKind::plugin : found->second;
}

BytesRule Schema::bytes(const FieldDescriptor* field) const {
  auto found = bytes_.find(field);
  return found == bytes_.end() ? BytesRule{} : found->second;
}

const EnumRule& Schema::enumeration(const EnumDescriptor* enumeration) const {
  auto found = enums_.find(enumeration);
  return found == enums_.end() ? default_enum_ : found->second;
}

const FieldDescriptor* find_field(const Descriptor* message, std::string_view key) {
  std::string name(key);
  if (const auto* field = message->FindFieldByName(name)) return field;
  // The pool's camel case lower-cases the first letter too, JSON names do not.
  const auto* field = message->FindFieldByCamelcaseName(name);
  return field != nullptr && field->json_name() == name ? field : nullptr;
}

std::optional<std::int32_t> enum_number(const EnumDescriptor* enumeration, std::string_view text,
                                        bool aliases) {
  if (const auto* value = enumeration->FindValueByName(std::string(text))) return value->number();
  if (aliases) {
    const auto& known = Schema::instance().enumeration(enumeration).aliases;
    if (auto found = known.find(text); found != known.end()) return found->second;
  }
  std::int32_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace ff::api_json
