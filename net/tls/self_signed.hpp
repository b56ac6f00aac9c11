// Self-signed certificates, so that a new installation has TLS before it has a certificate.
// Not a certificate authority.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "net/tls/context.hpp"
#include "protocol/base/random.hpp"
#include "protocol/base/time.hpp"

namespace ff::net::tls {

inline constexpr ErrorDef self_signed_failed{"net/tls", "self_signed", Code::internal,
                                             "create self-signed certificate: {reason}"};

struct SelfSignedOptions {
  /// DNS names and IP addresses beside `localhost`, 127.0.0.1 and ::1; e.g. host_name().
  std::vector<std::string> names;
  std::chrono::hours lifetime = std::chrono::hours{24} * 3650;
};

/// A new EC P-256 key and a certificate for it, valid from one day before `now`. `random` gives the
/// serial number; the key comes from OpenSSL's generator.
Result<KeyPair> make_self_signed(const SelfSignedOptions& options, UtcTime now, Random& random);

/// The pair stored as `cert.pem` and `key.pem` in `directory`; made and stored (the directory too;
/// files 0600) if one of them is missing. Written under other names and renamed, so that a crash
/// leaves no half file.
Result<KeyPair> load_or_make_self_signed(const std::filesystem::path& directory,
                                         const SelfSignedOptions& options, UtcTime now,
                                         Random& random);

/// The machine's name; "localhost" when it has none.
std::string host_name();

}  // namespace ff::net::tls
