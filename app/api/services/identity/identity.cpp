#include "app/api/services/identity/identity.hpp"

#include <algorithm>

#include "actors/identity_server/api_keys/admin.hpp"
#include "actors/identity_server/api_keys/errors.hpp"
#include "actors/identity_server/registry/queries.hpp"
#include "app/api/services/identity/told_changes.hpp"

namespace ff::api {
namespace {

using namespace identity_server;  // The messages of its actors.

constexpr ErrorDef unauthenticated{"pkg/auth/rights", "unauthenticated", Code::unauthenticated,
                                   "unauthenticated"};

/// The token of `Bearer <token>`.
Result<std::string> bearer_token(const CallMetadata& metadata) {
  constexpr std::string_view scheme = "bearer ";
  const auto found = metadata.find("authorization");
  if (found == metadata.end() || found->second.empty()) return fail(unauthenticated);
  const std::string_view value = found->second;
  const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; };
  if (value.size() <= scheme.size() || !std::equal(scheme.begin(), scheme.end(), value.begin(),
                                                   [&](char b, char a) { return same(a, b); })) {
    return fail(unsupported_authorization);
  }
  return std::string(value.substr(scheme.size()));
}

std::string account_of(const storage::EntityKey& owner) {
  if (owner.kind == storage::EntityKind::user) return "user:" + owner.ids.at(0);
  if (owner.kind == storage::EntityKind::organization) return "organization:" + owner.ids.at(0);
  return {};
}

api::AuthInfo::Kind kind_of(identity_server::AuthInfo::Method method) {
  switch (method) {
    case identity_server::AuthInfo::Method::session:
      return api::AuthInfo::Kind::session;
    case identity_server::AuthInfo::Method::access_token:
      return api::AuthInfo::Kind::access_token;
    default:
      return api::AuthInfo::Kind::api_key;
  }
}

class IdentityAuthenticator final : public Authenticator {
 public:
  explicit IdentityAuthenticator(Identity identity) : identity_(std::move(identity)) {}

  void authenticate(const CallMetadata& metadata, Continuation answer) override {
    identity_.caller(metadata, [answer = std::move(answer)](const Result<AuthInfoPtr>& caller) {
      if (!caller) return answer(fail(caller.error()));
      const auto& known = **caller;
      answer(api::AuthInfo{kind_of(known.method), known.key_id, account_of(known.owner),
                           acts_as_admin(known), std::string(known.warning)});
    });
  }

 private:
  Identity identity_;
};

}  // namespace

void Identity::caller(const CallMetadata& metadata, actors::Reply<AuthInfoPtr> then) const {
  auto token = bearer_token(metadata);
  if (!token) return then(fail(std::move(token).error()));
  auto make = [&](actors::Reply<AuthInfoPtr> reply) {
    return Authenticate{*token, std::move(reply)};
  };
  asker_.ask<AuthInfoPtr>(routes_.access.get(), role, make, std::move(then));
}

void Identity::caller_if_any(const CallMetadata& metadata,
                             std::function<void(AuthInfoPtr)> then) const {
  caller(metadata, [then = std::move(then)](const Result<AuthInfoPtr>& caller) {
    then(caller ? *caller : nullptr);
  });
}

void Identity::rights(const Call& call, const storage::EntityKey& entity,
                      actors::Reply<api::RightSet> then) const {
  caller(call.metadata, [*this, entity, then = std::move(then)](const Result<AuthInfoPtr>& caller) {
    if (!caller) return then(fail(caller.error()));
    using Rights = identity_server::RightSet;
    auto make = [&](actors::Reply<Rights> reply) {
      return ListRights{*caller, entity, std::move(reply)};
    };
    asker_.ask<Rights>(routes_.access.get(), role, make, [then](const Result<Rights>& rights) {
      if (!rights) return then(fail(rights.error()));
      then(to_api(*rights));
    });
  });
}

void Identity::create(CreateEntity message, actors::Reply<EntityPtr> then) const {
  if (trail_) message = told(std::move(message), trail_);
  auto make = [&](actors::Reply<EntityPtr> reply) {
    message.reply = std::move(reply);
    return std::move(message);
  };
  asker_.ask<EntityPtr>(routes_.registry.get(), role, make, std::move(then));
}

void Identity::change(ChangeEntity message, actors::Reply<EntityPtr> then) const {
  if (trail_) message = told(std::move(message), trail_);
  auto make = [&](actors::Reply<EntityPtr> reply) {
    message.reply = std::move(reply);
    return std::move(message);
  };
  asker_.ask<EntityPtr>(routes_.registry.get(), role, make, std::move(then));
}

void Identity::change(ChangeEntities message, actors::Reply<std::vector<EntityPtr>> then) const {
  using Entities = std::vector<EntityPtr>;
  if (trail_) message = told(std::move(message), trail_);
  auto make = [&](actors::Reply<Entities> reply) {
    message.reply = std::move(reply);
    return std::move(message);
  };
  asker_.ask<Entities>(routes_.registry.get(), role, make, std::move(then));
}

void Identity::erase(const storage::EntityKey& key, actors::Reply<void> then) const {
  if (trail_)
    return change(told_deletion(key), [then = std::move(then)](const auto& erased) {
      if (!erased) return then(fail(erased.error()));
      then({});
    });
  auto make = [&](actors::Reply<void> reply) { return DeleteEntity{key, std::move(reply)}; };
  asker_.ask<void>(routes_.registry.get(), role, make, std::move(then));
}

void Identity::get(const storage::EntityKey& key, actors::Reply<EntityPtr> then) const {
  auto make = [&](actors::Reply<EntityPtr> reply) {
    return GetEntity{key, Deleted::without, std::move(reply)};
  };
  asker_.ask<EntityPtr>(routes_.reader.get(), role, make, std::move(then));
}

void Identity::find(Bytes index_key, actors::Reply<EntityPtr> then) const {
  auto make = [&](actors::Reply<EntityPtr> reply) {
    return FindEntity{std::move(index_key), std::move(reply)};
  };
  asker_.ask<EntityPtr>(routes_.reader.get(), role, make, std::move(then));
}

void Identity::list(ListEntities message, actors::Reply<EntityPage> then) const {
  scan<EntityPage>(
      [message = std::move(message)](const storage::Reader& store) {
        return identity_server::list_entities(store, message);
      },
      std::move(then));
}

std::shared_ptr<Authenticator> make_authenticator(const Identity& identity) {
  return std::make_shared<IdentityAuthenticator>(identity);
}

RightsOf make_rights_of(const Identity& identity) {
  return [identity](const Call& call, const storage::EntityKey& entity,
                    actors::Reply<api::RightSet> answer) {
    identity.rights(call, entity, std::move(answer));
  };
}

api::RightSet to_api(const identity_server::RightSet& rights) {
  api::RightSet out;
  rights.for_each([&](identity_server::Right right) {
    out.push_back(static_cast<api::Right>(static_cast<int>(right)));
  });
  return out;
}

identity_server::RightSet from_api(const google::protobuf::RepeatedField<int>& rights) {
  identity_server::RightSet out;
  for (int number : rights) {
    if (auto right = right_from(static_cast<std::uint32_t>(number))) out.add(*right);
  }
  return out;
}

}  // namespace ff::api
