#include "actors/identity_server/registry/errors.hpp"

namespace ff::identity_server {
namespace {

using storage::EntityKind;

#define FF_NOT_FOUND(name, text)                             \
  constexpr ErrorDef name {                                  \
    "pkg/identityserver/store", #name, Code::not_found, text \
  }
FF_NOT_FOUND(user_not_found, "user `{user_id}` not found");
FF_NOT_FOUND(organization_not_found, "organization `{organization_id}` not found");
FF_NOT_FOUND(application_not_found, "application `{application_id}` not found");
FF_NOT_FOUND(gateway_not_found, "gateway `{gateway_id}` not found");
FF_NOT_FOUND(client_not_found, "client `{client_id}` not found");
FF_NOT_FOUND(end_device_not_found,
             "end device `{device_id}` of application `{application_id}` not found");
FF_NOT_FOUND(api_key_not_found, "API key `{api_key_id}` not found");
FF_NOT_FOUND(membership_not_found,
             "account `{account_id}` is no collaborator of {entity_type} `{entity_id}`");
FF_NOT_FOUND(entity_not_found, "{entity_type} `{entity_id}` not found");
#undef FF_NOT_FOUND

}  // namespace

Error not_found(const storage::EntityKey& key) {
  const auto& ids = key.ids;
  switch (key.kind) {
    case EntityKind::user:
      return {user_not_found, {{"user_id", ids[0]}}};
    case EntityKind::organization:
      return {organization_not_found, {{"organization_id", ids[0]}}};
    case EntityKind::application:
      return {application_not_found, {{"application_id", ids[0]}}};
    case EntityKind::gateway:
      return {gateway_not_found, {{"gateway_id", ids[0]}}};
    case EntityKind::client:
      return {client_not_found, {{"client_id", ids[0]}}};
    case EntityKind::end_device:
      return {end_device_not_found, {{"application_id", ids[0]}, {"device_id", ids[1]}}};
    case EntityKind::api_key:
      return {api_key_not_found,
              {{"api_key_id", ids[2]}, {"entity_type", ids[0]}, {"entity_id", ids[1]}}};
    case EntityKind::membership:
      return {membership_not_found,
              {{"account_type", ids[2]},
               {"account_id", ids[3]},
               {"entity_type", ids[0]},
               {"entity_id", ids[1]}}};
    default:
      return {entity_not_found, {{"entity_type", kind_name(key.kind)}, {"entity_id", ids.back()}}};
  }
}

std::string_view kind_name(EntityKind kind) noexcept {
  switch (kind) {
    case EntityKind::user:
      return "user";
    case EntityKind::organization:
      return "organization";
    case EntityKind::application:
      return "application";
    case EntityKind::gateway:
      return "gateway";
    case EntityKind::client:
      return "client";
    case EntityKind::end_device:
      return "end_device";
    case EntityKind::api_key:
      return "api_key";
    case EntityKind::membership:
      return "membership";
    case EntityKind::webhook:
      return "webhook";
    case EntityKind::pubsub:
      return "pubsub";
    default:
      return "entity";
  }
}

}  // namespace ff::identity_server
