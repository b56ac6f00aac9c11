// The well-known types that have a JSON form of their own.
#include <google/protobuf/any.pb.h>
#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/struct.pb.h>

#include <memory>

#include "protocol/api_json/any_type.hpp"
#include "protocol/api_json/api_json.hpp"
#include "protocol/api_json/field_value.hpp"
#include "protocol/api_json/parser.hpp"
#include "protocol/api_json/text.hpp"

namespace ff::api_json {
namespace {

using google::protobuf::DynamicCastToGenerated;
using google::protobuf::Message;

template <class T>
T& as(Message& message) {
  return *DynamicCastToGenerated<T>(&message);
}

}  // namespace

Status Parser::special(Message& message, MessageKind kind, Dialect dialect) {
  switch (kind) {
    case MessageKind::timestamp:
    case MessageKind::duration:
      return time(message, kind, dialect);
    case MessageKind::wrapper:
      return wrapper(message);
    case MessageKind::field_mask:
      return field_mask(message);
    case MessageKind::any:
      return any(message);
    case MessageKind::structure:
      return structure(message);
    case MessageKind::value:
      return dynamic_value(message);
    case MessageKind::list_value:
      return list_value(message);
    case MessageKind::empty:
      return empty();
    default:
      return object(message);
  }
}

Status Parser::time(Message& message, MessageKind kind, Dialect dialect) {
  FF_TRY(auto text, reader_.string());
  if (put_time(message, kind, text, dialect == Dialect::plugin)) return {};
  return fail(invalid(kind == MessageKind::timestamp
                          ? "expected a UTC time as in RFC 3339, ending in Z"
                          : "expected a duration such as 1.5s"));
}

Status Parser::wrapper(Message& message) {
  const auto& inner = *message.GetDescriptor()->FindFieldByNumber(1);
  if (reader_.peek() == Reader::Kind::object) return wrapped_object(message, inner);
  // Enums inside wrappers keep their aliases: wrappers are messages of the plugin.
  return value(message, inner, Dialect::plugin);
}

Status Parser::wrapped_object(Message& message, const Field& inner) {
  FF_CHECK(reader_.begin_object());
  FF_TRY(auto key, reader_.next_key());
  if (key != "value") return fail(invalid("expected `value` as the only key"));
  FF_CHECK(value(message, inner, Dialect::plugin));
  FF_TRY(auto second, reader_.next_key());
  if (second) return fail(invalid("expected `value` as the only key"));
  return {};
}

Status Parser::field_mask(Message& message) {
  if (reader_.peek() == Reader::Kind::string) {
    FF_TRY(auto text, reader_.string());
    add_paths(message, text);
    return {};
  }
  FF_CHECK(reader_.begin_object());
  return members(message, Dialect::plugin);
}

Status Parser::any(Message& message) {
  FF_CHECK(reader_.begin_object());
  FF_TRY(auto key, reader_.next_key());
  if (!key) return {};
  if (*key != "@type") return fail(invalid("expected `@type` as the first key"));
  FF_TRY(auto type_url, reader_.string());
  auto content = make_any_content(type_url);
  if (!content) return fail(invalid("unknown type " + type_url));
  auto kind = Schema::instance().kind(content->GetDescriptor());
  if (kind == MessageKind::plugin || kind == MessageKind::plain) {
    FF_CHECK(members(*content, kind == MessageKind::plain ? Dialect::plain : Dialect::plugin));
  } else {
    FF_TRY(auto value_key, reader_.next_key());
    if (value_key != "value") return fail(invalid("expected `value` after `@type`"));
    FF_CHECK(this->message(*content, Dialect::plugin));
    FF_TRY(auto end, reader_.next_key());
    if (end) return fail(invalid("unexpected key after `value`"));
  }
  auto& any = as<google::protobuf::Any>(message);
  any.set_type_url(std::move(type_url));
  any.set_value(content->SerializeAsString());
  return {};
}

Status Parser::structure(Message& message) {
  auto& fields = *as<google::protobuf::Struct>(message).mutable_fields();
  FF_CHECK(reader_.begin_object());
  for (;;) {
    FF_TRY(auto key, reader_.next_key());
    if (!key) return {};
    auto& value = fields[*key];
    value.Clear();
    FF_CHECK(dynamic_value(value));
  }
}

Status Parser::dynamic_value(Message& message) {
  auto& value = as<google::protobuf::Value>(message);
  switch (reader_.peek()) {
    case Reader::Kind::object:
      return structure(*value.mutable_struct_value());
    case Reader::Kind::array:
      return list_value(*value.mutable_list_value());
    case Reader::Kind::string: {
      FF_TRY(auto text, reader_.string());
      value.set_string_value(std::move(text));
      return {};
    }
    case Reader::Kind::boolean: {
      FF_TRY(bool flag, reader_.boolean());
      value.set_bool_value(flag);
      return {};
    }
    case Reader::Kind::null:
      value.set_null_value(google::protobuf::NULL_VALUE);
      return reader_.null();
    default:
      break;
  }
  FF_TRY(auto text, reader_.number());
  auto number = parse_double(text);
  if (!number) return fail(invalid("expected a number in range"));
  value.set_number_value(*number);
  return {};
}

Status Parser::list_value(Message& message) {
  auto& values = *as<google::protobuf::ListValue>(message).mutable_values();
  FF_CHECK(reader_.begin_array());
  for (;;) {
    FF_TRY(bool more, reader_.next_element());
    if (!more) return {};
    FF_CHECK(dynamic_value(*values.Add()));
  }
}

Status Parser::empty() {
  FF_CHECK(reader_.begin_object());
  FF_TRY(auto key, reader_.next_key());
  if (key) return fail(invalid("expected an empty object"));
  return {};
}

}  // namespace ff::api_json
