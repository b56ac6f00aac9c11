// Any text of a station, as the frontend decodes it: no crash, and what is accepted is within its
// bounds.
#include <cstdlib>

#include "protocol/gateway/basic_station/discovery.hpp"
#include "protocol/gateway/basic_station/id6.hpp"
#include "protocol/gateway/basic_station/upstream.hpp"

using namespace ff;
using namespace ff::gateway::basic_station;

namespace {

void expect(bool condition) {
  if (!condition) std::abort();
}

void check(const UplinkFrame& frame) {
  expect(!frame.phy_payload.empty() && frame.phy_payload.size() <= 255);
  expect(frame.rx_metadata.size() == 1 && frame.settings.frequency.is_set());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const GatewayIdentifiers gateway{GatewayId{"gtw-1"}, {}};
  const ByteView text{data, size};
  if (const auto eui = decode_discovery(text))
    expect(*parse_station_eui(to_id6(eui->value())) == eui->value());
  for (const auto* band : {"EU_863_870", "US_902_928"}) {
    const auto message =
        decode_station_message(text, {gateway, *region::find_latest(band), UtcTime{}});
    if (!message) continue;
    if (const auto* heard = std::get_if<HeardFrame>(&*message)) check(heard->frame);
    if (const auto* version = std::get_if<Version>(&*message))
      expect(version->status.versions.size() <= 4);
  }
  return 0;
}
