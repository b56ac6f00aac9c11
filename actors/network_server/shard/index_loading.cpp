#include "actors/network_server/shard/index_loading.hpp"

#include <spdlog/spdlog.h>

#include <functional>

#include "actors/network_server/session/address_row.hpp"
#include "storage/keys/entity_keys.hpp"
#include "storage/keys/keys.hpp"

namespace ff::network_server {
namespace {

void add(AddressIndex& index, const storage::AddressKey& key, const std::vector<AddressRow>& rows) {
  auto device = std::make_shared<const DeviceUid>(key.uid);
  for (const auto& row : rows) {
    const bool has_place =
        index.set(key.dev_addr, IndexedSession{.device = device,
                                               .f_nwk_s_int_key = row.f_nwk_s_int_key,
                                               .last_f_cnt_up = row.last_f_cnt_up,
                                               .mac_version = row.mac_version,
                                               .supports_32_bit_f_cnt = row.supports_32_bit_f_cnt,
                                               .resets_f_cnt = row.resets_f_cnt,
                                               .pending = row.pending});
    if (!has_place)
      spdlog::error("msg=\"session has no place on its address\" device={} dev_addr={}",
                    to_string(key.uid), to_string(key.dev_addr));
  }
}

using OnEuis = std::function<void(const storage::JoinKey&, const DeviceUid&)>;

/// Every EUI pair with its device, in the order of who keeps it.
Status scan_join_rows(const storage::Reader& store, const OnEuis& on_euis) {
  const auto add = [&](ByteView key, const Result<storage::EntityKey>& device) {
    constexpr std::size_t euis_end = 17;
    if (!device || device->kind != storage::EntityKind::end_device || key.size() < euis_end) {
      spdlog::error("msg=\"join index row is damaged\"");
      return;
    }
    on_euis({JoinEui{read_be<8>(key.subspan(1))}, DevEui{read_be<8>(key.subspan(9))}},
            {ApplicationId(device->ids[0]), DeviceId(device->ids[1])});
  };
  const auto prefix_bytes = storage::joining_device_prefix({JoinEui{0}, DevEui{0}}).size();
  FF_CHECK(store.scan({.family = storage::Family::entity_index,
                       .range = storage::prefix_range(storage::joining_devices_prefix())},
                      [&](ByteView key, ByteView) {
                        add(key, storage::listed_entity(key, prefix_bytes));
                        return true;
                      }));
  // Devices from before there were rows of our own. Those keep what they have.
  const auto registered = storage::device_euis_index_key({JoinEui{0}, DevEui{0}});
  FF_CHECK(store.scan({.family = storage::Family::entity_index,
                       .range = storage::prefix_range(ByteView(registered).first(1))},
                      [&](ByteView key, ByteView value) {
                        add(key, storage::parse_entity_key(value));
                        return true;
                      }));
  return {};
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
    auto parsed = storage::parse_downlink_queue_key(key);
    if (parsed && parsed->position != storage::waiting_position) return true;  // an item
    if (parsed) {
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
  FF_CHECK(scan_join_rows(store, [&](const auto& euis, const auto& device) {
    indexes[storage::shard_of(euis.dev_eui, count).value()].set(
        euis, std::make_shared<const DeviceUid>(device));
  }));
  return indexes;
}

Result<JoinIndex> load_join_index(const storage::Reader& store, storage::ShardCount count,
                                  storage::Shard shard) {
  JoinIndex index;
  FF_CHECK(scan_join_rows(store, [&](const auto& euis, const auto& device) {
    if (storage::shard_of(euis.dev_eui, count) == shard)
      index.set(euis, std::make_shared<const DeviceUid>(device));
  }));
  return index;
}

}  // namespace ff::network_server
