// The front doors of a process: gRPC, HTTP with API and pages, MQTT, the events hub; opened after
// the node, closed before it.
#pragma once

#include <caf/fwd.hpp>

#include <memory>

#include "app/server/node/node.hpp"
#include "app/server/process/interop_clients.hpp"
#include "config/config.hpp"
#include "net/runtime/event_loop.hpp"
#include "net/stream/network.hpp"

namespace ff::app {

/// Everything outlives the doors.
struct FrontDoorPorts {
  const config::Config& config;
  caf::actor_system& system;
  std::shared_ptr<const actors::Clock> clock;
  actors::Metrics& metrics;
  net::StreamNetwork& streams;
  const storage::Engine& store;
  /// Where certificate files are looked at.
  net::EventLoop& loop;
  const net::http_client::HttpClient& http_client;
  std::shared_ptr<const net::RateLimiter> rate_limiter;
  key_vault::LiveKeyVaultPtr key_vault;
  const InteropClients& interop;
  /// As the node's.
  std::function<void(ExitCode code, const std::string& reason)> on_fatal;
};

class FrontDoors {
 public:
  explicit FrontDoors(FrontDoorPorts ports);
  ~FrontDoors();
  FrontDoors(const FrontDoors&) = delete;
  FrontDoors& operator=(const FrontDoors&) = delete;

  /// Where components publish events; works before open().
  events::Publish publish() const;
  /// Whom the node tells of changes of entities; works before open(), too.
  std::function<void(const storage::EntityKey&)> entity_changed() const;
  /// Likewise, for the gateway server's.
  gateway_server::PublishGatewayEvent publish_of_gateways() const;
  /// In a store without users: makes the administrator and the OAuth clients (first_start.hpp).
  void make_first_accounts(const NodeRoutes& routes, Random& random);
  /// What TLS listeners present, from now on also when the files change; before the node and
  /// open(). Errors: a certificate that is unusable.
  Status load_certificates();
  /// What gateways' TLS listeners present; null without TLS.
  std::shared_ptr<const net::tls::ServerContext> gateway_tls() const;
  /// Opens every configured listener but those of gateways. Errors: an address that does not parse
  /// or can not be had.
  Status open(const NodeRoutes& routes);
  /// For the audit log: a running server has taken settings over. While the doors are open.
  void settings_changed(const config::Config& now) const;
  /// Takes no new calls and ends what is open.
  void close();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ff::app
