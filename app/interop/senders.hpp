// Senders: whose certificates are believed of whom. A sender of Backend Interfaces says who it is;
// its certificate must lead to an authority of that very sender. [spec events-cluster-discovery §8]
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "net/address/address_block.hpp"
#include "net/http/message.hpp"
#include "net/tls/chain.hpp"

namespace ff::interop {

inline constexpr ErrorDef unusable_authority{"config", "unusable_authority", Code::invalid_argument,
                                             "authorities of sender `{sender}` in `{path}`: "
                                             "{reason}"};

/// NetIDs and EUIs as messages have them: hex in upper case. Others as they are.
std::string canonical_sender(const std::string& sender);

/// Immutable; any thread.
class Senders {
 public:
  Senders() = default;
  /// By NetID, AS-ID, JoinEUI or JoinEUI prefix (`70b3d57ed0000000/36`), of which the longest
  /// counts; hex in any case. Errors: unusable_authority.
  static Result<Senders> load(const std::map<std::string, std::filesystem::path>& files);

  /// The names of the certificate, if it is `sender`'s; nothing if not, or if nobody knows it.
  std::optional<std::vector<std::string>> authenticate(const std::string& sender,
                                                       const std::vector<Bytes>& chain,
                                                       UtcTime now) const;
  /// All authorities, PEM: what a TLS listener asks for.
  const std::string& roots_pem() const noexcept { return roots_pem_; }

 private:
  /// Null: nobody knows it.
  const net::tls::TrustedRoots* roots_of(const std::string& sender) const;

  std::map<std::string, net::tls::TrustedRoots> roots_;
  /// By their length, and their bits in front of it.
  std::map<std::pair<std::uint8_t, std::uint64_t>, net::tls::TrustedRoots, std::greater<>>
      prefixes_;
  std::string roots_pem_;
};

/// The certificates that the sender of `request` presented, its own first: in the TLS handshake; or
/// without TLS, as a proxy in `trusted` says in X-Forwarded-Tls-Client-Cert (Traefik) or
/// X-Forwarded-Client-Cert (Envoy). Empty: none.
std::vector<Bytes> presented_chain(const net::http::Request& request,
                                   const std::vector<net::AddressBlock>& trusted);

}  // namespace ff::interop
