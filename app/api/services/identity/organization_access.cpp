// OrganizationAccess: rights on, API keys and collaborators of organizations.
#include "app/api/services/identity/api_key_access.hpp"
#include "app/api/services/identity/collaborators.hpp"
#include "app/api/services/identity/contacts.hpp"
#include "ttn/lorawan/v3/organization_services.grpc.pb.h"

namespace ff::api {
namespace {

using google::protobuf::Empty;

storage::EntityKey key_of(const pb::OrganizationIdentifiers& ids) {
  return {storage::EntityKind::organization, {ids.organization_id()}};
}

class OrganizationRights final : public pb::OrganizationAccess::CallbackService {
 public:
  OrganizationRights(const ServiceContext& context, const Identity& identity,
                     MakeRandom make_random)
      : context_(context),
        access_(context, identity, std::move(make_random)),
        collaborators_(context, identity, is_contact<pb::Organization>) {}

  grpc::ServerUnaryReactor* ListRights(grpc::CallbackServerContext* context,
                                       const pb::OrganizationIdentifiers* request,
                                       pb::Rights* response) override {
    return context_.front.unary({"ttn.lorawan.v3.OrganizationAccess/ListRights"}, context, request,
                                response, [this](auto call, const auto& wanted, const auto& reply) {
                                  access_.list_rights(call, key_of(wanted), reply);
                                });
  }
  grpc::ServerUnaryReactor* CreateAPIKey(grpc::CallbackServerContext* context,
                                         const pb::CreateOrganizationAPIKeyRequest* request,
                                         pb::APIKey* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.OrganizationAccess/CreateAPIKey"}, context, request, response,
        [this](auto call, const auto& wanted, const auto& reply) {
          access_.create(call, key_of(wanted.organization_ids()), wanted, reply);
        });
  }
  grpc::ServerUnaryReactor* ListAPIKeys(grpc::CallbackServerContext* context,
                                        const pb::ListOrganizationAPIKeysRequest* request,
                                        pb::APIKeys* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.OrganizationAccess/ListAPIKeys"}, context, request, response,
        [this, context](auto call, const auto& wanted, const auto& reply) {
          access_.list(call, context, key_of(wanted.organization_ids()), wanted, reply);
        });
  }
  grpc::ServerUnaryReactor* GetAPIKey(grpc::CallbackServerContext* context,
                                      const pb::GetOrganizationAPIKeyRequest* request,
                                      pb::APIKey* response) override {
    return context_.front.unary({"ttn.lorawan.v3.OrganizationAccess/GetAPIKey"}, context, request,
                                response, [this](auto call, const auto& wanted, const auto& reply) {
                                  access_.get(call, key_of(wanted.organization_ids()),
                                              wanted.key_id(), reply);
                                });
  }
  grpc::ServerUnaryReactor* UpdateAPIKey(grpc::CallbackServerContext* context,
                                         const pb::UpdateOrganizationAPIKeyRequest* request,
                                         pb::APIKey* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.OrganizationAccess/UpdateAPIKey"}, context, request, response,
        [this](auto call, const auto& wanted, const auto& reply) {
          access_.update(call, key_of(wanted.organization_ids()), wanted, reply);
        });
  }
  grpc::ServerUnaryReactor* DeleteAPIKey(grpc::CallbackServerContext* context,
                                         const pb::DeleteOrganizationAPIKeyRequest* request,
                                         Empty* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.OrganizationAccess/DeleteAPIKey"}, context, request, response,
        [this](auto call, const auto& wanted, const auto& reply) {
          access_.erase(call, key_of(wanted.organization_ids()), wanted.key_id(), reply);
        });
  }
  grpc::ServerUnaryReactor* GetCollaborator(grpc::CallbackServerContext* context,
                                            const pb::GetOrganizationCollaboratorRequest* request,
                                            pb::GetCollaboratorResponse* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.OrganizationAccess/GetCollaborator"}, context, request, response,
        [this](auto call, const auto& wanted, const auto& reply) {
          collaborators_.get(call, key_of(wanted.organization_ids()), wanted.collaborator(), reply);
        });
  }
  grpc::ServerUnaryReactor* SetCollaborator(grpc::CallbackServerContext* context,
                                            const pb::SetOrganizationCollaboratorRequest* request,
                                            Empty* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.OrganizationAccess/SetCollaborator"}, context, request, response,
        [this](auto call, const auto& wanted, const auto& reply) {
          collaborators_.set(call, key_of(wanted.organization_ids()), wanted.collaborator(), reply);
        });
  }
  grpc::ServerUnaryReactor* ListCollaborators(
      grpc::CallbackServerContext* context, const pb::ListOrganizationCollaboratorsRequest* request,
      pb::Collaborators* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.OrganizationAccess/ListCollaborators"}, context, request, response,
        [this, context](auto call, const auto& wanted, const auto& reply) {
          collaborators_.list(call, context, key_of(wanted.organization_ids()), wanted, reply);
        });
  }
  grpc::ServerUnaryReactor* DeleteCollaborator(
      grpc::CallbackServerContext* context,
      const pb::DeleteOrganizationCollaboratorRequest* request, Empty* response) override {
    return context_.front.unary({"ttn.lorawan.v3.OrganizationAccess/DeleteCollaborator"}, context,
                                request, response,
                                [this](auto call, const auto& wanted, const auto& reply) {
                                  collaborators_.erase(call, key_of(wanted.organization_ids()),
                                                       wanted.collaborator_ids(), reply);
                                });
  }

 private:
  const ServiceContext& context_;
  ApiKeyAccess access_;
  Collaborators collaborators_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_organization_access(const ServiceContext& context,
                                                        Identity identity, MakeRandom make_random) {
  return std::make_unique<OrganizationRights>(context, identity, std::move(make_random));
}

}  // namespace ff::api
