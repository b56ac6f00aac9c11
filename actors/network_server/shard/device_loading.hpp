// Reads a device's record from the store: its row, and those of its queues if it has any.
#pragma once

#include <functional>

#include "actors/network_server/context.hpp"
#include "actors/network_server/shard/interface.hpp"
#include "storage/keys/keys.hpp"

namespace ff::network_server {

/// `done` is called once, on the loader's thread. Errors: of the store, of decode_device() and of
/// add_queue_rows().
void load_device(const ContextPtr& context, const storage::DeviceKey& key,
                 std::function<void(Result<LoadedDevice>)> done);

}  // namespace ff::network_server
