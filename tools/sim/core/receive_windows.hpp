// When, where and how a device listens after an uplink, always in class C or in its ping slots in
// class B, and whether a transmission of a gateway falls into that. Not decryption: a frame in the
// wrong window may still be judged.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "protocol/base/bytes.hpp"
#include "protocol/base/time.hpp"
#include "protocol/types/radio.hpp"

namespace ff::sim {

/// What a gateway sent. `start` is the begin of the preamble.
struct Emission {
  MonoTime start;
  GpsTime gps_start;  // the same instant
  Frequency frequency;
  DataRate data_rate;
  bool inverted_polarity = true;
  float snr_db = 0;         // at the device
  bool from_relay = false;  // whose channels are its own matter
  Bytes phy_payload;
};

struct ReceiveWindow {
  MonoTime start;
  Frequency frequency;
  DataRate data_rate;
};

/// `rx1` is absent when its data rate is not defined.
struct ReceiveWindows {
  std::optional<ReceiveWindow> rx1;
  ReceiveWindow rx2;
};

/// How an emission met the windows.
enum class Reception : std::uint8_t {
  rx1,
  rx2,
  class_c,  // outside the windows, by a device that always listens on RX2
  ping_slot,
  relay,  // in the window after RX2, from the relay
  wrong_time,
  wrong_frequency,
  wrong_data_rate,
  wrong_polarity,
  not_listening,  // no window is open: nothing was sent, or RX1 had a frame already
};
inline constexpr std::size_t reception_count = 10;
/// `rx1`, `wrong_time`, ...: keys of the report.
std::string_view to_string(Reception reception) noexcept;
constexpr bool is_heard(Reception reception) noexcept {
  return reception == Reception::rx1 || reception == Reception::rx2 ||
         reception == Reception::class_c || reception == Reception::ping_slot ||
         reception == Reception::relay;
}

/// How far a preamble may begin from its window's start. Gateway and device share one clock here,
/// so that a correct server hits to the microsecond; a device would forgive a few symbols.
inline constexpr Duration window_tolerance = std::chrono::microseconds{100};

/// After RX2 opened: time for its longest frame. [TS001-1.0.4 §3.3]
inline constexpr Duration window_length = std::chrono::seconds{2};

/// From the end of an uplink to the window for a relay's answer. [TS011-1.0.1 §7.4]
inline constexpr Duration relay_answer_delay = std::chrono::seconds{18};

/// The window that `emission` falls into; if it hits none, what is wrong with it in the window of
/// its time.
Reception fit(const ReceiveWindows& windows, const Emission& emission) noexcept;
/// The same for a device of class C outside its windows; `rx2.start` does not count.
Reception fit_class_c(const ReceiveWindow& rx2, const Emission& emission) noexcept;
/// From a relay, which tells its devices where it sends: only the time counts.
Reception fit_relay(MonoTime window, const Emission& emission) noexcept;
/// The same for a device of class B outside its windows; `slot` is the nearest one.
Reception fit_ping_slot(const ReceiveWindow& slot, const Emission& emission) noexcept;

}  // namespace ff::sim
