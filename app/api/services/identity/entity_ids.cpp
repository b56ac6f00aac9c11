#include "app/api/services/identity/entity_ids.hpp"

namespace ff::api {

using storage::EntityKey;
using storage::EntityKind;

void put_entity(const EntityKey& key, pb::EntityIdentifiers& out) {
  const auto& id = key.ids.at(0);
  switch (key.kind) {
    case EntityKind::user:
      return out.mutable_user_ids()->set_user_id(id);
    case EntityKind::organization:
      return out.mutable_organization_ids()->set_organization_id(id);
    case EntityKind::application:
      return out.mutable_application_ids()->set_application_id(id);
    case EntityKind::client:
      return out.mutable_client_ids()->set_client_id(id);
    case EntityKind::gateway:
      return out.mutable_gateway_ids()->set_gateway_id(id);
    case EntityKind::end_device:
      out.mutable_device_ids()->mutable_application_ids()->set_application_id(id);
      return out.mutable_device_ids()->set_device_id(key.ids.at(1));
    default:
      return;
  }
}

std::optional<EntityKey> entity_key_of(const pb::EntityIdentifiers& ids) {
  switch (ids.ids_case()) {
    case pb::EntityIdentifiers::kUserIds:
      return EntityKey{EntityKind::user, {ids.user_ids().user_id()}};
    case pb::EntityIdentifiers::kOrganizationIds:
      return EntityKey{EntityKind::organization, {ids.organization_ids().organization_id()}};
    case pb::EntityIdentifiers::kApplicationIds:
      return application_key(ids.application_ids().application_id());
    case pb::EntityIdentifiers::kClientIds:
      return EntityKey{EntityKind::client, {ids.client_ids().client_id()}};
    case pb::EntityIdentifiers::kGatewayIds:
      return gateway_key(ids.gateway_ids().gateway_id());
    case pb::EntityIdentifiers::kDeviceIds:
      return device_key(ids.device_ids().application_ids().application_id(),
                        ids.device_ids().device_id());
    default:
      return std::nullopt;
  }
}

}  // namespace ff::api
