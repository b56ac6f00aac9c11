#include "actors/network_server/shard/index_loading.hpp"

#include <spdlog/spdlog.h>

#include "actors/network_server/session/address_row.hpp"
#include "storage/keys/entity_keys.hpp"
#include "storage/keys/keys.hpp"

namespace ff::network_server {
namespace {

void add(AddressIndex& index, const storage::AddressKey& key, const std::vector<AddressRow>& rows) {
  auto device = std::make_shared<const DeviceUid>(key.uid);
  for (const auto& row : rows) {
    index.set(key.dev_addr, IndexedSession{.device = device,
                                           .f_nwk_s_int_key = row.f_nwk_s_int_key,
                                           .last_f_cnt_up = row.last_f_cnt_up,
                                           .mac_version = row.mac_version,
                                           .supports_32_bit_f_cnt = row.supports_32_bit_f_cnt,
                                           .resets_f_cnt = row.resets_f_cnt,
                                           .pending = row.pending});
  }
}

}  // namespace

Result<AddressIndex> load_address_index(const storage::Reader& store, storage::Shard shard,
                                        const storage::KeySeal* maybe_seal) {
  AddressIndex index;
  storage::Scan scan{.family = storage::Family::address_index,
                     .range = storage::prefix_range(storage::shard_prefix(shard))};
  FF_CHECK(store.scan(scan, [&](ByteView key, ByteView value) {
    auto parsed = storage::parse_address_key(key);
    auto rows = decode_address_rows(value, maybe_seal);
    if (parsed && rows) {
      add(index, *parsed, *rows);
    } else {
      spdlog::error("msg=\"address index row is damaged\" shard={}", shard.value());
    }
    return true;
  }));
  return index;
}

Result<std::vector<DeviceUid>> load_waiting_devices(const storage::Reader& store,
                                                    storage::Shard shard) {
  std::vector<DeviceUid> devices;
  const storage::Scan scan{.family = storage::Family::downlink_queue,
                           .range = storage::prefix_range(storage::shard_prefix(shard))};
  FF_CHECK(store.scan(scan, [&](ByteView key, ByteView) {
    if (auto parsed = storage::parse_downlink_queue_key(key)) {
      devices.push_back(std::move(parsed->device.uid));
    } else {
      spdlog::error("msg=\"row of a waiting device is damaged\" shard={}", shard.value());
    }
    return true;
  }));
  return devices;
}

Result<std::vector<JoinIndex>> load_join_indexes(const storage::Reader& store,
                                                 storage::ShardCount count) {
  std::vector<JoinIndex> indexes(count.value());
  const Bytes first = storage::device_euis_index_key({JoinEui{0}, DevEui{0}});
  storage::Scan scan{.family = storage::Family::entity_index,
                     .range = storage::prefix_range(ByteView(first).first(1))};
  FF_CHECK(store.scan(scan, [&](ByteView key, ByteView value) {
    auto owner = storage::parse_entity_key(value);
    if (!owner || owner->ids.size() != 2 || key.size() != 17) {
      spdlog::error("msg=\"EUI index row is damaged\"");
      return true;
    }
    const storage::JoinKey join_key{JoinEui{read_be<8>(key.subspan(1))},
                                    DevEui{read_be<8>(key.subspan(9))}};
    auto& index = indexes[storage::shard_of(join_key.dev_eui, count).value()];
    index.set(join_key, std::make_shared<const DeviceUid>(
                            DeviceUid{ApplicationId(owner->ids[0]), DeviceId(owner->ids[1])}));
    return true;
  }));
  return indexes;
}

}  // namespace ff::network_server
