#include "net/mqtt/codec/packet.hpp"

#include <string_view>

namespace ff::mqtt {
namespace {

/// Collects ` name=value` parts; a false flag and an empty property list leave no trace.
class Line {
 public:
  Line& text(std::string_view name, std::string_view value) {
    return part(name, '"' + std::string(value) + '"');
  }
  Line& number(std::string_view name, std::size_t value) {
    return part(name, std::to_string(value));
  }
  Line& reason(ReasonCode code) { return part("reason", to_string(code)); }
  Line& qos(QoS value) { return number("qos", static_cast<std::size_t>(value)); }
  Line& flag(std::string_view name, bool set) {
    if (set) (out_ += ' ') += name;
    return *this;
  }
  Line& properties(const Properties& list) {
    if (!list.empty()) part("properties", to_string(list));
    return *this;
  }
  Line& reasons(const std::vector<ReasonCode>& codes) {
    for (auto code : codes) reason(code);
    return *this;
  }
  std::string take() && { return std::move(out_); }

 private:
  Line& part(std::string_view name, std::string_view value) {
    ((out_ += ' ') += name) += '=';
    out_ += value;
    return *this;
  }
  std::string out_;
};

std::string fields(const Connect& p) {
  Line line;
  line.number("level", static_cast<std::size_t>(p.version)).text("client_id", p.client_id);
  line.flag("clean_start", p.clean_start).number("keep_alive", p.keep_alive);
  if (p.username) line.text("username", *p.username);
  line.flag("password", p.password.has_value());
  if (p.will) {
    line.text("will_topic", p.will->topic).number("will_bytes", p.will->payload.size());
    line.qos(p.will->qos).flag("will_retain", p.will->retain).properties(p.will->properties);
  }
  return std::move(line.properties(p.properties)).take();
}
std::string fields(const Connack& p) {
  return std::move(Line()
                       .flag("session_present", p.session_present)
                       .reason(p.reason)
                       .properties(p.properties))
      .take();
}
std::string fields(const Publish& p) {
  Line line;
  line.text("topic", p.topic).number("bytes", p.payload.size()).qos(p.qos);
  if (p.packet_id != 0) line.number("id", p.packet_id);
  return std::move(line.flag("retain", p.retain).flag("dup", p.dup).properties(p.properties))
      .take();
}
template <PacketType type>
std::string fields(const Acknowledgement<type>& p) {
  return std::move(Line().number("id", p.packet_id).reason(p.reason).properties(p.properties))
      .take();
}
std::string fields(const Subscribe& p) {
  Line line;
  line.number("id", p.packet_id);
  for (const auto& s : p.subscriptions) {
    line.text("filter", s.filter).qos(s.qos).flag("no_local", s.no_local);
    line.flag("retain_as_published", s.retain_as_published);
    line.number("retain_handling", static_cast<std::size_t>(s.retain_handling));
  }
  return std::move(line.properties(p.properties)).take();
}
std::string fields(const Suback& p) {
  return std::move(Line().number("id", p.packet_id).reasons(p.reasons).properties(p.properties))
      .take();
}
std::string fields(const Unsubscribe& p) {
  Line line;
  line.number("id", p.packet_id);
  for (const auto& filter : p.filters) line.text("filter", filter);
  return std::move(line.properties(p.properties)).take();
}
std::string fields(const Unsuback& p) {
  return std::move(Line().number("id", p.packet_id).reasons(p.reasons).properties(p.properties))
      .take();
}
std::string fields(const Pingreq&) {
  return {};
}
std::string fields(const Pingresp&) {
  return {};
}
std::string fields(const Disconnect& p) {
  return std::move(Line().reason(p.reason).properties(p.properties)).take();
}
std::string fields(const Auth& p) {
  return std::move(Line().reason(p.reason).properties(p.properties)).take();
}

}  // namespace

std::string to_string(const Packet& packet) {
  return std::string(to_string(type_of(packet))) +
         std::visit([](const auto& p) { return fields(p); }, packet);
}

}  // namespace ff::mqtt
