// The certificate of a gRPC server while it serves.
#include "app/api/server_certificate.hpp"

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "app/api/server.hpp"
#include "net/tls/self_signed.hpp"
#include "ttn/lorawan/v3/identityserver.grpc.pb.h"

namespace ff::api {
namespace {

using ttn::lorawan::v3::AuthInfoResponse;
using ttn::lorawan::v3::EntityAccess;

/// gRPC looks at the real clock: valid from 2019 for a century.
CertificatePem new_certificate(std::uint64_t seed) {
  auto random = make_seeded_random(seed);
  const UtcTime then(std::chrono::hours{24} * 365 * 50);
  auto pair =
      net::tls::make_self_signed({.lifetime = std::chrono::hours{24} * 36'500}, then, *random);
  return {pair->certificate_pem, pair->key_pem};
}

class ServerCertificateTest : public testing::Test {
 protected:
  ServerCertificateTest() {
    auto started = ApiServer::start({{"127.0.0.1:0", certificate_}}, {&service_});
    EXPECT_TRUE(started);
    server_ = *std::move(started);
  }

  std::shared_ptr<grpc::Channel> connect(const CertificatePem& trusted) {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = trusted.chain;
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // A connection of its own.
    return grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(server_->ports().at(0)),
                                     grpc::SslCredentials(options), arguments);
  }
  /// What a call of a method that is not served ends with: Unimplemented when there is a
  /// connection, else Unavailable.
  static grpc::StatusCode call(const std::shared_ptr<grpc::Channel>& channel) {
    grpc::ClientContext context;
    AuthInfoResponse response;
    return EntityAccess::NewStub(channel)->AuthInfo(&context, {}, &response).error_code();
  }

  CertificatePem first_ = new_certificate(1);
  CertificatePem second_ = new_certificate(2);
  std::shared_ptr<ServerCertificate> certificate_ = std::make_shared<ServerCertificate>(first_);
  EntityAccess::CallbackService service_;
  std::unique_ptr<ApiServer> server_;
};

TEST_F(ServerCertificateTest, AnotherOneIsForNewConnectionsAndOpenOnesStay) {
  auto open = connect(first_);
  EXPECT_EQ(call(open), grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_EQ(call(connect(second_)), grpc::StatusCode::UNAVAILABLE);
  certificate_->replace(second_);
  EXPECT_EQ(call(connect(second_)), grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_EQ(call(connect(first_)), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(call(open), grpc::StatusCode::UNIMPLEMENTED);
}

TEST_F(ServerCertificateTest, OneThatCanNotBeUsedChangesNothing) {
  certificate_->replace({"no certificate", "no key"});
  EXPECT_EQ(call(connect(first_)), grpc::StatusCode::UNIMPLEMENTED);
  certificate_->replace({second_.chain, first_.key});
  EXPECT_EQ(call(connect(first_)), grpc::StatusCode::UNIMPLEMENTED);
  certificate_->replace(second_);
  EXPECT_EQ(call(connect(second_)), grpc::StatusCode::UNIMPLEMENTED);
}

TEST_F(ServerCertificateTest, AServerDoesNotStartWithOneThatCanNotBeUsed) {
  auto broken = std::make_shared<ServerCertificate>(CertificatePem{"no certificate", "no key"});
  const auto started = ApiServer::start({{"127.0.0.1:0", broken}}, {&service_});
  ASSERT_FALSE(started);
  EXPECT_TRUE(started.error().is(listen_failed));
}

}  // namespace
}  // namespace ff::api
