#include "app/server/process/identity.hpp"

#include <caf/send.hpp>

#include "actors/identity_server/api_keys/access.hpp"
#include "actors/identity_server/api_keys/api_key.hpp"
#include "actors/support/caf_error.hpp"

namespace ff::app {
namespace {

using AccessRoute = actors::Route<identity_server::AccessHandle>;
using identity_server::AuthInfoPtr;

constexpr ErrorDef unauthenticated{"pkg/auth", "unauthenticated", Code::unauthenticated, "unauthenticated"};

/// The token of `Bearer <token>`; empty for anything else.
std::string bearer_token(std::string_view authorization) {
  constexpr std::string_view scheme = "bearer ";
  if (authorization.size() <= scheme.size()) return {};
  for (std::size_t i = 0; i < scheme.size(); ++i) {
    const char c = authorization[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c) != scheme[i]) return {};
  }
  return std::string(authorization.substr(scheme.size()));
}

void authenticate(const AccessRoute& access, std::string token, actors::Reply<AuthInfoPtr> reply) {
  auto handle = access.get();
  if (!handle) return reply(fail(actors::receiver_down, {{"reason", "the identity server is starting"}}));
  caf::anon_send(handle, identity_server::Authenticate{std::move(token), std::move(reply)});
}

/// The rights on `entity` of whoever `token` belongs to.
void rights_on(const AccessRoute& access, std::string token, const storage::EntityKey& entity,
               actors::Reply<identity_server::RightSet> reply) {
  authenticate(access, std::move(token), [access, entity, reply](Result<AuthInfoPtr> caller) {
    if (!caller) return reply(fail(caller.error()));
    auto handle = access.get();
    if (!handle) return reply(fail(actors::receiver_down, {{"reason", "the identity server is starting"}}));
    caf::anon_send(handle, identity_server::ListRights{*caller, entity, reply});
  });
}

api::AuthInfo to_api(const identity_server::AuthInfo& caller) {
  api::AuthInfo info;
  info.kind = api::AuthInfo::Kind::api_key;
  info.token_id = caller.key_id;
  info.is_admin = caller.is_admin;
  const auto& owner = caller.owner;
  if (owner.kind == storage::EntityKind::user) info.account_id = "user:" + owner.ids.at(0);
  if (owner.kind == storage::EntityKind::organization) info.account_id = "organization:" + owner.ids.at(0);
  return info;
}

class Authenticator final : public api::Authenticator {
 public:
  explicit Authenticator(AccessRoute access) : access_(std::move(access)) {}

  void authenticate(const api::CallMetadata& metadata, Continuation answer) override {
    const auto found = metadata.find("authorization");
    auto token = found == metadata.end() ? std::string() : bearer_token(found->second);
    if (token.empty()) return answer(fail(unauthenticated));
    app::authenticate(access_, std::move(token), [answer = std::move(answer)](Result<AuthInfoPtr> caller) {
      if (!caller) return answer(fail(caller.error()));
      answer(to_api(**caller));
    });
  }

 private:
  AccessRoute access_;
};

class MqttAccess final : public application_server::Access {
 public:
  explicit MqttAccess(AccessRoute access) : access_(std::move(access)) {}

  void authenticate(const ApplicationId& application_id, const std::string& secret,
                    actors::Reply<application_server::ApplicationRights> reply) override {
    const storage::EntityKey application{storage::EntityKind::application, {application_id.text()}};
    rights_on(access_, secret, application, [reply](Result<identity_server::RightSet> rights) {
      using identity_server::Right;
      if (!rights) return reply(fail(rights.error()));
      if (rights->empty()) return reply(fail(application_server::not_authorized));
      reply(application_server::ApplicationRights{
          .traffic_read = rights->has(Right::application_traffic_read),
          .traffic_down_write = rights->has(Right::application_traffic_down_write)});
    });
  }

 private:
  AccessRoute access_;
};

}  // namespace

std::shared_ptr<api::Authenticator> make_authenticator(AccessRoute access) {
  return std::make_shared<Authenticator>(std::move(access));
}

api::RightsOf make_rights_of(AccessRoute access) {
  return [access](const api::Call& call, const storage::EntityKey& entity, actors::Reply<api::RightSet> answer) {
    const auto found = call.metadata.find("authorization");
    auto token = found == call.metadata.end() ? std::string() : bearer_token(found->second);
    rights_on(access, std::move(token), entity, [answer](Result<identity_server::RightSet> rights) {
      if (!rights) return answer(fail(rights.error()));
      api::RightSet set;
      rights->for_each([&](identity_server::Right right) { set.push_back(static_cast<api::Right>(right)); });
      answer(std::move(set));
    });
  };
}

std::shared_ptr<application_server::Access> make_mqtt_access(AccessRoute access) {
  return std::make_shared<MqttAccess>(std::move(access));
}

void create_admin(const identity_server::Routes& routes, Random& random, actors::Reply<std::string> reply) {
  const storage::EntityKey user{storage::EntityKind::user, {"admin"}};
  auto issued = identity_server::issue_api_key(user, "farfield start", {identity_server::Right::all}, random);
  auto store_key = [routes, issued, reply](Result<identity_server::EntityPtr> created) {
    if (!created) return reply(fail(created.error()));
    caf::anon_send(routes.registry.get(),
                   identity_server::create_api_key(issued.key, [issued, reply](Result<identity_server::EntityPtr> stored) {
                     if (!stored) return reply(fail(stored.error()));
                     reply(issued.text);
                   }));
  };
  caf::anon_send(routes.registry.get(), identity_server::create_admin_user("admin", std::move(store_key)));
}

}  // namespace ff::app
