// What a finished TLS handshake says about the other side.
// Not a decision: whether a certificate is good enough is decided by who asked for it.
#pragma once

#include <string>
#include <vector>

#include "protocol/base/bytes.hpp"

namespace ff::net::tls {

struct Peer {
  std::string version;      ///< `TLSv1.3`.
  std::string cipher;       ///< OpenSSL's name of the suite.
  std::string alpn;         ///< The protocol agreed on; empty if none.
  std::string server_name;  ///< SNI as the client sent it; empty if none.
  /// DER, the peer's own first, as presented; empty if the peer sent none.
  std::vector<Bytes> certificates;
  /// The chain leads to a root the context trusts (and, for clients, the name matches).
  bool verified = false;
};

}  // namespace ff::net::tls
