// The last frames that no session got, by their DevAddr or EUIs, for the question why a device does
// not appear. Bounded; nothing is computed until somebody asks. Not a metric: those count all.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "actors/network_server/shard/address_index.hpp"
#include "protocol/types/frames.hpp"

namespace ff::network_server {

/// Data frames of one DevAddr; the newest is kept whole.
struct AddressRefusal {
  DevAddr dev_addr;
  FCnt16 f_cnt;              // of the newest, as on air
  std::size_t sessions = 0;  // on the address when the newest came
  std::uint64_t times = 0;   // since `first_at`
  UtcTime first_at;
  std::shared_ptr<const UplinkFrame> frame;
};

/// Join-requests with EUIs that no device has.
struct JoinRefusal {
  JoinEui join_eui;
  DevEui dev_eui;
  std::uint64_t times = 0;
  UtcTime last_at;
  GatewayId gateway;  // that heard the last one
};

class Refusals {
 public:
  /// Addresses remembered by a shard at once, and pairs of EUIs.
  static constexpr std::size_t addresses_max = 256;
  static constexpr std::size_t joins_max = 32;
  /// A frame on an address of ours is not pushed out by one of a foreign network before.
  static constexpr Duration ours_kept = std::chrono::minutes{10};

  /// Notes a frame that `addresses` or the join index did not know; others are of no interest.
  /// Keeps no frame alive: what it needs is copied.
  void add(const UplinkFrame& frame, const AddressIndex& addresses);

  /// Null if nothing was refused, or it has been forgotten.
  const AddressRefusal* find(DevAddr dev_addr) const;
  /// Newest first.
  std::vector<JoinRefusal> joins() const { return {joins_.rbegin(), joins_.rend()}; }
  /// Addresses and EUI pairs that had to make room.
  std::uint64_t forgotten() const noexcept { return forgotten_; }

 private:
  void add_data(const UplinkFrame& frame, const phy::DataFrameView& data, std::size_t sessions);
  void add_join(const UplinkFrame& frame, JoinEui join_eui, DevEui dev_eui);

  std::vector<AddressRefusal> addresses_;  // one place per address, by its hash; empty until used
  std::deque<JoinRefusal> joins_;          // oldest first
  std::uint64_t forgotten_ = 0;
};

/// Why a data frame finds no session, as far as can be said from the index as it is now.
enum class Mismatch : std::uint8_t {
  address_unknown,  // no session has the address
  counter_used,     // a session's key made the MIC, but for a counter that is not above its last
  mic_mismatch,     // no session's key made the MIC
  matches_now,      // it would be accepted: the session is newer than the frame
};
std::string_view to_string(Mismatch mismatch) noexcept;

/// With the operands: how many sessions were tried, and whose counter it is.
struct MismatchDiagnosis {
  Mismatch mismatch = Mismatch::address_unknown;
  std::size_t tried = 0;
  std::shared_ptr<const DeviceUid> device;
  FCnt32 f_cnt;
  FCnt32 last_f_cnt;
};
/// Tries the keys again, also with counters that matching leaves out. For inspection only.
MismatchDiagnosis diagnose(const AddressIndex& addresses, const phy::DataFrameView& frame);

}  // namespace ff::network_server
