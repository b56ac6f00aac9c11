// Who a station is, and whether it may connect. Asks the registry and the identity server. Not
// its connection, which asks the registry once more and lives by it. [spec gateway-server §2.1,
// §4.2]
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "actors/gateway_server/connection/context.hpp"
#include "net/http/message.hpp"

namespace ff::gateway_server {

/// The secret of an `Authorization` header, with or without a scheme: stations' key files often
/// hold the secret alone. Empty without one.
std::string bearer_secret(const net::http::Headers& headers);

/// What a station shows of itself.
struct StationCredentials {
  std::string secret;  // empty: none
  /// Of its TLS connection; null over plain TCP.
  std::shared_ptr<const net::tls::Peer> peer;
};
StationCredentials credentials_of(const net::http::Request& request);

/// `request` with the gateway's identifiers and whether it is authenticated; its `ids` holds the
/// EUI, its `fallback_plan_id` is the listener's. Answers on any thread. Errors: no_auth_provided,
/// unauthenticated_gateway_connection, those of GatewayAccess and of admit().
void authorise(const ContextPtr& context, ConnectRequest request, StationCredentials credentials,
               actors::Reply<ConnectRequest> reply);

/// The HTTP status of a refusal.
int status_of(const Error& error) noexcept;
/// As the reference's HTTP errors: `{"code":16,"message":"error:…"}`.
std::string refusal_json(const Error& error);

}  // namespace ff::gateway_server
