#include "app/api/services/identity/api_key_access.hpp"

#include "app/api/services/identity/changes.hpp"
#include "app/api/services/identity/notifications.hpp"

namespace ff::api {
namespace {

using identity_server::EntityPage;
using identity_server::EntityPtr;

/// Without its secret.
Result<pb::APIKey> to_proto(const identity_server::Entity& entity) {
  FF_TRY(const auto key, identity_server::decode_api_key(entity));
  pb::APIKey out;
  out.set_id(key.id);
  out.set_name(key.name);
  for (auto right : to_api(key.rights)) out.add_rights(right);
  put_time(entity.created_at, *out.mutable_created_at());
  put_time(entity.updated_at, *out.mutable_updated_at());
  if (key.expires_at) put_time(*key.expires_at, *out.mutable_expires_at());
  return out;
}

NewNotification of_key(const char* type, const storage::EntityKey& entity, const pb::APIKey& key) {
  return {.entity = entity, .type = type, .data = packed(key), .email = true};
}

/// What a list of rights on an entity shows: on accounts also those on what they own.
identity_server::RightSet listed_rights(storage::EntityKind kind) {
  using identity_server::rights_of_kind;
  using storage::EntityKind;
  auto rights = rights_of_kind(kind);
  if (kind != EntityKind::user && kind != EntityKind::organization) return rights;
  for (const auto owned : {EntityKind::application, EntityKind::client, EntityKind::gateway})
    rights = rights | rights_of_kind(owned);
  return kind == EntityKind::user ? rights | rights_of_kind(EntityKind::organization) : rights;
}

/// Rights that one of the sets has and the other has not.
RightSet difference(const identity_server::RightSet& a, const identity_server::RightSet& b) {
  RightSet out;
  (a | b).for_each([&](identity_server::Right right) {
    if (a.has(right) != b.has(right)) out.push_back(static_cast<Right>(static_cast<int>(right)));
  });
  return out;
}

/// What a request sets; pure.
struct KeyChange {
  pb::APIKey wanted;
  Paths paths;

