// Who is a collaborator of what: look-ups of memberships in the store, for the registry's reader,
// and changes of them, for its writer. Not what a caller may; see api_keys/authenticate.hpp.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "actors/identity_server/api_keys/api_key.hpp"
#include "actors/identity_server/registry/messages.hpp"

namespace ff::identity_server {

struct Member {
  storage::EntityKey account;
  RightSet rights;  // as given, without what they imply
};

/// The collaborators of an entity: organizations before users, each in the order of their ids.
Result<std::vector<Member>> collaborators_of(const storage::Reader& store,
                                             const storage::EntityKey& entity);
/// Error: not_found() of the membership.
Result<Member> collaborator_of(const storage::Reader& store, const storage::EntityKey& entity,
                               const storage::EntityKey& account);

/// Ids of the entities of `kind` that the account is a collaborator of, sorted; with `indirect`
/// also those that it is by an organization.
Result<std::vector<std::string>> member_entities(const storage::Reader& store,
                                                 storage::EntityKind kind,
                                                 const storage::EntityKey& account, bool indirect);
/// Memberships that the account has anywhere.
Result<std::vector<storage::EntityKey>> memberships_of(const storage::Reader& store,
                                                       const storage::EntityKey& account);

/// Which of many entities, and in which order.
struct PageWish {
  Deleted deleted = Deleted::without;
  /// Null: all. Pure.
  std::function<bool(const Entity&)> filter;
  /// What to sort by; null: the id. Pure.
  std::function<std::string(const Entity&)> sort_text;
  bool descending = false;
  std::uint64_t skip = 0;
  std::uint64_t limit = 100;
};
/// A page of the entities with these ids; those that are not there are left out.
Result<EntityPage> page_of(const storage::Reader& store, storage::EntityKind kind,
                           const std::vector<std::string>& ids, const PageWish& wish);
/// A page of all entities of a kind; `parents` are their first ids, e.g. the application of
/// devices.
Result<EntityPage> page_of_kind(const storage::Reader& store, storage::EntityKind kind,
                                const std::vector<std::string>& parents, const PageWish& wish);

/// A change of one membership. Pure when it decides.
struct MembershipChange {
  storage::EntityKey entity;
  storage::EntityKey account;
  /// Empty: the membership ends.
  RightSet rights;
  /// What the caller holds on the entity, with what it implies.
  RightSet held;
  /// The right that one collaborator keeps: RIGHT_<ENTITY>_ALL.
  Right all = Right::all;
  /// The membership of another collaborator who had `all` a moment ago; none: there is none.
  std::optional<storage::EntityKey> other_owner;
  /// The account is the entity's contact.
  std::function<bool(const Entity& entity)> is_contact;
  /// Errors of the API for what is refused.
  std::function<Error(const RightSet& missing)> insufficient;
  Error needs_collaborator;
  Error is_contact_error;
};
/// The transaction that makes it. Errors: those of the change, not_found() of entity, account, or
/// of a membership that is to end; aborted when the other owner has gone meanwhile: then ask again.
ChangeEntities change_membership(MembershipChange change,
                                 actors::Reply<std::vector<EntityPtr>> reply);
inline constexpr ErrorDef membership_changed{"pkg/identityserver/store", "membership_changed",
                                             Code::aborted, "memberships changed meanwhile"};

}  // namespace ff::identity_server
