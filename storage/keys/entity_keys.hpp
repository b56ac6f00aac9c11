// The keys of entities and their indices: identity data, not sharded. FORMAT.md is normative.
// Not which indices an entity keeps; that is its repository's business.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/bytes.hpp"
#include "protocol/base/result.hpp"
#include "protocol/base/time.hpp"
#include "protocol/types/identifiers.hpp"
#include "storage/keys/shard.hpp"

namespace ff::storage {

/// ON-DISK: first byte of an `entity` key. Values never change; golden test:
/// test/storage/keys/entity_keys_test.cpp.
enum class EntityKind : std::uint8_t {
  user = 1,                   ///< user
  organization = 2,           ///< organization
  application = 3,            ///< application
  gateway = 4,                ///< gateway
  client = 5,                 ///< client
  end_device = 6,             ///< application, device
  api_key = 7,                ///< owner kind name, owner, key id
  membership = 8,             ///< entity kind name, entity, member kind name, member
  user_session = 9,           ///< user, session id
  client_authorization = 10,  ///< user, client
  authorization_code = 11,    ///< code
  access_token = 12,          ///< token id
  login_token = 13,           ///< token
  invitation = 14,            ///< email
  contact_validation = 15,    ///< validation id
  notification = 16,          ///< receiver, notification id
  picture = 17,               ///< entity kind name, entity
  application_link = 18,      ///< application
  webhook = 19,               ///< application, webhook
  pubsub = 20,                ///< application, pub/sub
  package_association = 21,   ///< application, device, FPort as 3 digits
  package_default = 22,       ///< application, FPort as 3 digits
  gateway_memory = 23,        ///< gateway
  tenant = 24,                ///< tenant
  relay_rule = 25,            ///< application, device, rule index as 3 digits
  alert_rule = 26,            ///< rule
  alert_receiver = 27,        ///< receiver
  mqtt_session = 28,          ///< application, client id
  mac_settings_profile = 29,  ///< application, profile
  user_bookmark = 30,         ///< user, entity kind name, entity (a device: application.device)
  dev_eui_block = 31,         ///< first DevEUI of the block as 16 hex digits
  webhook_delivery = 32,      ///< application, webhook
  webhook_dead_letter = 33,   ///< application, webhook, number as 20 digits
  undecoded_up = 34,          ///< shard as 5 digits, number as 20 digits
  external_login = 35,        ///< issuer, subject
  activation_settings = 36,   ///< application
  repository_document = 37,   ///< path of a file of the device repository, below `vendor/`
                              // 38 is the audit log's: audit_keys.hpp
};

/// How many ids the key of a kind has: 1 to 4.
std::size_t id_count(EntityKind kind) noexcept;
/// Nothing for a number that is no kind.
std::optional<EntityKind> entity_kind_from(std::uint8_t number) noexcept;

struct EntityKey {
  EntityKind kind = EntityKind::user;
  std::vector<std::string> ids;
  bool operator==(const EntityKey&) const = default;
};
/// entity: kind u8 | id …, exactly id_count(kind) of them.
Bytes entity_key(EntityKind kind, std::initializer_list<std::string_view> ids);
/// All entities of a kind, or below its first ids: `entity_prefix(EntityKind::end_device,
/// {application})`.
Bytes entity_prefix(EntityKind kind, std::initializer_list<std::string_view> ids = {});
Result<EntityKey> parse_entity_key(ByteView key);

/// ON-DISK: first byte of an `entity_index` key. Below 64 unique (value: the owner's entity key),
/// from 64 listings (the owner is in the key; the value is empty unless FORMAT.md says otherwise).
enum class EntityIndex : std::uint8_t {
  gateway_eui = 1,      ///< GatewayEUI u64
  device_euis = 2,      ///< JoinEUI u64, DevEUI u64
  user_email = 3,       ///< primary email, lower case
  external_user = 4,    ///< provider, subject
  name_registry = 5,    ///< kind name, id: ids in use, deleted ones included
  member_of = 64,       ///< member kind name, member | entity key
  created_at = 65,      ///< kind u8, time u64 | entity key
  device_dev_eui = 66,  ///< DevEUI u64 | entity key
  expires_at = 67,      ///< time u64 | entity key
  profile_device =
      68,             ///< application, profile | entity key of a device that uses it; with a value
  bookmarks_of = 69,  ///< entity kind name, entity | entity key of a bookmark of it
                      // 70 is the audit log's: audit_keys.hpp
  joining_device = 71,  ///< JoinEUI u64, DevEUI u64 | entity key; the network server's
};

/// Unique: one owner at most. The value is the owner's entity key.
Bytes gateway_eui_index_key(GatewayEui eui);
Bytes device_euis_index_key(const JoinKey& euis);
/// Unique indices whose parts are texts.
Bytes text_index_key(EntityIndex index, std::initializer_list<std::string_view> parts);

/// Listings: prefix of the parts, then the listed entity's key.
Bytes member_of_prefix(std::string_view member_kind, std::string_view member_id);
Bytes bookmarks_of_prefix(std::string_view kind, std::string_view entity);
Bytes created_at_prefix(EntityKind kind);
/// Up to, not including, `time`, when used as the end of a range.
Bytes created_at_prefix(EntityKind kind, UtcTime time);
Bytes dev_eui_prefix(DevEui dev_eui);
Bytes expires_at_prefix();
Bytes expires_at_prefix(UtcTime time);
Bytes profile_device_prefix(std::string_view application, std::string_view profile);
Bytes joining_device_prefix(const JoinKey& euis);
/// Of every pair.
Bytes joining_devices_prefix();
/// A listing's key: prefix and entity key.
Bytes listing_key(Bytes prefix, ByteView entity_key);
/// The entity key behind the prefix of a listing's key, e.g. to get the entity. `prefix_bytes` is
/// the size of what listing_key() was given. Error: malformed_key.
Result<EntityKey> listed_entity(ByteView key, std::size_t prefix_bytes);

}  // namespace ff::storage
