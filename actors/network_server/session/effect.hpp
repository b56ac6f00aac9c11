// What a device session wants done once its records are durable. Values: the shell runs them, tests
// compare them.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "actors/events/event.hpp"
#include "actors/network_server/frames/probe.hpp"
#include "actors/network_server/session/messages.hpp"
#include "actors/network_server/shard/interface.hpp"
#include "protocol/types/application_messages.hpp"
#include "storage/engine/write_batch.hpp"

namespace ff::network_server {

/// Ask the gateway server; the answer comes as DownlinkScheduled with this attempt.
struct SendTransmission {
  std::uint64_t attempt = 0;
  std::shared_ptr<const DownlinkFrame> frame;
};

/// Ask the join server, ours or (`interop`) that of another network; the answer comes as
/// JoinAnswered with this attempt.
struct AskJoinServer {
  std::uint64_t attempt = 0;
  Bytes join_request;
  JoinEui join_eui;
  DevEui dev_eui;
  DevAddr dev_addr;
  MacVersion mac_version = MacVersion::unknown;
  NetId net_id;
  std::uint8_t dl_settings = 0;
  std::uint8_t rx_delay = 1;
  Bytes cf_list;
  bool interop = false;
  CorrelationIds correlation_ids;
};

/// Change the address index; with `then_wake` the session is woken when the index has it.
struct UpdateIndex {
  IndexSession entry;
  bool then_wake = false;
};
struct UpdateJoinIndex {
  IndexJoinEuis entry;
};

/// An event for the session of another device.
struct TellSession {
  ToSession message;
};

/// A frame that this device, a relay, has carried: taken in as one of a gateway is.
struct TakeIn {
  std::shared_ptr<const UplinkFrame> frame;
};

/// A join-request that another network has forwarded is refused: it is told why.
struct RefuseForwarded {
  Bytes uplink_token;
  Error error;
};

/// Replaces the earlier wish; nothing: there is no wish any more.
struct WakeAt {
  std::optional<MonoTime> at;
};

/// `error` of a frame that is dropped; else `step` says what became of it.
struct CountFrame {
  phy::MType m_type = phy::MType::proprietary;
  std::optional<FrameStep> step;
  std::optional<Error> error;
};

struct PublishEvent {
  events::Event event;
};

/// Answers somebody.
struct Answer {
  std::function<void()> run;
};

using Effect =
    std::variant<SendTransmission, AskJoinServer, UpdateIndex, UpdateJoinIndex, TellSession, TakeIn,
                 RefuseForwarded, WakeAt, CountFrame, PublishEvent, Answer>;

/// What one event led to. `ups` are committed in the same batch as `records`; effects leave after
/// it.
struct Outcome {
  storage::WriteBatch records;
  std::vector<ApplicationUp> ups;
  std::vector<Effect> effects;
  /// A downlink counter is spent: durable before the frame leaves, even where a power loss may cost
  /// uplinks. [storage.durability]
  bool must_sync = false;
};

}  // namespace ff::network_server
