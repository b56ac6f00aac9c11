// The stored form of a device: one row of family `session`, read on activation, written on every
// accepted frame: whole, or by what an ordinary uplink adds to it.
#pragma once

#include "actors/network_server/session/device.hpp"
#include "protocol/base/result.hpp"
#include "storage/codec/key_seal.hpp"

namespace ff::network_server {

/// Which write of which incarnation of a session a row, or an addition to one, is. Additions count
/// only in an unbroken sequence: one whose predecessor was never committed means nothing.
struct RowVersion {
  std::uint32_t writer = 0;    // random, of one incarnation
  std::uint32_t sequence = 0;  // of its writes
  bool operator==(const RowVersion&) const = default;
};

/// What a row holds.
struct StoredDevice {
  /// Without its queues, when these have rows of their own.
  Device device;
  /// Items in rows of their own. [queue_rows.hpp]
  std::uint32_t queued = 0;
  bool queue_in_rows = true;  // false: a row of before there were such
};

/// ON-DISK: a sealed record (storage/codec), without the items of the queues. Golden test:
/// test/actors/network_server/session/record_test.cpp.
Bytes encode_device(const Device& device, RowVersion version = {},
                    const storage::KeySeal* maybe_seal = nullptr);
/// Total on any bytes. Errors: malformed_record, malformed_value, value_too_new.
Result<StoredDevice> decode_device(ByteView row, const storage::KeySeal* maybe_seal = nullptr);

/// Most uplinks change a device's counter and history and nothing else. Nothing when `after`
/// differs from `before` in more than that; then the row has to be written whole. `after` is as it
/// was when the call returns.
std::optional<mac::RecentUplink> ordinary_uplink(const Device& before, Device& after);
/// ON-DISK: what is put behind a row for such an uplink (storage::Change::extend); decode_device()
/// takes any number of them. Golden test as above.
Bytes encode_ordinary_uplink(const mac::RecentUplink& uplink, RowVersion version);
/// A row is written whole after so many: reading it stays cheap.
inline constexpr unsigned ordinary_uplinks_max = 15;

}  // namespace ff::network_server
