// The client against a server of the two services that answers with what was asked.
#include "app/server/crypto_client/crypto_client.hpp"

#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <vector>

#include "app/api/services/mapping/values.hpp"
#include "protocol/base/hex.hpp"
#include "ttn/lorawan/v3/joinserver.grpc.pb.h"

namespace ff::app {
namespace {

namespace pb = ttn::lorawan::v3;
using join_server::CryptoAnswer;
using join_server::CryptoOperation;
using join_server::CryptoQuestion;

const Bytes cluster_key(16, 0xAB);
constexpr std::chrono::seconds patience{10};

Aes128Key key_of(std::uint8_t byte) {
  return Aes128Key::from(Bytes(16, byte));
}

/// Keeps requests; says no when `status` is not OK.
class Scripted {
 public:
  grpc::Status take(const grpc::ServerContext& context, std::string method,
                    const google::protobuf::Message& request) {
    const auto found = context.client_metadata().find("authorization");
    authorization = found == context.client_metadata().end()
                        ? ""
                        : std::string(found->second.data(), found->second.size());
    asked = std::move(method);
    text = request.ShortDebugString();
    return status;
  }
  grpc::Status status;
  std::string authorization;
  std::string asked;
  std::string text;
};

class Network final : public pb::NetworkCryptoService::Service {
 public:
  explicit Network(Scripted& script) : script_(script) {}
  using Payload = pb::CryptoServicePayloadRequest;
  using Answer = pb::CryptoServicePayloadResponse;

  grpc::Status JoinRequestMIC(grpc::ServerContext* context, const Payload* request,
                              Answer* response) override {
    response->set_payload("mic1");
    return script_.take(*context, "JoinRequestMIC", *request);
  }
  grpc::Status JoinAcceptMIC(grpc::ServerContext* context, const pb::JoinAcceptMICRequest* request,
                             Answer* response) override {
    response->set_payload("mic2");
    return script_.take(*context, "JoinAcceptMIC", *request);
  }
  grpc::Status EncryptJoinAccept(grpc::ServerContext* context, const Payload* request,
                                 Answer* response) override {
    response->set_payload("accept");
    return script_.take(*context, "EncryptJoinAccept", *request);
  }
  grpc::Status EncryptRejoinAccept(grpc::ServerContext* context, const Payload* request,
                                   Answer* response) override {
    response->set_payload("rejoin");
    return script_.take(*context, "EncryptRejoinAccept", *request);
  }
  grpc::Status DeriveNwkSKeys(grpc::ServerContext* context,
                              const pb::DeriveSessionKeysRequest* request,
                              pb::NwkSKeysResponse* response) override {
    api::put_key(key_of(1), *response->mutable_f_nwk_s_int_key());
    api::put_key(key_of(2), *response->mutable_s_nwk_s_int_key());
    api::put_key(key_of(3), *response->mutable_nwk_s_enc_key());
    return script_.take(*context, "DeriveNwkSKeys", *request);
  }

 private:
  Scripted& script_;
};

class Application final : public pb::ApplicationCryptoService::Service {
 public:
  explicit Application(Scripted& script) : script_(script) {}
  grpc::Status DeriveAppSKey(grpc::ServerContext* context,
                             const pb::DeriveSessionKeysRequest* request,
                             pb::AppSKeyResponse* response) override {
    api::put_key(key_of(4), *response->mutable_app_s_key());
    return script_.take(*context, "DeriveAppSKey", *request);
  }

 private:
  Scripted& script_;
};

class CryptoClientTest : public ::testing::Test {
 protected:
  void SetUp() override {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&network);
    builder.RegisterService(&application);
    server = builder.BuildAndStart();
    client = start(64);
  }
  std::shared_ptr<join_server::CryptoServer> start(std::size_t joins_max) {
    config::CryptoServer settings;
    settings.address = "127.0.0.1:" + std::to_string(port);
    settings.joins_max = joins_max;
    // As in a server, none ends before the process: gRPC 1.51 aborts when the last channel with
    // callbacks ends on the thread of its own last callback.
    static auto& all = *new std::vector<std::shared_ptr<join_server::CryptoServer>>;
    return all.emplace_back(make_crypto_client(settings, cluster_key, metrics).value());
  }
  Result<CryptoAnswer> ask(const CryptoQuestion& question, Duration time = patience) {
    std::promise<Result<CryptoAnswer>> promise;
    auto future = promise.get_future();
    client->ask(question, time, [&promise](auto answer) { promise.set_value(std::move(answer)); });
    return future.get();
  }
  static CryptoQuestion question(CryptoOperation operation) {
    CryptoQuestion out;
    out.operation = operation;
    out.ids.uid = {ApplicationId("app"), DeviceId("dev")};
    out.ids.join_eui = JoinEui{0x70B3D57ED0000001};
    out.ids.dev_eui = DevEui{0x0004A30B001C0530};
    out.mac_version = MacVersion::v1_1;
    out.provisioner_id = "hsm";
    out.payload = {'p', 'a', 'y'};
    out.request_type = phy::JoinReqType::rejoin_full_context;
    out.join_nonce = JoinNonce{0x010203};
    out.dev_nonce = DevNonce{0x0405};
    out.net_id = NetId{0x13};
    return out;
  }
  double counted(CryptoOperation operation, const std::string& result) {
    return metrics
        .counter("farfield_join_server_crypto_requests_total", "",
                 {{"operation", std::string(to_string(operation))}, {"result", result}})
        .Value();
  }

