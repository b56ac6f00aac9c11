// What an operator may see of a gateway's connection: clock, schedule, and what it decided last.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/gateway_server/connection/clock_quality.hpp"
#include "actors/gateway_server/connection/messages.hpp"

namespace ff::gateway_server {

/// What became of an uplink; labels the metric.
enum class UplinkOutcome : std::uint8_t {
  forwarded,
  forwarded_late,  // heard long ago: it is not answered
  repeated,
  undecodable,
  crc_failed,
  not_ours,
  join_late,    // its answer would come too late
  unreachable,  // whoever it is for does not run
  proprietary,  // nobody takes them
};
inline constexpr std::size_t uplink_outcome_count = 9;
const char* to_string(UplinkOutcome outcome) noexcept;

/// An uplink that went no further.
struct DroppedUplink {
  UtcTime at;
  UplinkOutcome outcome = UplinkOutcome::forwarded;
  std::optional<DevAddr> dev_addr;
  std::optional<DevEui> dev_eui;  // of a join-request
  Frequency frequency;
  float snr_db = 0;
};

enum class DownlinkStage : std::uint8_t { scheduled, refused, reported };
std::string_view to_string(DownlinkStage stage) noexcept;

/// A downlink that this gateway was asked for, or a report of one.
struct DownlinkDecision {
  UtcTime at;
  DownlinkStage stage = DownlinkStage::refused;
  DeviceUid device;
  std::uint8_t window = 0;              // of scheduled ones
  Duration delay{0};                    // until its start
  std::shared_ptr<const Error> error;   // of refused ones
  TxResult result = TxResult::success;  // of reports
};

struct PlannedEmission {
  std::optional<UtcTime> starts_at;
  Duration duration{0};
  Frequency frequency;
  schedule::SubBandLimit sub_band;  // whose duty cycle it uses up
  std::optional<DeviceUid> device;  // unknown: remembered of an earlier connection
};

/// An uplink that the gateway heard long before we did.
struct LateUplink {
  UtcTime at;
  Duration age{0};
};

struct ConnectionSnapshot {
  static constexpr std::size_t emissions_max = 16;

  GatewayIdentifiers ids;
  std::vector<std::string> frequency_plan_ids;
  bool enforce_duty_cycle = true;
  bool has_downlink_path = false;
  ConnectionStats stats;
  std::optional<UtcTime> clock_synced_at;  // newest sample of the concentrator's counter
  ClockStats clock;
  bool has_gps_time = false;
  bool sends_beacons = false;                  // as far as it is known
  Duration lead_time{0};                       // least time between a request and its emission
  std::vector<PlannedEmission> planned;        // not over yet, in order, at most emissions_max
  std::size_t remembered_emissions = 0;        // for conflicts and duty cycle
  std::vector<DroppedUplink> dropped_uplinks;  // oldest first
  std::uint64_t late_uplinks = 0;              // of this connection
  std::optional<LateUplink> last_late_uplink;
  std::vector<DownlinkDecision> downlinks;  // oldest first
};
struct InspectConnection {
  actors::Reply<ConnectionSnapshot> reply;
};

}  // namespace ff::gateway_server
FF_LOCAL_MESSAGE(ff::gateway_server::InspectConnection)
