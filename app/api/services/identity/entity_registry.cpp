#include "app/api/services/identity/entity_registry.hpp"

namespace ff::api {

namespace {
/// More than fit in memory comfortably is not what one answer is for.
constexpr std::uint64_t listed_max = 1'000'000;
}  // namespace

Paging::Paging(const PageRequest& request, std::uint32_t default_limit)
    : order_(request.order), limit_(request.limit > 0 ? request.limit : default_limit) {
  if (order_.starts_with('-')) {
    descending_ = true;
    order_.erase(0, 1);
  }
  if (request.page > 1) skip_ = (request.page - 1) * limit_;
}

void Paging::ask(identity_server::ListEntities& list) const {
  using identity_server::EntityOrder;
  list.order = order_ == "created_at" ? EntityOrder::created_at : EntityOrder::id;
  list.descending = descending_ && !sorts_here();
  list.skip = sorts_here() ? 0 : skip_;
  list.limit = sorts_here() ? listed_max : limit_;
}

void set_total(grpc::CallbackServerContext& context, std::uint64_t total) {
  context.AddInitialMetadata("x-total-count", std::to_string(total));
}

std::optional<storage::EntityKey> account_key(const pb::OrganizationOrUserIdentifiers& ids) {
  if (ids.has_user_ids())
    return storage::EntityKey{storage::EntityKind::user, {ids.user_ids().user_id()}};
  if (ids.has_organization_ids()) {
    return storage::EntityKey{storage::EntityKind::organization,
                              {ids.organization_ids().organization_id()}};
  }
  return std::nullopt;
}

void memberships(const Identity& identity, storage::EntityKind kind,
                 const storage::EntityKey& account, actors::Reply<std::vector<std::string>> then) {
  const auto member = identity_server::membership_entity({kind, {""}}, account);
  identity_server::ListEntities list;
  list.kind = storage::EntityKind::membership;
  list.parents = {member.ids.at(0)};
  list.limit = listed_max;
  // entity kind, entity, member kind, member
  list.filter = [member](const identity_server::Entity& entity) {
    return entity.key.ids.at(2) == member.ids.at(2) && entity.key.ids.at(3) == member.ids.at(3);
  };
  identity.list(std::move(list),
                [then = std::move(then)](const Result<identity_server::EntityPage>& page) {
                  if (!page) return then(fail(page.error()));
                  std::vector<std::string> ids;
                  for (const auto& entity : page->entities) ids.push_back(entity->key.ids.at(1));
                  std::ranges::sort(ids);
                  then(std::move(ids));
                });
}

}  // namespace ff::api
