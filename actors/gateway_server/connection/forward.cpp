#include <utility>

#include "actors/gateway_server/connection/context.hpp"
#include "actors/gateway_server/connection/errors.hpp"

namespace ff::gateway_server {

Status Context::forward(UpstreamHost host, std::shared_ptr<const UplinkFrame> frame) const {
  if (host == UpstreamHost::cluster) return upstream.uplink(std::move(frame));
  if (!packet_broker) return fail(packet_broker_agent_not_found);
  return packet_broker->publish_uplink(std::move(frame));
}

}  // namespace ff::gateway_server
