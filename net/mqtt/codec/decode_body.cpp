#include <utility>

#include "net/mqtt/codec/decoder.hpp"
#include "net/mqtt/codec/property_codec.hpp"

namespace ff::mqtt {
namespace {

/// What every body's reader needs to know.
struct Context {
  PacketType type;
  std::uint8_t flags;
  Version& version;
  const DecodeLimits& limits;

  bool v5() const noexcept { return version == Version::v5; }
};

Properties properties(Reader& in, const Context& context,
                      PropertyPlace place = PropertyPlace::packet) {
  if (!context.v5()) return {};
  return read_properties(in, context.type, place, context.limits.properties_max);
}

std::uint16_t packet_id(Reader& in) {
  auto id = in.two_bytes();
  if (in.ok() && id == 0) in.violated("packet identifier 0");
  return id;
}

ReasonCode reason(Reader& in, PacketType type) {
  auto code = static_cast<ReasonCode>(in.byte());
  if (in.ok() && !is_allowed(code, type))
    in.malformed("a reason code does not belong to this packet");
  return code;
}

/// Bit 0 must be clear from 3.1.1 on, will QoS and will retain need a will [MQTT-5 §3.1.2.3].
struct ConnectFlags {
  explicit ConnectFlags(std::uint8_t bits)
      : reserved(bits & 1U),
        clean(bits & 2U),
        will(bits & 4U),
        will_qos(bits >> 3 & 3U),
        will_retain(bits & 0x20U),
        password(bits & 0x40U),
        username(bits & 0x80U) {}
  bool reserved, clean, will;
  unsigned will_qos;
  bool will_retain, password, username;

