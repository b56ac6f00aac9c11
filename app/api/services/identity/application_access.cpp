// ApplicationAccess: rights on and API keys of applications.
#include "app/api/services/identity/api_key_access.hpp"
#include "ttn/lorawan/v3/application_services.grpc.pb.h"

namespace ff::api {
namespace {

class ApplicationRights final : public pb::ApplicationAccess::CallbackService {
 public:
  ApplicationRights(const ServiceContext& context, Identity identity, MakeRandom make_random)
      : context_(context), access_(context, std::move(identity), std::move(make_random)) {}

  grpc::ServerUnaryReactor* ListRights(grpc::CallbackServerContext* context,
                                       const pb::ApplicationIdentifiers* request,
                                       pb::Rights* response) override {
    return context_.front.unary({"ttn.lorawan.v3.ApplicationAccess/ListRights"}, context, request,
                                response, [this](auto call, const auto& ids, const auto& reply) {
                                  access_.list_rights(call, application_key(ids.application_id()),
                                                      reply);
                                });
  }
  grpc::ServerUnaryReactor* CreateAPIKey(grpc::CallbackServerContext* context,
                                         const pb::CreateApplicationAPIKeyRequest* request,
                                         pb::APIKey* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.ApplicationAccess/CreateAPIKey"}, context, request, response,
        [this](auto call, const auto& create, const auto& reply) {
          access_.create(call, application_key(create.application_ids().application_id()), create,
                         reply);
        });
  }
  grpc::ServerUnaryReactor* ListAPIKeys(grpc::CallbackServerContext* context,
                                        const pb::ListApplicationAPIKeysRequest* request,
                                        pb::APIKeys* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.ApplicationAccess/ListAPIKeys"}, context, request, response,
        [this, context](auto call, const auto& list, const auto& reply) {
          access_.list(call, context, application_key(list.application_ids().application_id()),
                       list, reply);
        });
  }
  grpc::ServerUnaryReactor* GetAPIKey(grpc::CallbackServerContext* context,
                                      const pb::GetApplicationAPIKeyRequest* request,
                                      pb::APIKey* response) override {
    return context_.front.unary({"ttn.lorawan.v3.ApplicationAccess/GetAPIKey"}, context, request,
                                response, [this](auto call, const auto& get, const auto& reply) {
                                  access_.get(
                                      call, application_key(get.application_ids().application_id()),
                                      get.key_id(), reply);
                                });
  }
  grpc::ServerUnaryReactor* UpdateAPIKey(grpc::CallbackServerContext* context,
                                         const pb::UpdateApplicationAPIKeyRequest* request,
                                         pb::APIKey* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.ApplicationAccess/UpdateAPIKey"}, context, request, response,
        [this](auto call, const auto& update, const auto& reply) {
          access_.update(call, application_key(update.application_ids().application_id()), update,
                         reply);
        });
  }
  grpc::ServerUnaryReactor* DeleteAPIKey(grpc::CallbackServerContext* context,
                                         const pb::DeleteApplicationAPIKeyRequest* request,
                                         google::protobuf::Empty* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.ApplicationAccess/DeleteAPIKey"}, context, request, response,
        [this](auto call, const auto& erase, const auto& reply) {
          access_.erase(call, application_key(erase.application_ids().application_id()),
                        erase.key_id(), reply);
        });
  }

 private:
  const ServiceContext& context_;
  ApiKeyAccess access_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_application_access(const ServiceContext& context,
                                                       Identity identity, MakeRandom make_random) {
  return std::make_unique<ApplicationRights>(context, std::move(identity), std::move(make_random));
}

}  // namespace ff::api
