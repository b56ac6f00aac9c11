#include "app/api/server_certificate.hpp"

#include <grpc/grpc.h>
#include <grpc/grpc_security.h>
#include <grpcpp/security/server_credentials.h>

namespace ff::api {
namespace {

/// gRPC's own classes for TLS read files or keep what they were made with; its C interface asks
/// before each handshake.
class ReplaceableCredentials final : public grpc::ServerCredentials {
 public:
  explicit ReplaceableCredentials(std::shared_ptr<const ServerCertificate> certificate)
      : certificate_(std::move(certificate)),
        credentials_(grpc_ssl_server_credentials_create_with_options(
            grpc_ssl_server_credentials_create_options_using_config_fetcher(
                GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE, fetch, this))) {}
  ReplaceableCredentials(const ReplaceableCredentials&) = delete;
  ReplaceableCredentials& operator=(const ReplaceableCredentials&) = delete;
  ~ReplaceableCredentials() override { grpc_server_credentials_release(credentials_); }

  /// Callers are authenticated by the handlers' common path.
  void SetAuthMetadataProcessor(const std::shared_ptr<grpc::AuthMetadataProcessor>&) override {}

 private:
  int AddPortToServer(const std::string& address, grpc_server* server) override {
    return grpc_server_add_http2_port(server, address.c_str(), credentials_);
  }

  /// Called by one thread at a time: gRPC holds the lock of its listener.
  static grpc_ssl_certificate_config_reload_status fetch(
      void* self, grpc_ssl_server_certificate_config** config) {
    auto& state = *static_cast<ReplaceableCredentials*>(self);
    auto pem = state.certificate_->current();
    if (pem == state.used_) return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_UNCHANGED;
    const grpc_ssl_pem_key_cert_pair pair{pem->key.c_str(), pem->chain.c_str()};
    // gRPC insists on roots; without clients' certificates nothing is verified by them.
    *config = grpc_ssl_server_certificate_config_create(pem->chain.c_str(), &pair, 1);
    state.used_ = std::move(pem);
    return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_NEW;
  }

  const std::shared_ptr<const ServerCertificate> certificate_;
  std::shared_ptr<const CertificatePem> used_;
  grpc_server_credentials* const credentials_;
};

}  // namespace

std::shared_ptr<grpc::ServerCredentials> make_credentials(
    std::shared_ptr<const ServerCertificate> certificate) {
  return std::make_shared<ReplaceableCredentials>(std::move(certificate));
}

}  // namespace ff::api
