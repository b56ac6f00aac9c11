// The identity server as the API needs it: who calls, with which rights, and the registry of
// entities. Not the services of entities (entity_registry.hpp).
#pragma once

#include "actors/identity_server/supervisor/supervisor.hpp"
#include "app/api/services/base/context.hpp"

namespace ff::api {

/// Copies share the routes. Thread safe.
class Identity {
 public:
  Identity(Asker asker, identity_server::Routes routes)
      : asker_(std::move(asker)), routes_(std::move(routes)) {}

  /// Who sent these metadata. Errors: unauthenticated, unsupported_authorization, those of
  /// Authenticate.
  void caller(const CallMetadata& metadata, actors::Reply<identity_server::AuthInfoPtr> then) const;
  /// For ServiceContext::rights.
  void rights(const Call& call, const storage::EntityKey& entity,
              actors::Reply<RightSet> then) const;

  void create(identity_server::CreateEntity message,
              actors::Reply<identity_server::EntityPtr> then) const;
  void change(identity_server::ChangeEntity message,
              actors::Reply<identity_server::EntityPtr> then) const;
  void erase(const storage::EntityKey& key, actors::Reply<void> then) const;
  void get(const storage::EntityKey& key, actors::Reply<identity_server::EntityPtr> then) const;
  /// Null if nothing owns the key.
  void find(Bytes index_key, actors::Reply<identity_server::EntityPtr> then) const;
  void list(identity_server::ListEntities message,
            actors::Reply<identity_server::EntityPage> then) const;

 private:
  Asker asker_;
  identity_server::Routes routes_;
};

/// For the front: callers with API keys.
std::shared_ptr<Authenticator> make_authenticator(const Identity& identity);
RightsOf make_rights_of(const Identity& identity);

RightSet to_api(const identity_server::RightSet& rights);
/// Numbers that are no right are left out.
identity_server::RightSet from_api(const google::protobuf::RepeatedField<int>& rights);

}  // namespace ff::api
