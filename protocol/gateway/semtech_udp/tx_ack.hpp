// The JSON of TX_ACK: what became of a PULL_RESP.
#pragma once

#include "protocol/base/result.hpp"
#include "protocol/gateway/semtech_udp/errors.hpp"
#include "protocol/types/frames.hpp"

namespace ff::gateway::semtech_udp {

/// Empty, `{}` and a missing error mean success; an unknown word means unknown_error. `warn` is
/// ignored. Error: payload for anything that is not a JSON object. [spec gateway-server §3.5]
Result<TxResult> parse_tx_ack(ByteView body);

/// The `error` word of a result, for simulators.
const char* tx_ack_word(TxResult result) noexcept;

}  // namespace ff::gateway::semtech_udp
