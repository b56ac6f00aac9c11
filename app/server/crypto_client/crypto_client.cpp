#include "app/server/crypto_client/crypto_client.hpp"

#include <grpc/support/time.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <atomic>
#include <fstream>
#include <iterator>

#include "app/api/services/mapping/values.hpp"
#include "protocol/base/hex.hpp"
#include "ttn/lorawan/v3/joinserver.grpc.pb.h"

namespace ff::app {
namespace {

namespace pb = ttn::lorawan::v3;
using join_server::CryptoAnswer;
using join_server::CryptoOperation;
using join_server::CryptoQuestion;
using Reply = actors::Reply<CryptoAnswer>;

constexpr int message_size_max = 64 << 10;

enum class Outcome : std::uint8_t { answered, refused, timeout, unavailable, overloaded };
constexpr std::size_t outcome_count = 5;

class Probe {
 public:
  explicit Probe(actors::Metrics& metrics) {
    constexpr std::array<const char*, outcome_count> outcomes{"answered", "refused", "timeout",
                                                              "unavailable", "overloaded"};
    for (std::size_t i = 0; i < counters_.size(); ++i) {
      const auto operation = static_cast<CryptoOperation>(i / outcome_count);
      counters_[i] = &metrics.counter(
          "farfield_join_server_crypto_requests_total",
          "Questions to the crypto server about root keys that it holds, by what became of them.",
          {{"operation", std::string(to_string(operation))},
           {"result", outcomes[i % outcome_count]}});
    }
  }
  void count(CryptoOperation operation, Outcome outcome) const {
    const auto row = static_cast<std::size_t>(operation) * outcome_count;
    counters_[row + static_cast<std::size_t>(outcome)]->Increment();
  }

 private:
  std::array<prometheus::Counter*, join_server::crypto_operation_count * outcome_count> counters_{};
};

template <std::size_t N>
std::string big_endian(std::uint32_t number) {
  Bytes out;
  append_be<N>(out, number);
  return std::string(as_text(out));
}

/// What all requests say of the device.
template <class Request>
void put_device(const CryptoQuestion& question, Request& out) {
  api::put_ids(question.ids, *out.mutable_ids());
  out.set_lorawan_version(static_cast<pb::MACVersion>(question.mac_version));
  out.set_provisioner_id(question.provisioner_id);
  if (!question.provisioning_data.empty())
    out.mutable_provisioning_data()->ParseFromString(
        std::string(as_text(question.provisioning_data)));
}

pb::CryptoServicePayloadRequest payload_request(const CryptoQuestion& question) {
  pb::CryptoServicePayloadRequest out;
  put_device(question, out);
  out.set_payload(std::string(as_text(question.payload)));
  return out;
}

pb::JoinAcceptMICRequest accept_mic_request(const CryptoQuestion& question) {
  pb::JoinAcceptMICRequest out;
  *out.mutable_payload_request() = payload_request(question);
  out.set_join_request_type(static_cast<pb::JoinRequestType>(question.request_type));
  out.set_dev_nonce(big_endian<2>(question.dev_nonce.value()));
  return out;
}

pb::DeriveSessionKeysRequest derive_request(const CryptoQuestion& question) {
  pb::DeriveSessionKeysRequest out;
  put_device(question, out);
  out.set_join_nonce(big_endian<3>(question.join_nonce.value()));
  out.set_dev_nonce(big_endian<2>(question.dev_nonce.value()));
  out.set_net_id(big_endian<3>(question.net_id.value()));
  return out;
}

CryptoAnswer answer_of(const pb::CryptoServicePayloadResponse& response) {
  CryptoAnswer out;
  out.payload = to_owned(as_bytes(response.payload()));
  return out;
}
CryptoAnswer answer_of(const pb::NwkSKeysResponse& response) {
  CryptoAnswer out;
  out.f_nwk_s_int_key = api::key_of(response.f_nwk_s_int_key());
  out.s_nwk_s_int_key = api::key_of(response.s_nwk_s_int_key());
  out.nwk_s_enc_key = api::key_of(response.nwk_s_enc_key());
  return out;
}
CryptoAnswer answer_of(const pb::AppSKeyResponse& response) {
  CryptoAnswer out;
  out.app_s_key = api::key_of(response.app_s_key());
  return out;
}

Outcome outcome_of(const grpc::Status& status) {
  if (status.ok()) return Outcome::answered;
  if (status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) return Outcome::timeout;
  if (status.error_code() == grpc::StatusCode::UNAVAILABLE) return Outcome::unavailable;
  return Outcome::refused;
}

Error error_of(Outcome outcome, const std::string& address, const grpc::Status& status) {
  if (outcome == Outcome::timeout) return {crypto_server_timeout, {{"address", address}}};
  return {outcome == Outcome::unavailable ? crypto_server_unavailable : crypto_server_refused,
          {{"address", address}, {"reason", status.error_message()}}};
}

class CryptoClient final : public join_server::CryptoServer,
                           public std::enable_shared_from_this<CryptoClient> {
 public:
  CryptoClient(const config::CryptoServer& settings, const Bytes& cluster_key,
               std::shared_ptr<grpc::Channel> channel, actors::Metrics& metrics)
      : address_(settings.address),
        authorization_(cluster_key.empty() ? "" : "ClusterKey " + hex_upper(cluster_key)),
        joins_max_(settings.joins_max),
        network_(pb::NetworkCryptoService::NewStub(channel)),
        application_(pb::ApplicationCryptoService::NewStub(channel)),
        probe_(metrics) {}

  void ask(const CryptoQuestion& question, Duration patience, Reply reply) override {
    if (patience <= Duration{0}) {
      probe_.count(question.operation, Outcome::timeout);
      return reply(fail(crypto_server_timeout, {{"address", address_}}));
    }
    if (under_way_.fetch_add(1) >= joins_max_) {
      --under_way_;
      probe_.count(question.operation, Outcome::overloaded);
      return reply(fail(crypto_server_overloaded));
    }
    NetworkStub* network = network_->async();
    ApplicationStub* application = application_->async();
    switch (question.operation) {
      case CryptoOperation::join_request_mic:
        return call(question, patience, reply, payload_request(question), network,
                    &NetworkStub::JoinRequestMIC);
      case CryptoOperation::join_accept_mic:
        return call(question, patience, reply, accept_mic_request(question), network,
                    &NetworkStub::JoinAcceptMIC);
      case CryptoOperation::encrypt_join_accept:
        return call(question, patience, reply, payload_request(question), network,
                    &NetworkStub::EncryptJoinAccept);
      case CryptoOperation::encrypt_rejoin_accept:
        return call(question, patience, reply, payload_request(question), network,
                    &NetworkStub::EncryptRejoinAccept);
      case CryptoOperation::derive_nwk_s_keys:
        return call(question, patience, reply, derive_request(question), network,
                    &NetworkStub::DeriveNwkSKeys);
      case CryptoOperation::derive_app_s_key:
        return call(question, patience, reply, derive_request(question), application,
                    &ApplicationStub::DeriveAppSKey);
    }
  }

 private:
  using NetworkStub = pb::NetworkCryptoService::StubInterface::async_interface;
  using ApplicationStub = pb::ApplicationCryptoService::StubInterface::async_interface;
  using Done = std::function<void(grpc::Status)>;

  /// Lives until the answer.
  template <class Request, class Response>
  struct Call {
    grpc::ClientContext context;
    Request request;
    Response response;
  };

  template <class Stub, class Request, class Response>
  void call(const CryptoQuestion& question, Duration patience, Reply reply, Request request,
            Stub* stub,
            void (Stub::*method)(grpc::ClientContext*, const Request*, Response*, Done)) {
    auto one = std::make_shared<Call<Request, Response>>();
    one->request = std::move(request);
    const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(patience).count();
    one->context.set_deadline(
        gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_micros(micros, GPR_TIMESPAN)));
    if (!authorization_.empty()) one->context.AddMetadata("authorization", authorization_);
    auto done = [self = shared_from_this(), one, reply = std::move(reply),
                 operation = question.operation](const grpc::Status& status) {
      self->finish(operation, status, reply, one->response);
    };
    (stub->*method)(&one->context, &one->request, &one->response, std::move(done));
  }

