// What the gateway server's events are about, as it has it: the API's message is made of it when
// somebody gets the event. Not a copy of frames: they are shared.
#pragma once

#include <functional>
#include <memory>
#include <variant>

#include "actors/events/event.hpp"
#include "actors/gateway_server/connection/config.hpp"
#include "actors/gateway_server/connection/messages.hpp"

namespace ff::gateway_server {

/// A downlink as the gateway was told.
struct SentDownlink {
  std::shared_ptr<const DownlinkFrame> frame;
  gateway::GatewayDownlink transmission;  // without the payload, which is the frame's
};
/// A gateway's report, and the downlink that it is of; null if that is not known.
struct ReportedDownlink {
  TxAcknowledgment report;
  std::shared_ptr<const DownlinkFrame> frame;
};

/// [shared/api/events.tsv]
using GatewayEventData =
    std::variant<std::monostate, Error, TxResult, GatewayIdentifiers, UpstreamHost,
                 std::shared_ptr<const UplinkFrame>, std::shared_ptr<const DownlinkFrame>,
                 std::shared_ptr<const SentDownlink>, std::shared_ptr<const ReportedDownlink>,
                 std::shared_ptr<const GatewayStatus>, std::shared_ptr<const ConnectionStats>>;

/// Hands an event, whose own data is empty, to the hub; never blocks. Any thread.
using PublishGatewayEvent = std::function<void(events::Event, GatewayEventData)>;

}  // namespace ff::gateway_server
