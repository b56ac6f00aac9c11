#include "protocol/api_json/writer.hpp"

#include <algorithm>
#include <vector>

#include "protocol/api_json/api_json.hpp"
#include "protocol/api_json/text.hpp"
#include "protocol/base/base64.hpp"
#include "protocol/base/hex.hpp"

namespace ff::api_json {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

void append_quoted_number(std::string& out, const std::string& digits) {
  out += '"';
  out += digits;
  out += '"';
}

std::string key_text(const Message& entry, const FieldDescriptor& key) {
  const auto& reflection = *entry.GetReflection();
  switch (key.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection.GetString(entry, &key);
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.GetBool(entry, &key) ? "true" : "false";
    case FieldDescriptor::CPPTYPE_INT32:
      return std::to_string(reflection.GetInt32(entry, &key));
    case FieldDescriptor::CPPTYPE_UINT32:
      return std::to_string(reflection.GetUInt32(entry, &key));
    case FieldDescriptor::CPPTYPE_INT64:
      return std::to_string(reflection.GetInt64(entry, &key));
    case FieldDescriptor::CPPTYPE_UINT64:
      return std::to_string(reflection.GetUInt64(entry, &key));
    default:
      return {};
  }
}

}  // namespace

Status Writer::open(char bracket) {
  if (++depth_ > max_depth) return fail(not_encodable, {{"reason", "nested too deep"}});
  out_ += bracket;
  return {};
}

void Writer::close(char bracket) {
  --depth_;
  out_ += bracket;
}

Status Writer::message(const Message& message) {
  auto kind = Schema::instance().kind(message.GetDescriptor());
  bool is_object =
      kind == MessageKind::plugin || kind == MessageKind::plain || kind == MessageKind::empty;
  return is_object ? object(message) : special(message, kind);
}

Status Writer::object(const Message& message) {
  FF_CHECK(open('{'));
  FF_CHECK(fields(message, true));
  close('}');
  return {};
}

Status Writer::fields(const Message& message, bool first) {
  const auto& descriptor = *message.GetDescriptor();
  const auto& reflection = *message.GetReflection();
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const auto& member = *descriptor.field(i);
    bool present = member.is_repeated() ? reflection.FieldSize(message, &member) > 0
                                        : reflection.HasField(message, &member);
    if (!present) continue;
    if (!first) out_ += ',';
    first = false;
    out_ += '"';
    out_ += member.name();
    out_ += "\":";
    FF_CHECK(field(message, member));
  }
  return {};
}

Status Writer::field(const Message& message, const Field& field) {
  if (field.is_map()) return map(message, field);
  return field.is_repeated() ? list(message, field) : singular(message, field);
}

Status Writer::list(const Message& message, const Field& field) {
  int size = message.GetReflection()->FieldSize(message, &field);
  FF_CHECK(open('['));
  for (int i = 0; i < size; ++i) {
    if (i > 0) out_ += ',';
    FF_CHECK(element(message, field, i));
  }
  close(']');
  return {};
}

Status Writer::map(const Message& message, const Field& field) {
  const auto& reflection = *message.GetReflection();
  const auto& key = *field.message_type()->map_key();
  const auto& value = *field.message_type()->map_value();
  std::vector<std::pair<std::string, const Message*>> entries;
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    const auto& entry = reflection.GetRepeatedMessage(message, &field, i);
    entries.emplace_back(key_text(entry, key), &entry);
  }
  std::ranges::stable_sort(entries, {},
                           [](const auto& entry) -> const std::string& { return entry.first; });
  FF_CHECK(open('{'));
  bool first = true;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto& [text, entry] = entries[i];
    // Reflection shows entries as they were read; as in a map, of one key the last counts.
    if (i + 1 < entries.size() && entries[i + 1].first == text) continue;
    if (!first) out_ += ',';
    first = false;
    append_string(out_, text);
    out_ += ':';
    FF_CHECK(singular(*entry, value));
  }
  close('}');
  return {};
}

