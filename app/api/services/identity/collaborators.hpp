// Collaborators of one kind of entity: what ApplicationAccess, ClientAccess, GatewayAccess and
// OrganizationAccess have in common. [spec identity-server §3.1]
#pragma once

#include <google/protobuf/empty.pb.h>

#include "app/api/services/identity/entity_registry.hpp"
#include "ttn/lorawan/v3/rights.pb.h"

namespace ff::api {

class Collaborators {
 public:
  using CallPtr = std::shared_ptr<const Call>;
  using Empty = google::protobuf::Empty;
  /// Whether the account is a contact of the stored entity.
  using IsContact =
      std::function<bool(const identity_server::Entity&, const storage::EntityKey& account)>;

  Collaborators(const ServiceContext& context, Identity identity, IsContact is_contact)
      : context_(context), identity_(std::move(identity)), is_contact_(std::move(is_contact)) {}

  void get(const CallPtr& call, const storage::EntityKey& entity,
           const ttn::lorawan::v3::OrganizationOrUserIdentifiers& account,
           const Reply<ttn::lorawan::v3::GetCollaboratorResponse>& reply) const;

  /// Every known caller may; the rights are for those who may change them.
  template <class Request>
  void list(const CallPtr& call, grpc::CallbackServerContext* server,
            const storage::EntityKey& entity, const Request& request,
            const Reply<ttn::lorawan::v3::Collaborators>& reply) const {
    list(call, server, entity, {request.order(), request.limit(), request.page()}, reply);
  }

  /// Without rights: the collaborator leaves.
  void set(const CallPtr& call, const storage::EntityKey& entity,
           const ttn::lorawan::v3::Collaborator& collaborator, const Reply<Empty>& reply) const;
  void erase(const CallPtr& call, const storage::EntityKey& entity,
             const ttn::lorawan::v3::OrganizationOrUserIdentifiers& account,
             const Reply<Empty>& reply) const;

 private:
  struct Wanted {
    storage::EntityKey entity;
    storage::EntityKey account;
    identity_server::RightSet rights;
    int attempts = 0;
  };

  void list(const CallPtr& call, grpc::CallbackServerContext* server,
            const storage::EntityKey& entity, const PageRequest& page,
            const Reply<ttn::lorawan::v3::Collaborators>& reply) const;
  void change(const CallPtr& call, const Wanted& wanted, const Reply<Empty>& reply) const;
  identity_server::MembershipChange change_of(const Wanted& wanted, const RightSet& held) const;

  const ServiceContext& context_;
  Identity identity_;
  IsContact is_contact_;
};

}  // namespace ff::api
