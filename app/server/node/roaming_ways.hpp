// Where frames leave the ways between our gateways and our sessions for other networks, and where
// theirs come in. Not what is agreed with them (actors/roaming).
#pragma once

#include "actors/events/event.hpp"
#include "actors/gateway_server/connection/context.hpp"
#include "actors/network_server/context.hpp"
#include "actors/roaming/config.hpp"
#include "actors/roaming/interface.hpp"

namespace ff::app {

using RoamingRoute = actors::Route<roaming::RoamingHandle>;

/// Frames with partners' addresses or NetIDs go to the roaming actor alone, those with a JoinEUI
/// there too. Without partners it is `upstream`.
gateway_server::Upstream divert(gateway_server::Upstream upstream,
                                const roaming::RoamingConfig& config, RoamingRoute roaming);

/// Our own gateways first; when none of them can, the first path that is a partner.
network_server::Transmit with_partners(network_server::Transmit transmit, RoamingRoute roaming);

/// `Context::unknown_join` of the network server; null without partners.
std::function<void(std::shared_ptr<const UplinkFrame>)> tell_of_unknown_joins(
    const roaming::RoamingConfig& config, RoamingRoute roaming);
/// `Context::forwarded_refused`.
std::function<void(const Bytes&, const Error&)> tell_of_refusals(RoamingRoute roaming);

/// `publish`, and the roaming actor learns of sessions that are over. Without partners it is
/// `publish`.
events::Publish tell_of_ended_sessions(events::Publish publish,
                                       const roaming::RoamingConfig& config, RoamingRoute roaming);

}  // namespace ff::app
