#include "net/mqtt/codec/property_codec.hpp"

#include "protocol/base/assert.hpp"

namespace ff::mqtt {
namespace {

PropertyValue read_value(Reader& reader, const PropertyRule& rule) {
  switch (rule.kind) {
    case PropertyKind::byte:
      return std::uint32_t{reader.byte()};
    case PropertyKind::two_bytes:
      return std::uint32_t{reader.two_bytes()};
    case PropertyKind::four_bytes:
      return reader.four_bytes();
    case PropertyKind::variable:
      return reader.variable();
    case PropertyKind::text:
      return reader.text();
    case PropertyKind::binary:
      return reader.binary();
    case PropertyKind::text_pair:
      break;
  }
  auto name = reader.text();
  return UserProperty{std::move(name), reader.text()};
}

bool in_range(const PropertyValue& value, const PropertyRule& rule) {
  const auto* number = std::get_if<std::uint32_t>(&value);
  return !number || (*number >= rule.value_min && *number <= rule.value_max);
}

void append_number(Bytes& out, PropertyKind kind, std::uint32_t number) {
  switch (kind) {
    case PropertyKind::byte:
      return append_be<1>(out, number);
    case PropertyKind::two_bytes:
      return append_be<2>(out, number);
    case PropertyKind::four_bytes:
      return append_be<4>(out, number);
    case PropertyKind::variable:
      return append_variable(out, number);
    default:
      FF_ASSERT(!"this property is not a number");
  }
}

void append_property(Bytes& out, const Property& property) {
  const auto* rule = find_rule(static_cast<std::uint32_t>(property.id));
  FF_ASSERT(rule);
  append_be<1>(out, static_cast<std::uint8_t>(property.id));
  if (const auto* number = std::get_if<std::uint32_t>(&property.value)) {
    append_number(out, rule->kind, *number);
  } else if (const auto* text = std::get_if<std::string>(&property.value)) {
    FF_ASSERT(rule->kind == PropertyKind::text);
    append_sized(out, as_bytes(*text));
  } else if (const auto* bytes = std::get_if<Bytes>(&property.value)) {
    FF_ASSERT(rule->kind == PropertyKind::binary);
    append_sized(out, *bytes);
  } else {
    FF_ASSERT(rule->kind == PropertyKind::text_pair);
    const auto& pair = std::get<UserProperty>(property.value);
    append_sized(out, as_bytes(pair.name));
    append_sized(out, as_bytes(pair.value));
  }
}

}  // namespace

Properties read_properties(Reader& packet, PacketType type, PropertyPlace place,
                           std::size_t count_max) {
  Properties properties;
  Reader reader(packet.take(packet.variable()));
  while (packet.ok() && !reader.empty()) {
    const auto* rule = find_rule(reader.variable());
    if (!rule ||
        !(place == PropertyPlace::will ? rule->allowed_in_will() : rule->allowed_in(type))) {
      reader.malformed("a property does not belong to this packet");
      break;
    }
    if (!rule->repeats_in(type) && properties.contains(rule->id))
      reader.violated("a property is repeated");
    if (properties.size() == count_max)
      reader.fail(ReasonCode::quota_exceeded, "too many properties");
    auto value = read_value(reader, *rule);
    if (!in_range(value, *rule)) reader.violated("a property's value is out of range");
    if (reader.ok()) properties.add(rule->id, std::move(value));
  }
  if (!reader.ok()) packet.fail(reader.error().reason, reader.error().what);
  return properties;
}

void append_properties(Bytes& out, const Properties& properties) {
  if (properties.empty()) return append_be<1>(out, 0);
  Bytes list;
  for (const auto& property : properties) append_property(list, property);
  append_variable(out, static_cast<std::uint32_t>(list.size()));
  append(out, list);
}

void append_variable(Bytes& out, std::uint32_t value) {
  FF_ASSERT(value <= 268'435'455);
  do {
    auto low = static_cast<std::uint8_t>(value & 0x7FU);
    value >>= 7;
    out.push_back(value > 0 ? static_cast<std::uint8_t>(low | 0x80U) : low);
  } while (value > 0);
}

void append_sized(Bytes& out, ByteView bytes) {
  FF_ASSERT(bytes.size() <= 0xFFFF);
  append_be<2>(out, bytes.size());
  append(out, bytes);
}

}  // namespace ff::mqtt
