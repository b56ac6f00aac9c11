// The indices of shards as they are in the store, read before a shard serves.
#pragma once

#include <vector>

#include "actors/network_server/shard/address_index.hpp"
#include "actors/network_server/shard/join_index.hpp"
#include "storage/codec/key_seal.hpp"
#include "storage/engine/engine.hpp"

namespace ff::network_server {

/// Blocking. Rows that do not parse are left out, logged and counted: their devices are found again
/// at their next join.
Result<AddressIndex> load_address_index(const storage::Reader& store, storage::Shard shard,
                                        const storage::KeySeal* maybe_seal = nullptr);
/// The join indices of all shards: devices that are listed as joining, and what the identity server
/// has registered, for stores from before there was that list. Of one shard: in memory no more than
/// that, and as many rows read.
Result<std::vector<JoinIndex>> load_join_indexes(const storage::Reader& store,
                                                 storage::ShardCount count);
Result<JoinIndex> load_join_index(const storage::Reader& store, storage::ShardCount count,
                                  storage::Shard shard);
/// Devices that wait for a downlink of class B or C.
Result<std::vector<DeviceUid>> load_waiting_devices(const storage::Reader& store,
                                                    storage::Shard shard);

}  // namespace ff::network_server
