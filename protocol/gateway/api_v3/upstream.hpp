// What gateways send in the API's own messages (ttn.lorawan.v3): over MQTT as octets, over gRPC as
// parts of GatewayUp. Pure; any octets are an answer or an error. [spec gateway-server §5, §7]
#pragma once

#include <cstdint>

#include "protocol/base/bytes.hpp"
#include "protocol/base/result.hpp"
#include "protocol/types/gateway_status.hpp"

namespace ff::gateway::api_v3 {

/// Octets of the longest message of a gateway that is looked at.
inline constexpr std::size_t message_bytes_max = 16U << 10U;

/// ttn.lorawan.v3.UplinkMessage. Which gateway it is, tokens and addresses of other networks are
/// not taken from it. A time-stamp of the settings stands for those that the metadata lack, and the
/// other way round. Errors: invalid_message, invalid_field.
Result<UplinkFrame> decode_uplink(ByteView message, UtcTime received_at);

/// ttn.lorawan.v3.GatewayStatus, within the reference's bounds. Errors: likewise.
Result<GatewayStatus> decode_status(ByteView message);

/// A gateway's report of a transmission.
struct TxReport {
  /// The downlink's token, 1 to 65535; 0 when the report names none of ours.
  std::uint16_t token = 0;
  TxResult result = TxResult::success;
  bool operator==(const TxReport&) const = default;
};
/// ttn.lorawan.v3.TxAcknowledgment. Errors: likewise.
Result<TxReport> decode_tx_acknowledgment(ByteView message);

}  // namespace ff::gateway::api_v3
