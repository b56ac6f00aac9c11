// Certificates that were presented, judged after the handshake: against roots that depend on who
// the peer says it is, and when a proxy has ended TLS. Not the handshake's own verification.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/bytes.hpp"
#include "protocol/base/result.hpp"
#include "protocol/base/time.hpp"

namespace ff::net::tls {

inline constexpr ErrorDef no_certificates{"net/tls", "no_certificates", Code::invalid_argument,
                                          "no certificate in PEM form"};

/// The DNS names of a certificate, `*.example.com` among them; its common name if it has none.
/// `der` may be any bytes.
std::vector<std::string> certificate_names(ByteView der);

/// Certificates in PEM form, DER, in their order; at most 16. What is between them does not count.
/// Empty if there is none or one is broken.
std::vector<Bytes> certificates_of_pem(std::string_view pem);

/// Authorities whose clients are believed. Immutable; any thread.
class TrustedRoots {
 public:
  /// Errors: no_certificates.
  static Result<TrustedRoots> parse(std::string_view pem);

  /// Whether `chain` (DER, the client's own first) leads to one of the roots at `now`, and is for
  /// clients. False for an empty chain and for what is no certificate.
  bool verify(const std::vector<Bytes>& chain, UtcTime now) const;

 private:
  struct Store;
  explicit TrustedRoots(std::shared_ptr<const Store> store) : store_(std::move(store)) {}
  std::shared_ptr<const Store> store_;
};

}  // namespace ff::net::tls
