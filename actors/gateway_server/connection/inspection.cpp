// What a connection remembers of its decisions, and what it shows of itself.
#include <algorithm>
#include <array>

#include "actors/gateway_server/connection/state.hpp"
#include "protocol/phy/frame_view.hpp"

namespace ff::gateway_server {

std::string_view to_string(DownlinkStage stage) noexcept {
  static constexpr std::array<std::string_view, 3> names = {"scheduled", "refused", "reported"};
  return names[static_cast<std::size_t>(stage)];
}

void ConnectionState::note_dropped(const UplinkFrame& frame, UplinkOutcome outcome, UtcTime now) {
  if (outcome == UplinkOutcome::forwarded || outcome == UplinkOutcome::forwarded_late) return;
  DroppedUplink dropped{.at = now,
                        .outcome = outcome,
                        .dev_addr = {},
                        .dev_eui = {},
                        .frequency = frame.settings.frequency};
  if (const auto decoded = phy::decode_frame(frame.phy_payload)) {
    const auto ids = phy::uplink_identifiers(*decoded);
    dropped.dev_addr = ids.dev_addr;
    dropped.dev_eui = ids.dev_eui;
  }
  if (!frame.rx_metadata.empty()) dropped.snr_db = frame.rx_metadata.front().snr_db;
  dropped_uplinks_.add(dropped);
}

void ConnectionState::note_downlink(const DownlinkFrame& frame,
                                    const Result<ScheduledDownlink>& answer, UtcTime now) {
  DownlinkDecision decision{.at = now, .device = frame.device, .error = {}};
  if (answer) {
    decision.stage = DownlinkStage::scheduled;
    decision.window = answer->window;
    decision.delay = answer->delay;
  } else {
    decision.error = std::make_shared<const Error>(answer.error());
  }
  downlink_decisions_.add(std::move(decision));
}

void ConnectionState::note_report(const TxAcknowledgment& report, UtcTime now) {
  downlink_decisions_.add({.at = now,
                           .stage = DownlinkStage::reported,
                           .device = report.device,
                           .error = {},
                           .result = report.result});
}

ConnectionSnapshot ConnectionState::snapshot(Instant now) const {
  ConnectionSnapshot out;
  out.ids = settings_.ids;
  out.frequency_plan_ids = settings_.frequency_plan_ids;
  out.enforce_duty_cycle = settings_.enforce_duty_cycle;
  out.has_downlink_path = has_downlink_path_;
  out.stats = stats(now);
  out.clock_synced_at = clock_.synced_at();
  out.clock = clock_quality_.stats();
  out.late_uplinks = late_uplinks_;
  out.last_late_uplink = last_late_uplink_;
  out.has_gps_time = clock_.has_gateway_time();
  out.sends_beacons = scheduler_.keeps_beacons_free();
  out.lead_time = schedule::Scheduler::lead_time(round_trips_, now.utc);
  const auto& emissions = scheduler_.emissions().all();
  out.remembered_emissions = emissions.size();
  const auto at = clock_.from_server_time(now.utc);
  const auto devices = planned_devices_.list();
  for (const auto& emission : emissions) {
    if (!at || emission.ends() < *at) continue;
    if (out.planned.size() == ConnectionSnapshot::emissions_max) break;
    PlannedEmission planned{clock_.to_server_time(emission.starts),
                            emission.duration,
                            emission.frequency,
                            scheduler_.settings().sub_bands[emission.sub_band],
                            {}};
    const auto device = std::ranges::find(devices, emission.starts, &PlannedDevice::starts);
    if (device != devices.end()) planned.device = device->device;
    out.planned.push_back(std::move(planned));
  }
  out.dropped_uplinks = dropped_uplinks_.list();
  out.downlinks = downlink_decisions_.list();
  return out;
}

}  // namespace ff::gateway_server
