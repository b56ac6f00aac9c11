// What a device gets that has no settings of its own: for clients that want to show it.
#pragma once

#include "protocol/base/result.hpp"
#include "protocol/mac/profile.hpp"
#include "protocol/mac/settings.hpp"

namespace ff::mac {

/// Every setting with the value that applies in this band and plan under these network defaults.
/// [spec network-server §13, Ns.GetDefaultMACSettings]
Result<MacSettings> default_settings(const region::Region& region,
                                     const region::FrequencyPlan& plan,
                                     const MacSettings& network_defaults);

}  // namespace ff::mac
