// The stored form of a device's downlink queues: one row of family `downlink_queue` for each item,
// so that a step writes what it adds or takes, however long the queue.
#pragma once

#include <utility>
#include <vector>

#include "actors/network_server/session/device.hpp"
#include "protocol/base/result.hpp"
#include "storage/engine/write_batch.hpp"
#include "storage/keys/keys.hpp"

namespace ff::network_server {

/// The queues of a device's session and of its pending session.
struct Queues {
  mac::DownlinkQueue current;
  mac::DownlinkQueue pending;
};
/// Of no device: empty.
Queues queues_of(const Device* maybe_device);
/// Without a look at the items: false says nothing.
bool share_all(const Queues& one, const Queues& other) noexcept;

/// ON-DISK: what makes the rows of `before` those of `after`. The order within a session is that of
/// the counters, which rise. Golden test: test/actors/network_server/session/queue_rows_test.cpp.
void put_queue_changes(const storage::DeviceKey& key, const Queues& before, const Queues& after,
                       storage::WriteBatch& records);

/// `rows`: keys and values of all that begin with device_key(). Puts the items into the sessions of
/// `device`, which have none. Items of a session that the device does not have are left out.
/// Errors: malformed_key, malformed_record, malformed_value, value_too_new.
Status add_queue_rows(const std::vector<std::pair<Bytes, Bytes>>& rows, Device& device);

}  // namespace ff::network_server
