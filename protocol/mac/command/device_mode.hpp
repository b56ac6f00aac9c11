// DeviceMode: a LoRaWAN 1.1 device changes between class A and C. [TS001-1.1 §18.1]
// Layout only; the network side of the exchange is in the .cpp beside it, declared in exchange.hpp.
#pragma once

#include "protocol/mac/command/layout.hpp"
#include "protocol/types/versions.hpp"

namespace ff::mac {

/// I am in this class; repeated until DeviceModeConf arrives.
struct DeviceModeInd {
  static constexpr CommandKind kind{Cid::device_mode, Direction::uplink, 1, "DeviceModeInd"};
  DeviceClass device_class = DeviceClass::a;  // any octet; only a and c are defined

  template <class Self, class Visitor>
  static void layout(Self& self, Visitor& visit) {
    visit("class", Bits{0, 8}, self.device_class);
  }
  bool operator==(const DeviceModeInd&) const = default;
};

/// The class the network uses.
struct DeviceModeConf {
  static constexpr CommandKind kind{Cid::device_mode, Direction::downlink, 1, "DeviceModeConf"};
  DeviceClass device_class = DeviceClass::a;

  template <class Self, class Visitor>
  static void layout(Self& self, Visitor& visit) {
    visit("class", Bits{0, 8}, self.device_class);
  }
  bool operator==(const DeviceModeConf&) const = default;
};

}  // namespace ff::mac
