// API keys and rights of one kind of entity: what ApplicationAccess and GatewayAccess have in
// common.
#pragma once

#include <google/protobuf/empty.pb.h>

#include "actors/identity_server/api_keys/api_key.hpp"
#include "app/api/services/identity/entity_registry.hpp"
#include "app/api/services/identity/services.hpp"

namespace ff::api {

class ApiKeyAccess {
 public:
  using CallPtr = std::shared_ptr<const Call>;

  ApiKeyAccess(const ServiceContext& context, Identity identity, MakeRandom make_random)
      : context_(context), identity_(std::move(identity)), make_random_(std::move(make_random)) {}

  void list_rights(const CallPtr& call, const storage::EntityKey& entity,
                   const Reply<ttn::lorawan::v3::Rights>& reply) const;

  /// The caller must have every right that the key gets.
  template <class Request>
  void create(const CallPtr& call, const storage::EntityKey& entity, const Request& request,
              const Reply<ttn::lorawan::v3::APIKey>& reply) const {
    std::optional<UtcTime> expires_at;
    if (request.has_expires_at()) expires_at = time_of(request.expires_at());
    create(call, entity, {request.name(), from_api(request.rights()), expires_at}, reply);
  }

  template <class Request>
  void list(const CallPtr& call, grpc::CallbackServerContext* server,
            const storage::EntityKey& entity, const Request& request,
            const Reply<ttn::lorawan::v3::APIKeys>& reply) const {
    const Paging paging({request.order(), request.limit(), request.page()},
                        identity_.settings().default_page_limit);
    list(call, server, entity, paging, reply);
  }

  void get(const CallPtr& call, const storage::EntityKey& entity, const std::string& key_id,
           const Reply<ttn::lorawan::v3::APIKey>& reply) const;

  /// Sets the fields of the mask; of an empty one, rights and name. The caller must have every
  /// right that the key gets or loses. A key that is left without rights is deleted.
  template <class Request>
  void update(const CallPtr& call, const storage::EntityKey& entity, const Request& request,
              const Reply<ttn::lorawan::v3::APIKey>& reply) const {
    update(call, entity, request.api_key(), paths_of(request.field_mask()), reply);
  }

  /// Nobody can use the key any more when this answers.
  void erase(const CallPtr& call, const storage::EntityKey& entity, const std::string& key_id,
             const Reply<google::protobuf::Empty>& reply) const;

 private:
  struct Wanted {
    std::string name;
    identity_server::RightSet rights;
    std::optional<UtcTime> expires_at;
  };

  void create(const CallPtr& call, const storage::EntityKey& entity, const Wanted& wanted,
              const Reply<ttn::lorawan::v3::APIKey>& reply) const;
  void list(const CallPtr& call, grpc::CallbackServerContext* server,
            const storage::EntityKey& entity, const Paging& paging,
            const Reply<ttn::lorawan::v3::APIKeys>& reply) const;
  void update(const CallPtr& call, const storage::EntityKey& entity,
              const ttn::lorawan::v3::APIKey& wanted, Paths paths,
              const Reply<ttn::lorawan::v3::APIKey>& reply) const;

  const ServiceContext& context_;
  Identity identity_;
  MakeRandom make_random_;
};

}  // namespace ff::api
