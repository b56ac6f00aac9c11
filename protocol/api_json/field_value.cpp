#include "protocol/api_json/field_value.hpp"

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <limits>

#include "protocol/api_json/text.hpp"
#include "protocol/base/base64.hpp"
#include "protocol/base/hex.hpp"

namespace ff::api_json {
namespace {

using google::protobuf::DynamicCastToGenerated;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

/// Calls the setter of a singular or the adder of a repeated field.
template <class Value>
void put(Message& message, const FieldDescriptor& field, Value value,
         void (Reflection::*set)(Message*, const FieldDescriptor*, Value) const,
         void (Reflection::*add)(Message*, const FieldDescriptor*, Value) const) {
  (message.GetReflection()->*(field.is_repeated() ? add : set))(&message, &field, std::move(value));
}

template <class Narrow, class Wide>
std::optional<Narrow> narrowed(std::optional<Wide> value) {
  if (!value || *value < std::numeric_limits<Narrow>::min() ||
      *value > std::numeric_limits<Narrow>::max())
    return std::nullopt;
  return static_cast<Narrow>(*value);
}

template <class Value>
bool put_if(Message& message, const FieldDescriptor& field, std::optional<Value> value,
            void (Reflection::*set)(Message*, const FieldDescriptor*, Value) const,
            void (Reflection::*add)(Message*, const FieldDescriptor*, Value) const) {
  if (value) put(message, field, *value, set, add);
  return value.has_value();
}

std::optional<std::string> parse_hex_bytes(std::string_view text, std::size_t size) {
  while (text.ends_with('=')) text.remove_suffix(1);
  if (text.empty()) return std::string();
  std::optional<Bytes> bytes;
  if (text.size() == 2 * size)
    bytes = parse_hex(text);
  else if (text.size() == (size * 8 + 5) / 6)
    bytes = base64_decode(text);
  if (!bytes || bytes->size() != size) return std::nullopt;
  return std::string(as_text(*bytes));
}

/// `HHHHHHHH/len` as four bytes and the length.
std::optional<std::string> parse_prefix(std::string_view text) {
  auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  auto address = parse_hex(text.substr(0, slash));
  auto length = parse_uint64(text.substr(slash + 1));
  if (!address || address->size() != 4 || !length || *length > 32) return std::nullopt;
  address->push_back(static_cast<std::uint8_t>(*length));
  return std::string(as_text(*address));
}

}  // namespace

bool put_number(Message& message, const FieldDescriptor& field, std::string_view text) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return put_if(message, field, narrowed<std::int32_t>(parse_int64(text)),
                    &Reflection::SetInt32, &Reflection::AddInt32);
    case FieldDescriptor::CPPTYPE_UINT32:
      return put_if(message, field, narrowed<std::uint32_t>(parse_uint64(text)),
                    &Reflection::SetUInt32, &Reflection::AddUInt32);
    case FieldDescriptor::CPPTYPE_INT64:
      return put_if(message, field, parse_int64(text), &Reflection::SetInt64,
                    &Reflection::AddInt64);
    case FieldDescriptor::CPPTYPE_UINT64:
      return put_if(message, field, parse_uint64(text), &Reflection::SetUInt64,
                    &Reflection::AddUInt64);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return put_if(message, field, parse_double(text), &Reflection::SetDouble,
                    &Reflection::AddDouble);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return put_if(message, field, parse_float(text), &Reflection::SetFloat,
                    &Reflection::AddFloat);
    default:
      return false;
  }
}

void put_bool(Message& message, const FieldDescriptor& field, bool value) {
  put(message, field, value, &Reflection::SetBool, &Reflection::AddBool);
}

void put_enum(Message& message, const FieldDescriptor& field, int number) {
  put(message, field, number, &Reflection::SetEnumValue, &Reflection::AddEnumValue);
}

void put_string(Message& message, const FieldDescriptor& field, std::string value) {
  put(message, field, std::move(value), &Reflection::SetString, &Reflection::AddString);
}

Message& put_message(Message& message, const FieldDescriptor& field) {
  const auto& reflection = *message.GetReflection();
  return field.is_repeated() ? *reflection.AddMessage(&message, &field)
                             : *reflection.MutableMessage(&message, &field);
}

std::optional<std::string> parse_bytes(std::string_view text, BytesRule rule) {
  switch (rule.form) {
    case BytesForm::hex:
      return parse_hex_bytes(text, rule.size);
    case BytesForm::dev_addr_prefix:
      return parse_prefix(text);
    case BytesForm::base64:
      break;
  }
  auto bytes = base64_decode(text);
  if (!bytes) return std::nullopt;
  return std::string(as_text(*bytes));
}

bool put_time(Message& message, MessageKind kind, std::string_view text, bool plugin) {
  auto value = kind == MessageKind::timestamp ? parse_timestamp(text, !plugin)
                                              : parse_duration(text, plugin);
  if (!value) return false;
  if (auto* time = DynamicCastToGenerated<google::protobuf::Timestamp>(&message)) {
    time->set_seconds(value->seconds);
    time->set_nanos(value->nanos);
  } else if (auto* duration = DynamicCastToGenerated<google::protobuf::Duration>(&message)) {
    duration->set_seconds(value->seconds);
    duration->set_nanos(value->nanos);
  }
  return true;
}

void add_paths(Message& mask, std::string_view text) {
  auto& paths = *DynamicCastToGenerated<google::protobuf::FieldMask>(&mask)->mutable_paths();
  while (!text.empty()) {
    auto comma = text.find(',');
    auto path = text.substr(0, comma);
    if (!path.empty()) paths.Add(std::string(path));
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
  }
}

}  // namespace ff::api_json
