// What a gateway's TLS certificate is worth. Frontends over TLS ask; what they do without one is
// theirs. [spec gateway-server §2.1]
#pragma once

#include <optional>

#include "net/tls/certificate.hpp"
#include "protocol/base/result.hpp"
#include "protocol/types/identifiers.hpp"

namespace ff::gateway_server {

using net::tls::shows_certificate;

/// A certificate of a root that the operator trusts, whose common name is the EUI, is as good as a
/// secret; any other certificate is unauthenticated_gateway_connection. Nothing when there is none.
std::optional<Status> check_certificate(const net::tls::Peer* peer, std::optional<GatewayEui> eui);

}  // namespace ff::gateway_server
