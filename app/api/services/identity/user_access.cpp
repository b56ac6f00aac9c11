// UserAccess: rights on, API keys and login tokens of users.
#include "app/api/services/identity/api_key_access.hpp"
#include "app/api/services/identity/login_tokens.hpp"
#include "ttn/lorawan/v3/user_services.grpc.pb.h"

namespace ff::api {
namespace {

using google::protobuf::Empty;

storage::EntityKey key_of(const pb::UserIdentifiers& ids) {
  return {storage::EntityKind::user, {ids.user_id()}};
}

class UserRights final : public pb::UserAccess::CallbackService {
 public:
  UserRights(const ServiceContext& context, const Identity& identity, const MakeRandom& make_random)
      : context_(context),
        access_(context, identity, make_random),
        login_tokens_(identity, make_random) {}

  grpc::ServerUnaryReactor* ListRights(grpc::CallbackServerContext* context,
                                       const pb::UserIdentifiers* request,
                                       pb::Rights* response) override {
    return context_.front.unary({"ttn.lorawan.v3.UserAccess/ListRights"}, context, request,
                                response, [this](auto call, const auto& wanted, const auto& reply) {
                                  access_.list_rights(call, key_of(wanted), reply);
                                });
  }
  grpc::ServerUnaryReactor* CreateAPIKey(grpc::CallbackServerContext* context,
                                         const pb::CreateUserAPIKeyRequest* request,
                                         pb::APIKey* response) override {
    return context_.front.unary({"ttn.lorawan.v3.UserAccess/CreateAPIKey"}, context, request,
                                response, [this](auto call, const auto& wanted, const auto& reply) {
                                  access_.create(call, key_of(wanted.user_ids()), wanted, reply);
                                });
  }
  grpc::ServerUnaryReactor* ListAPIKeys(grpc::CallbackServerContext* context,
                                        const pb::ListUserAPIKeysRequest* request,
                                        pb::APIKeys* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.UserAccess/ListAPIKeys"}, context, request, response,
        [this, context](auto call, const auto& wanted, const auto& reply) {
          access_.list(call, context, key_of(wanted.user_ids()), wanted, reply);
        });
  }
  grpc::ServerUnaryReactor* GetAPIKey(grpc::CallbackServerContext* context,
                                      const pb::GetUserAPIKeyRequest* request,
                                      pb::APIKey* response) override {
    return context_.front.unary({"ttn.lorawan.v3.UserAccess/GetAPIKey"}, context, request, response,
                                [this](auto call, const auto& wanted, const auto& reply) {
                                  access_.get(call, key_of(wanted.user_ids()), wanted.key_id(),
                                              reply);
                                });
  }
  grpc::ServerUnaryReactor* UpdateAPIKey(grpc::CallbackServerContext* context,
                                         const pb::UpdateUserAPIKeyRequest* request,
                                         pb::APIKey* response) override {
    return context_.front.unary({"ttn.lorawan.v3.UserAccess/UpdateAPIKey"}, context, request,
                                response, [this](auto call, const auto& wanted, const auto& reply) {
                                  access_.update(call, key_of(wanted.user_ids()), wanted, reply);
                                });
  }
  grpc::ServerUnaryReactor* DeleteAPIKey(grpc::CallbackServerContext* context,
                                         const pb::DeleteUserAPIKeyRequest* request,
                                         Empty* response) override {
    return context_.front.unary({"ttn.lorawan.v3.UserAccess/DeleteAPIKey"}, context, request,
                                response, [this](auto call, const auto& wanted, const auto& reply) {
                                  access_.erase(call, key_of(wanted.user_ids()), wanted.key_id(),
                                                reply);
                                });
  }
  grpc::ServerUnaryReactor* CreateLoginToken(grpc::CallbackServerContext* context,
                                             const pb::CreateLoginTokenRequest* request,
                                             pb::CreateLoginTokenResponse* response) override {
    return context_.front.unary({"ttn.lorawan.v3.UserAccess/CreateLoginToken", Access::open},
                                context, request, response,
                                [this](auto call, const auto& wanted, const auto& reply) {
                                  login_tokens_.create(call, wanted, reply);
                                });
  }

 private:
  const ServiceContext& context_;
  ApiKeyAccess access_;
  LoginTokens login_tokens_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_user_access(const ServiceContext& context, Identity identity,
                                                MakeRandom make_random) {
  return std::make_unique<UserRights>(context, identity, make_random);
}

}  // namespace ff::api
