// DeviceTime: a device asks for the time at the end of its uplink. [TS001-1.0.4 §5.11]
// Layout only; the network side of the exchange is in the .cpp beside it, declared in exchange.hpp.
#pragma once

#include <cstdint>

#include "protocol/mac/command/layout.hpp"

namespace ff::mac {

/// What time was it?
struct DeviceTimeReq {
  static constexpr CommandKind kind{Cid::device_time, Direction::uplink, 0, "DeviceTimeReq"};

  template <class Self, class Visitor>
  static void layout(Self&, Visitor&) {}
  bool operator==(const DeviceTimeReq&) const = default;
};

/// Seconds since the GPS epoch and 1/256 s.
struct DeviceTimeAns {
  static constexpr CommandKind kind{Cid::device_time, Direction::downlink, 5, "DeviceTimeAns"};
  std::uint32_t gps_seconds = 0;
  std::uint8_t fraction_256 = 0;

  template <class Self, class Visitor>
  static void layout(Self& self, Visitor& visit) {
    visit("gps_seconds", Bits{0, 32}, self.gps_seconds);
    visit("fraction_256", Bits{32, 8}, self.fraction_256);
  }
  bool operator==(const DeviceTimeAns&) const = default;
};

}  // namespace ff::mac
