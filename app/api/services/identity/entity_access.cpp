// EntityAccess: who the caller is, as clients ask first of all.
#include "actors/identity_server/api_keys/session.hpp"
#include "actors/identity_server/registry/queries.hpp"
#include "app/api/services/identity/entity_ids.hpp"
#include "app/api/services/identity/services.hpp"
#include "ttn/lorawan/v3/identityserver.grpc.pb.h"

namespace ff::api {
namespace {

using google::protobuf::Empty;
using identity_server::AuthInfo;
using identity_server::AuthInfoPtr;
using identity_server::Entity;

template <class Message>
Result<Message> stored(const storage::Reader& store, const storage::EntityKey& key) {
  FF_TRY(const auto entity,
         identity_server::get_entity(store, key, identity_server::Deleted::without));
  return entity_message<Message>(*entity);
}

Result<pb::OAuthAccessToken> access_token(const storage::Reader& store, const AuthInfo& caller) {
  FF_TRY(const auto entity,
         identity_server::get_entity(store, identity_server::access_token_entity(caller.key_id),
                                     identity_server::Deleted::without));
  pb::OAuthAccessToken token;
  if (!token.ParseFromArray(entity->message.data(), static_cast<int>(entity->message.size())))
    return fail(unreadable_entity);
  token.clear_access_token();
  token.clear_refresh_token();
  token.clear_rights();
  for (auto right : to_api(caller.rights)) token.add_rights(right);
  return token;
}

/// Without secrets. The rights are those that the caller's state leaves, with what they imply.
Result<pb::AuthInfoResponse> describe(const storage::Reader& store, const AuthInfo& caller) {
  pb::AuthInfoResponse out;
  if (caller.method == AuthInfo::Method::session) {
    FF_TRY(*out.mutable_user_session(),
           stored<pb::UserSession>(
               store, identity_server::session_entity(caller.owner.ids.front(), caller.key_id)));
    out.mutable_user_session()->clear_session_secret();
  } else if (caller.method == AuthInfo::Method::access_token) {
    FF_TRY(*out.mutable_oauth_access_token(), access_token(store, caller));
  } else {
    auto& access = *out.mutable_api_key();
    FF_TRY(*access.mutable_api_key(),
           stored<pb::APIKey>(store, identity_server::api_key_entity(caller.owner, caller.key_id)));
    access.mutable_api_key()->clear_key();
    access.mutable_api_key()->clear_rights();
    for (auto right : to_api(caller.rights)) access.mutable_api_key()->add_rights(right);
    put_entity(caller.owner, *access.mutable_entity_ids());
  }
  for (auto right : to_api(caller.universal_rights))
    out.mutable_universal_rights()->add_rights(right);
  out.set_is_admin(caller.is_admin);
  return out;
}

class EntityAccess final : public pb::EntityAccess::CallbackService {
 public:
  EntityAccess(const ServiceContext& context, Identity identity)
      : context_(context), identity_(std::move(identity)) {}

  grpc::ServerUnaryReactor* AuthInfo(grpc::CallbackServerContext* context, const Empty* request,
                                     pb::AuthInfoResponse* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.EntityAccess/AuthInfo"}, context, request, response,
        [this](auto call, const auto&, const auto& reply) {
          identity_.caller(call->metadata, [=, this](const Result<AuthInfoPtr>& caller) {
            if (!caller) return reply(fail(caller.error()));
            auto find = [caller = *caller](const storage::Reader& store) {
              return describe(store, *caller);
            };
            identity_.read<pb::AuthInfoResponse>(
                find, [reply](Result<pb::AuthInfoResponse> info) { reply(std::move(info)); });
          });
        });
  }

 private:
  const ServiceContext& context_;
  Identity identity_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_entity_access(const ServiceContext& context,
                                                  Identity identity) {
  return std::make_unique<EntityAccess>(context, std::move(identity));
}

}  // namespace ff::api