  bool has(std::string_view path) const { return std::ranges::find(paths, path) != paths.end(); }
  /// `held`: the caller's rights on the key's owner.
  Status apply(identity_server::ApiKey& key, const RightSet& held) const {
    if (has("rights")) {
      const auto rights = from_api(wanted.rights());
      FF_CHECK(check_rights(key.owner, difference(rights, key.rights), held));
      key.rights = rights;
    }
    if (has("name")) key.name = wanted.name();
    if (has("expires_at")) {
      key.expires_at.reset();
      if (wanted.has_expires_at()) key.expires_at = time_of(wanted.expires_at());
    }
    return {};
  }
};

identity_server::ChangeEntity change_key(const storage::EntityKey& key, KeyChange change,
                                         RightSet held) {
  identity_server::ChangeEntity message;
  message.key = key;
  message.change = [change = std::move(change), held = std::move(held)](
                       const identity_server::Entity& current,
                       UtcTime now) -> Result<identity_server::Draft> {
    FF_TRY(auto api_key, identity_server::decode_api_key(current));
    FF_CHECK(change.apply(api_key, held));
    return identity_server::api_key_draft(api_key, current.created_at, now);
  };
  return message;
}

/// Keys that never expire come last.
std::string sort_text(const Paging& paging, const pb::APIKey& key) {
  if (paging.order() != "expires_at") return key.name();
  if (!key.has_expires_at()) return "~";
  auto text = std::to_string(time_of(key.expires_at()).time_since_epoch().count());
  return std::string(text.size() < 20 ? 20 - text.size() : 0, '0') + text;
}

}  // namespace

void ApiKeyAccess::list_rights(const CallPtr& call, const storage::EntityKey& entity,
                               const Reply<pb::Rights>& reply) const {
  context_.rights(*call, entity, [reply, entity](const Result<RightSet>& held) {
    if (!held) return reply(fail(held.error()));
    pb::Rights rights;
    const auto listed = listed_rights(entity.kind);
    for (auto right : *held) {
      if (listed.has(static_cast<identity_server::Right>(static_cast<int>(right))))
        rights.add_rights(right);
    }
    reply(std::move(rights));
  });
}

void ApiKeyAccess::create(const CallPtr& call, const storage::EntityKey& entity,
                          const Wanted& wanted, const Reply<pb::APIKey>& reply) const {
  auto needed = needed_rights(call->method, {});
  for (auto right : to_api(wanted.rights)) needed.push_back(right);
  context_.permitted(call, entity, needed, reply, [=, this] {
    auto random = make_random_();
    auto issued = identity_server::issue_api_key(entity, wanted.name, wanted.rights, *random);
    issued.key.expires_at = wanted.expires_at;
    auto message = identity_server::create_api_key(issued.key, nullptr);
    identity_.of(*call).create(
        std::move(message), [=, this, text = issued.text](const Result<EntityPtr>& created) {
          if (!created) return reply(fail(created.error()));
          publish_change(identity_, *call, entity, "api-key.create");
          auto key = to_proto(**created);
          if (key) notify(identity_, *call, of_key("api_key_created", entity, *key));
          if (key) key->set_key(text);
          reply(std::move(key));
        });
  });
}

void ApiKeyAccess::list(const CallPtr& call, grpc::CallbackServerContext* server,
                        const storage::EntityKey& entity, const Paging& paging,
                        const Reply<pb::APIKeys>& reply) const {
  context_.authorized(call, entity, {}, reply, [=, this] {
    const auto below = identity_server::api_key_entity(entity, "");
    identity_server::ListEntities list;
    list.kind = storage::EntityKind::api_key;
    list.parents = {below.ids.at(0), below.ids.at(1)};
    paging.ask(list);
    identity_.list(std::move(list), [=](const Result<EntityPage>& page) {
      if (!page) return reply(fail(page.error()));
      std::vector<pb::APIKey> keys;
      for (const auto& stored : page->entities) {
        auto key = to_proto(*stored);
        if (!key) return reply(fail(std::move(key).error()));
        keys.push_back(*std::move(key));
      }
      pb::APIKeys answer;
      const std::function<std::string(const pb::APIKey&)> text = [&](const pb::APIKey& key) {
        return sort_text(paging, key);
      };
      for (auto& key : paging.page(std::move(keys), text)) *answer.add_api_keys() = std::move(key);
      set_total(*server, page->total);
      reply(std::move(answer));
    });
  });
}

void ApiKeyAccess::get(const CallPtr& call, const storage::EntityKey& entity,
                       const std::string& key_id, const Reply<pb::APIKey>& reply) const {
  context_.authorized(call, entity, {}, reply, [=, this] {
    identity_.get(identity_server::api_key_entity(entity, key_id),
                  [reply](const Result<EntityPtr>& key) {
                    if (!key) return reply(fail(key.error()));
                    reply(to_proto(**key));
                  });
  });
}

void ApiKeyAccess::update(const CallPtr& call, const storage::EntityKey& entity,
                          const pb::APIKey& wanted, Paths paths,
                          const Reply<pb::APIKey>& reply) const {
  if (paths.empty()) paths = {"rights", "name"};
  const auto key = identity_server::api_key_entity(entity, wanted.id());
  context_.authorized(call, entity, {}, reply, [=, this, change = KeyChange{wanted, paths}] {
    if (change.has("rights") && change.wanted.rights().empty()) {
      return identity_.of(*call).erase(key, [=, this](const Status& erased) {
        if (!erased) return reply(fail(erased.error()));
        publish_change(identity_, *call, entity, "api-key.delete");
        reply(pb::APIKey());
      });
    }
    auto with_rights = [=, this](const Result<RightSet>& held) {
      if (!held) return reply(fail(held.error()));
      identity_.of(*call).change(
          change_key(key, change, *held), [=, this](const Result<EntityPtr>& changed) {
            if (!changed) return reply(fail(changed.error()));
            publish_change(identity_, *call, entity, "api-key.update");
            auto updated = to_proto(**changed);
            if (updated) notify(identity_, *call, of_key("api_key_changed", entity, *updated));
            reply(std::move(updated));
          });
    };
    context_.rights(*call, entity,
                    context_.asker.within_deadline<RightSet>("IDENTITY_SERVER", with_rights));
  });
}

void ApiKeyAccess::erase(const CallPtr& call, const storage::EntityKey& entity,
                         const std::string& key_id,
                         const Reply<google::protobuf::Empty>& reply) const {
  context_.authorized(call, entity, {}, reply, [=, this] {
    identity_.of(*call).erase(identity_server::api_key_entity(entity, key_id),
                              [=, this](const Status& erased) {
                                if (!erased) return reply(fail(erased.error()));
                                publish_change(identity_, *call, entity, "api-key.delete");
                                reply(google::protobuf::Empty());
                              });
  });
}

}  // namespace ff::api
