// ApplicationAccess: rights on, API keys and collaborators of applications.
#include "app/api/services/identity/api_key_access.hpp"
#include "app/api/services/identity/collaborators.hpp"
#include "app/api/services/identity/contacts.hpp"
#include "ttn/lorawan/v3/application_services.grpc.pb.h"

namespace ff::api {
namespace {

using google::protobuf::Empty;

storage::EntityKey key_of(const pb::ApplicationIdentifiers& ids) {
  return {storage::EntityKind::application, {ids.application_id()}};
}

class ApplicationRights final : public pb::ApplicationAccess::CallbackService {
 public:
  ApplicationRights(const ServiceContext& context, const Identity& identity, MakeRandom make_random)
      : context_(context),
        access_(context, identity, std::move(make_random)),
        collaborators_(context, identity, is_contact<pb::Application>) {}

  grpc::ServerUnaryReactor* ListRights(grpc::CallbackServerContext* context,
                                       const pb::ApplicationIdentifiers* request,
                                       pb::Rights* response) override {
    return context_.front.unary({"ttn.lorawan.v3.ApplicationAccess/ListRights"}, context, request,
                                response, [this](auto call, const auto& wanted, const auto& reply) {
                                  access_.list_rights(call, key_of(wanted), reply);
                                });
  }
  grpc::ServerUnaryReactor* CreateAPIKey(grpc::CallbackServerContext* context,
                                         const pb::CreateApplicationAPIKeyRequest* request,
                                         pb::APIKey* response) override {
    return context_.front.unary({"ttn.lorawan.v3.ApplicationAccess/CreateAPIKey"}, context, request,
                                response, [this](auto call, const auto& wanted, const auto& reply) {
                                  access_.create(call, key_of(wanted.application_ids()), wanted,
                                                 reply);
                                });
  }
  grpc::ServerUnaryReactor* ListAPIKeys(grpc::CallbackServerContext* context,
                                        const pb::ListApplicationAPIKeysRequest* request,
                                        pb::APIKeys* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.ApplicationAccess/ListAPIKeys"}, context, request, response,
        [this, context](auto call, const auto& wanted, const auto& reply) {
          access_.list(call, context, key_of(wanted.application_ids()), wanted, reply);
        });
  }
  grpc::ServerUnaryReactor* GetAPIKey(grpc::CallbackServerContext* context,
                                      const pb::GetApplicationAPIKeyRequest* request,
                                      pb::APIKey* response) override {
    return context_.front.unary({"ttn.lorawan.v3.ApplicationAccess/GetAPIKey"}, context, request,
                                response, [this](auto call, const auto& wanted, const auto& reply) {
                                  access_.get(call, key_of(wanted.application_ids()),
                                              wanted.key_id(), reply);
                                });
  }
  grpc::ServerUnaryReactor* UpdateAPIKey(grpc::CallbackServerContext* context,
                                         const pb::UpdateApplicationAPIKeyRequest* request,
                                         pb::APIKey* response) override {
    return context_.front.unary({"ttn.lorawan.v3.ApplicationAccess/UpdateAPIKey"}, context, request,
                                response, [this](auto call, const auto& wanted, const auto& reply) {
                                  access_.update(call, key_of(wanted.application_ids()), wanted,
                                                 reply);
                                });
  }
  grpc::ServerUnaryReactor* DeleteAPIKey(grpc::CallbackServerContext* context,
                                         const pb::DeleteApplicationAPIKeyRequest* request,
                                         Empty* response) override {
    return context_.front.unary({"ttn.lorawan.v3.ApplicationAccess/DeleteAPIKey"}, context, request,
                                response, [this](auto call, const auto& wanted, const auto& reply) {
                                  access_.erase(call, key_of(wanted.application_ids()),
                                                wanted.key_id(), reply);
                                });
  }
  grpc::ServerUnaryReactor* GetCollaborator(grpc::CallbackServerContext* context,
                                            const pb::GetApplicationCollaboratorRequest* request,
                                            pb::GetCollaboratorResponse* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.ApplicationAccess/GetCollaborator"}, context, request, response,
        [this](auto call, const auto& wanted, const auto& reply) {
          collaborators_.get(call, key_of(wanted.application_ids()), wanted.collaborator(), reply);
        });
  }
  grpc::ServerUnaryReactor* SetCollaborator(grpc::CallbackServerContext* context,
                                            const pb::SetApplicationCollaboratorRequest* request,
                                            Empty* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.ApplicationAccess/SetCollaborator"}, context, request, response,
        [this](auto call, const auto& wanted, const auto& reply) {
          collaborators_.set(call, key_of(wanted.application_ids()), wanted.collaborator(), reply);
        });
  }
  grpc::ServerUnaryReactor* ListCollaborators(
      grpc::CallbackServerContext* context, const pb::ListApplicationCollaboratorsRequest* request,
      pb::Collaborators* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.ApplicationAccess/ListCollaborators"}, context, request, response,
        [this, context](auto call, const auto& wanted, const auto& reply) {
          collaborators_.list(call, context, key_of(wanted.application_ids()), wanted, reply);
        });
  }
  grpc::ServerUnaryReactor* DeleteCollaborator(
      grpc::CallbackServerContext* context, const pb::DeleteApplicationCollaboratorRequest* request,
      Empty* response) override {
    return context_.front.unary({"ttn.lorawan.v3.ApplicationAccess/DeleteCollaborator"}, context,
                                request, response,
                                [this](auto call, const auto& wanted, const auto& reply) {
                                  collaborators_.erase(call, key_of(wanted.application_ids()),
                                                       wanted.collaborator_ids(), reply);
                                });
  }

 private:
  const ServiceContext& context_;
  ApiKeyAccess access_;
  Collaborators collaborators_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_application_access(const ServiceContext& context,
                                                       Identity identity, MakeRandom make_random) {
  return std::make_unique<ApplicationRights>(context, identity, std::move(make_random));
}

}  // namespace ff::api
