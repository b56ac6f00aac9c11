// OAuthAuthorizationRegistry: which clients a user has authorized, their tokens, and the end of
// both. [spec identity-server §5.3, §13]
#include "actors/identity_server/oauth/errors.hpp"
#include "actors/identity_server/oauth/grants.hpp"
#include "app/api/services/base/cause.hpp"
#include "app/api/services/identity/changes.hpp"
#include "app/api/services/identity/page_wish.hpp"
#include "app/api/services/identity/services.hpp"
#include "app/api/services/identity/users.hpp"
#include "app/api/services/identity/withdrawal.hpp"
#include "ttn/lorawan/v3/oauth_services.grpc.pb.h"

namespace ff::api {
namespace {

using google::protobuf::Empty;
using identity_server::AuthInfoPtr;
using identity_server::EntityPage;
using identity_server::EntityPtr;
namespace oauth = identity_server::oauth;

constexpr ErrorDef access_token_mismatch{"pkg/identityserver", "access_token_mismatch",
                                         Code::invalid_argument,
                                         "the access token is not one of that user and client"};

class OAuthAuthorizations final : public pb::OAuthAuthorizationRegistry::CallbackService {
 public:
  using CallPtr = std::shared_ptr<const Call>;

  OAuthAuthorizations(const ServiceContext& context, Identity identity)
      : context_(context), identity_(std::move(identity)) {}

  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* context,
                                 const pb::ListOAuthClientAuthorizationsRequest* request,
                                 pb::OAuthClientAuthorizations* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.OAuthAuthorizationRegistry/List"}, context, request, response,
        [this, context](auto call, const auto& wanted, const auto& reply) {
          context_.authorized(call, user_key(wanted.user_ids().user_id()), {}, reply,
                              [=, this, &wanted] { list(context, wanted, reply); });
        });
  }

