// The well-known types that have a JSON form of their own.
#include <google/protobuf/any.pb.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "protocol/api_json/any_type.hpp"
#include "protocol/api_json/api_json.hpp"
#include "protocol/api_json/text.hpp"
#include "protocol/api_json/writer.hpp"

namespace ff::api_json {
namespace {

using google::protobuf::DynamicCastToGenerated;
using google::protobuf::Message;

template <class T>
const T& as(const Message& message) {
  return *DynamicCastToGenerated<T>(&message);
}

}  // namespace

Status Writer::special(const Message& message, MessageKind kind) {
  bool in_range = true;
  switch (kind) {
    case MessageKind::timestamp: {
      const auto& time = as<google::protobuf::Timestamp>(message);
      out_ += '"';
      in_range = append_timestamp(out_, {time.seconds(), time.nanos()});
      out_ += '"';
      break;
    }
    case MessageKind::duration: {
      const auto& duration = as<google::protobuf::Duration>(message);
      out_ += '"';
      in_range = append_duration(out_, {duration.seconds(), duration.nanos()});
      out_ += '"';
      break;
    }
    case MessageKind::wrapper:
      return singular(message, *message.GetDescriptor()->FindFieldByNumber(1));
    case MessageKind::field_mask:
      return field_mask(message);
    case MessageKind::any:
      return any(message);
    case MessageKind::structure:
      return structure(message);
    case MessageKind::value:
      return value(message);
    case MessageKind::list_value:
      return list_value(message);
    default:
      return object(message);
  }
  if (!in_range) return fail(not_encodable, {{"reason", "time out of range"}});
  return {};
}

Status Writer::field_mask(const Message& message) {
  const auto& mask = as<google::protobuf::FieldMask>(message);
  FF_CHECK(open('{'));
  if (mask.paths_size() > 0) {
    out_ += "\"paths\":";
    FF_CHECK(list(message, *mask.GetDescriptor()->FindFieldByNumber(1)));
  }
  close('}');
  return {};
}

Status Writer::any(const Message& message) {
  const auto& any = as<google::protobuf::Any>(message);
  if (any.type_url().empty()) {
    out_ += "{}";
    return {};
  }
  auto content = make_any_content(any.type_url());
  if (!content) return fail(not_encodable, {{"reason", "unknown type " + any.type_url()}});
  if (!content->ParseFromString(any.value()))
    return fail(not_encodable, {{"reason", "malformed " + any.type_url()}});
  FF_CHECK(open('{'));
  out_ += "\"@type\":";
  append_string(out_, any.type_url());
  auto kind = Schema::instance().kind(content->GetDescriptor());
  if (kind == MessageKind::plugin || kind == MessageKind::plain) {
    FF_CHECK(fields(*content, false));
  } else {
    out_ += ",\"value\":";
    FF_CHECK(this->message(*content));
  }
  close('}');
  return {};
}

Status Writer::structure(const Message& message) {
  const auto& fields = as<google::protobuf::Struct>(message).fields();
  std::vector<std::pair<const std::string*, const google::protobuf::Value*>> entries;
  for (const auto& [key, value] : fields) entries.emplace_back(&key, &value);
  std::ranges::sort(entries, [](const auto& a, const auto& b) { return *a.first < *b.first; });
  FF_CHECK(open('{'));
  bool first = true;
  for (const auto& [key, value] : entries) {
    if (!first) out_ += ',';
    first = false;
    append_string(out_, *key);
    out_ += ':';
    FF_CHECK(this->message(*value));
  }
  close('}');
  return {};
}

Status Writer::value(const Message& message) {
  using google::protobuf::Value;
  const auto& value = as<Value>(message);
  switch (value.kind_case()) {
    case Value::kNumberValue:
      append_number(out_, value.number_value());
      break;
    case Value::kStringValue:
      append_string(out_, value.string_value());
      break;
    case Value::kBoolValue:
      out_ += value.bool_value() ? "true" : "false";
      break;
    case Value::kStructValue:
      return structure(value.struct_value());
    case Value::kListValue:
      return list_value(value.list_value());
    case Value::kNullValue:
    case Value::KIND_NOT_SET:
      out_ += "null";
      break;
  }
  return {};
}

Status Writer::list_value(const Message& message) {
  FF_CHECK(open('['));
  bool first = true;
  for (const auto& value : as<google::protobuf::ListValue>(message).values()) {
    if (!first) out_ += ',';
    first = false;
    FF_CHECK(this->message(value));
  }
  close(']');
  return {};
}

}  // namespace ff::api_json
