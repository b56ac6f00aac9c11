// The uplink token: what the gateway server must remember of a reception to answer it, carried by
// the network server. Opaque to everyone else. Not signed; it only travels between our own
// components.
#pragma once

#include "protocol/base/bytes.hpp"
#include "protocol/base/result.hpp"
#include "protocol/schedule/rollover_clock.hpp"
#include "protocol/types/identifiers.hpp"

namespace ff::gateway {

inline constexpr ErrorDef invalid_uplink_token{"pkg/gatewayserver", "uplink_token", Code::data_loss,
                                               "invalid uplink token"};

struct UplinkToken {
  GatewayIdentifiers gateway;
  std::uint32_t antenna_index = 0;
  std::uint32_t timestamp_us = 0;                // concentrator counter at the end of the uplink
  UtcTime server_time;                           // when it arrived
  schedule::ConcentratorTime concentrator_time;  // the counter, unrolled; zero: unknown
  std::optional<UtcTime> gateway_time;           // by the gateway's GPS
  bool operator==(const UplinkToken&) const = default;
};

/// ON-WIRE: protobuf ttn.lorawan.v3.UplinkToken, byte for byte as protobuf writes it. [spec
/// gateway-server §2.4]
Bytes encode_uplink_token(const UplinkToken& token);
/// Reads any encoding protobuf could have written; unknown fields are skipped. Error:
/// invalid_uplink_token.
Result<UplinkToken> decode_uplink_token(ByteView bytes);

}  // namespace ff::gateway
