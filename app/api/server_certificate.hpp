// The certificate of gRPC's TLS listeners, replaced without closing connections. Where it comes
// from and whether it is any good is for whoever gives it.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace grpc {
class ServerCredentials;
}

namespace ff::api {

/// PEM texts. Never logged.
struct CertificatePem {
  std::string chain;
  std::string key;
};

/// Thread safe.
class ServerCertificate {
 public:
  explicit ServerCertificate(CertificatePem pem) { replace(std::move(pem)); }

  /// For connections from now on. With one that gRPC can not use, it goes on with the old one.
  void replace(CertificatePem pem) {
    auto next = std::make_shared<const CertificatePem>(std::move(pem));
    const std::scoped_lock lock(mutex_);
    pem_.swap(next);
  }
  std::shared_ptr<const CertificatePem> current() const {
    const std::scoped_lock lock(mutex_);
    return pem_;
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const CertificatePem> pem_;
};

/// INTERNAL: TLS without client certificates. Must outlive the server.
std::shared_ptr<grpc::ServerCredentials> make_credentials(
    std::shared_ptr<const ServerCertificate> certificate);

}  // namespace ff::api
