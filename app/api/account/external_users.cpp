#include "app/api/account/external_users.hpp"

#include "actors/identity_server/policy/names.hpp"
#include "actors/identity_server/registry/errors.hpp"
#include "actors/identity_server/registry/queries.hpp"
#include "app/api/services/identity/users.hpp"
#include "protocol/api_rules/api_rules.hpp"

namespace ff::api::account {
namespace {

using identity_server::ChangeEntities;
using identity_server::Draft;
using identity_server::EntityRows;
using storage::EntityKey;
using storage::EntityKind;

Draft link_to(const std::string& user_id) {
  pb::UserIdentifiers ids;
  ids.set_user_id(user_id);
  return {.message = bytes_of(ids.SerializeAsString()), .unique = {}};
}

Result<std::string> user_behind(const identity_server::Entity& link) {
  pb::UserIdentifiers ids;
  if (!ids.ParseFromArray(link.message.data(), static_cast<int>(link.message.size())))
    return fail(unreadable_entity);
  return ids.user_id();
}

pb::User new_user(const std::string& user_id, const OidcClaims& claims, bool waits, UtcTime now) {
  pb::User user;
  user.mutable_ids()->set_user_id(user_id);
  user.set_name(claims.name);
  user.set_primary_email_address(claims.email);
  if (claims.email_verified) put_time(now, *user.mutable_primary_email_address_validated_at());
  user.set_state(waits ? pb::STATE_REQUESTED : pb::STATE_APPROVED);
  if (waits) user.set_state_description("admin approval required");
  return user;
}

}  // namespace

EntityKey external_user_key(const std::string& issuer, const std::string& subject) {
  return {EntityKind::external_login, {issuer, subject}};
}

Result<std::optional<std::string>> find_external_user(const storage::Reader& store,
                                                      const EntityKey& key) {
  const auto link = identity_server::get_entity(store, key, identity_server::Deleted::without);
  if (!link && link.error().code() == Code::not_found) return std::optional<std::string>();
  if (!link) return fail(link.error());
  FF_TRY(auto user_id, user_behind(**link));
  const auto user =
      identity_server::get_entity(store, user_key(user_id), identity_server::Deleted::without);
  if (!user && user.error().code() == Code::not_found) return std::optional<std::string>();
  if (!user) return fail(user.error());
  return std::optional<std::string>(std::move(user_id));
}

ChangeEntities connect_external_user(const EntityKey& key, const std::string& user_id) {
  ChangeEntities change;
  change.keys = {key, user_key(user_id)};
  change.decide = [key, user_id](EntityRows& rows, UtcTime) -> Status {
    FF_CHECK(rows.live(user_key(user_id)));
    if (const auto* link = rows.find(key)) {
      FF_TRY(const auto connected, user_behind(*link));
      if (connected != user_id) return fail(already_connected);
    }
    rows.put(key, link_to(user_id));
    return {};
  };
  return change;
}

ChangeEntities create_external_user(const EntityKey& key, const std::string& user_id,
                                    const OidcClaims& claims, bool waits) {
  const auto user = user_key(user_id);
  const EntityKey namesake{EntityKind::organization, {user_id}};
  ChangeEntities change;
  change.keys = {user, namesake, key};
  change.decide = [=](EntityRows& rows, UtcTime now) -> Status {
    FF_CHECK(identity_server::check_name(user_id));
    if (rows.find(user) != nullptr || rows.find(namesake) != nullptr)
      return fail(identity_server::id_taken);
    // A link whose user is gone for good may be used again.
    if (const auto* link = rows.find(key)) {
      FF_TRY(const auto connected, user_behind(*link));
      if (connected != user_id) return fail(already_connected);
    }
    const auto message = new_user(user_id, claims, waits, now);
    // What the provider says is no better than what a person says who registers here.
    FF_CHECK(api_rules::validate(message, now));
    rows.put(user, {.message = entity_bytes(message), .unique = email_key(message)});
    rows.put(key, link_to(user_id));
    return {};
  };
  return change;
}

}  // namespace ff::api::account
