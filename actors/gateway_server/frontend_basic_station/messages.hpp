// What reaches the actors of the Basic Station frontend from their sockets.
#pragma once

#include <memory>

#include "actors/support/local_message.hpp"
#include "net/websocket/server_connection.hpp"

namespace ff::gateway_server {

/// The WebSocket is open; what the station is told goes there.
struct StationAttached {
  std::shared_ptr<websocket::ServerConnection> socket;
};
struct StationSaid {
  websocket::Message message;
};
/// The WebSocket has ended, or the client left before there was one.
struct StationGone {
  websocket::Ended end;
};
/// INTERNAL: time to ask the station to synchronise.
struct TimeSyncDue {};
/// INTERNAL: time to publish the listener's counts.
struct SampleListener {};

}  // namespace ff::gateway_server
FF_LOCAL_MESSAGE(ff::gateway_server::StationAttached)
FF_LOCAL_MESSAGE(ff::gateway_server::StationSaid)
FF_LOCAL_MESSAGE(ff::gateway_server::StationGone)
FF_LOCAL_MESSAGE(ff::gateway_server::TimeSyncDue)
FF_LOCAL_MESSAGE(ff::gateway_server::SampleListener)
