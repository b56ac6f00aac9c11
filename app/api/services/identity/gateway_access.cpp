// GatewayAccess: rights on, API keys and collaborators of gateways.
#include "app/api/services/identity/api_key_access.hpp"
#include "app/api/services/identity/collaborators.hpp"
#include "app/api/services/identity/contacts.hpp"
#include "ttn/lorawan/v3/gateway_services.grpc.pb.h"

namespace ff::api {
namespace {

using google::protobuf::Empty;

storage::EntityKey key_of(const pb::GatewayIdentifiers& ids) {
  return {storage::EntityKind::gateway, {ids.gateway_id()}};
}

class GatewayRights final : public pb::GatewayAccess::CallbackService {
 public:
  GatewayRights(const ServiceContext& context, const Identity& identity, MakeRandom make_random)
      : context_(context),
        access_(context, identity, std::move(make_random)),
        collaborators_(context, identity, is_contact<pb::Gateway>) {}

  grpc::ServerUnaryReactor* ListRights(grpc::CallbackServerContext* context,
                                       const pb::GatewayIdentifiers* request,
                                       pb::Rights* response) override {
    return context_.front.unary({"ttn.lorawan.v3.GatewayAccess/ListRights"}, context, request,
                                response, [this](auto call, const auto& wanted, const auto& reply) {
                                  access_.list_rights(call, key_of(wanted), reply);
                                });
  }
  grpc::ServerUnaryReactor* CreateAPIKey(grpc::CallbackServerContext* context,
                                         const pb::CreateGatewayAPIKeyRequest* request,
                                         pb::APIKey* response) override {
    return context_.front.unary({"ttn.lorawan.v3.GatewayAccess/CreateAPIKey"}, context, request,
                                response, [this](auto call, const auto& wanted, const auto& reply) {
                                  access_.create(call, key_of(wanted.gateway_ids()), wanted, reply);
                                });
  }
  grpc::ServerUnaryReactor* ListAPIKeys(grpc::CallbackServerContext* context,
                                        const pb::ListGatewayAPIKeysRequest* request,
                                        pb::APIKeys* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.GatewayAccess/ListAPIKeys"}, context, request, response,
        [this, context](auto call, const auto& wanted, const auto& reply) {
          access_.list(call, context, key_of(wanted.gateway_ids()), wanted, reply);
        });
  }
  grpc::ServerUnaryReactor* GetAPIKey(grpc::CallbackServerContext* context,
                                      const pb::GetGatewayAPIKeyRequest* request,
                                      pb::APIKey* response) override {
    return context_.front.unary({"ttn.lorawan.v3.GatewayAccess/GetAPIKey"}, context, request,
                                response, [this](auto call, const auto& wanted, const auto& reply) {
                                  access_.get(call, key_of(wanted.gateway_ids()), wanted.key_id(),
                                              reply);
                                });
  }
  grpc::ServerUnaryReactor* UpdateAPIKey(grpc::CallbackServerContext* context,
                                         const pb::UpdateGatewayAPIKeyRequest* request,
                                         pb::APIKey* response) override {
    return context_.front.unary({"ttn.lorawan.v3.GatewayAccess/UpdateAPIKey"}, context, request,
                                response, [this](auto call, const auto& wanted, const auto& reply) {
                                  access_.update(call, key_of(wanted.gateway_ids()), wanted, reply);
                                });
  }
  grpc::ServerUnaryReactor* DeleteAPIKey(grpc::CallbackServerContext* context,
                                         const pb::DeleteGatewayAPIKeyRequest* request,
                                         Empty* response) override {
    return context_.front.unary({"ttn.lorawan.v3.GatewayAccess/DeleteAPIKey"}, context, request,
                                response, [this](auto call, const auto& wanted, const auto& reply) {
                                  access_.erase(call, key_of(wanted.gateway_ids()), wanted.key_id(),
                                                reply);
                                });
  }
  grpc::ServerUnaryReactor* GetCollaborator(grpc::CallbackServerContext* context,
                                            const pb::GetGatewayCollaboratorRequest* request,
                                            pb::GetCollaboratorResponse* response) override {
    return context_.front.unary({"ttn.lorawan.v3.GatewayAccess/GetCollaborator"}, context, request,
                                response, [this](auto call, const auto& wanted, const auto& reply) {
                                  collaborators_.get(call, key_of(wanted.gateway_ids()),
                                                     wanted.collaborator(), reply);
                                });
  }
  grpc::ServerUnaryReactor* SetCollaborator(grpc::CallbackServerContext* context,
                                            const pb::SetGatewayCollaboratorRequest* request,
                                            Empty* response) override {
    return context_.front.unary({"ttn.lorawan.v3.GatewayAccess/SetCollaborator"}, context, request,
                                response, [this](auto call, const auto& wanted, const auto& reply) {
                                  collaborators_.set(call, key_of(wanted.gateway_ids()),
                                                     wanted.collaborator(), reply);
                                });
  }
  grpc::ServerUnaryReactor* ListCollaborators(grpc::CallbackServerContext* context,
                                              const pb::ListGatewayCollaboratorsRequest* request,
                                              pb::Collaborators* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.GatewayAccess/ListCollaborators"}, context, request, response,
        [this, context](auto call, const auto& wanted, const auto& reply) {
          collaborators_.list(call, context, key_of(wanted.gateway_ids()), wanted, reply);
        });
  }
  grpc::ServerUnaryReactor* DeleteCollaborator(grpc::CallbackServerContext* context,
                                               const pb::DeleteGatewayCollaboratorRequest* request,
                                               Empty* response) override {
    return context_.front.unary({"ttn.lorawan.v3.GatewayAccess/DeleteCollaborator"}, context,
                                request, response,
                                [this](auto call, const auto& wanted, const auto& reply) {
                                  collaborators_.erase(call, key_of(wanted.gateway_ids()),
                                                       wanted.collaborator_ids(), reply);
                                });
  }

 private:
  const ServiceContext& context_;
  ApiKeyAccess access_;
  Collaborators collaborators_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_gateway_access(const ServiceContext& context, Identity identity,
                                                   MakeRandom make_random) {
  return std::make_unique<GatewayRights>(context, identity, std::move(make_random));
}

}  // namespace ff::api
