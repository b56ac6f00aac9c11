#include "app/api/services/identity/collaborators.hpp"

#include "app/api/services/identity/changes.hpp"
#include "app/api/services/identity/contacts.hpp"
#include "app/api/services/identity/notifications.hpp"

namespace ff::api {
namespace {

using identity_server::EntityPtr;
using identity_server::Member;
using storage::EntityKey;
using storage::EntityKind;

constexpr ErrorDef required_field{"pkg/errors", "validation", Code::invalid_argument,
                                  "invalid `{field}`: {reason}"};
/// Times that a change is tried when the other owner goes at the same moment.
constexpr int attempts_max = 5;

Error without_account(const char* field) {
  return Error(required_field, {{"field", field}, {"reason", "value is required"}});
}

template <class Message>
Message to_proto(const Member& member) {
  Message out;
  put_account(member.account, *out.mutable_ids());
  for (auto right : to_api(member.rights)) out.add_rights(right);
  return out;
}

/// By id, or by how many rights they have.
void sort(std::vector<Member>& members, std::string_view order) {
  const bool descending = order.starts_with('-');
  if (descending) order.remove_prefix(1);
  const auto rights_of = [](const Member& member) { return to_api(member.rights).size(); };
  std::ranges::stable_sort(members, [&](const Member& a, const Member& b) {
    const auto& first = descending ? b : a;
    const auto& second = descending ? a : b;
    if (order == "rights") return rights_of(first) < rights_of(second);
    return first.account.ids.front() < second.account.ids.front();
  });
}

std::vector<Member> page_of(const std::vector<Member>& members, const PageRequest& page,
                            std::uint32_t default_limit) {
  const std::size_t limit = page.limit > 0 ? page.limit : default_limit;
  const std::size_t skip = page.page > 1 ? (page.page - std::size_t{1}) * limit : 0;
  const auto first = std::min(skip, members.size());
  const auto count = std::min(limit, members.size() - first);
  const auto begin = members.begin() + static_cast<std::ptrdiff_t>(first);
  return {begin, begin + static_cast<std::ptrdiff_t>(count)};
}

/// The membership of an owner other than `account`.
Result<std::optional<EntityKey>> other_owner(const storage::Reader& store, const EntityKey& entity,
                                             const EntityKey& account, identity_server::Right all) {
  FF_TRY(const auto members, identity_server::collaborators_of(store, entity));
  for (const auto& member : members) {
    if (member.account != account && implied(member.rights).has(all))
      return std::optional(identity_server::membership_entity(entity, member.account));
  }
  return std::optional<EntityKey>();
}

}  // namespace

void put_account(const EntityKey& account, pb::OrganizationOrUserIdentifiers& out) {
  if (account.kind == EntityKind::organization) {
    out.mutable_organization_ids()->set_organization_id(account.ids.front());
  } else {
    out.mutable_user_ids()->set_user_id(account.ids.front());
  }
}

void Collaborators::get(const CallPtr& call, const EntityKey& entity,
                        const pb::OrganizationOrUserIdentifiers& ids,
                        const Reply<pb::GetCollaboratorResponse>& reply) const {
  const auto account = account_key(ids);
  if (!account) return reply(fail(without_account("collaborator")));
  context_.authorized(call, entity, {}, reply, [=, this] {
    auto find = [entity, account = *account](const storage::Reader& store) {
      return identity_server::collaborator_of(store, entity, account);
    };
    identity_.read<Member>(find, [reply](const Result<Member>& member) {
      if (!member) return reply(fail(member.error()));
      reply(to_proto<pb::GetCollaboratorResponse>(*member));
    });
  });
}

void Collaborators::list(const CallPtr& call, grpc::CallbackServerContext* server,
                         const EntityKey& entity, const PageRequest& page,
                         const Reply<pb::Collaborators>& reply) const {
  using Members = std::vector<Member>;
  auto with_rights = [=, this](const Result<RightSet>& held) {
    if (!held) return reply(fail(held.error()));
    const auto needed = kind_info(entity.kind).collaborators;
    const bool sees_rights = std::ranges::find(*held, needed) != held->end();
    auto find = [entity](const storage::Reader& store) {
      return identity_server::collaborators_of(store, entity);
    };
    identity_.scan<Members>(find, [=, this](Result<Members> members) {
      if (!members) return reply(fail(members.error()));
      sort(*members, page.order);
      pb::Collaborators out;
      for (auto& member : page_of(*members, page, identity_.settings().default_page_limit)) {
        if (!sees_rights) member.rights = {};
        *out.add_collaborators() = to_proto<pb::Collaborator>(member);
      }
      set_total(*server, members->size());
      reply(std::move(out));
    });
  };
  identity_.caller(call->metadata, [=, this](const Result<identity_server::AuthInfoPtr>& caller) {
    if (!caller) return reply(fail(caller.error()));
    if ((*caller)->refusal) return reply(fail(*(*caller)->refusal));
    context_.rights(*call, entity,
                    context_.asker.within_deadline<RightSet>("IDENTITY_SERVER", with_rights));
  });
}

void Collaborators::set(const CallPtr& call, const EntityKey& entity,
                        const pb::Collaborator& collaborator, const Reply<Empty>& reply) const {
  const auto account = account_key(collaborator.ids());
  if (!account) return reply(fail(without_account("collaborator.ids")));
  if (entity.kind == EntityKind::organization && account->kind == EntityKind::organization)
    return reply(fail(nested_organizations));
  const auto rights = from_api(collaborator.rights());
  // An empty list makes the collaborator leave; RIGHT_INVALID alone only looks like one.
  if (rights.empty() && !collaborator.rights().empty())
    return reply(fail(required_field, {{"field", "collaborator.rights"},
                                       {"reason", "there is no right among the values"}}));
  context_.authorized(call, entity, {}, reply, [=, this] {
    change(call, {entity, *account, rights}, reply);
  });
}

void Collaborators::erase(const CallPtr& call, const EntityKey& entity,
                          const pb::OrganizationOrUserIdentifiers& ids,
                          const Reply<Empty>& reply) const {
  const auto account = account_key(ids);
  if (!account) return reply(fail(without_account("collaborator_ids")));
  context_.authorized(call, entity, {}, reply, [=, this] {
    change(call, {entity, *account, {}}, reply);
  });
}

identity_server::MembershipChange Collaborators::change_of(const Wanted& wanted,
                                                           const RightSet& held) const {
  const auto& info = kind_info(wanted.entity.kind);
  identity_server::RightSet held_set;
  for (auto right : held)
    held_set.add(static_cast<identity_server::Right>(static_cast<int>(right)));
  return {.entity = wanted.entity,
          .account = wanted.account,
          .rights = wanted.rights,
          .held = held_set,
          .all = static_cast<identity_server::Right>(static_cast<int>(info.all)),
          .other_owner = {},
          .is_contact =
              [is_contact = is_contact_, account = wanted.account](
                  const identity_server::Entity& entity) { return is_contact(entity, account); },
          .insufficient =
              [entity = wanted.entity, held](const identity_server::RightSet& missing) {
                return check_rights(entity, to_api(missing), held).error();
              },
          .needs_collaborator = Error(info.needs_collaborator),
          .is_contact_error =
              Error(collaborator_is_contact, {{"collaborator_id", wanted.account.ids.front()}})};
}

void Collaborators::change(const CallPtr& call, const Wanted& wanted,
                           const Reply<Empty>& reply) const {
  auto store_change = [=, this](identity_server::MembershipChange change) {
    identity_.of(*call).change(
        change_membership(std::move(change), nullptr),
        [=, this](const Result<std::vector<EntityPtr>>& changed) {
          if (!changed && changed.error().is(identity_server::membership_changed) &&
              wanted.attempts < attempts_max) {
            auto again = wanted;
            ++again.attempts;
            return this->change(call, again, reply);
          }
          if (!changed) return reply(fail(changed.error()));
          const bool left = wanted.rights.empty();
          publish_change(identity_, *call, wanted.entity,
                         left ? "collaborator.delete" : "collaborator.update");
          if (!left) {
            const auto data = to_proto<pb::Collaborator>({wanted.account, wanted.rights});
            notify(identity_, *call,
                   {.entity = wanted.entity, .type = "collaborator_changed", .data = packed(data)});
          }
          reply(Empty());
        });
  };
  auto with_rights = [=, this](const Result<RightSet>& held) {
    if (!held) return reply(fail(held.error()));
    auto change = change_of(wanted, *held);
    using Owner = std::optional<EntityKey>;
    auto find = [wanted, all = change.all](const storage::Reader& store) {
      return other_owner(store, wanted.entity, wanted.account, all);
    };
    identity_.read<Owner>(find, [=](const Result<Owner>& owner) {
      if (!owner) return reply(fail(owner.error()));
      auto complete = change;
      complete.other_owner = *owner;
      store_change(complete);
    });
  };
  context_.rights(*call, wanted.entity,
                  context_.asker.within_deadline<RightSet>("IDENTITY_SERVER", with_rights));
}

}  // namespace ff::api
