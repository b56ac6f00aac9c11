// What the MAC layer may know of a device besides its state: who it is and where it is. Borrowed
// for one call.
#pragma once

#include "protocol/mac/settings.hpp"
#include "protocol/region/frequency_plan.hpp"
#include "protocol/region/region.hpp"
#include "protocol/types/versions.hpp"

namespace ff::mac {

/// References must outlive the call they are passed to.
struct DeviceProfile {
  const region::Region& region;
  const region::FrequencyPlan& plan;
  const MacSettings& settings;                       // of the device, or of its profile
  const MacSettings& network_defaults;               // of this network server
  MacVersion lorawan_version = MacVersion::unknown;  // as registered
  bool supports_join = true;  // false: activated by personalisation, or multicast
  bool supports_class_b = false;
  bool supports_class_c = false;
  bool multicast = false;
};

}  // namespace ff::mac
