// ApplicationRegistry: applications as entities of the identity server.
#include "app/api/services/identity/dev_eui_blocks.hpp"
#include "app/api/services/identity/device_rows.hpp"
#include "app/api/services/identity/owned_registry.hpp"
#include "app/api/services/identity/services.hpp"
#include "ttn/lorawan/v3/application_services.grpc.pb.h"

namespace ff::api {
namespace {

using google::protobuf::Empty;

class Applications final : public pb::ApplicationRegistry::CallbackService {
 public:
  Applications(const ServiceContext& context, Identity identity)
      : context_(context),
        identity_(identity),
        registry_(context, std::move(identity),
                  {.kind = storage::EntityKind::application,
                   .unique = nullptr,
                   .complete = nullptr,
                   .hide = nullptr,
                   .to_public = nullptr,
                   .by_rights = nullptr,
                   .may_purge = leaves_no_devices,
                   .may_delete = has_no_devices}) {}

  grpc::ServerUnaryReactor* Create(grpc::CallbackServerContext* context,
                                   const pb::CreateApplicationRequest* request,
                                   pb::Application* response) override {
    return context_.front.unary({"ttn.lorawan.v3.ApplicationRegistry/Create"}, context, request,
                                response, [this](auto call, const auto& create, const auto& reply) {
                                  auto application = create.application();
                                  application.clear_dev_eui_counter();
                                  registry_.create(call, create.collaborator(),
                                                   application.ids().application_id(), application,
                                                   reply);
                                });
  }

  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context,
                                const pb::GetApplicationRequest* request,
                                pb::Application* response) override {
    return context_.front.unary({"ttn.lorawan.v3.ApplicationRegistry/Get"}, context, request,
                                response, [this](auto call, const auto& get, const auto& reply) {
                                  registry_.get(call, get.application_ids().application_id(),
                                                paths_of(get.field_mask()), reply);
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
          const auto& id = update.application().ids().application_id();
          const auto paths = paths_of(update.field_mask());
          context_.authorized(call, application_key(id), paths, reply, [=, this, &update] {
            auto changed = change_paths(update.field_mask());
            std::erase(changed, "dev_eui_counter");
            registry_.update(call, id, update.application(), changed, paths, reply);
          });
        });
  }

  grpc::ServerUnaryReactor* Delete(grpc::CallbackServerContext* context,
                                   const pb::ApplicationIdentifiers* request,
                                   Empty* response) override {
    return context_.front.unary({"ttn.lorawan.v3.ApplicationRegistry/Delete"}, context, request,
                                response, [this](auto call, const auto& ids, const auto& reply) {
                                  registry_.erase(call, ids.application_id(), reply);
                                });
  }

  grpc::ServerUnaryReactor* Restore(grpc::CallbackServerContext* context,
                                    const pb::ApplicationIdentifiers* request,
                                    Empty* response) override {
    return context_.front.unary({"ttn.lorawan.v3.ApplicationRegistry/Restore"}, context, request,
                                response, [this](auto call, const auto& ids, const auto& reply) {
                                  registry_.restore(call, ids.application_id(), reply);
                                });
  }

  grpc::ServerUnaryReactor* Purge(grpc::CallbackServerContext* context,
                                  const pb::ApplicationIdentifiers* request,
                                  Empty* response) override {
    return context_.front.unary({"ttn.lorawan.v3.ApplicationRegistry/Purge"}, context, request,
                                response, [this](auto call, const auto& ids, const auto& reply) {
                                  registry_.purge(call, ids.application_id(), reply);
                                });
  }

  grpc::ServerUnaryReactor* IssueDevEUI(grpc::CallbackServerContext* context,
                                        const pb::ApplicationIdentifiers* request,
                                        pb::IssueDevEUIResponse* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.ApplicationRegistry/IssueDevEUI"}, context, request, response,
        [this](auto call, const auto& ids, const auto& reply) {
          const auto key = application_key(ids.application_id());
          context_.authorized(call, key, {}, reply, [=, this] { issue(call, key, reply); });
        });
  }

 private:
  void issue(const std::shared_ptr<const Call>& call, const storage::EntityKey& key,
             const Reply<pb::IssueDevEUIResponse>& reply) const {
    issue_dev_eui(identity_.of(*call), key, [=, this](const Result<DevEui>& issued) {
      if (!issued) return reply(fail(issued.error()));
      publish_change(identity_, *call, key, "issue_dev_eui");
      pb::IssueDevEUIResponse response;
      response.set_dev_eui(to_field(*issued));
      reply(std::move(response));
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
