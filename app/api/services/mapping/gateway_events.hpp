// The data of the gateway server's events, as the API shows it. [shared/api/events.tsv]
#pragma once

#include "actors/events/hub.hpp"
#include "actors/gateway_server/connection/event_data.hpp"

namespace ff::api {

events::EventData to_event_data(const gateway_server::GatewayEventData& data);

/// Whoever gets an event pays for its message. `hub` outlives the components.
gateway_server::PublishGatewayEvent gateway_publisher(events::Hub& hub);

}  // namespace ff::api
