// What relay settings must fulfil in a band and between devices. Ranges of single fields are the
// API's to check. [spec network-server §17]
#pragma once

#include <optional>
#include <string_view>

#include "protocol/base/result.hpp"
#include "protocol/mac/relay.hpp"
#include "protocol/region/region.hpp"

namespace ff::network_server {

/// `path`: where the settings are in the request, `mac_settings.relay`. Error: field_value with
/// the field: a data rate, frequency or channel that the band does not have (the reference accepts
/// any frequency that is in no sub-band, by mistake), or a device that is its own relay.
Status check_relay(const std::optional<mac::RelayParameters>& relay, const DeviceId& device,
                   const region::Region& region, std::string_view path);

}  // namespace ff::network_server
