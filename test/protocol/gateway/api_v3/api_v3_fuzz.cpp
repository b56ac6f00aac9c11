// Any octets of a gateway over MQTT or gRPC: no crash, and what is accepted is within its bounds.
#include <cmath>
#include <cstdlib>

#include "protocol/gateway/api_v3/upstream.hpp"

using namespace ff;
using namespace ff::gateway::api_v3;

namespace {

void expect(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView message{data, size};
  if (const auto frame = decode_uplink(message, UtcTime{})) {
    expect(!frame->phy_payload.empty() && frame->phy_payload.size() <= 255);
    expect(!frame->rx_metadata.empty() && frame->rx_metadata.size() <= 64);
    expect(frame->settings.frequency.is_set());
    for (const auto& rx : frame->rx_metadata)
      expect(rx.uplink_token.empty() && rx.gateway.gateway_id.empty() && std::isfinite(rx.snr_db));
  }
  if (const auto status = decode_status(message))
    expect(status->versions.size() <= 10 && status->metrics.size() <= 32 &&
           status->ip.size() <= 10);
  if (const auto report = decode_tx_acknowledgment(message))
    expect(report->result <= TxResult::gps_unlocked);
  return 0;
}
