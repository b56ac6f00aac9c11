#include "tools/benchmarks/devices/devices.hpp"

#include <algorithm>

#include "actors/application_server/pipeline/device.hpp"
#include "actors/application_server/pipeline/record.hpp"
#include "actors/join_server/record.hpp"
#include "actors/network_server/session/address_row.hpp"
#include "actors/network_server/session/record.hpp"
#include "protocol/mac/initial.hpp"
#include "protocol/region/frequency_plan.hpp"
#include "storage/keys/keys.hpp"

namespace ff::bench {
namespace {

const SessionKeyId session_key_id = {1, 2};
constexpr JoinEui join_eui{0xBE00'0000'0000'0000};
constexpr std::uint64_t first_dev_eui = 0xBE00'0000'0000'0000;
/// Devices whose rows are written together.
constexpr std::uint32_t together = 1000;

mac::MacState settled_state() {
  static const auto plans = region::FrequencyPlans::standard();
  static const mac::MacSettings defaults;
  static const auto state =
      mac::initial_state({.region = *region::find("EU_863_870", PhyVersion::rp001_v1_0_3_rev_a),
                          .plan = *plans.find("EU_863_870_TTN"),
                          .settings = defaults,
                          .network_defaults = defaults,
                          .lorawan_version = MacVersion::v1_0_3,
                          .supports_join = false})
          .value();
  return state;
}

void add(storage::WriteBatch& batch, storage::ShardCount shards, std::uint32_t i) {
  const auto device = device_of(i);
  const auto home = storage::shard_of(device.ids.uid, shards);
  const auto device_key = storage::device_key({home, device.ids.uid});
  batch.put(storage::Family::session, device_key, network_server::encode_device(device));
  application_server::AppDevice app;
  app.ids = device.ids;
  app.activated_at = UtcTime{std::chrono::seconds{1}};
  app.session.emplace();
  app.session->dev_addr = address_of(i);
  app.session->session_key_id = session_key_id;
  app.session->app_s_key = KeyEnvelope{key(), {}, {}};
  batch.put(storage::Family::device, device_key, application_server::encode_device(app));
  const auto at = storage::shard_of(address_of(i), shards);
  batch.put(
      storage::Family::address_index, storage::address_key({at, address_of(i), device.ids.uid}),
      network_server::encode_address_rows(
          {{.f_nwk_s_int_key = key(), .last_f_cnt_up = {}, .mac_version = MacVersion::v1_0_3}}));
}

/// As if the device had joined once: what a join server with so many reads and writes.
void add_join_device(storage::WriteBatch& batch, storage::ShardCount shards, std::uint32_t i) {
  join_server::JoinDevice device;
  device.ids.uid = uid_of(i);
  device.ids.join_eui = join_eui;
  device.ids.dev_eui = DevEui{first_dev_eui + i};
  device.created_at = device.updated_at = UtcTime{std::chrono::seconds{1}};
  device.app_key = KeyEnvelope{key(), {}, {}};
  const storage::JoinKey join_key{join_eui, *device.ids.dev_eui};
  batch.put(storage::Family::join_nonce,
            storage::join_record_key(storage::shard_of(join_key, shards), join_key),
            join_server::encode_join_device(device));
}

}  // namespace

DeviceUid uid_of(std::uint32_t i) {
  return {ApplicationId("bench"), DeviceId("dev-" + std::to_string(i))};
}
DevAddr address_of(std::uint32_t i) {
  return DevAddr{0x26000000 + i};
}
const Aes128Key& key() {
  static const auto value = Aes128Key::from(Bytes(16, 0x42));
  return value;
}

network_server::Device device_of(std::uint32_t i) {
  network_server::Device device;
  device.ids.uid = uid_of(i);
  device.ids.dev_addr = address_of(i);
  device.lorawan_version = MacVersion::v1_0_3;
  device.lorawan_phy_version = PhyVersion::rp001_v1_0_3_rev_a;
  device.frequency_plan_id = "EU_863_870_TTN";
  device.mac_settings.schedule_downlinks = false;
  device.session =
      mac::Session{.dev_addr = address_of(i), .keys = {session_key_id, key(), key(), key()}};
  device.mac_state = settled_state();
  return device;
}

Status fill(storage::Engine& engine, storage::ShardCount shards, std::uint32_t count) {
  for (std::uint32_t first = 0; first < count; first += together) {
    storage::WriteBatch batch;
    for (auto i = first; i < std::min(count, first + together); ++i) {
      add(batch, shards, i);
      add_join_device(batch, shards, i);
    }
    FF_CHECK(engine.write(batch, storage::Durability::no_sync));
  }
  return engine.write({}, storage::Durability::sync);
}

}  // namespace ff::bench
