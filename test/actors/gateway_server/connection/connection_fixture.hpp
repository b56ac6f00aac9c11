// A gateway's connection at noon, its uplinks, and an answer to the first: what the tests of its
// logic share.
#pragma once

#include <string>
#include <vector>

#include "actors/gateway_server/connection/state.hpp"
#include "protocol/gateway/uplink_token.hpp"

namespace ff::gateway_server {

inline const UtcTime noon{std::chrono::seconds{1'700'000'000}};
inline const LoraDataRate sf7{7, 125'000, CodingRate::cr4_5};
inline const LoraDataRate sf12{12, 125'000, CodingRate::cr4_5};
inline const auto rx1_frequency = Frequency::hz(868'100'000);
inline const auto rx2_frequency = Frequency::hz(869'525'000);
/// The standard ones, and one that leaves room for repeaters.
inline const region::FrequencyPlans& plans() {
  static const auto all = [] {
    auto made = region::FrequencyPlans::standard();
    const auto added = made.add_json(
        R"({"id":"REPEATER","base_id":"EU_863_870_TTN","plan":{"repeater_compatible":true}})");
    EXPECT_TRUE(added);
    return made;
  }();
  return all;
}

inline GatewaySettings settings_of(const char* plan = "EU_863_870_TTN") {
  GatewaySettings settings;
  settings.ids = {GatewayId{"gtw-1"}, GatewayEui{1}};
  settings.frequency_plan_ids = {plan};
  return settings;
}

/// A connection whose gateway's counter was 1 s at noon, and the clock.
struct Connection {
  explicit Connection(GatewaySettings settings = settings_of(), bool chooses_antenna = false)
      : state(make(std::move(settings), chooses_antenna)) {}

  ConnectionState make(GatewaySettings settings, bool chooses_antenna) {
    ConnectRequest request;
    request.link = LinkId{7};
    request.chooses_antenna = chooses_antenna;
    auto radio = *make_radio(settings, schedule::DutyCycleStyle::window, plans());
    return {request, std::move(settings), std::move(radio), config, now()};
  }
  Instant now() const { return {noon + passed, MonoTime{passed}}; }

  Effects up(Bytes phy_payload, std::uint32_t counter_us = 1'000'000,
             std::optional<bool> crc = true, std::uint32_t antenna = 0) {
    UplinkFrame frame;
    frame.phy_payload = std::move(phy_payload);
    frame.settings = {sf7, rx1_frequency, counter_us, gateway_time};
    frame.crc_ok = crc;
    RxMetadata rx;
    rx.antenna_index = antenna;
    rx.timestamp_us = counter_us;
    rx.gps_time = gps_time;
    rx.location = Location{1, 1, 1, 1, LocationSource::gps};
    frame.rx_metadata = {rx};
    GatewayUp message;
    message.uplinks = {frame};
    return told(state.on_up(std::move(message), now(), *random));
  }
  /// With what the connection says when it is told what became of what it forwards.
  Effects told(Effects effects) {
    Effects more;
    for (const auto& effect : effects) {
      if (const auto* uplink = std::get_if<ForwardUplink>(&effect))
        more = state.on_forwarded(*uplink, answers_of(*uplink), now());
      if (const auto* report = std::get_if<ForwardAcknowledgment>(&effect))
        more = state.on_forwarded(*report, upstream);
    }
    effects.insert(effects.end(), more.begin(), more.end());
    return effects;
  }

  std::vector<HostAnswer> answers_of(const ForwardUplink& uplink) const {
    std::vector<HostAnswer> answers;
    for (const auto host : uplink.hosts)
      answers.push_back({host, host == UpstreamHost::cluster ? upstream : packet_broker});
    return answers;
  }

  GatewayServerConfig config;
  Duration passed{0};
  std::optional<UtcTime> gps_time;
  std::optional<UtcTime> gateway_time;  // of its own clock
  Status upstream;                      // what the network server behind answers
  Status packet_broker;                 // … and the agent
  std::unique_ptr<Random> random = make_seeded_random(1);
  ConnectionState state;
};

inline Bytes data_uplink(std::uint8_t f_cnt = 1) {
  return {0x40, 0x04, 0x03, 0x02, 0x01, 0x00, f_cnt, 0x00, 0x02, 0xaa, 0xbb, 0xcc, 0xdd, 0x01};
}

template <class Effect_>
const Effect_* find(const Effects& effects) {
  for (const auto& effect : effects) {
    if (const auto* found = std::get_if<Effect_>(&effect)) return found;
  }
  return nullptr;
}
inline std::vector<std::string> events(const Effects& effects) {
  std::vector<std::string> names;
  for (const auto& effect : effects) {
    if (const auto* event = std::get_if<PublishEvent>(&effect)) names.emplace_back(event->name);
  }
  return names;
}
using Names = std::vector<std::string>;

/// A class A answer with RX1 at SF7 and RX2 at SF12, to a frame whose counter was 1 s.
inline DownlinkFrame class_a(std::uint32_t antenna = 0) {
  DownlinkFrame frame;
  frame.device = {ApplicationId{"app-1"}, DeviceId{"dev-1"}};
  frame.phy_payload = Bytes(20, 0x60);
  const auto token =
      gateway::encode_uplink_token({settings_of().ids,
                                    antenna,
                                    1'000'000,
                                    noon,
                                    schedule::ConcentratorTime{std::chrono::seconds{1}},
                                    {}});
  frame.request.paths = {{settings_of().ids, antenna, token}};
  frame.request.rx1 = RxWindow{sf7, rx1_frequency};
  frame.request.rx2 = RxWindow{sf12, rx2_frequency};
  frame.request.frequency_plan_id = "EU_863_870_TTN";
  frame.correlation_ids = {"ns:downlink:1"};
  return frame;
}

inline ConnectionState::Scheduled schedule(Connection& connection, const DownlinkFrame& frame) {
  return connection.state.schedule(std::make_shared<const DownlinkFrame>(frame), 0,
                                   connection.now());
}

}  // namespace ff::gateway_server