  int port = 0;
  Scripted script;
  Network network{script};
  Application application{script};
  std::unique_ptr<grpc::Server> server;
  static inline actors::Metrics& metrics = *new actors::Metrics;  // outlives the clients
  std::shared_ptr<join_server::CryptoServer> client;
};

TEST_F(CryptoClientTest, EachOperationIsAMethodOfTheApi) {
  struct Row {
    CryptoOperation operation;
    std::string method;
    std::string payload;
  };
  const Row rows[] = {{CryptoOperation::join_request_mic, "JoinRequestMIC", "mic1"},
                      {CryptoOperation::join_accept_mic, "JoinAcceptMIC", "mic2"},
                      {CryptoOperation::encrypt_join_accept, "EncryptJoinAccept", "accept"},
                      {CryptoOperation::encrypt_rejoin_accept, "EncryptRejoinAccept", "rejoin"},
                      {CryptoOperation::derive_nwk_s_keys, "DeriveNwkSKeys", ""},
                      {CryptoOperation::derive_app_s_key, "DeriveAppSKey", ""}};
  for (const auto& row : rows) {
    const auto answer = ask(question(row.operation));
    ASSERT_TRUE(answer) << row.method << answer.error().to_string();
    EXPECT_EQ(script.asked, row.method);
    EXPECT_EQ(as_text(answer->payload), row.payload);
    EXPECT_EQ(script.authorization, "ClusterKey " + hex_upper(cluster_key));
    EXPECT_NE(script.text.find("lorawan_version: MAC_V1_1"), std::string::npos) << script.text;
    EXPECT_NE(script.text.find("provisioner_id: \"hsm\""), std::string::npos) << script.text;
    EXPECT_NE(script.text.find("device_id: \"dev\""), std::string::npos) << script.text;
    EXPECT_EQ(counted(row.operation, "answered"), 1);
  }
}

TEST_F(CryptoClientTest, KeysAndNoncesAreWhatTheyAreInTheApi) {
  auto answer = ask(question(CryptoOperation::derive_nwk_s_keys));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->f_nwk_s_int_key.key, key_of(1));
  EXPECT_EQ(answer->s_nwk_s_int_key.key, key_of(2));
  EXPECT_EQ(answer->nwk_s_enc_key.key, key_of(3));
  for (const auto& part : {"join_nonce: \"\\001\\002\\003\"", "dev_nonce: \"\\004\\005\"",
                           "net_id: \"\\000\\000\\023\""}) {
    EXPECT_NE(script.text.find(part), std::string::npos) << script.text;
  }
  answer = ask(question(CryptoOperation::derive_app_s_key));
  EXPECT_EQ(answer->app_s_key.key, key_of(4));
  ASSERT_TRUE(ask(question(CryptoOperation::join_accept_mic)));
  EXPECT_NE(script.text.find("join_request_type: REJOIN_SESSION"), std::string::npos)
      << script.text;
  EXPECT_NE(script.text.find("payload: \"pay\""), std::string::npos) << script.text;
}

TEST_F(CryptoClientTest, FailuresHaveNames) {
  constexpr auto operation = CryptoOperation::join_request_mic;
  script.status = {grpc::StatusCode::NOT_FOUND, "no such device"};
  auto answer = ask(question(operation));
  ASSERT_FALSE(answer);
  EXPECT_TRUE(answer.error().is(crypto_server_refused));
  EXPECT_NE(answer.error().message().find("no such device"), std::string::npos);
  EXPECT_EQ(counted(operation, "refused"), 1);
  EXPECT_TRUE(ask(question(operation), Duration{0}).error().is(crypto_server_timeout));
  EXPECT_EQ(counted(operation, "timeout"), 1);
  script.status = {grpc::StatusCode::DEADLINE_EXCEEDED, "too late"};
  EXPECT_TRUE(ask(question(operation)).error().is(crypto_server_timeout));
  EXPECT_EQ(counted(operation, "timeout"), 2);
  client = start(0);
  EXPECT_TRUE(ask(question(operation)).error().is(crypto_server_overloaded));
  EXPECT_EQ(counted(operation, "overloaded"), 1);
  client = start(64);
  server->Shutdown();
  server.reset();
  EXPECT_TRUE(ask(question(operation)).error().is(crypto_server_unavailable));
  EXPECT_EQ(counted(operation, "unavailable"), 1);
}

TEST_F(CryptoClientTest, WithoutAnAddressThereIsNone) {
  EXPECT_EQ(make_crypto_client({}, {}, metrics).value(), nullptr);
  config::CryptoServer settings;
  settings.address = "hsm.example.com:8884";
  settings.tls = true;
  settings.root_ca = "/does/not/exist";
  EXPECT_TRUE(make_crypto_client(settings, {}, metrics).error().is(unusable_root_ca));
}

}  // namespace
}  // namespace ff::app
