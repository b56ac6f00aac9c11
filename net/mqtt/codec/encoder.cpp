#include "net/mqtt/codec/encoder.hpp"

#include <array>

#include "net/mqtt/codec/property_codec.hpp"
#include "protocol/base/assert.hpp"

namespace ff::mqtt {
namespace {

constexpr std::size_t header_size_max = 5;

/// Collects a body behind room for the header.
class Writer {
 public:
  Writer(PacketType type, Version version, std::size_t size_hint = 64)
      : type_(type), version_(version) {
    bytes_.reserve(header_size_max + size_hint);
  }

  bool v5() const noexcept { return version_ == Version::v5; }
  Version version() const noexcept { return version_; }

  Writer& byte(unsigned value) {
    bytes_.push_back(static_cast<std::uint8_t>(value));
    return *this;
  }
  Writer& reason(ReasonCode code) { return byte(static_cast<std::uint8_t>(code)); }
  Writer& two_bytes(std::uint16_t value) {
    append_be<2>(bytes_, value);
    return *this;
  }
  Writer& id(std::uint16_t packet_id) {
    FF_ASSERT(packet_id != 0);
    return two_bytes(packet_id);
  }
  Writer& text(std::string_view value) { return binary(as_bytes(value)); }
  Writer& binary(ByteView value) {
    append_sized(bytes_, value);
    return *this;
  }
  Writer& properties(const Properties& list) {
    if (v5()) append_properties(bytes_, list);
    return *this;
  }
  Writer& raw(ByteView value) {
    append(bytes_, value);
    return *this;
  }

  /// Puts the fixed header in front.
  Frame finish(unsigned flags = 0, Payload payload = {}) && {
    Bytes header;
    header.reserve(header_size_max);
    header.push_back(static_cast<std::uint8_t>(static_cast<unsigned>(type_) << 4 | flags));
    auto size = bytes_.size() + payload.size();
    FF_ASSERT(size <= 268'435'455);
    append_variable(header, static_cast<std::uint32_t>(size));
    bytes_.insert(bytes_.begin(), header.begin(), header.end());
    return {std::move(bytes_), std::move(payload)};
  }

 private:
  PacketType type_;
  Version version_;
  Bytes bytes_;
};

Frame write(const Connect& p, Version) {
  Writer out(PacketType::connect, p.version);
  out.text(p.version == Version::v3_1 ? "MQIsdp" : "MQTT").byte(static_cast<unsigned>(p.version));
  unsigned flags =
      (p.clean_start ? 2U : 0U) | (p.password ? 0x40U : 0U) | (p.username ? 0x80U : 0U);
  if (p.will) flags |= 4U | static_cast<unsigned>(p.will->qos) << 3 | (p.will->retain ? 0x20U : 0U);
  out.byte(flags).two_bytes(p.keep_alive).properties(p.properties).text(p.client_id);
  if (p.will) out.properties(p.will->properties).text(p.will->topic).binary(p.will->payload.view());
  if (p.username) out.text(*p.username);
  if (p.password) out.binary(*p.password);
  return std::move(out).finish();
}

Frame write(const Connack& p, Version version) {
  Writer out(PacketType::connack, version, 128);
  out.byte(p.session_present && version != Version::v3_1 ? 1 : 0);
  if (out.v5()) {
    out.reason(p.reason);
  } else {
    out.byte(to_v3_return_code(p.reason).value_or(5));
  }
  return std::move(out.properties(p.properties)).finish();
}

Frame write(const Publish& p, Version version) {
  static const std::vector<std::uint32_t> none;
  return encode_publish({.topic = p.topic,
                         .payload = p.payload,
                         .properties = p.properties,
                         .subscription_ids = none,
                         .qos = p.qos,
                         .retain = p.retain,
                         .dup = p.dup,
                         .packet_id = p.packet_id},
                        version);
}

template <PacketType type>
Frame write(const Acknowledgement<type>& p, Version version) {
  Writer out(type, version, 8);
  out.id(p.packet_id);
  if (out.v5() && (p.reason != ReasonCode::success || !p.properties.empty())) {
    out.reason(p.reason);
    if (!p.properties.empty()) out.properties(p.properties);
  }
  return std::move(out).finish(type == PacketType::pubrel ? 2 : 0);
}

Frame write(const Subscribe& p, Version version) {
  Writer out(PacketType::subscribe, version);
  out.id(p.packet_id).properties(p.properties);
  for (const auto& one : p.subscriptions) {
    auto options = static_cast<unsigned>(one.qos);
    if (out.v5()) {
      options |= (one.no_local ? 4U : 0U) | (one.retain_as_published ? 8U : 0U) |
                 static_cast<unsigned>(one.retain_handling) << 4;
    }
    out.text(one.filter).byte(options);
  }
  return std::move(out).finish(2);
}

Frame write(const Suback& p, Version version) {
  Writer out(PacketType::suback, version);
  out.id(p.packet_id).properties(p.properties);
  for (auto code : p.reasons) {
    out.reason(is_failure(code) && !out.v5() ? ReasonCode::unspecified_error : code);
  }
  return std::move(out).finish();
}

Frame write(const Unsubscribe& p, Version version) {
  Writer out(PacketType::unsubscribe, version);
  out.id(p.packet_id).properties(p.properties);
  for (const auto& filter : p.filters) out.text(filter);
  return std::move(out).finish(2);
}

Frame write(const Unsuback& p, Version version) {
  Writer out(PacketType::unsuback, version);
  out.id(p.packet_id).properties(p.properties);
  if (out.v5()) {
    for (auto code : p.reasons) out.reason(code);
  }
  return std::move(out).finish();
}

Frame write(const Pingreq&, Version version) {
  return Writer(PacketType::pingreq, version, 0).finish();
}
Frame write(const Pingresp&, Version version) {
  return Writer(PacketType::pingresp, version, 0).finish();
}

template <class T>
Frame write_reasoned(PacketType type, const T& p, Version version) {
  Writer out(type, version);
  if (out.v5() && (p.reason != ReasonCode::success || !p.properties.empty())) {
    out.reason(p.reason);
    if (!p.properties.empty()) out.properties(p.properties);
  }
  return std::move(out).finish();
}
Frame write(const Disconnect& p, Version version) {
  return write_reasoned(PacketType::disconnect, p, version);
}
Frame write(const Auth& p, Version version) {
  return write_reasoned(PacketType::auth, p, version);
}

/// Subscription identifiers and `properties` as one list.
void write_publish_properties(Writer& out, const PublishView& publish) {
  if (publish.subscription_ids.empty()) {
    out.properties(publish.properties);
    return;
  }
  Properties all;
  for (auto id : publish.subscription_ids) all.add(PropertyId::subscription_identifier, id);
  for (const auto& property : publish.properties) all.add(property.id, property.value);
  out.properties(all);
}

}  // namespace

Bytes Frame::flat() const {
  Bytes all = head;
  append(all, payload.view());
  return all;
}

Frame encode(const Packet& packet, Version version) {
  return std::visit([version](const auto& p) { return write(p, version); }, packet);
}

Frame encode_publish(const PublishView& publish, Version version) {
  Writer out(PacketType::publish, version, publish.topic.size() + 8);
  out.text(publish.topic);
  if (publish.qos != QoS::at_most_once) out.id(publish.packet_id);
  if (out.v5()) write_publish_properties(out, publish);
  unsigned flags = static_cast<unsigned>(publish.qos) << 1 | (publish.retain ? 1U : 0U) |
                   (publish.dup ? 8U : 0U);
  return std::move(out).finish(flags, publish.payload);
}

}  // namespace ff::mqtt
