// INTERNAL: how each message, field and enum is encoded in JSON, looked up by descriptor.
// Not a copy of descriptors: only what differs from protobuf's defaults is kept.
#pragma once

#include <google/protobuf/descriptor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace ff::api_json {

enum class MessageKind : std::uint8_t {
  plugin,   ///< An object of fields in the dialect of the reference's plugin.
  plain,    ///< An object of fields in protobuf's own JSON.
  wrapper,  ///< The bare value of the field `value`.
  timestamp,
  duration,
  field_mask,
  any,
  structure,
  value,
  list_value,
  empty,
};

enum class BytesForm : std::uint8_t { base64, hex, dev_addr_prefix };

struct BytesRule {
  BytesForm form = BytesForm::base64;
  std::uint8_t size = 0;  ///< Of the decoded hex value.
};

struct EnumRule {
  bool as_number = false;
  std::unordered_map<std::int32_t, std::string_view> texts;
  std::unordered_map<std::string_view, std::int32_t> aliases;
};

class Schema {
 public:
  /// Built at first use, immutable afterwards.
  static const Schema& instance();

  MessageKind kind(const google::protobuf::Descriptor* message) const;
  BytesRule bytes(const google::protobuf::FieldDescriptor* field) const;
  const EnumRule& enumeration(const google::protobuf::EnumDescriptor* enumeration) const;

 private:
  Schema();
  void add_well_known();
  void add_messages();
  void add_enums();

  std::unordered_map<const google::protobuf::Descriptor*, MessageKind> kinds_;
  std::unordered_map<const google::protobuf::FieldDescriptor*, BytesRule> bytes_;
  std::unordered_map<const google::protobuf::EnumDescriptor*, EnumRule> enums_;
  EnumRule default_enum_;
};

/// The field that `key` names: its declared name or its lowerCamelCase form. Null when there is
/// none.
const google::protobuf::FieldDescriptor* find_field(const google::protobuf::Descriptor* message,
                                                    std::string_view key);

/// The number of an enum's value given as text: names first, then aliases (if `aliases`), then
/// decimal numbers.
std::optional<std::int32_t> enum_number(const google::protobuf::EnumDescriptor* enumeration,
                                        std::string_view text, bool aliases);

}  // namespace ff::api_json
