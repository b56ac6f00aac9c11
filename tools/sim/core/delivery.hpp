// Which uplinks were sent and which came out at the application: lost, repeated, altered, how late.
// Not downlinks.
#pragma once

#include <cstdint>
#include <vector>

#include "tools/sim/core/histogram.hpp"
#include "tools/sim/core/payload.hpp"

namespace ff::sim {

struct DeliveryCounts {
  std::uint64_t sent = 0;        // unique uplinks that at least one gateway heard
  std::uint64_t unheard = 0;     // unique uplinks lost on air
  std::uint64_t delivered = 0;   // unique uplinks, with the right payload
  std::uint64_t duplicated = 0;  // deliveries after the first one
  std::uint64_t altered = 0;     // with another payload than the device's
  std::uint64_t unknown = 0;     // never sent
};

/// Of one device.
struct DeviceDelivery {
  std::uint64_t sent = 0;
  std::uint64_t delivered = 0;
};

class DeliveryTracker {
 public:
  explicit DeliveryTracker(std::size_t devices) : ledgers_(devices) {}

  /// A new session: counters start at `f_cnt`.
  void restart(std::uint32_t device, std::uint32_t f_cnt);
  /// An uplink went out at `now`; repetitions have the same counter. `heard`: by any gateway.
  /// Counters that are left out were those of other frames.
  void sent(std::uint32_t device, std::uint32_t f_cnt, MonoTime now, bool heard);
  /// It came out at `now`. Whether it was the first time and right.
  bool delivered(std::uint32_t device, std::uint32_t f_cnt, ByteView payload, MonoTime now);

  const DeliveryCounts& counts() const noexcept { return counts_; }
  const DeviceDelivery& of(std::uint32_t device) const noexcept { return ledgers_[device].counts; }
  /// From the end of the transmission to the application.
  const Histogram& latency() const noexcept { return latency_; }

 private:
  struct Entry {
    MonoTime sent;
    bool heard = false;
    bool delivered = false;
    bool is_other = false;  // its counter was another frame's
  };
  /// Of one session, by counter from `first` on.
  struct Ledger {
    std::uint32_t first = 0;
    std::vector<Entry> entries;
    DeviceDelivery counts;  // of all sessions
  };

  std::vector<Ledger> ledgers_;
  DeliveryCounts counts_;
  Histogram latency_;
};

}  // namespace ff::sim
