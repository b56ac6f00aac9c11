// A relay and a device behind it, each as a session of its own: what the tests of relays share.
#pragma once

#include <vector>

#include "actors/network_server/session/errors.hpp"
#include "actors/network_server/session/relay_errors.hpp"
#include "protocol/join/session_keys.hpp"
#include "protocol/phy/frame_crypto.hpp"
#include "protocol/relay/forward.hpp"
#include "protocol/relay/relayed_frame.hpp"
#include "test/actors/network_server/session/rig.hpp"

namespace ff::network_server::test {

inline const ApplicationId app("test-app");
inline const DeviceUid relay_uid{app, DeviceId("relay-1")};
inline const DeviceUid served_uid{app, DeviceId("dev-1")};
inline const mac::WorSession wor{address, join::derive_root_wor_s_key(key)};

/// What another session is told, if it is one thing of this kind.
template <class Event>
const Event* told(const Outcome& outcome, const DeviceUid& whom) {
  for (const auto& effect : outcome.effects) {
    const auto* tell = std::get_if<TellSession>(&effect);
    if (tell == nullptr || tell->message.device != whom) continue;
    if (const auto* event = std::get_if<Event>(tell->message.event.get())) return event;
  }
  return nullptr;
}
/// Of the event with this name.
inline std::optional<Error> event_error(const Outcome& outcome, std::string_view name) {
  for (const auto& one : all<PublishEvent>(outcome)) {
    if (one.event.name == name) return std::get<Error>(one.event.data);
  }
  return std::nullopt;
}
inline bool published(const Outcome& outcome, std::string_view name) {
  for (const auto& one : all<PublishEvent>(outcome)) {
    if (one.event.name == name) return true;
  }
  return false;
}

/// A frame of some device, as a relay hears it.
inline Bytes some_frame(phy::MType m_type = phy::MType::unconfirmed_up) {
  phy::DataFrame frame;
  frame.m_type = m_type;
  frame.dev_addr = DevAddr{0x26999999};
  frame.f_port = FPort{1};
  frame.frm_payload = {1};
  return phy::seal_frame(frame, {key, key, key},
                         {.mac_version = MacVersion::v1_0_3, .f_cnt = FCnt32{7}})
      .value();
}

inline RxMetadata from_gateway() {
  RxMetadata metadata;
  metadata.gateway = {GatewayId("heard"), {}};
  metadata.uplink_token = {9, 9};
  return metadata;
}
inline RxMetadata from_relay(const DeviceUid& relay = relay_uid, std::uint32_t f_cnt = 5) {
  RxMetadata metadata;
  metadata.gateway.gateway_id = GatewayId("relay");
  metadata.relay = RelayMetadata{relay.device_id, 0};
  metadata.uplink_token = relay::encode_uplink_token({{relay, {}, {}, {}}, {1, 2}, FCnt32{f_cnt}});
  return metadata;
}

struct RelayRig : SessionRig {
  explicit RelayRig(MacVersion version = MacVersion::v1_0_3) : SessionRig(relay_uid, version) {
    device.mac_settings.desired_relay = mac::ServingRelay{};
    device.mac_state = initial();
    device.mac_state->current.relay = device.mac_state->desired.relay;
    want_nothing();
  }

  Outcome carry(ByteView payload, std::uint32_t f_cnt = 5,
                phy::MType m_type = phy::MType::unconfirmed_up,
                RxMetadata metadata = from_gateway()) {
    phy::DataFrame frame;
    frame.m_type = m_type;
    frame.f_port = relay::forward_port;
    frame.frm_payload = to_owned(payload);
    phy::crypt_frm_payload(key, {phy::Direction::up, address, FCnt32{f_cnt}}, frame.frm_payload);
    return handle(matched(std::move(frame), f_cnt, std::move(metadata)));
  }
  static Bytes forwarded(Bytes phy_payload) {
    return relay::encode_forwarded_uplink({.data_rate = DataRateIndex{3},
                                           .snr_db = -3,
                                           .rssi_dbm = -100,
                                           .wor_channel = 1,
                                           .frequency = Frequency::hz(868'300'000),
                                           .phy_payload = std::move(phy_payload)},
                                          100)
        .value();
  }
  Outcome ask(RelayDownlink downlink) { return handle(downlink); }
  static RelayDownlink downlink(std::uint32_t f_cnt = 5) {
    return {.device = served_uid,
            .attempt = 3,
            .token = {{relay_uid, {}, {}, {}}, {1, 2}, FCnt32{f_cnt}},
            .phy_payload = Bytes(20, 0x60),
            .priority = TxPriority::high,
            .correlation_ids = {"ns:downlink:served"}};
  }
};

struct ServedRig : SessionRig {
  ServedRig() : SessionRig(served_uid, MacVersion::v1_0_3) {
    device.mac_settings.desired_relay = mac::ServedRelay{.serving_device_id = relay_uid.device_id};
    device.mac_state = initial();
    want_nothing();
  }
  Outcome uplink(std::uint32_t f_cnt, RxMetadata metadata = from_relay()) {
    phy::DataFrame frame;
    frame.m_type = phy::MType::confirmed_up;
    frame.f_port = FPort{1};
    frame.frm_payload = {1};
    return handle(matched(std::move(frame), f_cnt, std::move(metadata)));
  }
};

}  // namespace ff::network_server::test
