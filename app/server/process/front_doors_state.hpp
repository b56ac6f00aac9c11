// INTERNAL: what the front doors are made of. Who opens what is in front_doors.cpp, what calls need
// in front_doors_api.cpp.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "actors/application_server/frontend_mqtt/frontend.hpp"
#include "actors/audit/interface.hpp"
#include "actors/events/hub.hpp"
#include "actors/events/store/interface.hpp"
#include "actors/support/listener_metrics.hpp"
#include "app/api/account/account.hpp"
#include "app/api/http_gateway.hpp"
#include "app/api/http_limits.hpp"
#include "app/api/server.hpp"
#include "app/api/services/audit/calls.hpp"
#include "app/api/services/base/deadline_keeper.hpp"
#include "app/api/services/identity/device_pages.hpp"
#include "app/api/services/identity/expiry_keeper.hpp"
#include "app/api/services/register.hpp"
#include "app/server/process/acme.hpp"
#include "app/server/process/call_metrics.hpp"
#include "app/server/process/certificates.hpp"
#include "app/server/process/event_metrics.hpp"
#include "app/server/process/front_doors.hpp"
#include "app/server/process/http_client_metrics.hpp"
#include "app/server/process/http_server_metrics.hpp"
#include "app/server/process/interop_door.hpp"
#include "net/http/server.hpp"
#include "protocol/base/hex.hpp"
#include "protocol/base/ulid.hpp"

namespace ff::app {

inline constexpr std::chrono::seconds call_timeout{5};

/// Randomness for request and error ids, from any thread.
class SharedRandom {
 public:
  std::string ulid(UtcTime now) {
    const std::scoped_lock lock(mutex_);
    return Ulid::make(now, *random_).to_string();
  }
  std::string hex_id() {
    const std::scoped_lock lock(mutex_);
    Bytes bytes(16);
    random_->fill(bytes);
    return hex_lower(bytes);
  }

 private:
  std::mutex mutex_;
  std::unique_ptr<Random> random_ = make_secure_random();
};

/// Nothing for empty text. Error: invalid_address, with `key`.
Result<std::optional<net::Endpoint>> address_of(std::string_view key, const std::string& text);

struct FrontDoors::State {
  explicit State(FrontDoorPorts given)
      : ports(given),
        call_metrics(given.metrics),
        event_metrics(given.metrics),
        listener_metrics(given.metrics),
        http_client_metrics(given.metrics),
        http_server_metrics(given.metrics) {}

  FrontDoorPorts ports;
  SharedRandom random;
  CallMetrics call_metrics;
  EventMetrics event_metrics;
  std::atomic<bool> serving{false};
  events::Hub hub;
  std::shared_ptr<api::DevicePages> device_pages = std::make_shared<api::DevicePages>();
  actors::Route<api::DeadlineKeeper> deadlines;
  std::optional<actors::Route<events::EventStoreHandle>> event_store;  // nothing: not kept
  caf::actor supervisor;
  std::optional<audit::Routes> audit_log;  // nothing: none is kept
  bool is_first_start = false;
  Certificates certificates;
  std::optional<CertificateWatch> certificate_watch;
  std::unique_ptr<AcmeKeeper> acme;  // null unless the certificate comes by it
  interop::Senders senders;          // of Backend Interfaces

  // In the order they must be destroyed last to first: gateway before server, server before
  // services. [app/api/README.md]
  std::unique_ptr<api::Front> front;
  std::unique_ptr<api::Services> services;
  std::unique_ptr<api::ApiServer> server;
  std::shared_ptr<api::HttpGateway> gateway;
  std::unique_ptr<net::http::HttpServer> http;
  std::unique_ptr<net::http_client::HttpClient> provider_client;
  /// Both end after the server and before its channel. [app/api/README.md]
  std::shared_ptr<const api::account::ApiClient> account_api;
  std::shared_ptr<const api::account::Account> account;
  std::optional<api::Identity> identity;

  /// Guards what metrics are made of while the doors open and close.
  std::mutex listening;
  actors::ListenerMetrics listener_metrics;
  HttpClientMetrics http_client_metrics;
  HttpServerMetrics http_server_metrics;
  std::map<std::string, std::unique_ptr<net::Listener>> listeners;
  std::unique_ptr<InteropDoor> interop;
  std::optional<application_server::MqttFrontend> mqtt;
  std::vector<std::string> mqtt_names;  // of its listeners

  Result<api::IdentityPortsPtr> identity_ports();
  api::MqttAddresses mqtt_addresses() const;
  std::string metrics_text();
  net::http::HttpHandler webhook_downlinks(const NodeRoutes& routes,
                                           std::vector<net::AddressBlock> trusted_proxies,
                                           net::http::HttpHandler next);
  net::http::HttpHandler console_events(net::http::HttpHandler next);
  api::ServiceDeps service_deps(const NodeRoutes& routes);
  std::function<std::string()> new_ulid();
  /// What events get and where they are counted; they are kept nowhere else.
  events::Hub::Ports hub_ports();
  /// What the path of calls takes from outside.
  api::FrontPorts front_ports(std::vector<net::AddressBlock> trusted_proxies);
  /// Counts a call that ends before the path of calls hears of it.
  void refused_call(std::string_view method, grpc::StatusCode code);
  Status open_identity(const NodeRoutes& routes);
  /// The front doors' own actors, under a supervisor.
  void start_actors(const NodeRoutes& routes);
  /// Nothing unless events are to be kept; from now on they are.
  std::optional<actors::ChildSpec> event_store_child(const NodeRoutes& routes);
  /// Purges what was deleted and can not be restored.
  actors::ChildSpec expiry_child() const;
  /// Null: no audit log is kept.
  std::shared_ptr<const api::CallAuditPorts> audit_ports() const;
  Status open_grpc(const NodeRoutes& routes);
  Status open_account();
  Status open_http(const NodeRoutes& routes);
  Status open_mqtt(const NodeRoutes& routes);
  Status open_interop(const NodeRoutes& routes);
  /// Of handlers that are no calls of the API.
  Result<api::HttpLimits> http_limits();
  Status listen_http(std::string_view key, const std::string& address,
                     std::shared_ptr<net::tls::ServerContext> tls);
};

}  // namespace ff::app
