// GatewayAccess: rights on and API keys of gateways.
#include "app/api/services/identity/api_key_access.hpp"
#include "ttn/lorawan/v3/gateway_services.grpc.pb.h"

namespace ff::api {
namespace {

class GatewayRights final : public pb::GatewayAccess::CallbackService {
 public:
  GatewayRights(const ServiceContext& context, Identity identity, MakeRandom make_random)
      : context_(context), access_(context, std::move(identity), std::move(make_random)) {}

  grpc::ServerUnaryReactor* ListRights(grpc::CallbackServerContext* context,
                                       const pb::GatewayIdentifiers* request,
                                       pb::Rights* response) override {
    return context_.front.unary({"ttn.lorawan.v3.GatewayAccess/ListRights"}, context, request,
                                response, [this](auto call, const auto& ids, const auto& reply) {
                                  access_.list_rights(call, gateway_key(ids.gateway_id()), reply);
                                });
  }
  grpc::ServerUnaryReactor* CreateAPIKey(grpc::CallbackServerContext* context,
                                         const pb::CreateGatewayAPIKeyRequest* request,
                                         pb::APIKey* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.GatewayAccess/CreateAPIKey"}, context, request, response,
        [this](auto call, const auto& create, const auto& reply) {
          access_.create(call, gateway_key(create.gateway_ids().gateway_id()), create, reply);
        });
  }
  grpc::ServerUnaryReactor* ListAPIKeys(grpc::CallbackServerContext* context,
                                        const pb::ListGatewayAPIKeysRequest* request,
                                        pb::APIKeys* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.GatewayAccess/ListAPIKeys"}, context, request, response,
        [this, context](auto call, const auto& list, const auto& reply) {
          access_.list(call, context, gateway_key(list.gateway_ids().gateway_id()), list, reply);
        });
  }
  grpc::ServerUnaryReactor* GetAPIKey(grpc::CallbackServerContext* context,
                                      const pb::GetGatewayAPIKeyRequest* request,
                                      pb::APIKey* response) override {
    return context_.front.unary({"ttn.lorawan.v3.GatewayAccess/GetAPIKey"}, context, request,
                                response, [this](auto call, const auto& get, const auto& reply) {
                                  access_.get(call, gateway_key(get.gateway_ids().gateway_id()),
                                              get.key_id(), reply);
                                });
  }
  grpc::ServerUnaryReactor* UpdateAPIKey(grpc::CallbackServerContext* context,
                                         const pb::UpdateGatewayAPIKeyRequest* request,
                                         pb::APIKey* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.GatewayAccess/UpdateAPIKey"}, context, request, response,
        [this](auto call, const auto& update, const auto& reply) {
          access_.update(call, gateway_key(update.gateway_ids().gateway_id()), update, reply);
        });
  }
  grpc::ServerUnaryReactor* DeleteAPIKey(grpc::CallbackServerContext* context,
                                         const pb::DeleteGatewayAPIKeyRequest* request,
                                         google::protobuf::Empty* response) override {
    return context_.front.unary({"ttn.lorawan.v3.GatewayAccess/DeleteAPIKey"}, context, request,
                                response, [this](auto call, const auto& erase, const auto& reply) {
                                  access_.erase(call, gateway_key(erase.gateway_ids().gateway_id()),
                                                erase.key_id(), reply);
                                });
  }

 private:
  const ServiceContext& context_;
  ApiKeyAccess access_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_gateway_access(const ServiceContext& context, Identity identity,
                                                   MakeRandom make_random) {
  return std::make_unique<GatewayRights>(context, std::move(identity), std::move(make_random));
}

}  // namespace ff::api
