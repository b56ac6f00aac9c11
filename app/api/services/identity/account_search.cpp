#include "app/api/services/identity/account_search.hpp"

#include "app/api/services/identity/contacts.hpp"
#include "app/api/services/identity/search_filter.hpp"

namespace ff::api {
namespace {

using storage::EntityKey;
using storage::EntityKind;
using Accounts = std::vector<EntityKey>;

constexpr std::size_t results_max = 1000;
constexpr std::size_t results_max_of_strangers = 10;
constexpr std::size_t query_min = 2;

std::optional<EntityKey> owned_by(const pb::SearchAccountsRequest& request) {
  switch (request.collaborator_of_case()) {
    case pb::SearchAccountsRequest::kApplicationIds:
      return EntityKey{EntityKind::application, {request.application_ids().application_id()}};
    case pb::SearchAccountsRequest::kClientIds:
      return EntityKey{EntityKind::client, {request.client_ids().client_id()}};
    case pb::SearchAccountsRequest::kGatewayIds:
      return EntityKey{EntityKind::gateway, {request.gateway_ids().gateway_id()}};
    case pb::SearchAccountsRequest::kOrganizationIds:
      return EntityKey{EntityKind::organization, {request.organization_ids().organization_id()}};
    default:
      return std::nullopt;
  }
}

/// In the order of their ids.
Result<Accounts> all_accounts(const storage::Reader& store,
                              const pb::SearchAccountsRequest& request, const Accounts& left_out,
                              std::size_t limit) {
  Accounts out;
  for (const auto kind : {EntityKind::user, EntityKind::organization}) {
    if (kind == EntityKind::organization && request.only_users()) continue;
    identity_server::PageWish wish;
    wish.limit = limit;
    wish.filter = [&](const identity_server::Entity& entity) {
      return contains_text(entity.key.ids.front(), request.query()) &&
             std::ranges::find(left_out, entity.key) == left_out.end();
    };
    FF_TRY(const auto page, identity_server::page_of_kind(store, kind, {}, wish));
    for (const auto& entity : page.entities) out.push_back(entity->key);
  }
  std::ranges::sort(out, {}, [](const EntityKey& key) { return key.ids.front(); });
  if (out.size() > limit) out.resize(limit);
  return out;
}

Result<Accounts> find(const storage::Reader& store, const pb::SearchAccountsRequest& request,
                      bool by_admin) {
  const auto entity = owned_by(request);
  const bool is_stranger = !by_admin && (!entity || request.complement_collaborators());
  if (is_stranger && request.query().size() < query_min) return Accounts();
  const auto limit = is_stranger ? results_max_of_strangers : results_max;
  if (!entity) return all_accounts(store, request, {}, limit);
  FF_TRY(const auto members, identity_server::collaborators_of(store, *entity));
  Accounts accounts;
  for (const auto& member : members) accounts.push_back(member.account);
  if (request.complement_collaborators()) return all_accounts(store, request, accounts, limit);
  std::erase_if(accounts, [&](const EntityKey& account) {
    const bool is_user = account.kind == EntityKind::user;
    return (request.only_users() && !is_user) ||
           !contains_text(account.ids.front(), request.query());
  });
  std::ranges::sort(accounts, {}, [](const EntityKey& key) { return key.ids.front(); });
  return accounts;
}

}  // namespace

void search_accounts(const Identity& identity, bool by_admin,
                     const pb::SearchAccountsRequest& request,
                     const Reply<pb::SearchAccountsResponse>& reply) {
  auto look_up = [request, by_admin](const storage::Reader& store) {
    return find(store, request, by_admin);
  };
  identity.scan<Accounts>(look_up, [reply](const Result<Accounts>& accounts) {
    if (!accounts) return reply(fail(accounts.error()));
    pb::SearchAccountsResponse response;
    for (const auto& account : *accounts) put_account(account, *response.add_account_ids());
    reply(std::move(response));
  });
}

}  // namespace ff::api
