#include "app/api/services/identity/ownership.hpp"

#include "actors/identity_server/api_keys/admin.hpp"
#include "actors/identity_server/api_keys/authenticate.hpp"
#include "actors/identity_server/policy/names.hpp"
#include "actors/identity_server/registry/errors.hpp"
#include "app/api/services/identity/contacts.hpp"

namespace ff::api {
namespace {

using identity_server::AuthInfoPtr;
using identity_server::EntityPtr;
using identity_server::EntityRows;
using storage::EntityKey;
using storage::EntityKind;

constexpr ErrorDef required_field{"pkg/errors", "validation", Code::invalid_argument,
                                  "invalid `{field}`: {reason}"};

bool users_may_create(const identity_server::UserRights& rights, EntityKind kind) {
  switch (kind) {
    case EntityKind::client:
      return rights.create_clients;
    case EntityKind::gateway:
      return rights.create_gateways;
    case EntityKind::organization:
      return rights.create_organizations;
    default:
      return rights.create_applications;
  }
}

/// Users and organizations have their ids in common.
std::optional<EntityKey> namesake(const EntityKey& key) {
  if (key.kind == EntityKind::organization) return EntityKey{EntityKind::user, key.ids};
  if (key.kind == EntityKind::user) return EntityKey{EntityKind::organization, key.ids};
  return std::nullopt;
}

Right right_on(const EntityKey& account, Right user, Right organization) {
  return account.kind == EntityKind::user ? user : organization;
}

/// With the caller's rights on each.
Result<OwnedPage> with_rights(const storage::Reader& store, const identity_server::EntityPage& page,
                              const identity_server::AuthInfo& caller) {
  OwnedPage out{.entities = {}, .total = page.total};
  for (const auto& entity : page.entities) {
    identity_server::RightSet membership;
    if (identity_server::is_account(caller.owner)) {
      FF_TRY(membership, identity_server::membership_rights(store, entity->key, caller.owner));
    }
    out.entities.push_back({entity, rights_on(caller, entity->key, membership)});
  }
  return out;
}

Result<OwnedPage> find_page(const storage::Reader& store, EntityKind kind, const EntityKey& account,
                            bool indirect, const identity_server::PageWish& wish,
                            const identity_server::AuthInfo& caller) {
  FF_TRY(const auto ids, identity_server::member_entities(store, kind, account, indirect));
  FF_TRY(const auto page, identity_server::page_of(store, kind, ids, wish));
  return with_rights(store, page, caller);
}

}  // namespace

identity_server::ChangeEntities new_entity(const EntityKey& key, const EntityKey& account,
                                           std::function<identity_server::Draft()> make) {
  const auto membership =
      identity_server::make_membership(key, account, {identity_server::Right::all});
  const auto other = namesake(key);
  identity_server::ChangeEntities message;
  message.keys = {key, membership.key, account};
  if (other && *other != account) message.keys.push_back(*other);
  message.decide = [=](EntityRows& rows, UtcTime) -> Status {
    if (rows.find(key) != nullptr || (other && rows.find(*other) != nullptr))
      return fail(identity_server::id_taken);
    FF_CHECK(rows.live(account));
    rows.put(key, make());
    rows.put(membership.key, {.message = membership.message, .unique = {}});
    return {};
  };
  return message;
}

void Ownership::authorize(const CallPtr& call, const EntityKey& key,
                          const pb::OrganizationOrUserIdentifiers& owner,
                          std::function<void(const EntityKey&, bool)> then,
                          std::function<void(const Error&)> refused) const {
  const auto& info = kind_info(key.kind);
  const auto account = account_key(owner);
  if (!account) {
    return refused(
        Error(required_field, {{"field", "collaborator"}, {"reason", "value is required"}}));
  }
  if (const auto allowed = identity_server::check_name(key.ids.front()); !allowed)
    return refused(allowed.error());
  const bool is_user = account->kind == EntityKind::user;
  if (key.kind == EntityKind::organization && !is_user) return refused(Error(nested_organizations));
  const bool is_admin = call->auth.is_admin;
  if (is_user && !is_admin && !users_may_create(identity_.settings().user_rights, key.kind))
    return refused(Error(info.admins_create));
  const auto right = right_on(*account, info.user_create, info.organization_create);
  context_.require(call, *account, {right}, [=](const Status& status) {
    if (!status) return refused(status.error());
    then(*account, is_admin);
  });
}

void Ownership::may_read(const CallPtr& call, const EntityKey& key, const Paths& paths,
                         actors::Reply<bool> then) const {
  const auto& info = kind_info(key.kind);
  auto decide = [=, this, &info](const Result<RightSet>& held) {
    if (!held) return then(fail(held.error()));
    const auto status = check_rights(key, needed_rights(call->method, paths), *held);
    if (status) return then(true);
    if (!are_public(paths, info.public_paths)) return then(fail(status.error()));
    identity_.caller(call->metadata, [=](const Result<AuthInfoPtr>& caller) {
      if (!caller) return then(fail(caller.error()));
      if ((*caller)->refusal) return then(fail(*(*caller)->refusal));
      then(false);
    });
  };
  context_.rights(*call, key, context_.asker.within_deadline<RightSet>("IDENTITY_SERVER", decide));
}

void Ownership::list(const CallPtr& call, EntityKind kind,
                     const pb::OrganizationOrUserIdentifiers& collaborator,
                     const identity_server::PageWish& wish, actors::Reply<OwnedPage> then) const {
  const auto& info = kind_info(kind);
  const auto named = account_key(collaborator);
  identity_.caller(call->metadata, [=, this, &info](const Result<AuthInfoPtr>& caller) {
    if (!caller) return then(fail(caller.error()));
    if (!named && !identity_server::is_account((*caller)->owner)) return then(OwnedPage());
    const auto account = named.value_or((*caller)->owner);
    // Organizations are in none.
    if (kind == EntityKind::organization && account.kind != EntityKind::user)
      return then(OwnedPage());
    auto find = [=, caller = *caller](const storage::Reader& store) {
      return find_page(store, kind, account, !named, wish, *caller);
    };
    const auto right = right_on(account, info.user_list, info.organization_list);
    context_.require(call, account, {right}, [=, this](const Status& status) {
      if (!status) return then(fail(status.error()));
      identity_.scan<OwnedPage>(find, then);
    });
  });
}

void Ownership::search(const CallPtr& call, EntityKind kind, const identity_server::PageWish& wish,
                       actors::Reply<OwnedPage> then) const {
  identity_.caller(call->metadata, [=, this](const Result<AuthInfoPtr>& caller) {
    if (!caller) return then(fail(caller.error()));
    if (!identity_server::is_account((*caller)->owner)) return then(fail(search_forbidden));
    auto find = [=, caller = *caller](const storage::Reader& store) -> Result<OwnedPage> {
      if (acts_as_admin(*caller)) {
        FF_TRY(const auto all, identity_server::page_of_kind(store, kind, {}, wish));
        return with_rights(store, all, *caller);
      }
      return find_page(store, kind, caller->owner, true, wish, *caller);
    };
    identity_.scan<OwnedPage>(find, then);
  });
}

void Ownership::change(const CallPtr& call, const EntityKey& key,
                       const std::vector<EntityKey>& contacts, Change change,
                       actors::Reply<EntityPtr> then) const {
  if (!identity_.settings().set_others_as_contacts) {
    for (const auto& contact : contacts) {
      const auto text =
          (contact.kind == EntityKind::user ? "user:" : "organization:") + contact.ids.front();
      if (call->auth.account_id != text) return then(fail(contact_info_restricted));
    }
  }
  identity_server::ChangeEntities message;
  message.keys = {key};
  for (const auto& contact : contacts)
    message.keys.push_back(identity_server::membership_entity(key, contact));
  message.decide = [=](EntityRows& rows, UtcTime now) -> Status {
    FF_TRY(const auto* current, rows.live(key));
    for (const auto& contact : contacts) {
      if (rows.find(identity_server::membership_entity(key, contact)) == nullptr)
        return fail(contact_no_collaborator, {{"contact", contact.ids.front()}});
    }
    FF_TRY(auto draft, change(*current, now));
    rows.put(key, std::move(draft));
    return {};
  };
  identity_.of(*call).change(std::move(message),
                             [then](const Result<std::vector<EntityPtr>>& changed) {
                               if (!changed) return then(fail(changed.error()));
                               then(changed->front());
                             });
}

void Ownership::rights_on_deleted(const CallPtr& call, const EntityKey& key,
                                  actors::Reply<RightSet> then) const {
  identity_.caller(call->metadata, [=, this](const Result<AuthInfoPtr>& caller) {
    if (!caller) return then(fail(caller.error()));
    auto find = [key, caller = *caller](const storage::Reader& store) -> Result<RightSet> {
      identity_server::RightSet membership;
      if (identity_server::is_account(caller->owner) && caller->owner != key) {
        FF_TRY(membership, identity_server::membership_rights(store, key, caller->owner));
      }
      return to_api(rights_on(*caller, key, membership));
    };
    identity_.read<RightSet>(find, then);
  });
}

}  // namespace ff::api
