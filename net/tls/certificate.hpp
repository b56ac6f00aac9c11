// What a certificate says of its owner, and what a client's is worth to a server that goes by
// common names. Not whether it leads to a trusted authority: Peer::verified.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/tls/peer.hpp"
#include "protocol/base/bytes.hpp"
#include "protocol/base/result.hpp"
#include "protocol/base/time.hpp"

namespace ff::net::tls {

inline constexpr ErrorDef certificate_not_verified{"pkg/auth/mtls", "certificate_not_verified",
                                                   Code::invalid_argument,
                                                   "certificate is not verified"};
inline constexpr ErrorDef common_name_mismatch{
    "pkg/auth/mtls", "common_name_mismatch", Code::invalid_argument,
    "certificate common name mismatch: expected `{exp}`, got `{got}`"};

/// The subject's common name as UTF-8; nothing for a certificate without one, and for what is no
/// certificate. `der` may be any bytes.
std::optional<std::string> common_name(ByteView der);

/// Whether the other side has shown a certificate. `peer` is null over plain TCP.
bool shows_certificate(const Peer* peer) noexcept;
/// The common name of the certificate that was shown; empty if it has none. Errors:
/// certificate_not_verified, also when none was shown.
Result<std::string> verified_common_name(const Peer& peer);

/// How long a server may show a certificate, and by which names it is called.
struct Validity {
  UtcTime not_before;
  UtcTime not_after;
  std::vector<std::string> dns_names;
};
/// Of the first certificate in the text; nothing if there is none.
std::optional<Validity> validity_of(std::string_view pem);

}  // namespace ff::net::tls
