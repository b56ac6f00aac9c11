// What the API asks of the gRPC frontend.
#pragma once

#include <memory>

#include "actors/gateway_server/link/port.hpp"

namespace ff::gateway_server {

/// `connect` is authenticated; `port` is told where the link is.
struct OpenLink {
  ConnectRequest connect;
  std::shared_ptr<LinkPort> port;
};

}  // namespace ff::gateway_server
FF_LOCAL_MESSAGE(ff::gateway_server::OpenLink)
