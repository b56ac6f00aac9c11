// ApplicationRegistry: applications as entities of the identity server.
#include "app/api/services/identity/owned_registry.hpp"
#include "app/api/services/identity/services.hpp"
#include "ttn/lorawan/v3/application_services.grpc.pb.h"

namespace ff::api {
namespace {

using google::protobuf::Empty;

constexpr ErrorDef application_has_devices{"pkg/identityserver", "application_has_devices",
                                           Code::failed_precondition,
                                           "application still has `{count}` devices"};

class Applications final : public pb::ApplicationRegistry::CallbackService {
 public:
  Applications(const ServiceContext& context, Identity identity)
      : context_(context),
        identity_(identity),
        registry_(
            context, std::move(identity),
            {storage::EntityKind::application, Right::RIGHT_USER_APPLICATIONS_CREATE,
             Right::RIGHT_ORGANIZATION_APPLICATIONS_CREATE, Right::RIGHT_USER_APPLICATIONS_LIST,
             Right::RIGHT_ORGANIZATION_APPLICATIONS_LIST, nullptr, nullptr}) {}

  grpc::ServerUnaryReactor* Create(grpc::CallbackServerContext* context,
                                   const pb::CreateApplicationRequest* request,
                                   pb::Application* response) override {
    return context_.front.unary({"ttn.lorawan.v3.ApplicationRegistry/Create"}, context, request,
                                response, [this](auto call, const auto& create, const auto& reply) {
                                  const auto& ids = create.application().ids();
                                  registry_.create(call, create.collaborator(),
                                                   application_key(ids.application_id()),
                                                   create.application(), reply);
                                });
  }

  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context,
                                const pb::GetApplicationRequest* request,
                                pb::Application* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.ApplicationRegistry/Get"}, context, request, response,
        [this](auto call, const auto& get, const auto& reply) {
          const auto key = application_key(get.application_ids().application_id());
          context_.authorized(call, key, paths_of(get.field_mask()), reply, [=, this, &get] {
            identity_.get(key,
                          answer_entity<pb::Application>(reply, answer_paths(get.field_mask())));
          });
        });
  }

  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* context,
                                 const pb::ListApplicationsRequest* request,
                                 pb::Applications* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.ApplicationRegistry/List"}, context, request, response,
        [this, context](auto call, const auto& list, const auto& reply) {
          registry_.list(call, context, list, &pb::Applications::mutable_applications, reply);
        });
  }

  grpc::ServerUnaryReactor* Update(grpc::CallbackServerContext* context,
                                   const pb::UpdateApplicationRequest* request,
                                   pb::Application* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.ApplicationRegistry/Update"}, context, request, response,
        [this](auto call, const auto& update, const auto& reply) {
          const auto key = application_key(update.application().ids().application_id());
          context_.authorized(call, key, paths_of(update.field_mask()), reply, [=, this, &update] {
            identity_.change(
                change_entity<pb::Application>(key, update.application(),
                                               change_paths(update.field_mask()), nullptr, nullptr),
                answer_entity<pb::Application>(reply, answer_paths(update.field_mask())));
          });
        });
  }

  grpc::ServerUnaryReactor* Delete(grpc::CallbackServerContext* context,
                                   const pb::ApplicationIdentifiers* request,
                                   Empty* response) override {
    return context_.front.unary({"ttn.lorawan.v3.ApplicationRegistry/Delete"}, context, request,
                                response, [this](auto call, const auto& ids, const auto& reply) {
                                  const auto key = application_key(ids.application_id());
                                  context_.authorized(call, key, {}, reply,
                                                      [=, this] { erase(key, reply); });
                                });
  }

 private:
  /// Only without devices.
  void erase(const storage::EntityKey& key, const Reply<Empty>& reply) const {
    identity_server::ListEntities devices;
    devices.kind = storage::EntityKind::end_device;
    devices.parents = {key.ids.at(0)};
    devices.limit = 1;
    identity_.list(std::move(devices), [=, this](const Result<identity_server::EntityPage>& page) {
      if (!page) return reply(fail(page.error()));
      if (page->total > 0) return reply(fail(application_has_devices, {{"count", page->total}}));
      identity_.change(keep_deleted(key),
                       [reply](const Result<identity_server::EntityPtr>& entity) {
                         if (!entity) return reply(fail(entity.error()));
                         reply(Empty());
                       });
    });
  }

  const ServiceContext& context_;
  Identity identity_;
  OwnedRegistry<pb::Application> registry_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_application_registry(const ServiceContext& context,
                                                         Identity identity) {
  return std::make_unique<Applications>(context, std::move(identity));
}

}  // namespace ff::api
