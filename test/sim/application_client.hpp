// The application in the simulation: an MQTT client in virtual time that gets every message at
// QoS 1 in a session that outlives its connections, and pushes downlinks. The server it speaks to
// is the real one, on streams in memory.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/address/endpoint.hpp"
#include "net/mqtt/codec/packet.hpp"
#include "net/stream/network.hpp"
#include "protocol/types/counters.hpp"
#include "protocol/types/identifiers.hpp"
#include "tools/sim/core/application_message.hpp"

namespace ff::mqtt {
class Client;
}

namespace ff::test {

struct ApplicationLogin {
  std::string application_id;
  std::string api_key;
};

/// Moves in run() only.
class ApplicationClient {
 public:
  /// `network` outlives the client.
  ApplicationClient(net::StreamNetwork& network, const net::Endpoint& server,
                    ApplicationLogin login);
  ~ApplicationClient();

  /// Connects if it is not connected, and acknowledges what has come, which it gives.
  std::vector<mqtt::Publish> run();
  /// The server has its subscription.
  bool is_subscribed() const noexcept { return subscribed_; }
  /// The device of a message of one of its own kind, such as `up`. A view into `topic`.
  std::optional<std::string_view> uplink_device(std::string_view topic) const noexcept {
    return up_.device_id(topic);
  }
  /// Lost if it is not connected.
  void push_downlink(std::string_view device_id, FPort f_port, ByteView payload);

 private:
  void connect();
  void on_connack(const mqtt::Connack& answer);

  net::StreamNetwork& network_;
  const net::Endpoint server_;
  const ApplicationLogin login_;
  const sim::TopicTemplate up_;
  const sim::TopicTemplate push_;
  std::shared_ptr<mqtt::Client> client_;  // null: not connected
  bool subscribed_ = false;
};

}  // namespace ff::test
