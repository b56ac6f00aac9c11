// TLS contexts: certificate sources and settings from which connections are made.
// Not the protocol engine (engine.hpp), and no access control: peers' certificates are reported,
// not judged.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "protocol/base/bytes.hpp"
#include "protocol/base/result.hpp"

struct ssl_ctx_st;

namespace ff::net::tls {

inline constexpr ErrorDef certificate_unreadable{"net/tls", "certificate_unreadable",
                                                 Code::failed_precondition,
                                                 "read certificate file `{path}`: {reason}"};
inline constexpr ErrorDef certificate_invalid{"net/tls", "certificate_invalid",
                                              Code::failed_precondition,
                                              "certificate or key is unusable: {reason}"};
inline constexpr ErrorDef context_failed{"net/tls", "context", Code::internal,
                                         "create TLS context: {reason}"};

/// A certificate chain (leaf first) and its private key, both PEM. Never logged.
struct KeyPair {
  std::string certificate_pem;
  std::string key_pem;
  bool operator==(const KeyPair&) const = default;
};

/// Reads both files; their content is not checked here.
Result<KeyPair> read_key_pair(const std::filesystem::path& certificate,
                              const std::filesystem::path& key);

enum class ClientCertificates : std::uint8_t {
  none,             ///< Not asked for.
  request,          ///< Asked for; the handshake succeeds without one or with an unverified one.
  verify_if_given,  ///< Asked for; one that does not verify ends the handshake.
  require,          ///< As `verify_if_given`, and one must be given.
};

struct ServerOptions {
  /// Offered in order of preference, e.g. {"h2", "http/1.1"}. A client that offers none of them is
  /// served without ALPN, as plain old clients are.
  std::vector<std::string> alpn;
  ClientCertificates client_certificates = ClientCertificates::none;
  /// Roots for clients' certificates, PEM; empty: none is trusted.
  std::string client_roots_pem;
};

/// Settings of a TLS server, TLS 1.2 and later. Thread safe. Connections made before replace() keep
/// what they have.
class ServerContext {
 public:
  static Result<std::shared_ptr<ServerContext>> create(const KeyPair& pair,
                                                       ServerOptions options = {});
  virtual ~ServerContext() = default;
  /// Uses another certificate for connections from now on; on an error the old one stays.
  virtual Status replace(const KeyPair& pair) = 0;
  /// INTERNAL to net/: the current context with a reference that the caller frees.
  virtual ssl_ctx_st* acquire() const = 0;
};

struct ClientOptions {
  /// PEM; empty: the system's roots.
  std::string roots_pem;
  /// Our certificate, if we have one.
  KeyPair certificate;
  std::vector<std::string> alpn;
  /// Accepts any server. For tests and explicit configuration only.
  bool insecure_skip_verify = false;
};

/// Settings of a TLS client, TLS 1.2 and later. Thread safe.
class ClientContext {
 public:
  static Result<std::shared_ptr<ClientContext>> create(const ClientOptions& options = {});
  virtual ~ClientContext() = default;
  /// INTERNAL to net/: as ServerContext::acquire().
  virtual ssl_ctx_st* acquire() const = 0;
};

}  // namespace ff::net::tls
