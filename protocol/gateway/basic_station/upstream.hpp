// Messages of a station: its version, frames it heard, reports of transmissions, questions for the
// time. Not discovery (discovery.hpp). [spec gateway-server §4.3]
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "protocol/gateway/basic_station/errors.hpp"
#include "protocol/gateway/basic_station/xtime.hpp"
#include "protocol/region/region.hpp"
#include "protocol/types/frames.hpp"
#include "protocol/types/gateway_status.hpp"

namespace ff::gateway::basic_station {

/// What a message does not say of itself.
struct UpstreamContext {
  const GatewayIdentifiers& gateway;
  const region::Region& region;
  UtcTime received_at;
};

struct Version {
  GatewayStatus status;  // versions
  bool is_production = false;
  bool has_gps = false;
  bool has_remote_shell = false;
};
/// `jreq`, `updf` or `propdf`. `band_id`, correlation ids, location and tokens of the frame are
/// left to the connection; its counters are the low 32 bits of `xtime`.
struct HeardFrame {
  UplinkFrame frame;
  XTime xtime;
  std::optional<UtcTime> ref_time;  // our clock, as the station carries it on; unset: not yet known
};
/// `dntxed`: the downlink is on air.
struct Transmitted {
  std::uint16_t diid = 0;
  std::optional<XTime> xtime;
  std::optional<UtcTime> gps_time;  // of `xtime`, by the station's GPS
};
/// `timesync`; `txtime` comes back in the answer.
struct TimeSyncRequest {
  std::int64_t txtime = 0;
};
/// A message that means nothing to us.
struct OtherMessage {};

using StationMessage =
    std::variant<OtherMessage, Version, HeardFrame, Transmitted, TimeSyncRequest>;

/// Total. Errors: invalid_json when the text is no JSON object; else join_request_message,
/// uplink_data_frame, uplink_message, unknown_data_rate for a message that is to be dropped alone.
Result<StationMessage> decode_station_message(ByteView text, const UpstreamContext& context);

}  // namespace ff::gateway::basic_station
