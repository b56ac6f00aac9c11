// What a device session is asked and told. All of it reaches the session through its shard, which
// activates it on demand.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "actors/events/event.hpp"
#include "actors/support/local_message.hpp"
#include "actors/support/reply.hpp"
#include "protocol/base/result.hpp"
#include "protocol/mac/relay.hpp"
#include "protocol/mac/settings.hpp"
#include "protocol/relay/uplink_token.hpp"
#include "protocol/types/application_messages.hpp"
#include "protocol/types/frames.hpp"

namespace ff::network_server {

struct Device;

/// Of all copies of a frame; never null.
using MetadataPtr = std::shared_ptr<const std::vector<RxMetadata>>;

/// A data uplink whose MIC one of this device's sessions made, all copies merged, after its window.
struct UplinkMatched {
  std::shared_ptr<const UplinkFrame> frame;
  MetadataPtr rx_metadata;
  FCnt32 f_cnt;
  bool pending_session = false;
};

/// A join- or rejoin-request with this device's EUIs, all copies merged. Its MIC is the join
/// server's to check, but for rejoins of types 0 and 2.
struct JoinRequestReceived {
  std::shared_ptr<const UplinkFrame> frame;
  MetadataPtr rx_metadata;
};

/// What the join server made of a join-request.
struct SessionKeys {
  SessionKeyId session_key_id;
  Aes128Key f_nwk_s_int_key;
  Aes128Key s_nwk_s_int_key;  // 1.0.x: the same key three times
  Aes128Key nwk_s_enc_key;
  KeyEnvelope app_s_key;
  bool operator==(const SessionKeys&) const = default;
};
struct JoinAnswer {
  Bytes join_accept;  // encrypted PHYPayload
  SessionKeys keys;
  /// What the network keys are wrapped with when they leave the cluster; empty: in clear.
  std::string network_server_kek_label;
};
struct JoinAnswered {
  std::uint64_t attempt = 0;  // of the question; a late answer to an older one is dropped
  Result<JoinAnswer> answer;
};

/// A gateway's answer to the session's transmission request number `attempt`.
struct DownlinkScheduled {
  std::uint64_t attempt = 0;
  Result<ScheduledDownlink> outcome;
};

struct TransmissionAcknowledged {
  TxAcknowledgment acknowledgment;
};

/// To a relay, from the session of a device it heard: send this frame on. That session gets
/// DownlinkScheduled with this attempt, and TransmissionAcknowledged with these ids later.
struct RelayDownlink {
  DeviceUid device;
  std::uint64_t attempt = 0;
  relay::UplinkToken token;  // of the uplink that the frame answers
  Bytes phy_payload;
  TxPriority priority = TxPriority::normal;
  CorrelationIds correlation_ids;
};

/// To a relay, from the session of a device it serves: what its wake-up frames are made with.
struct ServedSession {
  DeviceId device_id;
  SessionKeyId session_key_id;
  mac::WorSession wor;
};
/// From a relay with a rule for this device: tell it ServedSession, if it is the device's relay.
struct ServedSessionWanted {
  DeviceId relay;
};

/// The time the session asked to be woken at has come.
struct Wake {};

/// Items are encrypted and numbered by the application server. [spec network-server §18]
struct PushDownlinks {
  std::vector<ApplicationDownlink> downlinks;
  bool replace = false;
  actors::Reply<void> reply;
};
struct ListDownlinks {
  actors::Reply<std::vector<ApplicationDownlink>> reply;
};

struct GetDevice {
  actors::Reply<std::shared_ptr<const Device>> reply;
};
/// Creates (the argument is null) or changes the device; `change` is pure and runs in the session.
struct ChangeDevice {
  std::function<Result<Device>(const Device* current)> change;
  actors::Reply<std::shared_ptr<const Device>> reply;
  /// What it changes, and why, for the event that tells of it.
  std::vector<std::string> paths = {};
  events::Cause cause = {};
};
struct DeleteDevice {
  actors::Reply<DeviceIdentifiers> reply;
  /// Whoever deletes many tells it in one event.
  bool in_batch = false;
  events::Cause cause = {};
};
/// What the MAC settings profile says from now on. Does nothing to a device that has another
/// profile or none. Error: settings_misfit(); the device keeps what it has.
struct ApplyProfile {
  std::string profile_id;
  std::shared_ptr<const mac::MacSettings> settings;
  actors::Reply<void> reply;
};

using SessionEvent =
    std::variant<UplinkMatched, JoinRequestReceived, JoinAnswered, DownlinkScheduled,
                 TransmissionAcknowledged, RelayDownlink, ServedSession, ServedSessionWanted, Wake,
                 PushDownlinks, ListDownlinks, GetDevice, ChangeDevice, DeleteDevice, ApplyProfile>;

/// One event for one device. Copying shares the event.
struct ToSession {
  DeviceUid device;
  std::shared_ptr<SessionEvent> event;
};

/// `ToSession` made of one event.
template <class Event>
ToSession to_session(DeviceUid device, Event event) {
  return {std::move(device), std::make_shared<SessionEvent>(std::move(event))};
}

}  // namespace ff::network_server
FF_LOCAL_MESSAGE(ff::network_server::ToSession)
