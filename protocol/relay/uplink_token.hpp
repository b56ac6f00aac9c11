// The token that comes with an uplink through a relay: which frame of which relay carried it, for
// the answer. Travels in rx_metadata as a gateway's does, unsigned: the relay's session judges it
// again. [spec network-server §17]
#pragma once

#include "protocol/base/bytes.hpp"
#include "protocol/base/result.hpp"
#include "protocol/types/application_messages.hpp"
#include "protocol/types/counters.hpp"
#include "protocol/types/identifiers.hpp"

namespace ff::relay {

inline constexpr ErrorDef invalid_uplink_token{"pkg/networkserver", "relay_uplink_token",
                                               Code::invalid_argument,
                                               "invalid relay uplink token"};

/// ON-WIRE: ttn.lorawan.v3.RelayUplinkToken.
struct UplinkToken {
  DeviceIdentifiers relay;
  SessionKeyId session_key_id;  // of the relay's session
  FCnt32 f_cnt;                 // of the relay's uplink
  bool operator==(const UplinkToken&) const = default;
};

Bytes encode_uplink_token(const UplinkToken& token);
/// Total on any bytes; unknown fields are skipped. Error: `relay_uplink_token`.
Result<UplinkToken> decode_uplink_token(ByteView bytes);

}  // namespace ff::relay
