#include "test/support/messages/random_message.hpp"

#include <google/protobuf/any.pb.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/message_differencer.h>

#include "protocol/api_json/schema.hpp"
#include "ttn/lorawan/v3/identifiers.pb.h"

namespace ff::test {
namespace {

using google::protobuf::DynamicCastToGenerated;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using Random = std::mt19937_64;

std::string random_text(Random& random) {
  constexpr std::string_view pieces[] = {"a",   "Z", "0",  " ", "\"", "\\",  "\n",
                                         "<&>", "é", "漢", "😀", "/",  "\x01"};
  std::string text = "t";
  for (auto count = random() % 8; count > 0; --count) text += pieces[random() % std::size(pieces)];
  return text;
}

std::string random_bytes(const FieldDescriptor& field, Random& random) {
  auto rule = api_json::Schema::instance().bytes(&field);
  auto size = rule.form == api_json::BytesForm::hex ? rule.size : random() % 20 + 1;
  if (rule.form == api_json::BytesForm::dev_addr_prefix) size = 5;
  std::string bytes(size, '\0');
  for (auto& byte : bytes) byte = static_cast<char>(random());
  if (rule.form == api_json::BytesForm::dev_addr_prefix)
    bytes[4] = static_cast<char>(random() % 33);
  return bytes;
}

void fill_value(google::protobuf::Value& value, Random& random, int depth) {
  switch (random() % (depth > 0 ? 6 : 4)) {
    case 0:
      value.set_number_value(static_cast<double>(static_cast<std::int64_t>(random())) / 1000.0);
      break;
    case 1:
      value.set_string_value(random_text(random));
      break;
    case 2:
      value.set_bool_value(random() % 2 == 0);
      break;
    case 3:
      value.set_null_value(google::protobuf::NULL_VALUE);
      break;
    case 4:
      fill_value((*value.mutable_struct_value()->mutable_fields())[random_text(random)], random,
                 depth - 1);
      break;
    default:
      fill_value(*value.mutable_list_value()->add_values(), random, depth - 1);
      break;
  }
}

/// Whether `message` is a well-known type, filled here.
bool fill_well_known(Message& message, Random& random, int depth, Fields fields) {
  if (auto* time = DynamicCastToGenerated<google::protobuf::Timestamp>(&message)) {
    time->set_seconds(static_cast<std::int64_t>(random() % 253402300799) - 1000);
    time->set_nanos(static_cast<std::int32_t>(random() % 1000) *
                    (random() % 2 == 0 ? 1'000'000 : 1));
  } else if (auto* duration = DynamicCastToGenerated<google::protobuf::Duration>(&message)) {
    auto sign = random() % 2 == 0 ? 1 : -1;
    duration->set_seconds(sign * static_cast<std::int64_t>(random() % 1'000'000));
    duration->set_nanos(sign * static_cast<std::int32_t>(random() % 1'000'000'000));
  } else if (auto* any = DynamicCastToGenerated<google::protobuf::Any>(&message)) {
    ttn::lorawan::v3::EndDeviceIdentifiers content;
    fill_random(content, random, depth - 1, fields);
    any->PackFrom(content);
  } else if (auto* value = DynamicCastToGenerated<google::protobuf::Value>(&message)) {
    fill_value(*value, random, depth);
  } else if (auto* object = DynamicCastToGenerated<google::protobuf::Struct>(&message)) {
    fill_value((*object->mutable_fields())[random_text(random)], random, depth);
  } else {
    return false;
  }
  return true;
}

/// The place of a value: also another than zero, if every field is to have one.
int choose(int count, Random& random, Fields fields) {
  const auto of = static_cast<unsigned>(count);
  if (fields == Fields::all && of > 1) return static_cast<int>(1 + random() % (of - 1));
  return static_cast<int>(random() % of);
}

void put(Message& message, const FieldDescriptor& field, Random& random, int depth, Fields fields) {
  const auto& reflection = *message.GetReflection();
  bool list = field.is_repeated();
#define FF_PUT(Type, value)                            \
  list ? reflection.Add##Type(&message, &field, value) \
       : reflection.Set##Type(&message, &field, value)
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      FF_PUT(Int32, static_cast<std::int32_t>(random()));
      break;
    case FieldDescriptor::CPPTYPE_UINT32:
      FF_PUT(UInt32, static_cast<std::uint32_t>(random()));
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      FF_PUT(Int64, static_cast<std::int64_t>(random()));
      break;
    case FieldDescriptor::CPPTYPE_UINT64:
      FF_PUT(UInt64, random());
      break;
    case FieldDescriptor::CPPTYPE_DOUBLE:
      FF_PUT(Double, static_cast<double>(random()) * 1.1e-7);
      break;
    case FieldDescriptor::CPPTYPE_FLOAT:
      FF_PUT(Float, static_cast<float>(random()) * 1.1e-7F);
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      FF_PUT(Bool, choose(2, random, fields) == 1);
      break;
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto& enumeration = *field.enum_type();
      const auto index = choose(enumeration.value_count(), random, fields);
      FF_PUT(EnumValue, enumeration.value(index)->number());
      break;
    }
    case FieldDescriptor::CPPTYPE_STRING:
      FF_PUT(String, field.type() == FieldDescriptor::TYPE_STRING ? random_text(random)
                                                                  : random_bytes(field, random));
      break;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      fill_random(*(list ? reflection.AddMessage(&message, &field)
                         : reflection.MutableMessage(&message, &field)),
                  random, depth - 1, fields);
      break;
  }
#undef FF_PUT
}

}  // namespace

void fill_random(Message& message, Random& random, int depth, Fields fields) {
  if (fill_well_known(message, random, depth, fields)) return;
  const auto& descriptor = *message.GetDescriptor();
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const auto& field = *descriptor.field(i);
    bool nested = field.message_type() != nullptr;
    // The fields of a map entry are always there.
    const bool is_left_out = fields == Fields::some && random() % 3 == 0;
    if (!descriptor.options().map_entry() && ((nested && depth <= 0) || is_left_out)) continue;
    auto count = field.is_map() || !field.is_repeated() ? 1 : random() % 3;
    if (fields == Fields::all && count == 0) count = 1;
    for (; count > 0; --count) put(message, field, random, depth, fields);
  }
}

std::string differences(const Message& expected, const Message& actual) {
  std::string text;
  google::protobuf::util::MessageDifferencer differencer;
  differencer.ReportDifferencesToString(&text);
  return differencer.Compare(expected, actual) ? "" : text;
}

}  // namespace ff::test
