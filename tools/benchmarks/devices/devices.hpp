// Devices for benchmarks, written straight into a store: what registering them over the API
// leaves there, without the hours it would take. Not for tests of registration.
#pragma once

#include <cstdint>

#include "actors/network_server/session/device.hpp"
#include "storage/engine/engine.hpp"
#include "storage/keys/shard.hpp"

namespace ff::bench {

/// Device number `i`: `bench.dev-<i>`, an address of its own up to 2^25 devices, one key for all.
DeviceUid uid_of(std::uint32_t i);
DevAddr address_of(std::uint32_t i);
const Aes128Key& key();
/// EU868, LoRaWAN 1.0.3, no downlinks: what is measured is the way of uplinks.
network_server::Device device_of(std::uint32_t i);

/// Rows of devices 0 to `count` - 1: network server, application server, address index, and the
/// join server's of an OTAA device each. Synced.
Status fill(storage::Engine& engine, storage::ShardCount shards, std::uint32_t count);

}  // namespace ff::bench
