// NetworkCryptoService and ApplicationCryptoService: what needs a device's root keys, done where
// they are, for other join servers of this cluster. The root keys are those of the join server's
// registry. [spec join-server §1, §5, §6]
#include "actors/join_server/device.hpp"
#include "app/api/services/join_server.hpp"
#include "app/api/services/mapping/join_crypto.hpp"
#include "app/api/services/mapping/values.hpp"
#include "ttn/lorawan/v3/joinserver.grpc.pb.h"

namespace ff::api {
namespace {

constexpr std::string_view role = "JOIN_SERVER";
using DevicePtr = std::shared_ptr<const join_server::JoinDevice>;

/// What both services have in common: who may ask, and the device's keys.
class RootKeys {
 public:
  RootKeys(const ServiceContext& context, JoinServerDoors doors)
      : context_(context), doors_(std::move(doors)) {}

  Front& front() const { return context_.front; }

  /// Answers with what `work` makes of the device's keys.
  template <class Response, class Work>
  void with(const Call& call, const pb::EndDeviceIdentifiers& ids, const Reply<Response>& reply,
            Work work) const {
    if (auto allowed = doors_.cluster_keys.check(call); !allowed)
      return reply(fail(allowed.error()));
    const auto join_eui = join_eui_of(ids.join_eui());
    const auto dev_eui = dev_eui_of(ids.dev_eui());
    if (!join_eui) return reply(fail(crypto_no_join_eui));
    if (!dev_eui) return reply(fail(crypto_no_dev_eui));
    auto make = [&](actors::Reply<DevicePtr> then) {
      return join_server::GetJoinDevice{*join_eui, *dev_eui, std::move(then)};
    };
    context_.asker.ask<DevicePtr>(
        doors_.shards.of(storage::JoinKey{*join_eui, *dev_eui}), role, make,
        [reply, work, vault = doors_.vault->current()](const Result<DevicePtr>& device) {
          if (!device) return reply(fail(device.error()));
          auto keys = root_keys_of(**device, *vault);
          if (!keys) return reply(fail(keys.error()));
          reply(work(*keys));
        });
  }

 private:
  const ServiceContext& context_;
  JoinServerDoors doors_;
};

using Payload = pb::CryptoServicePayloadRequest;
using PayloadResponse = pb::CryptoServicePayloadResponse;

class NetworkCrypto final : public pb::NetworkCryptoService::CallbackService {
 public:
  NetworkCrypto(const ServiceContext& context, JoinServerDoors doors)
      : keys_(context, std::move(doors)) {}

  grpc::ServerUnaryReactor* JoinRequestMIC(grpc::CallbackServerContext* context,
                                           const Payload* request,
                                           PayloadResponse* response) override {
    return payload("ttn.lorawan.v3.NetworkCryptoService/JoinRequestMIC", join_request_mic, context,
                   request, response);
  }
  grpc::ServerUnaryReactor* EncryptJoinAccept(grpc::CallbackServerContext* context,
                                              const Payload* request,
                                              PayloadResponse* response) override {
    return payload("ttn.lorawan.v3.NetworkCryptoService/EncryptJoinAccept", encrypt_join_accept,
                   context, request, response);
  }
  grpc::ServerUnaryReactor* EncryptRejoinAccept(grpc::CallbackServerContext* context,
                                                const Payload* request,
                                                PayloadResponse* response) override {
    return payload("ttn.lorawan.v3.NetworkCryptoService/EncryptRejoinAccept", encrypt_rejoin_accept,
                   context, request, response);
  }
  grpc::ServerUnaryReactor* JoinAcceptMIC(grpc::CallbackServerContext* context,
                                          const pb::JoinAcceptMICRequest* request,
                                          PayloadResponse* response) override {
    return keys_.front().unary(
        {"ttn.lorawan.v3.NetworkCryptoService/JoinAcceptMIC", Access::open}, context, request,
        response, [this](auto call, const auto& asked, const auto& reply) {
          keys_.with(*call, asked.payload_request().ids(), reply,
                     [asked](const join::RootKeys& keys) { return join_accept_mic(asked, keys); });
        });
  }
  grpc::ServerUnaryReactor* DeriveNwkSKeys(grpc::CallbackServerContext* context,
                                           const pb::DeriveSessionKeysRequest* request,
                                           pb::NwkSKeysResponse* response) override {
    return keys_.front().unary(
        {"ttn.lorawan.v3.NetworkCryptoService/DeriveNwkSKeys", Access::open}, context, request,
        response, [this](auto call, const auto& asked, const auto& reply) {
          keys_.with(*call, asked.ids(), reply, [asked](const join::RootKeys& keys) {
            return derive_nwk_s_keys(asked, keys);
          });
        });
  }
  grpc::ServerUnaryReactor* GetNwkKey(grpc::CallbackServerContext* context,
                                      const pb::GetRootKeysRequest* request,
                                      pb::KeyEnvelope* response) override {
    return keys_.front().unary(
        {"ttn.lorawan.v3.NetworkCryptoService/GetNwkKey", Access::open}, context, request, response,
        [this](auto call, const auto& asked, const auto& reply) {
          keys_.with(*call, asked.ids(), reply,
                     [](const join::RootKeys& keys) { return nwk_key(keys); });
        });
  }

 private:
  grpc::ServerUnaryReactor* payload(std::string_view method,
                                    Result<PayloadResponse> (*work)(const Payload&,
                                                                    const join::RootKeys&),
                                    grpc::CallbackServerContext* context, const Payload* request,
                                    PayloadResponse* response) {
    return keys_.front().unary(
        {method, Access::open}, context, request, response,
        [this, work](auto call, const auto& asked, const auto& reply) {
          keys_.with(*call, asked.ids(), reply,
                     [work, asked](const join::RootKeys& keys) { return work(asked, keys); });
        });
  }

  RootKeys keys_;
};

class ApplicationCrypto final : public pb::ApplicationCryptoService::CallbackService {
 public:
  ApplicationCrypto(const ServiceContext& context, JoinServerDoors doors)
      : keys_(context, std::move(doors)) {}

  grpc::ServerUnaryReactor* DeriveAppSKey(grpc::CallbackServerContext* context,
                                          const pb::DeriveSessionKeysRequest* request,
                                          pb::AppSKeyResponse* response) override {
    return keys_.front().unary(
        {"ttn.lorawan.v3.ApplicationCryptoService/DeriveAppSKey", Access::open}, context, request,
        response, [this](auto call, const auto& asked, const auto& reply) {
          keys_.with(*call, asked.ids(), reply,
                     [asked](const join::RootKeys& keys) { return derive_app_s_key(asked, keys); });
        });
  }
  grpc::ServerUnaryReactor* GetAppKey(grpc::CallbackServerContext* context,
                                      const pb::GetRootKeysRequest* request,
                                      pb::KeyEnvelope* response) override {
    return keys_.front().unary(
        {"ttn.lorawan.v3.ApplicationCryptoService/GetAppKey", Access::open}, context, request,
        response, [this](auto call, const auto& asked, const auto& reply) {
          keys_.with(*call, asked.ids(), reply,
                     [](const join::RootKeys& keys) { return app_key(keys); });
        });
  }

 private:
  RootKeys keys_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_network_crypto(const ServiceContext& context,
                                                   JoinServerDoors doors) {
  return std::make_unique<NetworkCrypto>(context, std::move(doors));
}
std::unique_ptr<grpc::Service> make_application_crypto(const ServiceContext& context,
                                                       JoinServerDoors doors) {
  return std::make_unique<ApplicationCrypto>(context, std::move(doors));
}

}  // namespace ff::api
