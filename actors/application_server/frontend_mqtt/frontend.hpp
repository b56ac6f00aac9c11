// The MQTT server for applications: listeners, and one owner per connection. Not MQTT itself
// (net/mqtt) nor who may what (access.hpp). [spec integrations §1]
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "actors/application_server/frontend_mqtt/access.hpp"
#include "actors/application_server/frontend_mqtt/client_certificate.hpp"
#include "actors/application_server/link/interface.hpp"
#include "actors/application_server/mqtt_group/interface.hpp"
#include "actors/application_server/mqtt_session/config.hpp"
#include "actors/application_server/mqtt_session/index.hpp"
#include "actors/application_server/mqtt_session/interface.hpp"
#include "actors/application_server/pipeline/interface.hpp"
#include "actors/events/event.hpp"
#include "actors/support/deps.hpp"
#include "actors/support/keyed_calls.hpp"
#include "actors/support/keyed_slots.hpp"
#include "actors/support/sharded.hpp"
#include "net/mqtt/server_connection.hpp"
#include "net/rate_limit/rate_limiter.hpp"
#include "net/stream/network.hpp"
#include "protocol/application_json/parser.hpp"

namespace ff::application_server {

struct MqttListen {
  net::Endpoint address;
  /// Null: plain.
  std::shared_ptr<const net::tls::ServerContext> tls;
};

struct MqttConfig {
  std::vector<MqttListen> listen;
  std::size_t connections_max = 65'536;
  std::size_t connections_per_address_max = 0;
  /// What certificates of clients are for; their authorities are those of the listeners' `tls`.
  ClientCertificates client_certificates = ClientCertificates::none;
  /// Messages on their way to one client; more are dropped for it.
  std::uint32_t window = 8192;
  /// Subscriptions of one client.
  std::size_t filters_max = 128;
  application_json::DownlinkLimits downlinks;
  /// Room for what one commit of a busy server publishes at once.
  mqtt::ServerConnectionOptions connection = {.limits = {}, .outgoing_max = 4U << 20U};
  /// Of stored sessions. How long they outlive a connection is in `connection.limits`.
  mqtt_session::SessionsConfig sessions;
  /// Sets the limits of connections to what `sessions` can keep: of MQTT 3 clients, and at most of
  /// MQTT 5 clients.
  void keep_sessions(Duration expiry_v3, Duration expiry_max);
};

/// Immutable after start; lives as long as connections.
struct MqttContext {
  MqttConfig config;
  actors::Deps deps;
  std::shared_ptr<Access> access;
  actors::Route<LinksHandle> links;
  actors::Sharded<PipelineHandle> pipelines;
  events::Publish publish;  // may be null
  actors::Route<mqtt_session::SessionsHandle> sessions;
  mqtt_session::SessionIndex session_index;
  std::shared_ptr<const net::RateLimiter> rate_limiter;  // null: nobody is limited
  /// Of applications' connections.
  std::shared_ptr<actors::KeyedSlots> slots = std::make_shared<actors::KeyedSlots>(0);
  actors::Route<mqtt_group::GroupsHandle> groups = {};
  /// Called, by application, when one is no more: its clients are disconnected.
  std::shared_ptr<actors::KeyedCalls> application_gone = std::make_shared<actors::KeyedCalls>();
};
using MqttContextPtr = std::shared_ptr<const MqttContext>;

/// Listens until it is destroyed, which must be before the network's runtime; connections live on
/// until that stops.
class MqttFrontend {
 public:
  /// Errors: listen_failed.
  static Result<MqttFrontend> start(net::StreamNetwork& network, MqttContextPtr context);
  /// Where it listens, in the order of the configuration.
  std::vector<net::Endpoint> addresses() const;
  std::vector<net::ListenerCounters> counters() const;

 private:
  std::vector<std::unique_ptr<net::Listener>> listeners_;
};

/// What listens to a new stream. For other listeners than ours, and tests.
std::shared_ptr<net::StreamHandler> accept_mqtt(const MqttContextPtr& context,
                                                std::shared_ptr<net::Stream> stream);

}  // namespace ff::application_server