  void check(Reader& in, Version version) const {
    if (reserved && version != Version::v3_1) in.malformed("the reserved connect flag is set");
    if (will_qos > 2) in.malformed("will QoS 3");
    if (!will && (will_qos != 0 || will_retain)) in.malformed("will flags without a will");
    if (password && !username && version != Version::v5)
      in.malformed("a password without a user name");
  }
};

/// Reads protocol name and level and sets the context's version.
void read_protocol(Reader& in, const Context& context) {
  auto name = in.text();
  auto level = in.byte();
  if (!in.ok()) return;
  if (name != "MQTT" && name != "MQIsdp") return in.violated("not MQTT");
  bool known = name == "MQIsdp" ? level == 3 : level == 4 || level == 5;
  context.version = level <= 3 ? Version::v3_1 : level == 4 ? Version::v3_1_1 : Version::v5;
  if (!known) in.fail(ReasonCode::unsupported_protocol_version, "unknown protocol level");
}

Will read_will(Reader& in, const Context& context, const ConnectFlags& flags) {
  Will will{.qos = static_cast<QoS>(flags.will_qos), .retain = flags.will_retain};
  will.properties = properties(in, context, PropertyPlace::will);
  will.topic = in.text();
  will.payload = Payload(in.binary());
  return will;
}

Packet read_connect(Reader& in, const Context& context) {
  Connect packet;
  read_protocol(in, context);
  packet.version = context.version;
  ConnectFlags flags(in.byte());
  if (in.ok()) flags.check(in, context.version);
  packet.clean_start = flags.clean;
  packet.keep_alive = in.two_bytes();
  packet.properties = properties(in, context);
  packet.client_id = in.text();
  if (flags.will) packet.will = read_will(in, context, flags);
  // MQTT 3.1 lets a client set the flags of user name and password and leave the fields out.
  bool lenient = context.version == Version::v3_1;
  if (flags.username && !(lenient && in.empty())) packet.username = in.text();
  if (flags.password && !(lenient && in.empty())) packet.password = in.binary();
  return packet;
}

Packet read_connack(Reader& in, const Context& context) {
  Connack packet;
  auto flags = in.byte();
  // The byte is reserved in MQTT 3.1.
  if (context.version == Version::v3_1) flags = 0;
  if (flags > 1) in.malformed("reserved CONNACK flags");
  packet.session_present = flags == 1;
  if (context.v5()) {
    packet.reason = reason(in, context.type);
  } else {
    auto code = from_v3_return_code(in.byte());
    if (!code) in.malformed("a reserved return code");
    packet.reason = code.value_or(ReasonCode::unspecified_error);
  }
  packet.properties = properties(in, context);
  return packet;
}

Packet read_publish(Reader& in, const Context& context) {
  auto qos = context.flags >> 1 & 3U;
  if (qos == 3) in.malformed("QoS 3");
  Publish packet;
  packet.qos = static_cast<QoS>(qos);
  packet.dup = (context.flags & 8U) != 0;
  packet.retain = (context.flags & 1U) != 0;
  if (qos == 0 && packet.dup) in.malformed("DUP with QoS 0");
  packet.topic = in.text();
  if (qos > 0) packet.packet_id = packet_id(in);
  packet.properties = properties(in, context);
  if (in.ok()) packet.payload = Payload(to_owned(in.take_rest()));
  return packet;
}

template <PacketType type>
Packet read_acknowledgement(Reader& in, const Context& context) {
  Acknowledgement<type> packet;
  packet.packet_id = packet_id(in);
  if (!context.v5() || in.empty()) return packet;
  packet.reason = reason(in, type);
  if (!in.empty()) packet.properties = properties(in, context);
  return packet;
}

Subscription read_subscription(Reader& in, const Context& context) {
  Subscription one{.filter = in.text()};
  auto options = in.byte();
  auto reserved = context.v5() ? 0xC0U : 0xFCU;
  // MQTT 3.1 does not say what the upper bits hold.
  if (context.version == Version::v3_1) options &= 3U;
  if ((options & reserved) != 0 || (options & 3U) == 3 || (options >> 4 & 3U) == 3) {
    in.malformed("invalid subscription options");
  }
  one.qos = static_cast<QoS>(options & 3U);
  one.no_local = (options & 4U) != 0;
  one.retain_as_published = (options & 8U) != 0;
  one.retain_handling = static_cast<RetainHandling>(options >> 4 & 3U);
  return one;
}

/// Reads items until the packet ends; there must be one to `filters_max` of them.
template <class Item, class Read>
std::vector<Item> read_list(Reader& in, const Context& context, Read read) {
  std::vector<Item> items;
  if (in.ok() && in.empty()) in.violated("an empty list");
  while (!in.empty()) {
    if (items.size() == context.limits.filters_max)
      in.fail(ReasonCode::quota_exceeded, "too many filters");
    auto item = read(in);
    if (in.ok()) items.push_back(std::move(item));
  }
  return items;
}

Packet read_subscribe(Reader& in, const Context& context) {
  Subscribe packet;
  packet.packet_id = packet_id(in);
  packet.properties = properties(in, context);
  packet.subscriptions = read_list<Subscription>(
      in, context, [&](Reader& r) { return read_subscription(r, context); });
  return packet;
}

ReasonCode read_suback_reason(Reader& in, const Context& context) {
  auto code = static_cast<ReasonCode>(in.byte());
  bool known = context.v5()
                   ? is_allowed(code, context.type)
                   : code <= ReasonCode::granted_qos_2 || code == ReasonCode::unspecified_error;
  if (!known) in.malformed("an unknown return code");
  return code;
}

Packet read_suback(Reader& in, const Context& context) {
  Suback packet;
  packet.packet_id = packet_id(in);
  packet.properties = properties(in, context);
  packet.reasons =
      read_list<ReasonCode>(in, context, [&](Reader& r) { return read_suback_reason(r, context); });
  return packet;
}

Packet read_unsubscribe(Reader& in, const Context& context) {
  Unsubscribe packet;
  packet.packet_id = packet_id(in);
  packet.properties = properties(in, context);
  packet.filters = read_list<std::string>(in, context, [](Reader& r) { return r.text(); });
  return packet;
}

Packet read_unsuback(Reader& in, const Context& context) {
  Unsuback packet;
  packet.packet_id = packet_id(in);
  packet.properties = properties(in, context);
  if (context.v5()) {
    packet.reasons =
        read_list<ReasonCode>(in, context, [&](Reader& r) { return reason(r, context.type); });
  }
  return packet;
}

/// DISCONNECT and AUTH of MQTT 5: reason and properties may be left out from the end.
template <class T>
Packet read_reasoned(Reader& in, const Context& context) {
  T packet;
  if (!context.v5() || in.empty()) return packet;
  packet.reason = reason(in, context.type);
  if (!in.empty()) packet.properties = properties(in, context);
  return packet;
}

Packet read(Reader& in, const Context& context) {
  switch (context.type) {
    case PacketType::connect:
      return read_connect(in, context);
    case PacketType::connack:
      return read_connack(in, context);
    case PacketType::publish:
      return read_publish(in, context);
    case PacketType::puback:
      return read_acknowledgement<PacketType::puback>(in, context);
    case PacketType::pubrec:
      return read_acknowledgement<PacketType::pubrec>(in, context);
    case PacketType::pubrel:
      return read_acknowledgement<PacketType::pubrel>(in, context);
    case PacketType::pubcomp:
      return read_acknowledgement<PacketType::pubcomp>(in, context);
    case PacketType::subscribe:
      return read_subscribe(in, context);
    case PacketType::suback:
      return read_suback(in, context);
    case PacketType::unsubscribe:
      return read_unsubscribe(in, context);
    case PacketType::unsuback:
      return read_unsuback(in, context);
    case PacketType::pingreq:
      return Pingreq{};
    case PacketType::pingresp:
      return Pingresp{};
    case PacketType::disconnect:
      return read_reasoned<Disconnect>(in, context);
    case PacketType::auth:
      break;
  }
  if (!context.v5()) in.malformed("AUTH is a packet of MQTT 5");
  return read_reasoned<Auth>(in, context);
}

/// The fixed flags of a packet type [MQTT-5 §2.1.3]. MQTT 3.1 uses them for repeated packets and
/// lets others be.
bool flags_are_valid(PacketType type, std::uint8_t flags, Version version) {
  if (type == PacketType::publish) return true;
  if (version == Version::v3_1 && type != PacketType::connect) return true;
  bool has_bit = type == PacketType::pubrel || type == PacketType::subscribe ||
                 type == PacketType::unsubscribe;
  return flags == (has_bit ? 2 : 0);
}

}  // namespace

Decoded<Packet> decode_body(PacketType type, std::uint8_t flags, ByteView body, Version& version,
                            const DecodeLimits& limits) {
  if (type < PacketType::connect || !flags_are_valid(type, flags, version)) {
    return tl::unexpected(
        DecodeError{ReasonCode::malformed_packet, "invalid packet type or flags"});
  }
  Reader in(body);
  auto packet = read(in, {type, flags, version, limits});
  if (in.ok() && !in.empty()) in.malformed("bytes after the end of the packet");
  if (!in.ok()) return tl::unexpected(in.error());
  return packet;
}

}  // namespace ff::mqtt
