// The registries of what users and organizations own: applications, clients, gateways,
// organizations. Not what is special about a kind.
#pragma once

#include <google/protobuf/empty.pb.h>

#include "actors/identity_server/api_keys/authenticate.hpp"
#include "actors/identity_server/policy/names.hpp"
#include "actors/identity_server/registry/queries.hpp"
#include "app/api/services/identity/changes.hpp"
#include "app/api/services/identity/contacts.hpp"
#include "app/api/services/identity/entity_purge.hpp"
#include "app/api/services/identity/ownership.hpp"
#include "app/api/services/identity/page_wish.hpp"

namespace ff::api {

/// What a kind adds to the common. Functions may be null, and are pure but for `tell`.
template <class Message>
struct OwnedKind {
  storage::EntityKind kind = storage::EntityKind::application;
  UniqueKeys<Message> unique;
  /// Makes the message consistent, when created and when changed.
  std::function<void(Message&)> complete;
  /// Takes out of an answer what nobody sees.
  std::function<void(Message&)> hide;
  /// Takes out what strangers do not see though the path is public.
  std::function<void(Message&)> to_public;
  /// Takes out what the rights do not show.
  std::function<void(Message&, const identity_server::RightSet&)> by_rights;
  /// More that a purge demands.
  std::function<Status(const storage::Reader&, const storage::EntityKey&)> may_purge;
  /// Takes out what another entity has got while this one was deleted. Null: then it stays deleted.
  std::function<void(Message&)> release = nullptr;
  /// Tells people that these fields were set.
  std::function<void(const Call&, const Paths&, const Message&)> tell = nullptr;
  /// More that a deletion demands.
  std::function<Status(const storage::Reader&, const storage::EntityKey&)> may_delete = nullptr;
};

/// What a single creation adds. Functions may be null.
template <class Message>
struct Creation {
  std::function<void(Message&, bool is_admin)> prepare;
  /// Puts into the answer what it shows this once.
  std::function<void(Message&)> reveal;
};

template <class Message>
class OwnedRegistry {
 public:
  using CallPtr = std::shared_ptr<const Call>;
  using Empty = google::protobuf::Empty;
  using EntityPtr = identity_server::EntityPtr;

  OwnedRegistry(const ServiceContext& context, Identity identity, OwnedKind<Message> kind)
      : context_(context),
        identity_(std::move(identity)),
        kind_(std::move(kind)),
        info_(kind_info(kind_.kind)),
        ownership_(context_, identity_) {}

  /// With the membership of its owner, in one.
  void create(const CallPtr& call, const pb::OrganizationOrUserIdentifiers& owner,
              const std::string& id, Message message, const Reply<Message>& reply,
              Creation<Message> creation = {}) const {
    const storage::EntityKey key{kind_.kind, {id}};
    auto create = [=, this, message = std::move(message)](const storage::EntityKey& account,
                                                          bool is_admin) mutable {
      // Deprecated, and nobody's to say that it is validated. [spec identity-server §2]
      message.clear_contact_info();
      if (creation.prepare) creation.prepare(message, is_admin);
      if (const auto status = default_contacts(message, owner); !status)
        return reply(fail(status.error()));
      if (kind_.complete) kind_.complete(message);
      store_new(call, new_entity(key, account, draft_of(std::move(message))), creation.reveal,
                reply);
    };
    ownership_.authorize(call, key, owner, std::move(create),
                         [reply](const Error& error) { reply(fail(error)); });
  }

  /// Callers without the right get what everyone may see, if they ask for no more.
  void get(const CallPtr& call, const std::string& id, const Paths& paths,
           const Reply<Message>& reply) const {
    const storage::EntityKey key{kind_.kind, {id}};
    auto answer = [=, this](const Result<bool>& all) {
      if (!all) return reply(fail(all.error()));
      identity_.get(key, [=, this, all = *all](const Result<EntityPtr>& entity) {
        if (!entity) return reply(fail(entity.error()));
        auto message = entity_message<Message>(**entity);
        if (!message) return reply(fail(std::move(message).error()));
        reply(shown(*std::move(message), with_ids(paths), all));
      });
    };
    ownership_.may_read(call, key, paths, answer);
  }

  /// What the owner is a member of; without one, what the caller is, also by organizations.
  template <class Request, class Response>
  void list(const CallPtr& call, grpc::CallbackServerContext* server, const Request& request,
            google::protobuf::RepeatedPtrField<Message>* (Response::*field)(),
            const Reply<Response>& reply,
            std::function<bool(const identity_server::Entity&)> filter = nullptr) const {
    auto wish = page_wish<Message>(request, identity_.settings().default_page_limit);
    wish.filter = std::move(filter);
    const auto paths = with_ids(paths_of(request.field_mask()));
    auto answer = [=, this](const Result<OwnedPage>& page) {
      if (!page) return reply(fail(page.error()));
      Response response;
      for (const auto& [entity, rights] : page->entities) {
        auto message = entity_message<Message>(*entity);
        if (!message) return reply(fail(std::move(message).error()));
        *(response.*field)()->Add() = shown(*std::move(message), paths, rights);
      }
      set_total(*server, page->total);
      reply(std::move(response));
    };
    ownership_.list(call, kind_.kind, request.collaborator(), wish, answer);
  }

