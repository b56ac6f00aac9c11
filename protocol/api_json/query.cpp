#include "protocol/api_json/query.hpp"

#include <google/protobuf/message.h>

#include "protocol/api_json/api_json.hpp"
#include "protocol/api_json/field_value.hpp"
#include "protocol/api_json/text.hpp"

namespace ff::api_json {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

Error invalid(const FieldDescriptor& field, std::string_view reason) {
  return Error(invalid_value, {{"field", field.name()}, {"reason", reason}});
}

Status put_scalar(Message& message, const FieldDescriptor& field, std::string_view text) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      if (field.type() == FieldDescriptor::TYPE_STRING) {
        if (!is_utf8(text)) return fail(invalid(field, "invalid UTF-8"));
        put_string(message, field, std::string(text));
        return {};
      }
      auto bytes = parse_bytes(text, Schema::instance().bytes(&field));
      if (!bytes) return fail(invalid(field, "malformed bytes"));
      put_string(message, field, std::move(*bytes));
      return {};
    }
    case FieldDescriptor::CPPTYPE_BOOL: {
      bool yes = text == "true" || text == "1";
      if (!yes && text != "false" && text != "0")
        return fail(invalid(field, "expected true or false"));
      put_bool(message, field, yes);
      return {};
    }
    case FieldDescriptor::CPPTYPE_ENUM: {
      auto number = enum_number(field.enum_type(), text, false);
      if (!number) return fail(invalid(field, "unknown value of " + field.enum_type()->name()));
      put_enum(message, field, *number);
      return {};
    }
    default:
      break;
  }
  if (!put_number(message, field, text)) return fail(invalid(field, "expected a number in range"));
  return {};
}

Status put_special(Message& message, const FieldDescriptor& field, std::string_view text) {
  auto kind = Schema::instance().kind(field.message_type());
  switch (kind) {
    case MessageKind::timestamp:
      if (put_time(put_message(message, field), kind, text, false)) return {};
      return fail(invalid(field, "malformed time"));
    case MessageKind::duration:
      // `last=1h30m`: with units, unlike in a body.
      if (put_time(put_message(message, field), kind, text, true)) return {};
      return fail(invalid(field, "expected a duration such as 1h30m or 1.5s"));
    case MessageKind::wrapper:
      return put_scalar(put_message(message, field), *field.message_type()->FindFieldByNumber(1),
                        text);
    case MessageKind::field_mask:
      add_paths(put_message(message, field), text);
      return {};
    default:
      return fail(invalid(field, "not possible in a URL"));
  }
}

Status put_text(Message& message, const FieldDescriptor& field, std::string_view text) {
  return field.message_type() == nullptr ? put_scalar(message, field, text)
                                         : put_special(message, field, text);
}

/// `name[key]` of a map field.
Status put_map_entry(Message& message, const FieldDescriptor& field, std::string_view key,
                     std::string_view text) {
  if (key.size() < 2 || key.back() != ']') return fail(invalid(field, "expected [key]"));
  key.remove_suffix(1);
  auto& entry = put_message(message, field);
  FF_CHECK(put_text(entry, *field.message_type()->map_key(), key));
  return put_text(entry, *field.message_type()->map_value(), text);
}

}  // namespace

Status set_field(Message& message, std::string_view path, std::string_view text,
                 OnRepeated on_repeated) {
  auto dot = path.find('.');
  auto name = path.substr(0, dot);
  auto bracket = dot == std::string_view::npos ? name.find('[') : std::string_view::npos;
  const auto* field = find_field(message.GetDescriptor(), name.substr(0, bracket));
  if (field == nullptr) return {};
  if (dot != std::string_view::npos) {
    if (field->message_type() == nullptr || field->is_repeated()) return {};
    auto* inner = message.GetReflection()->MutableMessage(&message, field);
    return set_field(*inner, path.substr(dot + 1), text, on_repeated);
  }
  if (bracket != std::string_view::npos) {
    return field->is_map() ? put_map_entry(message, *field, name.substr(bracket + 1), text)
                           : Status();
  }
  if (field->is_map()) return fail(invalid(*field, "expected [key]"));
  // A field mask is one field of many paths: it grows like a list.
  bool grows = field->is_repeated() ||
               (field->message_type() != nullptr &&
                Schema::instance().kind(field->message_type()) == MessageKind::field_mask);
  if (!grows || on_repeated == OnRepeated::replace)
    message.GetReflection()->ClearField(&message, field);
  return put_text(message, *field, text);
}

}  // namespace ff::api_json
