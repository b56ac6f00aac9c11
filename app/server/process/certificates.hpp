// What the process presents on its TLS listeners, and how it follows renewed files. Not the
// listeners.
#pragma once

#include <memory>

#include "actors/support/metrics.hpp"
#include "app/api/server_certificate.hpp"
#include "config/config.hpp"
#include "net/runtime/event_loop.hpp"
#include "net/tls/reloader.hpp"

namespace ff::app {

/// One certificate in the form of each front door; null when `tls.source` is empty.
struct Certificates {
  std::shared_ptr<net::tls::ServerContext> http;
  std::shared_ptr<net::tls::ServerContext> mqtt;
  std::shared_ptr<net::tls::ServerContext> gateways;
  std::shared_ptr<net::tls::ServerContext> interop;
  std::shared_ptr<api::ServerCertificate> grpc;

  explicit operator bool() const noexcept { return http != nullptr; }
  /// For connections from now on. On an error all keep what they have.
  Status replace(const net::tls::KeyPair& pair) const;
};

/// Of the configured files, an authority, or our own, which is made at the first start. Errors: of
/// net/tls; incomplete_acme; authorities of clients that can not be read or used.
/// `interop_roots_pem`: authorities of other networks, of which certificates are asked for.
Result<Certificates> load_certificates(const config::Config& config, UtcTime now,
                                       const std::string& interop_roots_pem);

/// Looks at the configured files while it lives; does nothing without files.
class CertificateWatch {
 public:
  CertificateWatch(net::EventLoop& loop, const config::Tls& tls, Certificates certificates,
                   actors::Metrics& metrics);
  ~CertificateWatch();
  CertificateWatch(const CertificateWatch&) = delete;
  CertificateWatch& operator=(const CertificateWatch&) = delete;

 private:
  struct OnLoop;
  net::EventLoop& loop_;
  std::shared_ptr<OnLoop> state_;
};

}  // namespace ff::app
