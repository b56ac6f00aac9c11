// MAC settings of a device or profile between domain and protobuf. Relay settings are relay.hpp's.
#pragma once

#include "protocol/mac/settings.hpp"
#include "ttn/lorawan/v3/end_device.pb.h"

namespace ff::api {

/// `out` is empty. A field that is not set stays unset.
void put_mac_settings(const mac::MacSettings& settings, ttn::lorawan::v3::MACSettings& out);
/// The request has been validated (protocol/api_rules): enums are known, numbers in range.
mac::MacSettings mac_settings_of(const ttn::lorawan::v3::MACSettings& settings);

}  // namespace ff::api
