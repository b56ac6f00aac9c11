// The join server's port to a crypto server, by gRPC: NetworkCryptoService and
// ApplicationCryptoService of the API. Not which questions a join takes
// (actors/join_server/remote_join.hpp). [spec join-server §1, §4]
#pragma once

#include <memory>

#include "actors/join_server/crypto_server.hpp"
#include "actors/support/metrics.hpp"
#include "config/config.hpp"

namespace ff::app {

inline constexpr ErrorDef crypto_server_unavailable{"app/server", "crypto_server_unavailable",
                                                    Code::unavailable,
                                                    "crypto server `{address}`: {reason}"};
inline constexpr ErrorDef crypto_server_timeout{"app/server", "crypto_server_timeout",
                                                Code::deadline_exceeded,
                                                "crypto server `{address}` has not answered in "
                                                "time"};
inline constexpr ErrorDef crypto_server_refused{"app/server", "crypto_server_refused",
                                                Code::failed_precondition,
                                                "crypto server `{address}`: {reason}"};
inline constexpr ErrorDef crypto_server_overloaded{"app/server", "crypto_server_overloaded",
                                                   Code::resource_exhausted,
                                                   "too many joins wait for the crypto server"};
inline constexpr ErrorDef unusable_root_ca{"config", "invalid_value", Code::invalid_argument,
                                           "`tls.root-ca` can not be `{value}`: it can not be "
                                           "read"};

/// Null without an address. Connects when it is first asked, and again when it has lost the
/// connection. `cluster_key`: empty: none is said. Error: unusable_root_ca.
Result<std::shared_ptr<join_server::CryptoServer>> make_crypto_client(
    const config::CryptoServer& settings, const Bytes& cluster_key, actors::Metrics& metrics);

}  // namespace ff::app
