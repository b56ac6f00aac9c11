// What a gateway's TLS certificate is worth. Frontends over TLS ask; what they do without one is
// theirs. [spec gateway-server §2.1]
#pragma once

#include <optional>

#include "net/tls/peer.hpp"
#include "protocol/base/result.hpp"
#include "protocol/types/identifiers.hpp"

namespace ff::gateway_server {

inline constexpr ErrorDef certificate_not_verified{"pkg/auth/mtls", "certificate_not_verified",
                                                   Code::invalid_argument,
                                                   "certificate is not verified"};
inline constexpr ErrorDef common_name_mismatch{
    "pkg/auth/mtls", "common_name_mismatch", Code::invalid_argument,
    "certificate common name mismatch: expected `{exp}`, got `{got}`"};

/// Whether the other side has shown a certificate. `peer` is null over plain TCP.
bool shows_certificate(const net::tls::Peer* peer) noexcept;

/// A certificate of a root that the operator trusts, whose common name is the EUI, is as good as a
/// secret; any other certificate is unauthenticated_gateway_connection. Nothing when there is none.
std::optional<Status> check_certificate(const net::tls::Peer* peer, std::optional<GatewayEui> eui);

}  // namespace ff::gateway_server
