// Relay settings and parameters between domain and protobuf: the same values in messages of two
// types. Which relays may exist is relay_changes.hpp's.
#pragma once

#include <optional>

#include "protocol/mac/relay.hpp"
#include "ttn/lorawan/v3/end_device.pb.h"

namespace ff::api {

/// `out` is empty. Keys of wake-up frames are not shown.
void put_relay(const mac::RelayParameters& relay, ttn::lorawan::v3::RelaySettings& out);
void put_relay(const mac::RelayParameters& relay, ttn::lorawan::v3::RelayParameters& out);
/// Nothing when it says neither serving nor served.
std::optional<mac::RelayParameters> relay_of(const ttn::lorawan::v3::RelaySettings& relay);
std::optional<mac::RelayParameters> relay_of(const ttn::lorawan::v3::RelayParameters& relay);

void put_rule(const mac::UplinkForwardingRule& rule,
              ttn::lorawan::v3::RelayUplinkForwardingRule& out);
mac::UplinkForwardingRule rule_of(const ttn::lorawan::v3::RelayUplinkForwardingRule& rule);

/// Rules of `relay` for sessions that `known` has a rule for get back what the API does not show.
void keep_wor_sessions(const std::optional<mac::RelayParameters>& known,
                       std::optional<mac::RelayParameters>& relay);

}  // namespace ff::api
