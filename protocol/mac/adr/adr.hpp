// Adaptive data rate: which data rate, power and number of transmissions a device should use, by
// its mode and, in the dynamic mode, by an exchangeable algorithm (algorithm.hpp). Not how the
// device is told (command/link_adr.cpp). [spec network-server §9]
#pragma once

#include "protocol/mac/adr/algorithm.hpp"
#include "protocol/mac/adr/reference.hpp"
#include "protocol/mac/profile.hpp"
#include "protocol/mac/state.hpp"

namespace ff::mac::adr {

/// The mode that applies: device `adr`, device `use_adr` and `adr_margin` (deprecated), the same of
/// the network default, else dynamic. The margin is always filled in. [spec network-server §9]
AdrSettings effective_settings(const DeviceProfile& profile);

/// Whether downlinks carry the ADR bit: the network decides the data rate, by algorithm or by
/// setting.
bool uses_adr(const DeviceProfile& profile);

/// The uplinks that `state` remembers, for an algorithm. Borrows from `state`.
History history_of(const MacState& state) noexcept;
/// What `state` and `settings` allow. Borrows from all three.
Limits limits_of(const MacState& state, const AdrDynamic& settings,
                 const region::Region& region) noexcept;

struct Adapted {
  MacState next;
  Decision decision;
};

/// Takes an accepted data uplink into the state: recent uplinks, the data rate the device really
/// uses, and with it desired data rate, power and transmissions. [spec network-server §3.15]
Adapted record_uplink(MacState state, const RecentUplink& uplink, const DeviceProfile& profile,
                      Algorithm algorithm = reference_adr);

}  // namespace ff::mac::adr
