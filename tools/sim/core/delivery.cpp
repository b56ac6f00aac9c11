#include "tools/sim/core/delivery.hpp"

#include <algorithm>

namespace ff::sim {

void DeliveryTracker::restart(std::uint32_t device, std::uint32_t f_cnt) {
  ledgers_[device].first = f_cnt;
  ledgers_[device].entries.clear();
}

void DeliveryTracker::sent(std::uint32_t device, std::uint32_t f_cnt, MonoTime now, bool heard) {
  auto& ledger = ledgers_[device];
  const std::size_t place = f_cnt - ledger.first;
  if (place < ledger.entries.size()) {
    auto& entry = ledger.entries[place];
    if (heard && !entry.heard) {
      entry = {now, true, false, false};
      ++counts_.sent;
      ++ledger.counts.sent;
      --counts_.unheard;
    }
    return;
  }
  // Counters between were used for frames that carry nothing of the application's: a relay's.
  constexpr std::size_t gap_max = 16'384;
  if (place - ledger.entries.size() <= gap_max)
    ledger.entries.resize(place, {now, false, false, true});
  ledger.entries.push_back({now, heard, false, false});
  ++(heard ? counts_.sent : counts_.unheard);
  if (heard) ++ledger.counts.sent;
}

bool DeliveryTracker::delivered(std::uint32_t device, std::uint32_t f_cnt, ByteView payload,
                                MonoTime now) {
  auto& ledger = ledgers_[device];
  const std::size_t place = f_cnt - ledger.first;
  if (f_cnt < ledger.first || place >= ledger.entries.size() || ledger.entries[place].is_other) {
    ++counts_.unknown;
    return false;
  }
  auto& entry = ledger.entries[place];
  const auto expected = uplink_payload(device, f_cnt, payload.size());
  if (!std::ranges::equal(expected.view(), payload)) {
    ++counts_.altered;
    return false;
  }
  if (entry.delivered) {
    ++counts_.duplicated;
    return false;
  }
  entry.delivered = true;
  ++counts_.delivered;
  ++ledger.counts.delivered;
  latency_.record(now - entry.sent);
  return true;
}

}  // namespace ff::sim
