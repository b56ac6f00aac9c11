#include "actors/identity_server/members/members.hpp"
#include "actors/identity_server/registry/errors.hpp"

namespace ff::identity_server {
namespace {

RightSet without(const RightSet& rights, const RightSet& others) {
  RightSet out;
  rights.for_each([&](Right right) {
    if (!others.has(right)) out.add(right);
  });
  return out;
}

Result<RightSet> rights_in_row(const Entity* membership) {
  if (membership == nullptr) return RightSet();
  return decode_membership(*membership);
}

/// One owner remains: another one, who is looked at again now.
Status check_owner(const MembershipChange& change, const EntityRows& rows) {
  if (!change.other_owner) return fail(change.needs_collaborator);
  FF_TRY(const auto rights, rights_in_row(rows.find(*change.other_owner)));
  if (!implied(rights).has(change.all)) return fail(membership_changed);
  return {};
}

/// Rights are compared with what they imply and kept as they are given. [spec identity-server §3.1]
Status check(const MembershipChange& change, const Entity& entity, const RightSet& current,
             const EntityRows& rows) {
  const auto before = implied(current);
  const auto after = implied(change.rights);
  const auto removed = without(before, after);
  const bool ends = change.rights.empty();
  auto needed = without(after, before);
  if (!ends) needed = needed | removed;
  // RIGHT_ALL implies rights on other kinds, which nobody holds on this entity.
  if (entity.key.kind != storage::EntityKind::organization)
    needed = needed & (rights_of_kind(entity.key.kind) | RightSet{Right::all});
  if (const auto missing = without(needed, change.held); !missing.empty())
    return fail(change.insufficient(missing));
  if (removed.has(change.all)) FF_CHECK(check_owner(change, rows));
  if (ends && change.is_contact && change.is_contact(entity)) return fail(change.is_contact_error);
  return {};
}

Status decide(const MembershipChange& change, EntityRows& rows) {
  const auto key = membership_entity(change.entity, change.account);
  FF_TRY(const auto* entity, rows.live(change.entity));
  const auto* membership = rows.find(key);
  if (change.rights.empty()) {
    if (membership == nullptr) return fail(not_found(key));
  } else {
    FF_CHECK(rows.live(change.account));
  }
  FF_TRY(const auto current, rights_in_row(membership));
  FF_CHECK(check(change, *entity, current, rows));
  if (change.rights.empty()) {
    rows.erase(key);
  } else {
    rows.put(key, {.message = make_membership(change.entity, change.account, change.rights).message,
                   .unique = {}});
  }
  return {};
}

}  // namespace

ChangeEntities change_membership(MembershipChange change,
                                 actors::Reply<std::vector<EntityPtr>> reply) {
  ChangeEntities message;
  message.keys = {change.entity, change.account, membership_entity(change.entity, change.account)};
  if (change.other_owner) message.keys.push_back(*change.other_owner);
  message.decide = [change = std::move(change)](EntityRows& rows, UtcTime) {
    return decide(change, rows);
  };
  message.reply = std::move(reply);
  return message;
}

}  // namespace ff::identity_server
