#include "storage/keys/entity_keys.hpp"

#include <gtest/gtest.h>

#include <string>

#include "protocol/base/hex.hpp"
#include "storage/keys/keys.hpp"

namespace ff::storage {
namespace {

TEST(EntityKeys, KindsAndTheirNumberOfIdsAreOnDiskAndNeverChange) {
  struct Row {
    EntityKind kind;
    int number;
    std::size_t ids;
  };
  const Row rows[] = {
      {EntityKind::user, 1, 1},
      {EntityKind::organization, 2, 1},
      {EntityKind::application, 3, 1},
      {EntityKind::gateway, 4, 1},
      {EntityKind::client, 5, 1},
      {EntityKind::end_device, 6, 2},
      {EntityKind::api_key, 7, 3},
      {EntityKind::membership, 8, 4},
      {EntityKind::user_session, 9, 2},
      {EntityKind::client_authorization, 10, 2},
      {EntityKind::authorization_code, 11, 1},
      {EntityKind::access_token, 12, 1},
      {EntityKind::login_token, 13, 1},
      {EntityKind::invitation, 14, 1},
      {EntityKind::contact_validation, 15, 1},
      {EntityKind::notification, 16, 2},
      {EntityKind::picture, 17, 2},
      {EntityKind::application_link, 18, 1},
      {EntityKind::webhook, 19, 2},
      {EntityKind::pubsub, 20, 2},
      {EntityKind::package_association, 21, 3},
      {EntityKind::package_default, 22, 2},
      {EntityKind::gateway_memory, 23, 1},
      {EntityKind::tenant, 24, 1},
      {EntityKind::relay_rule, 25, 3},
      {EntityKind::alert_rule, 26, 1},
      {EntityKind::alert_receiver, 27, 1},
      {EntityKind::mqtt_session, 28, 2},
      {EntityKind::mac_settings_profile, 29, 2},
      {EntityKind::user_bookmark, 30, 3},
      {EntityKind::dev_eui_block, 31, 1},
      {EntityKind::webhook_delivery, 32, 2},
      {EntityKind::webhook_dead_letter, 33, 3},
      {EntityKind::undecoded_up, 34, 2},
      {EntityKind::external_login, 35, 2},
      {EntityKind::activation_settings, 36, 1},
      {EntityKind::repository_document, 37, 1},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(static_cast<int>(row.kind), row.number);
    EXPECT_EQ(id_count(row.kind), row.ids) << row.number;
    EXPECT_EQ(entity_kind_from(static_cast<std::uint8_t>(row.number)), row.kind);
  }
  EXPECT_FALSE(entity_kind_from(0));
  EXPECT_FALSE(entity_kind_from(std::size(rows) + 1));
}

TEST(EntityKeys, BytesAreOnDiskAndNeverChange) {
  auto user = entity_key(EntityKind::user, {"ada"});
  const UtcTime time{Duration(0x0102030405060708)};
  struct Row {
    const char* name;
    Bytes key;
    const char* hex;
  };
  const Row rows[] = {
      {"user", user, "016164610001"},
      {"device", entity_key(EntityKind::end_device, {"app", "dev"}), "0661707000016465760001"},
      {"kind", entity_prefix(EntityKind::gateway), "04"},
      {"devices", entity_prefix(EntityKind::end_device, {"app"}), "066170700001"},
      {"gateway EUI", gateway_eui_index_key(GatewayEui{0x1122334455667788}), "011122334455667788"},
      {"device EUIs", device_euis_index_key({JoinEui{1}, DevEui{2}}),
       "0200000000000000010000000000000002"},
      {"email", text_index_key(EntityIndex::user_email, {"a@b"}), "036140620001"},
      {"external user", text_index_key(EntityIndex::external_user, {"p", "s"}), "04700001730001"},
      {"member of", member_of_prefix("user", "ada"), "407573657200016164610001"},
      {"bookmarks of", bookmarks_of_prefix("user", "ada"), "457573657200016164610001"},
      {"created", created_at_prefix(EntityKind::user), "4101"},
      {"created at", created_at_prefix(EntityKind::user, time), "41010102030405060708"},
      {"DevEUI", dev_eui_prefix(DevEui{2}), "420000000000000002"},
      {"expires", expires_at_prefix(), "43"},
      {"expires at", expires_at_prefix(time), "430102030405060708"},
      {"profile", entity_key(EntityKind::mac_settings_profile, {"app", "pro"}),
       "1d617070000170726f0001"},
      {"devices of a profile", profile_device_prefix("app", "pro"), "44617070000170726f0001"},
      {"joining device", joining_device_prefix({JoinEui{1}, DevEui{2}}),
       "4700000000000000010000000000000002"},
      {"joining devices", joining_devices_prefix(), "47"},
      {"listing", listing_key(created_at_prefix(EntityKind::user, time), user),
       "41010102030405060708016164610001"},
  };
  for (const auto& row : rows) EXPECT_EQ(hex_lower(row.key), row.hex) << row.name;
}

TEST(EntityKeys, ParserInvertsBuilder) {
  auto key = entity_key(EntityKind::membership, {"application", "app", "user", "ada"});
  EXPECT_EQ(parse_entity_key(key),
            (EntityKey{EntityKind::membership, {"application", "app", "user", "ada"}}));
}

TEST(EntityKeys, ParserRefusesWhatNoBuilderMakes) {
  for (const char* hex : {"", "00", "1c610001", "01", "0161", "016100", "01610001ff", "06610001"}) {
    auto parsed = parse_entity_key(*parse_hex(hex));
    ASSERT_FALSE(parsed) << hex;
    EXPECT_TRUE(parsed.error().is(malformed_key)) << hex;
  }
}

TEST(EntityKeys, ListingLeadsToItsEntity) {
  auto prefix = expires_at_prefix(UtcTime(Duration(5)));
  auto key = listing_key(prefix, entity_key(EntityKind::invitation, {"a@b"}));
  EXPECT_EQ(listed_entity(key, prefix.size()), (EntityKey{EntityKind::invitation, {"a@b"}}));
  EXPECT_FALSE(listed_entity(Bytes{1}, prefix.size()));
}

TEST(EntityKeys, DevicesOfAnApplicationAreOneRange) {
  auto prefix = entity_prefix(EntityKind::end_device, {"app"});
  auto inside = entity_key(EntityKind::end_device, {"app", "z"});
  auto outside = entity_key(EntityKind::end_device, {"app-2", "a"});
  EXPECT_TRUE(as_text(inside).starts_with(as_text(prefix)));
  EXPECT_FALSE(as_text(outside).starts_with(as_text(prefix)));
}

}  // namespace
}  // namespace ff::storage
