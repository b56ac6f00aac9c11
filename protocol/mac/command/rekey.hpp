// Rekey: a LoRaWAN 1.1 device confirms its new session. [TS001-1.1 §5.10]
// Layout only; the network side of the exchange is in the .cpp beside it, declared in exchange.hpp.
#pragma once

#include "protocol/mac/command/layout.hpp"
#include "protocol/mac/quantities.hpp"

namespace ff::mac {

/// The device uses the new keys; repeated until RekeyConf arrives.
struct RekeyInd {
  static constexpr CommandKind kind{Cid::rekey, Direction::uplink, 1, "RekeyInd"};
  MinorVersion minor_version;  // highest minor the device speaks

  template <class Self, class Visitor>
  static void layout(Self& self, Visitor& visit) {
    visit("minor_version", Bits{0, 4, 7}, self.minor_version);
  }
  bool operator==(const RekeyInd&) const = default;
};

/// The network uses the new keys too.
struct RekeyConf {
  static constexpr CommandKind kind{Cid::rekey, Direction::downlink, 1, "RekeyConf"};
  MinorVersion minor_version;  // minor both will use

  template <class Self, class Visitor>
  static void layout(Self& self, Visitor& visit) {
    visit("minor_version", Bits{0, 4, 7}, self.minor_version);
  }
  bool operator==(const RekeyConf&) const = default;
};

}  // namespace ff::mac
