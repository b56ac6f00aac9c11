// Reset: ABP devices of LoRaWAN 1.1 say that they start anew. [TS001-1.1 §5.1]
// Layout only; the network side of the exchange is in the .cpp beside it, declared in exchange.hpp.
#pragma once

#include "protocol/mac/command/layout.hpp"
#include "protocol/mac/quantities.hpp"

namespace ff::mac {

/// The device has reset its MAC state; repeated until ResetConf arrives.
struct ResetInd {
  static constexpr CommandKind kind{Cid::reset, Direction::uplink, 1, "ResetInd"};
  MinorVersion minor_version;  // highest minor the device speaks

  template <class Self, class Visitor>
  static void layout(Self& self, Visitor& visit) {
    visit("minor_version", Bits{0, 4, 7}, self.minor_version);
  }
  bool operator==(const ResetInd&) const = default;
};

/// The network has reset too.
struct ResetConf {
  static constexpr CommandKind kind{Cid::reset, Direction::downlink, 1, "ResetConf"};
  MinorVersion minor_version;  // minor both will use

  template <class Self, class Visitor>
  static void layout(Self& self, Visitor& visit) {
    visit("minor_version", Bits{0, 4, 7}, self.minor_version);
  }
  bool operator==(const ResetConf&) const = default;
};

}  // namespace ff::mac
