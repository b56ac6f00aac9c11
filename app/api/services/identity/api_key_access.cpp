#include "app/api/services/identity/api_key_access.hpp"

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

}  // namespace

void ApiKeyAccess::list_rights(const CallPtr& call, const storage::EntityKey& entity,
                               const Reply<pb::Rights>& reply) const {
  context_.rights(*call, entity, [reply](const Result<RightSet>& held) {
    if (!held) return reply(fail(held.error()));
    pb::Rights rights;
    for (auto right : *held) rights.add_rights(right);
    reply(std::move(rights));
  });
}

void ApiKeyAccess::create(const CallPtr& call, const storage::EntityKey& entity,
                          const Wanted& wanted, const Reply<pb::APIKey>& reply) const {
  auto needed = needed_rights(call->method, {});
  for (auto right : to_api(wanted.rights)) needed.push_back(right);
  context_.require(call, entity, needed, [=, this](const Status& status) {
    if (!status) return reply(fail(status.error()));
    auto random = make_random_();
    auto issued = identity_server::issue_api_key(entity, wanted.name, wanted.rights, *random);
    issued.key.expires_at = wanted.expires_at;
    auto message = identity_server::create_api_key(issued.key, nullptr);
    identity_.create(std::move(message),
                     [reply, text = issued.text](const Result<EntityPtr>& created) {
                       if (!created) return reply(fail(created.error()));
                       auto key = to_proto(**created);
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
      const std::function<std::string(const pb::APIKey&)> name = [](const pb::APIKey& key) {
        return key.name();
      };
      for (auto& key : paging.page(std::move(keys), name)) *answer.add_api_keys() = std::move(key);
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

}  // namespace ff::api