  void update(const CallPtr& call, const std::string& id, const Message& requested, Paths paths,
              const Paths& answered, const Reply<Message>& reply) const {
    const storage::EntityKey key{kind_.kind, {id}};
    const auto contacts = new_contacts(requested, paths);
    std::erase_if(paths, [](const std::string& path) { return path.starts_with("contact_info"); });
    auto change = change_entity<Message>(key, requested, paths, kind_.unique, kind_.complete);
    ownership_.change(call, key, contacts, std::move(change.change),
                      [=, this](const Result<EntityPtr>& entity) {
                        if (!entity) return reply(fail(entity.error()));
                        auto message = entity_message<Message>(**entity);
                        if (!message) return reply(fail(std::move(message).error()));
                        publish_change(identity_, *call, key, "update", paths);
                        if (kind_.tell) kind_.tell(*call, paths, *message);
                        reply(shown(*std::move(message), with_ids(answered), true));
                      });
  }

  void erase(const CallPtr& call, const std::string& id, const Reply<Empty>& reply) const {
    const storage::EntityKey key{kind_.kind, {id}};
    context_.authorized(call, key, {}, reply, [=, this] {
      auto erase = [=, this](const Status& may) {
        if (!may) return reply(fail(may.error()));
        keep_deleted(identity_.of(*call), key, done(call, key, "delete", reply));
      };
      check_deletion(key, erase);
    });
  }

  void restore(const CallPtr& call, const std::string& id, const Reply<Empty>& reply) const {
    const storage::EntityKey key{kind_.kind, {id}};
    // Rights are looked at without the entity, which is deleted.
    ownership_.authorized_deleted(call, key, reply, [=, this] {
      auto then = [=, this, answer = done(call, key, "restore", reply)](const Status& restored) {
        if (restored || !kind_.release || restored.error().code() != Code::already_exists)
          return answer(restored);
        api::restore(identity_.of(*call), key, revive(kind_.release), answer);
      };
      api::restore(identity_.of(*call), key, revive(nullptr), std::move(then));
    });
  }

  void purge(const CallPtr& call, const std::string& id, const Reply<Empty>& reply) const {
    const storage::EntityKey key{kind_.kind, {id}};
    if (!call->auth.is_admin) return reply(fail(info_.admins_purge));
    auto allowed = [may = kind_.may_purge, key](const storage::Reader& store) -> Status {
      return may ? may(store, key) : Status();
    };
    api::purge(identity_.of(*call), key, allowed, done(call, key, "purge", reply));
  }

 private:
  static Paths with_ids(Paths paths) {
    for (const char* path : {"ids", "created_at", "updated_at", "deleted_at"})
      paths.emplace_back(path);
    return paths;
  }

  Message shown(Message message, const Paths& paths,
                const identity_server::RightSet& rights) const {
    const bool all = rights.has(static_cast<identity_server::Right>(info_.info));
    if (all && kind_.by_rights) kind_.by_rights(message, rights);
    return shown(std::move(message), paths, all);
  }
  Message shown(Message message, Paths paths, bool all) const {
    if (kind_.hide) kind_.hide(message);
    if (!all) {
      std::erase_if(
          paths, [&](const std::string& path) { return !are_public({path}, info_.public_paths); });
      if (kind_.to_public) kind_.to_public(message);
    }
    return masked(std::move(message), paths);
  }

  /// `change` may be null.
  Revive revive(std::function<void(Message&)> change) const {
    return [keys = kind_.unique, change = std::move(change)](
               const identity_server::Entity& entity) -> Result<identity_server::Draft> {
      FF_TRY(auto message, entity_message<Message>(entity));
      if (change) change(message);
      auto unique = keys ? keys(message) : std::vector<identity_server::UniqueKey>();
      return identity_server::Draft{.message = entity_bytes(message), .unique = std::move(unique)};
    };
  }

  std::function<identity_server::Draft()> draft_of(Message message) const {
    return [message = std::move(message), unique = kind_.unique]() {
      auto keys = unique ? unique(message) : std::vector<identity_server::UniqueKey>();
      return identity_server::Draft{entity_bytes(message), std::move(keys), false};
    };
  }

  void store_new(const CallPtr& call, identity_server::ChangeEntities creation,
                 std::function<void(Message&)> reveal, const Reply<Message>& reply) const {
    identity_.of(*call).change(std::move(creation),
                               [=, this](const Result<std::vector<EntityPtr>>& made) {
                                 if (!made) return reply(fail(made.error()));
                                 const auto& entity = *made->front();
                                 auto created = entity_message<Message>(entity);
                                 if (created && kind_.hide) kind_.hide(*created);
                                 if (created && reveal) reveal(*created);
                                 publish_change(identity_, *call, entity.key, "create");
                                 reply(std::move(created));
                               });
  }

  void check_deletion(const storage::EntityKey& key, actors::Reply<void> then) const {
    if (!kind_.may_delete) return then({});
    auto check = [may = kind_.may_delete, key](const storage::Reader& store) -> Result<bool> {
      FF_CHECK(may(store, key));
      return true;
    };
    identity_.scan<bool>(check, [then = std::move(then)](const Result<bool>& may) {
      if (!may) return then(fail(may.error()));
      then({});
    });
  }

  actors::Reply<void> done(const CallPtr& call, const storage::EntityKey& key,
                           std::string_view verb, const Reply<Empty>& reply) const {
    return [identity = identity_, call, key, verb, reply](const Status& status) {
      if (!status) return reply(fail(status.error()));
      publish_change(identity, *call, key, verb);
      reply(Empty());
    };
  }

  const ServiceContext& context_;
  Identity identity_;
  OwnedKind<Message> kind_;
  const KindInfo& info_;
  Ownership ownership_;
};

}  // namespace ff::api
