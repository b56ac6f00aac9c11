// Any octets of a legacy gateway: no crash, and what is accepted is within its bounds.
#include <cmath>
#include <cstdlib>

#include "protocol/gateway/mqtt_v2/upstream.hpp"

using namespace ff;
using namespace ff::gateway::mqtt_v2;

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
      expect(rx.gateway.gateway_id.empty() && std::isfinite(rx.snr_db));
  }
  if (const auto status = decode_status(message))
    expect(status->versions.size() <= 6 && status->metrics.size() <= 15 && status->ip.size() <= 10);
  return 0;
}