  grpc::ServerUnaryReactor* ListTokens(grpc::CallbackServerContext* context,
                                       const pb::ListOAuthAccessTokensRequest* request,
                                       pb::OAuthAccessTokens* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.OAuthAuthorizationRegistry/ListTokens"}, context, request, response,
        [this, context](auto call, const auto& wanted, const auto& reply) {
          with_rights(call, wanted, reply,
                      [=, this, &wanted] { list_tokens(context, wanted, reply); });
        });
  }

  grpc::ServerUnaryReactor* Delete(grpc::CallbackServerContext* context,
                                   const pb::OAuthClientAuthorizationIdentifiers* request,
                                   Empty* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.OAuthAuthorizationRegistry/Delete"}, context, request, response,
        [this](auto call, const auto& ids, const auto& reply) {
          const auto& user_id = ids.user_ids().user_id();
          context_.authorized(call, user_key(user_id), {}, reply, [=, this, &ids] {
            withdraw(call, user_id, ids.client_ids().client_id(), reply);
          });
        });
  }

  grpc::ServerUnaryReactor* DeleteToken(grpc::CallbackServerContext* context,
                                        const pb::OAuthAccessTokenIdentifiers* request,
                                        Empty* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.OAuthAuthorizationRegistry/DeleteToken"}, context, request, response,
        [this](auto call, const auto& ids, const auto& reply) {
          with_rights(call, ids, reply, [=, this, &ids] { delete_token(call, ids, reply); });
        });
  }

 private:
  /// A token may do it with itself and its siblings.
  template <class Request, class Response>
  void with_rights(const CallPtr& call, const Request& request, const Reply<Response>& reply,
                   std::function<void()> then) const {
    identity_.caller(call->metadata, [=, this, &request](const Result<AuthInfoPtr>& caller) {
      if (!caller) return reply(fail(caller.error()));
      const auto key = user_key(request.user_ids().user_id());
      const auto& client_id = (*caller)->client_id;
      if (!client_id.empty() && (*caller)->owner == key &&
          client_id == request.client_ids().client_id())
        return then();
      context_.authorized(call, key, {}, reply, then);
    });
  }

  void list(grpc::CallbackServerContext* server,
            const pb::ListOAuthClientAuthorizationsRequest& request,
            const Reply<pb::OAuthClientAuthorizations>& reply) const {
    auto find = [wish = page_wish<pb::OAuthClientAuthorization>(
                     request, identity_.settings().default_page_limit),
                 user_id = request.user_ids().user_id()](const storage::Reader& store) {
      return identity_server::page_of_kind(store, storage::EntityKind::client_authorization,
                                           {user_id}, wish);
    };
    identity_.scan<EntityPage>(find, [=](const Result<EntityPage>& page) {
      if (!page) return reply(fail(page.error()));
      pb::OAuthClientAuthorizations out;
      for (const auto& entity : page->entities) {
        auto one = entity_message<pb::OAuthClientAuthorization>(*entity);
        if (!one) return reply(fail(std::move(one).error()));
        *out.add_authorizations() = *std::move(one);
      }
      set_total(*server, page->total);
      reply(std::move(out));
    });
  }

  void list_tokens(grpc::CallbackServerContext* server,
                   const pb::ListOAuthAccessTokensRequest& request,
                   const Reply<pb::OAuthAccessTokens>& reply) const {
    auto find =
        [wish = page_wish<pb::OAuthAccessToken>(request, identity_.settings().default_page_limit),
         user_id = request.user_ids().user_id(), client_id = request.client_ids().client_id()](
            const storage::Reader& store) -> Result<EntityPage> {
      FF_TRY(const auto keys, oauth::tokens_of(store, user_id, client_id));
      std::vector<std::string> ids;
      ids.reserve(keys.size());
      for (const auto& key : keys) ids.push_back(key.ids.front());
      return identity_server::page_of(store, storage::EntityKind::access_token, ids, wish);
    };
    identity_.scan<EntityPage>(find, [=](const Result<EntityPage>& page) {
      if (!page) return reply(fail(page.error()));
      pb::OAuthAccessTokens out;
      for (const auto& entity : page->entities) {
        auto token = entity_message<pb::OAuthAccessToken>(*entity);
        if (!token) return reply(fail(std::move(token).error()));
        token->clear_access_token();
        token->clear_refresh_token();
        *out.add_tokens() = *std::move(token);
      }
      set_total(*server, page->total);
      reply(std::move(out));
    });
  }

  void withdraw(const CallPtr& call, const std::string& user_id, const std::string& client_id,
                const Reply<Empty>& reply) const {
    const auto key = oauth::authorization_entity(user_id, client_id);
    identity_.get(key, [=, this](const Result<EntityPtr>& found) {
      if (!found && found.error().code() == Code::not_found)
        return reply(
            fail(oauth::authorization_not_found, {{"user_id", user_id}, {"client_id", client_id}}));
      if (!found) return reply(fail(found.error()));
      withdraw_authorization(
          identity_.of(*call), user_id, client_id, [=, this](const Status& done) {
            if (!done) return reply(fail(done.error()));
            publish_of_user(identity_, "oauth.token.deleted", user_id, cause_of(*call));
            reply(Empty());
          });
    });
  }

  void delete_token(const CallPtr& call, const pb::OAuthAccessTokenIdentifiers& ids,
                    const Reply<Empty>& reply) const {
    const auto key = identity_server::access_token_entity(ids.id());
    const auto user_id = ids.user_ids().user_id();
    const auto client_id = ids.client_ids().client_id();
    identity_.get(key, [=, this](const Result<EntityPtr>& found) {
      if (!found && found.error().code() == Code::not_found)
        return reply(fail(oauth::access_token_not_found, {{"access_token_id", key.ids.front()}}));
      if (!found) return reply(fail(found.error()));
      const auto token = identity_server::decode_access_token(**found);
      if (!token) return reply(fail(token.error()));
      if (token->user_id != user_id || token->client_id != client_id)
        return reply(fail(access_token_mismatch));
      identity_.of(*call).erase(key, [=, this](const Status& erased) {
        if (!erased && erased.error().code() != Code::not_found) return reply(fail(erased.error()));
        publish_of_user(identity_, "oauth.token.deleted", user_id, cause_of(*call));
        reply(Empty());
      });
    });
  }

  const ServiceContext& context_;
  Identity identity_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_oauth_authorizations(const ServiceContext& context,
                                                         Identity identity) {
  return std::make_unique<OAuthAuthorizations>(context, std::move(identity));
}

}  // namespace ff::api
