// Who may create, see, list and change entities that accounts own: what the registries have in
// common, without their messages.
#pragma once

#include "app/api/services/identity/entity_registry.hpp"
#include "app/api/services/identity/kinds.hpp"

namespace ff::api {

/// Entities with what the caller may on each.
struct OwnedPage {
  struct One {
    identity_server::EntityPtr entity;
    identity_server::RightSet rights;
  };
  std::vector<One> entities;
  std::uint64_t total = 0;
};

/// A new entity with the membership of its owner, which must exist. Organizations share their ids
/// with users. Errors: id_taken, also by one that is deleted but kept; not_found() of the account;
/// a unique key's `taken`.
identity_server::ChangeEntities new_entity(const storage::EntityKey& key,
                                           const storage::EntityKey& account,
                                           std::function<identity_server::Draft()> make);

class Ownership {
 public:
  using CallPtr = std::shared_ptr<const Call>;
  using Change =
      std::function<Result<identity_server::Draft>(const identity_server::Entity&, UtcTime)>;

  Ownership(const ServiceContext& context, Identity identity)
      : context_(context), identity_(std::move(identity)) {}

  /// Whether the caller may create an entity for an account. Errors: validation, forbidden_id,
  /// nested_organizations, admins_create_<kind>s, those of rights.
  void authorize(const CallPtr& call, const storage::EntityKey& key,
                 const ttn::lorawan::v3::OrganizationOrUserIdentifiers& owner,
                 std::function<void(const storage::EntityKey& account, bool is_admin)> then,
                 std::function<void(const Error&)> refused) const;

  /// Answers true for callers who see all of the entity, false for others who ask for nothing but
  /// what is public. Errors: of rights, and of the caller's state.
  void may_read(const CallPtr& call, const storage::EntityKey& key, const Paths& paths,
                actors::Reply<bool> then) const;

  void list(const CallPtr& call, storage::EntityKind kind,
            const ttn::lorawan::v3::OrganizationOrUserIdentifiers& collaborator,
            const identity_server::PageWish& wish, actors::Reply<OwnedPage> then) const;

  /// What of all entities of a kind the caller may find: its own, those of its organizations, as an
  /// admin all. Error: search_forbidden for callers that are no account.
  void search(const CallPtr& call, storage::EntityKind kind, const identity_server::PageWish& wish,
              actors::Reply<OwnedPage> then) const;

  /// New contacts are collaborators. Errors: contact_no_collaborator, contact_info_restricted,
  /// those of `change`. Rights have been checked.
  void change(const CallPtr& call, const storage::EntityKey& key,
              const std::vector<storage::EntityKey>& contacts, Change change,
              actors::Reply<identity_server::EntityPtr> then) const;

  /// As ServiceContext::authorized, for an entity that is deleted but kept: admins do not get
  /// not_found().
  template <class Response>
  void authorized_deleted(const CallPtr& call, const storage::EntityKey& key,
                          const Reply<Response>& reply, std::function<void()> then) const {
    rights_on_deleted(call, key, [=](const Result<RightSet>& held) {
      if (!held) return reply(fail(held.error()));
      const auto status = check_rights(key, needed_rights(call->method, {}), *held);
      if (!status) return reply(fail(status.error()));
      then();
    });
  }

 private:
  void rights_on_deleted(const CallPtr& call, const storage::EntityKey& key,
                         actors::Reply<RightSet> then) const;

  const ServiceContext& context_;
  Identity identity_;
};

}  // namespace ff::api
