// NotifyNewEndDevice: a relay has heard a device it does not know. [TS011-1.0.1 §10.7]
// Layout only; an event tells of it.
#pragma once

#include <cstdint>

#include "protocol/mac/command/layout.hpp"
#include "protocol/types/identifiers.hpp"

namespace ff::mac {

/// DevAddr first, as relays send it; the reference read it last until 3.33.1.
/// [shared/lorawan/regions/DISAGREEMENTS.md X-1]
struct NotifyNewEndDeviceReq {
  static constexpr CommandKind kind{Cid::relay_notify_new_end_device, Direction::uplink, 6,
                                    "NotifyNewEndDeviceReq"};
  DevAddr dev_addr;
  std::int16_t wor_snr_db = 0;      // -20 to 11
  std::int16_t wor_rssi_dbm = -15;  // -142 to -15

  template <class Self, class Visitor>
  static void layout(Self& self, Visitor& visit) {
    visit("dev_addr", Bits{0, 32}, self.dev_addr);
    visit("wor_snr_db", Biased{32, 5, -20, false}, self.wor_snr_db);
    visit("wor_rssi_dbm", Biased{37, 7, -15, true}, self.wor_rssi_dbm);
  }
  bool operator==(const NotifyNewEndDeviceReq&) const = default;
};

}  // namespace ff::mac
