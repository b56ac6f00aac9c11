// ClientAccess: rights on, collaborators of OAuth clients.
#include "app/api/services/identity/api_key_access.hpp"
#include "app/api/services/identity/collaborators.hpp"
#include "app/api/services/identity/contacts.hpp"
#include "ttn/lorawan/v3/client_services.grpc.pb.h"

namespace ff::api {
namespace {

using google::protobuf::Empty;

storage::EntityKey key_of(const pb::ClientIdentifiers& ids) {
  return {storage::EntityKind::client, {ids.client_id()}};
}

class ClientRights final : public pb::ClientAccess::CallbackService {
 public:
  ClientRights(const ServiceContext& context, const Identity& identity, MakeRandom make_random)
      : context_(context),
        access_(context, identity, std::move(make_random)),
        collaborators_(context, identity, is_contact<pb::Client>) {}

  grpc::ServerUnaryReactor* ListRights(grpc::CallbackServerContext* context,
                                       const pb::ClientIdentifiers* request,
                                       pb::Rights* response) override {
    return context_.front.unary({"ttn.lorawan.v3.ClientAccess/ListRights"}, context, request,
                                response, [this](auto call, const auto& wanted, const auto& reply) {
                                  access_.list_rights(call, key_of(wanted), reply);
                                });
  }
  grpc::ServerUnaryReactor* GetCollaborator(grpc::CallbackServerContext* context,
                                            const pb::GetClientCollaboratorRequest* request,
                                            pb::GetCollaboratorResponse* response) override {
    return context_.front.unary({"ttn.lorawan.v3.ClientAccess/GetCollaborator"}, context, request,
                                response, [this](auto call, const auto& wanted, const auto& reply) {
                                  collaborators_.get(call, key_of(wanted.client_ids()),
                                                     wanted.collaborator(), reply);
                                });
  }
  grpc::ServerUnaryReactor* SetCollaborator(grpc::CallbackServerContext* context,
                                            const pb::SetClientCollaboratorRequest* request,
                                            Empty* response) override {
    return context_.front.unary({"ttn.lorawan.v3.ClientAccess/SetCollaborator"}, context, request,
                                response, [this](auto call, const auto& wanted, const auto& reply) {
                                  collaborators_.set(call, key_of(wanted.client_ids()),
                                                     wanted.collaborator(), reply);
                                });
  }
  grpc::ServerUnaryReactor* ListCollaborators(grpc::CallbackServerContext* context,
                                              const pb::ListClientCollaboratorsRequest* request,
                                              pb::Collaborators* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.ClientAccess/ListCollaborators"}, context, request, response,
        [this, context](auto call, const auto& wanted, const auto& reply) {
          collaborators_.list(call, context, key_of(wanted.client_ids()), wanted, reply);
        });
  }
  grpc::ServerUnaryReactor* DeleteCollaborator(grpc::CallbackServerContext* context,
                                               const pb::DeleteClientCollaboratorRequest* request,
                                               Empty* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.ClientAccess/DeleteCollaborator"}, context, request, response,
        [this](auto call, const auto& wanted, const auto& reply) {
          collaborators_.erase(call, key_of(wanted.client_ids()), wanted.collaborator_ids(), reply);
        });
  }

 private:
  const ServiceContext& context_;
  ApiKeyAccess access_;
  Collaborators collaborators_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_client_access(const ServiceContext& context, Identity identity,
                                                  MakeRandom make_random) {
  return std::make_unique<ClientRights>(context, identity, std::move(make_random));
}

}  // namespace ff::api
