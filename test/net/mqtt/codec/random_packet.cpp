#include "test/net/mqtt/codec/random_packet.hpp"

#include <algorithm>

namespace ff::mqtt {
namespace {

/// Makes the parts of one packet.
class Maker {
 public:
  Maker(Random& random, Version version) : random_(random), version_(version) {}

  Packet packet(PacketType type);

 private:
  bool flag() { return random_.below(2) == 1; }
  bool v5() const { return version_ == Version::v5; }
  std::uint16_t id() { return static_cast<std::uint16_t>(1 + random_.below(65'535)); }
  QoS qos() { return static_cast<QoS>(random_.below(3)); }

  std::string text() {
    static const std::vector<std::string> letters = {"a", "b", "/", "+", "é", "€", "😀", " "};
    std::string out;
    for (auto n = random_.below(12); n > 0; --n) out += letters[random_.below(letters.size())];
    return out;
  }
  Bytes bytes(std::uint64_t size_bound = 40) {
    Bytes out(random_.below(size_bound));
    random_.fill(out);
    return out;
  }

  PropertyValue value(const PropertyRule& rule) {
    switch (rule.kind) {
      case PropertyKind::text:
        return text();
      case PropertyKind::binary:
        return bytes();
      case PropertyKind::text_pair:
        return UserProperty{text(), text()};
      default:
        return static_cast<std::uint32_t>(
            rule.value_min + random_.below(std::uint64_t{rule.value_max} - rule.value_min + 1));
    }
  }
  Properties properties(PacketType type, bool in_will = false) {
    Properties list;
    if (!v5()) return list;
    for (auto n = random_.below(6); n > 0; --n) {
      const auto& rule = property_rules()[random_.below(property_rules().size())];
      if (!(in_will ? rule.allowed_in_will() : rule.allowed_in(type))) continue;
      if (list.contains(rule.id) && !rule.repeats_in(type)) continue;
      list.add(rule.id, value(rule));
    }
    return list;
  }
  ReasonCode reason(PacketType type) {
    while (true) {
      auto code = static_cast<ReasonCode>(random_.below(0xA3));
      if (is_allowed(code, type)) return code;
    }
  }
  std::vector<ReasonCode> reasons(PacketType type) {
    std::vector<ReasonCode> out(1 + random_.below(5));
    for (auto& code : out) code = reason(type);
    return out;
  }

  Connect connect();
  Connack connack();
  Publish publish();
  Subscribe subscribe();
  Suback suback();
  Unsubscribe unsubscribe();
  template <PacketType type>
  Packet acknowledgement() {
    if (!v5()) return Acknowledgement<type>{.packet_id = id()};
    return Acknowledgement<type>{
        .packet_id = id(), .reason = reason(type), .properties = properties(type)};
  }

  Random& random_;
  Version version_;
};

Connect Maker::connect() {
  Connect p{.version = version_, .clean_start = flag(), .keep_alive = id(), .client_id = text()};
  p.properties = properties(PacketType::connect);
  if (flag()) {
    p.will = Will{.topic = text(), .payload = Payload(bytes()), .qos = qos(), .retain = flag()};
    p.will->properties = properties(PacketType::connect, true);
  }
  if (flag()) p.username = text();
  if ((p.username || v5()) && flag()) p.password = bytes();
  return p;
}

Connack Maker::connack() {
  Connack p{.session_present = version_ != Version::v3_1 && flag()};
  p.reason = v5() ? reason(PacketType::connack)
                  : *from_v3_return_code(static_cast<std::uint8_t>(random_.below(6)));
  p.properties = properties(PacketType::connack);
  return p;
}

Publish Maker::publish() {
  Publish p{.topic = text(), .payload = Payload(bytes(400)), .qos = qos(), .retain = flag()};
  if (p.qos != QoS::at_most_once) {
    p.dup = flag();
    p.packet_id = id();
  }
  p.properties = properties(PacketType::publish);
  return p;
}

Subscribe Maker::subscribe() {
  Subscribe p{.packet_id = id()};
  for (auto n = 1 + random_.below(4); n > 0; --n) {
    Subscription one{.filter = text(), .qos = qos()};
    if (v5()) {
      one.no_local = flag();
      one.retain_as_published = flag();
      one.retain_handling = static_cast<RetainHandling>(random_.below(3));
    }
    p.subscriptions.push_back(std::move(one));
  }
  p.properties = properties(PacketType::subscribe);
  return p;
}

Suback Maker::suback() {
  Suback p{.packet_id = id(), .reasons = reasons(PacketType::suback)};
  if (!v5()) {
    for (auto& code : p.reasons) code = is_failure(code) ? ReasonCode::unspecified_error : code;
  }
  p.properties = properties(PacketType::suback);
  return p;
}

Unsubscribe Maker::unsubscribe() {
  Unsubscribe p{.packet_id = id()};
  for (auto n = 1 + random_.below(4); n > 0; --n) p.filters.push_back(text());
  p.properties = properties(PacketType::unsubscribe);
  return p;
}

Packet Maker::packet(PacketType type) {
  using enum PacketType;
  switch (type) {
    case PacketType::connect:
      return this->connect();
    case PacketType::connack:
      return this->connack();
    case PacketType::publish:
      return this->publish();
    case puback:
      return acknowledgement<puback>();
    case pubrec:
      return acknowledgement<pubrec>();
    case pubrel:
      return acknowledgement<pubrel>();
    case pubcomp:
      return acknowledgement<pubcomp>();
    case PacketType::subscribe:
      return this->subscribe();
    case PacketType::suback:
      return this->suback();
    case PacketType::unsubscribe:
      return this->unsubscribe();
    case unsuback:
      return Unsuback{.packet_id = id(),
                      .reasons = v5() ? reasons(unsuback) : std::vector<ReasonCode>(),
                      .properties = properties(unsuback)};
    case pingreq:
      return Pingreq{};
    case pingresp:
      return Pingresp{};
    case disconnect:
      return v5() ? Disconnect{.reason = reason(disconnect), .properties = properties(disconnect)}
                  : Disconnect{};
    case auth:
      break;
  }
  return Auth{.reason = reason(auth), .properties = properties(auth)};
}

}  // namespace

Packet random_packet(Random& random, Version version) {
  auto types = version == Version::v5 ? 15U : 14U;
  return Maker(random, version).packet(static_cast<PacketType>(1 + random.below(types)));
}

}  // namespace ff::mqtt
