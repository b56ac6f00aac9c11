// The key of an ACME account: ECDSA on P-256, its JWK and its signatures. [RFC 8555 §6.2, RFC 7638]
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/bytes.hpp"
#include "protocol/base/result.hpp"

struct evp_pkey_st;

namespace ff::acme {

inline constexpr ErrorDef key_failed{"protocol/acme", "key", Code::internal,
                                     "key of certificate or account: {reason}"};

/// Base64 with the URL alphabet, without padding. [RFC 7515 §2]
std::string base64_url(ByteView bytes);

/// Copies are the same key.
class AccountKey {
 public:
  static Result<AccountKey> make();
  /// Of pem().
  static Result<AccountKey> parse(std::string_view pem);

  /// PKCS #8. Never logged.
  std::string pem() const;
  /// Public; its members in the order of a thumbprint.
  const std::string& jwk() const noexcept { return jwk_; }
  /// Base64 of the JWK's digest; with a token it is what a challenge is answered with.
  std::string thumbprint() const;
  /// ES256: 64 bytes.
  Result<Bytes> sign(std::string_view text) const;

 private:
  AccountKey(std::shared_ptr<evp_pkey_st> key, std::string jwk);
  static Result<AccountKey> of(std::shared_ptr<evp_pkey_st> key);

  std::shared_ptr<evp_pkey_st> key_;
  std::string jwk_;
};

/// A request for a certificate and the new key that it is for.
struct CertificateRequest {
  std::string key_pem;  ///< Never logged.
  Bytes der;            ///< PKCS #10.
};
/// `hosts`: DNS names, the first is the subject's too. Error: key_failed.
Result<CertificateRequest> make_certificate_request(const std::vector<std::string>& hosts);

}  // namespace ff::acme
