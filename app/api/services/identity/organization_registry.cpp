// OrganizationRegistry: organizations, which own and are members of entities as users are.
#include "app/api/services/identity/owned_registry.hpp"
#include "app/api/services/identity/services.hpp"
#include "ttn/lorawan/v3/organization_services.grpc.pb.h"

namespace ff::api {
namespace {

using google::protobuf::Empty;

storage::EntityKey organization_key(const std::string& id) {
  return {storage::EntityKind::organization, {id}};
}

class Organizations final : public pb::OrganizationRegistry::CallbackService {
 public:
  Organizations(const ServiceContext& context, Identity identity)
      : context_(context),
        registry_(context, std::move(identity),
                  {.kind = storage::EntityKind::organization,
                   .unique = nullptr,
                   .complete = nullptr,
                   .hide = nullptr,
                   .to_public = nullptr,
                   .by_rights = nullptr,
                   .may_purge = nullptr}) {}

  grpc::ServerUnaryReactor* Create(grpc::CallbackServerContext* context,
                                   const pb::CreateOrganizationRequest* request,
                                   pb::Organization* response) override {
    return context_.front.unary({"ttn.lorawan.v3.OrganizationRegistry/Create"}, context, request,
                                response, [this](auto call, const auto& create, const auto& reply) {
                                  registry_.create(call, create.collaborator(),
                                                   create.organization().ids().organization_id(),
                                                   create.organization(), reply);
                                });
  }

  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context,
                                const pb::GetOrganizationRequest* request,
                                pb::Organization* response) override {
    return context_.front.unary({"ttn.lorawan.v3.OrganizationRegistry/Get"}, context, request,
                                response, [this](auto call, const auto& get, const auto& reply) {
                                  registry_.get(call, get.organization_ids().organization_id(),
                                                paths_of(get.field_mask()), reply);
                                });
  }

  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* context,
                                 const pb::ListOrganizationsRequest* request,
                                 pb::Organizations* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.OrganizationRegistry/List"}, context, request, response,
        [this, context](auto call, const auto& list, const auto& reply) {
          registry_.list(call, context, list, &pb::Organizations::mutable_organizations, reply);
        });
  }

  grpc::ServerUnaryReactor* Update(grpc::CallbackServerContext* context,
                                   const pb::UpdateOrganizationRequest* request,
                                   pb::Organization* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.OrganizationRegistry/Update"}, context, request, response,
        [this](auto call, const auto& update, const auto& reply) {
          const auto& id = update.organization().ids().organization_id();
          const auto paths = paths_of(update.field_mask());
          context_.authorized(call, organization_key(id), paths, reply, [=, this, &update] {
            registry_.update(call, id, update.organization(), change_paths(update.field_mask()),
                             paths, reply);
          });
        });
  }

  grpc::ServerUnaryReactor* Delete(grpc::CallbackServerContext* context,
                                   const pb::OrganizationIdentifiers* request,
                                   Empty* response) override {
    return context_.front.unary({"ttn.lorawan.v3.OrganizationRegistry/Delete"}, context, request,
                                response, [this](auto call, const auto& ids, const auto& reply) {
                                  registry_.erase(call, ids.organization_id(), reply);
                                });
  }

  grpc::ServerUnaryReactor* Restore(grpc::CallbackServerContext* context,
                                    const pb::OrganizationIdentifiers* request,
                                    Empty* response) override {
    return context_.front.unary({"ttn.lorawan.v3.OrganizationRegistry/Restore"}, context, request,
                                response, [this](auto call, const auto& ids, const auto& reply) {
                                  registry_.restore(call, ids.organization_id(), reply);
                                });
  }

  grpc::ServerUnaryReactor* Purge(grpc::CallbackServerContext* context,
                                  const pb::OrganizationIdentifiers* request,
                                  Empty* response) override {
    return context_.front.unary({"ttn.lorawan.v3.OrganizationRegistry/Purge"}, context, request,
                                response, [this](auto call, const auto& ids, const auto& reply) {
                                  registry_.purge(call, ids.organization_id(), reply);
                                });
  }

 private:
  const ServiceContext& context_;
  OwnedRegistry<pb::Organization> registry_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_organization_registry(const ServiceContext& context,
                                                          Identity identity) {
  return std::make_unique<Organizations>(context, std::move(identity));
}

}  // namespace ff::api
