// A gateway as the conformance suite sees it, whatever it speaks.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/gateway_server/supervisor/gateway_server.hpp"
#include "net/stream/network.hpp"
#include "net/udp/datagram_socket.hpp"

namespace ff::gateway_server::conformance {

/// What a protocol can do.
struct Abilities {
  const char* name;
  const char* metric;           // its `protocol` label
  bool authenticates = true;    // asks for a secret
  bool shows_secret = true;     // here or elsewhere
  bool takes_over = true;       // a second connection is another one
  bool notices_end = true;      // … of the transport
  bool tells_crc = true;        // of a frame
  bool reports_success = true;  // of transmissions
  bool reports_failure = true;
  bool chooses_antenna = true;         // is told by which to transmit
  const char* accept_class = nullptr;  // of rate limits
};

/// A reception.
struct Heard {
  Bytes phy_payload;
  DataRate data_rate = LoraDataRate{7, 125'000, CodingRate::cr4_5};
  Frequency frequency = Frequency::hz(868'100'000);
  std::uint32_t counter_us = 0;
  std::optional<bool> crc_ok;
  std::uint32_t antenna = 0;
};
/// What a gateway is told to transmit.
struct Told {
  Bytes phy_payload;
  std::uint32_t starts_us = 0;  // by its counter
  std::uint16_t token = 0;
  std::uint32_t antenna = 0;
};

/// Where peers find the server. References outlive the peers.
struct World {
  net::StreamNetwork& streams;
  net::DatagramNetwork& datagrams;
  actors::Route<GrpcFrontendHandle> grpc;
  std::function<void()> pump;  // until nothing is left to do
};

class Peer {
 public:
  virtual ~Peer() = default;
  virtual void connect() = 0;
  /// Connected, and not yet cut off.
  virtual bool is_served() = 0;
  virtual void say(const Heard& heard) = 0;
  virtual void say_status() = 0;
  /// What it was told since the last call.
  virtual std::vector<Told> take() = 0;
  /// TX_ACK and its like.
  virtual void report(const Told& told, TxResult result) = 0;
  virtual void say_garbage() = 0;
  /// The transport ends.
  virtual void leave() = 0;
};

/// Who the peer says it is.
struct Identity {
  GatewayIdentifiers ids;
  std::string secret;
};

/// A protocol: its frontend, and gateways that speak it.
struct Dialect {
  Abilities abilities;
  void (*listen)(World& world, GatewayServerSettings& settings);
  std::unique_ptr<Peer> (*make)(World& world, const Identity& identity);
};

}  // namespace ff::gateway_server::conformance
