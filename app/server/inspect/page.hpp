// The operator's page below /inspect: the live state of actors and what they decided last, as JSON,
// for administrators. What the answers hold is json.hpp's; the command line's side of it is
// app/server/farfield/inspect_command.hpp.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "actors/support/metrics.hpp"
#include "app/api/services/base/asker.hpp"
#include "app/server/node/node.hpp"
#include "net/http/handler.hpp"
#include "storage/engine/engine.hpp"

namespace ff::app {

/// Lets a caller in who sent this Authorization header, or says why not. Any thread.
using AllowInspection = std::function<void(const std::string& authorization, actors::Reply<void>)>;

struct InspectPorts {
  AllowInspection allow;
  /// Every part of an answer has its time-out.
  api::Asker asker;
  NodeRoutes routes;
  const storage::Engine* store = nullptr;  // outlives the handler
  actors::Metrics* metrics = nullptr;      // likewise
};

/// Inspections answered at once; more are refused, and counted as dropped of the queue
/// `inspections`.
inline constexpr std::size_t inspections_max = 8;

/// Answers GET of
///   /inspect                                   components, their actors and restarts
///   /inspect/device/{application}/{device}     a device, its last decisions, its addresses
///   /inspect/address/{dev_addr}                who is on an address, and the last frame refused
///   /inspect/joins                             join-requests with EUIs that no device has
///   /inspect/gateway/{gateway_id}              clock, schedule and decisions of a connection
///   /inspect/packages                          application packages in use
///   /inspect/packages/{application}            how an application's packages get on
///   /inspect/shards                            what each shard holds
///   /inspect/roaming                           partners, and the rated records of all days kept
///   /inspect/storage                           committer and store
/// A part that no actor answers for in time says `timeout`.
net::http::HttpHandler make_inspect_handler(InspectPorts ports);

/// Allows administrators' API keys that may see devices, traffic and gateways' status. Errors:
/// unauthenticated, no_admin, and those of authentication.
AllowInspection allow_administrators(const api::Asker& asker,
                                     const identity_server::Routes& routes);

}  // namespace ff::app