  template <class Response>
  void finish(CryptoOperation operation, const grpc::Status& status, const Reply& reply,
              const Response& response) {
    --under_way_;
    const auto outcome = outcome_of(status);
    probe_.count(operation, outcome);
    if (outcome != Outcome::answered) return reply(fail(error_of(outcome, address_, status)));
    reply(answer_of(response));
  }

  const std::string address_;
  const std::string authorization_;
  const std::size_t joins_max_;
  std::atomic<std::size_t> under_way_ = 0;
  std::unique_ptr<pb::NetworkCryptoService::Stub> network_;
  std::unique_ptr<pb::ApplicationCryptoService::Stub> application_;
  Probe probe_;
};

Result<std::shared_ptr<grpc::ChannelCredentials>> credentials_of(
    const config::CryptoServer& settings) {
  if (!settings.tls) return grpc::InsecureChannelCredentials();
  grpc::SslCredentialsOptions options;
  if (!settings.root_ca.empty()) {
    std::ifstream in(settings.root_ca);
    options.pem_root_certs = {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    if (!in || options.pem_root_certs.empty())
      return fail(unusable_root_ca, {{"value", settings.root_ca.string()}});
  }
  return grpc::SslCredentials(options);
}

}  // namespace

Result<std::shared_ptr<join_server::CryptoServer>> make_crypto_client(
    const config::CryptoServer& settings, const Bytes& cluster_key, actors::Metrics& metrics) {
  if (settings.address.empty()) return std::shared_ptr<join_server::CryptoServer>();
  FF_TRY(const auto credentials, credentials_of(settings));
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(message_size_max);
  arguments.SetUserAgentPrefix("farfield");
  // Joins can not wait for longer pauses between attempts.
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 5000);
  if (settings.tls && !settings.tls_server_name.empty())
    arguments.SetSslTargetNameOverride(settings.tls_server_name);
  auto channel = grpc::CreateCustomChannel(settings.address, credentials, arguments);
  return std::shared_ptr<join_server::CryptoServer>(
      std::make_shared<CryptoClient>(settings, cluster_key, std::move(channel), metrics));
}

}  // namespace ff::app