Status Writer::element(const Message& message, const Field& field, int index) {
  const auto& reflection = *message.GetReflection();
  std::string scratch;
  switch (field.cpp_type()) {
    case Field::CPPTYPE_INT32:
      out_ += std::to_string(reflection.GetRepeatedInt32(message, &field, index));
      break;
    case Field::CPPTYPE_UINT32:
      out_ += std::to_string(reflection.GetRepeatedUInt32(message, &field, index));
      break;
    case Field::CPPTYPE_INT64:
      append_quoted_number(out_,
                           std::to_string(reflection.GetRepeatedInt64(message, &field, index)));
      break;
    case Field::CPPTYPE_UINT64:
      append_quoted_number(out_,
                           std::to_string(reflection.GetRepeatedUInt64(message, &field, index)));
      break;
    case Field::CPPTYPE_DOUBLE:
      append_number(out_, reflection.GetRepeatedDouble(message, &field, index));
      break;
    case Field::CPPTYPE_FLOAT:
      append_number(out_, reflection.GetRepeatedFloat(message, &field, index));
      break;
    case Field::CPPTYPE_BOOL:
      out_ += reflection.GetRepeatedBool(message, &field, index) ? "true" : "false";
      break;
    case Field::CPPTYPE_ENUM:
      number(*field.enum_type(), reflection.GetRepeatedEnumValue(message, &field, index));
      break;
    case Field::CPPTYPE_STRING:
      bytes(field, reflection.GetRepeatedStringReference(message, &field, index, &scratch));
      break;
    case Field::CPPTYPE_MESSAGE:
      return this->message(reflection.GetRepeatedMessage(message, &field, index));
  }
  return {};
}

Status Writer::singular(const Message& message, const Field& field) {
  const auto& reflection = *message.GetReflection();
  std::string scratch;
  switch (field.cpp_type()) {
    case Field::CPPTYPE_INT32:
      out_ += std::to_string(reflection.GetInt32(message, &field));
      break;
    case Field::CPPTYPE_UINT32:
      out_ += std::to_string(reflection.GetUInt32(message, &field));
      break;
    case Field::CPPTYPE_INT64:
      append_quoted_number(out_, std::to_string(reflection.GetInt64(message, &field)));
      break;
    case Field::CPPTYPE_UINT64:
      append_quoted_number(out_, std::to_string(reflection.GetUInt64(message, &field)));
      break;
    case Field::CPPTYPE_DOUBLE:
      append_number(out_, reflection.GetDouble(message, &field));
      break;
    case Field::CPPTYPE_FLOAT:
      append_number(out_, reflection.GetFloat(message, &field));
      break;
    case Field::CPPTYPE_BOOL:
      out_ += reflection.GetBool(message, &field) ? "true" : "false";
      break;
    case Field::CPPTYPE_ENUM:
      number(*field.enum_type(), reflection.GetEnumValue(message, &field));
      break;
    case Field::CPPTYPE_STRING:
      bytes(field, reflection.GetStringReference(message, &field, &scratch));
      break;
    case Field::CPPTYPE_MESSAGE:
      return this->message(reflection.GetMessage(message, &field));
  }
  return {};
}

void Writer::number(const google::protobuf::EnumDescriptor& enumeration, int number) {
  const auto& rule = Schema::instance().enumeration(&enumeration);
  if (rule.as_number) {
    out_ += std::to_string(number);
    return;
  }
  if (auto custom = rule.texts.find(number); custom != rule.texts.end()) {
    append_string(out_, custom->second);
    return;
  }
  const auto* value = enumeration.FindValueByNumber(number);
  append_string(out_, value != nullptr ? value->name() : std::to_string(number));
}

void Writer::bytes(const Field& field, const std::string& value) {
  if (field.type() == Field::TYPE_STRING) {
    append_string(out_, value);
    return;
  }
  auto raw = as_bytes(value);
  auto rule = Schema::instance().bytes(&field);
  out_ += '"';
  switch (rule.form) {
    case BytesForm::base64:
      base64_append(out_, raw);
      break;
    case BytesForm::hex:
      out_ += hex_upper(raw);
      break;
    case BytesForm::dev_addr_prefix:
      if (raw.size() == 5) out_ += hex_upper(raw.first(4)) + '/' + std::to_string(raw[4]);
      break;
  }
  out_ += '"';
}

}  // namespace ff::api_json
