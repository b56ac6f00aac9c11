#include "protocol/api_json/parser.hpp"

#include "protocol/api_json/api_json.hpp"
#include "protocol/api_json/field_value.hpp"
#include "protocol/api_json/text.hpp"

namespace ff::api_json {

Error Parser::invalid(std::string_view reason) const {
  return Error(invalid_value, {{"field", path_}, {"reason", reason}});
}

Status Parser::document(Message& message) {
  message.Clear();
  FF_CHECK(this->message(message, Dialect::plugin));
  return reader_.end();
}

Status Parser::message(Message& message, Dialect dialect) {
  auto kind = Schema::instance().kind(message.GetDescriptor());
  bool is_object = kind == MessageKind::plugin || kind == MessageKind::plain;
  return is_object ? object(message) : special(message, kind, dialect);
}

Status Parser::object(Message& message) {
  FF_CHECK(reader_.begin_object());
  bool plain = Schema::instance().kind(message.GetDescriptor()) == MessageKind::plain;
  return members(message, plain ? Dialect::plain : Dialect::plugin);
}

Status Parser::members(Message& message, Dialect dialect) {
  auto outer = path_.size();
  for (;;) {
    FF_TRY(auto key, reader_.next_key());
    if (!key) return {};
    const auto* field = find_field(message.GetDescriptor(), *key);
    if (field == nullptr) {
      FF_CHECK(reader_.skip());
      continue;
    }
    if (outer > 0) path_ += '.';
    path_ += field->name();
    FF_CHECK(member(message, *field, dialect));
    path_.resize(outer);
  }
}

Status Parser::member(Message& message, const Field& field, Dialect dialect) {
  bool takes_null = field.message_type() != nullptr && !field.is_repeated() &&
                    Schema::instance().kind(field.message_type()) == MessageKind::value;
  // A key given twice counts once, the last time.
  message.GetReflection()->ClearField(&message, &field);
  if (reader_.peek() == Reader::Kind::null && !takes_null) return reader_.null();
  if (field.is_map()) return map(message, field, dialect);
  return field.is_repeated() ? list(message, field, dialect) : value(message, field, dialect);
}

Status Parser::list(Message& message, const Field& field, Dialect dialect) {
  FF_CHECK(reader_.begin_array());
  for (;;) {
    FF_TRY(bool more, reader_.next_element());
    if (!more) return {};
    FF_CHECK(value(message, field, dialect));
  }
}

Status Parser::map(Message& message, const Field& field, Dialect dialect) {
  const auto& key_field = *field.message_type()->map_key();
  FF_CHECK(reader_.begin_object());
  for (;;) {
    FF_TRY(auto key, reader_.next_key());
    if (!key) return {};
    // An entry with the key of an earlier one replaces it when the list of entries becomes a map.
    auto& entry = put_message(message, field);
    if (key_field.cpp_type() == Field::CPPTYPE_STRING) {
      put_string(entry, key_field, std::move(*key));
    } else if (key_field.cpp_type() == Field::CPPTYPE_BOOL) {
      if (*key != "true" && *key != "false") return fail(invalid("expected true or false as key"));
      put_bool(entry, key_field, *key == "true");
    } else if (!put_number(entry, key_field, *key)) {
      return fail(invalid("expected a number as key"));
    }
    FF_CHECK(value(entry, *field.message_type()->map_value(), dialect));
  }
}

Status Parser::value(Message& message, const Field& field, Dialect dialect) {
  switch (field.cpp_type()) {
    case Field::CPPTYPE_MESSAGE:
      return this->message(put_message(message, field), dialect);
    case Field::CPPTYPE_STRING:
      return string(message, field);
    case Field::CPPTYPE_ENUM:
      return enumeration(message, field, dialect);
    case Field::CPPTYPE_BOOL: {
      FF_TRY(bool flag, reader_.boolean());
      put_bool(message, field, flag);
      return {};
    }
    default:
      return number(message, field);
  }
}

Status Parser::string(Message& message, const Field& field) {
  FF_TRY(auto text, reader_.string());
  if (field.type() == Field::TYPE_STRING) {
    put_string(message, field, std::move(text));
    return {};
  }
  auto rule = Schema::instance().bytes(&field);
  auto bytes = parse_bytes(text, rule);
  if (!bytes) {
    return fail(invalid(rule.form == BytesForm::hex
                            ? "expected " + std::to_string(rule.size) + " bytes of hex"
                            : "expected bytes in base64"));
  }
  put_string(message, field, std::move(*bytes));
  return {};
}

Status Parser::enumeration(Message& message, const Field& field, Dialect dialect) {
  std::optional<std::int32_t> number;
  if (reader_.peek() == Reader::Kind::string) {
    FF_TRY(auto text, reader_.string());
    number = enum_number(field.enum_type(), text, dialect == Dialect::plugin);
  } else {
    FF_TRY(auto text, reader_.number());
    auto wide = parse_int64(text);
    if (wide && *wide >= INT32_MIN && *wide <= INT32_MAX) number = static_cast<std::int32_t>(*wide);
  }
  if (!number) return fail(invalid("unknown value of " + field.enum_type()->name()));
  put_enum(message, field, *number);
  return {};
}

Result<std::string> Parser::number_text() {
  if (reader_.peek() == Reader::Kind::string) return reader_.string();
  FF_TRY(auto text, reader_.number());
  return std::string(text);
}

Status Parser::number(Message& message, const Field& field) {
  FF_TRY(auto text, number_text());
  if (!put_number(message, field, text)) return fail(invalid("expected a number in range"));
  return {};
}

}  // namespace ff::api_json
