// PacketBrokerAgent: takes uplinks of other networks' devices to Packet Broker. Not our own network
// server (Upstream in context.hpp) and not roaming with partners (actors/roaming). Downlinks come
// back through the router, as everybody's: ScheduleDownlink with the tokens that the agent was
// given. [spec gateway-server §12, claiming-configuration-packetbroker]
#pragma once

#include <memory>

#include "protocol/base/result.hpp"
#include "protocol/types/frames.hpp"

namespace ff::gateway_server {

/// Port. Any thread. There is no agent in this tree: with `packetbroker` in `gs.forward` and no
/// agent each of its frames is dropped, and said to be.
class PacketBrokerAgent {
 public:
  virtual ~PacketBrokerAgent() = default;
  /// A frame that passed its connection, of a gateway that does not keep its frames from Packet
  /// Broker. Never blocks. Error: packet_broker_agent_not_found, when it does not run now.
  virtual Status publish_uplink(std::shared_ptr<const UplinkFrame> frame) = 0;
};

}  // namespace ff::gateway_server
