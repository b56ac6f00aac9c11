// What others may ask of the router: the directory of gateway connections, and downlinks by any of
// their paths.
#pragma once

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <memory>
#include <vector>

#include "actors/gateway_server/connection/interface.hpp"

namespace ff::gateway_server {

/// Schedules on the first path that can. On failure the error is `schedule` with one cause per path
/// in `path_errors`.
struct ScheduleDownlink {
  std::shared_ptr<const DownlinkFrame> frame;
  actors::Reply<ScheduledDownlink> reply;
};
/// Without a connection: the last one's statistics, as long as they are kept. Error not_connected.
struct GetGatewayStats {
  GatewayId gateway_id;
  actors::Reply<ConnectionStats> reply;
};

/// Error not_connected when the gateway has no connection here.
struct InspectGateway {
  GatewayId gateway_id;
  actors::Reply<ConnectionSnapshot> reply;
};
/// The directory itself.
struct RouterSnapshot {
  static constexpr std::size_t gateways_max = 1000;
  std::size_t connections = 0;
  std::size_t waiting_downlinks = 0;
  std::vector<GatewayId> gateways;  // connected, at most gateways_max
};
struct InspectRouter {
  actors::Reply<RouterSnapshot> reply;
};

/// Errors: not_connected, remote_control_unknown.
struct FindStationControl {
  GatewayId gateway_id;
  actors::Reply<StationControlHandle> reply;
};

/// The registry has changed a gateway; nothing: it was deleted. Connections that were made with
/// other settings end, also that of the gateway while it was not registered.
struct GatewayChanged {
  GatewayIdentifiers ids;
  std::optional<GatewaySettings> settings;
};

/// Keys or collaborators of a gateway have changed.
struct GatewayRightsChanged {
  GatewayId gateway_id;
};

/// INTERNAL, from a connection: it is admitted. An older one of the same gateway is disconnected;
/// not an authenticated one for one that is not (anybody can send datagrams in a gateway's name),
/// and not a registered gateway for a stranger whose EUI is in its name.
struct KnowConnection {
  GatewayId gateway_id;
  ConnectionHandle connection;
  bool authenticated = false;
  bool registered = false;
};
/// INTERNAL, from a connection: it has ended.
struct ForgetConnection {
  GatewayId gateway_id;
  ConnectionHandle connection;
};
/// INTERNAL: what a path answered; the next one is tried if it refused.
struct PathAnswered {
  std::uint64_t attempt = 0;
  Result<ScheduledDownlink> answer;
};

using RouterHandle = caf::typed_actor<
    caf::reacts_to<ScheduleDownlink>,      // Tries the frame's paths in order.
    caf::reacts_to<GetGatewayStats>,       // Passes the question to the gateway's connection.
    caf::reacts_to<InspectGateway>,        // Likewise.
    caf::reacts_to<FindStationControl>,    // Likewise.
    caf::reacts_to<InspectRouter>,         // Who is connected.
    caf::reacts_to<GatewayChanged>,        // Tells the gateway's connection.
    caf::reacts_to<GatewayRightsChanged>,  // Likewise.
    caf::reacts_to<KnowConnection>,        // INTERNAL: adds a connection to the directory.
    caf::reacts_to<ForgetConnection>,      // INTERNAL: removes it.
    caf::reacts_to<PathAnswered>>;         // INTERNAL: goes on with a downlink.

}  // namespace ff::gateway_server
FF_LOCAL_MESSAGE(ff::gateway_server::ScheduleDownlink)
FF_LOCAL_MESSAGE(ff::gateway_server::GetGatewayStats)
FF_LOCAL_MESSAGE(ff::gateway_server::InspectGateway)
FF_LOCAL_MESSAGE(ff::gateway_server::FindStationControl)
FF_LOCAL_MESSAGE(ff::gateway_server::InspectRouter)
FF_LOCAL_MESSAGE(ff::gateway_server::GatewayChanged)
FF_LOCAL_MESSAGE(ff::gateway_server::GatewayRightsChanged)
FF_LOCAL_MESSAGE(ff::gateway_server::KnowConnection)
FF_LOCAL_MESSAGE(ff::gateway_server::ForgetConnection)
FF_LOCAL_MESSAGE(ff::gateway_server::PathAnswered)
