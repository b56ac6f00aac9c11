// A gateway connection's logic: what its messages mean, its clock, its schedule, its statistics.
// Pure: time and randomness are parameters, what is to be done comes back as effects. Not a
// protocol (frontends) and not the choice of a gateway (network server).
//
// An uplink passes, in this order: rounding of its frequency, repeat filter, lateness, clock,
// receive time, tokens and positions, decoding, CRC, address prefixes.
#pragma once

#include <memory>
#include <variant>
#include <vector>

#include "actors/gateway_server/connection/admission.hpp"
#include "actors/gateway_server/connection/clock_quality.hpp"
#include "actors/gateway_server/connection/downlink_ring.hpp"
#include "actors/gateway_server/connection/event_data.hpp"
#include "actors/gateway_server/connection/gateway_memory.hpp"
#include "actors/gateway_server/connection/late_frames.hpp"
#include "actors/gateway_server/connection/snapshot.hpp"
#include "actors/support/last.hpp"
#include "protocol/base/random.hpp"
#include "protocol/schedule/rollover_clock.hpp"
#include "protocol/schedule/scheduler.hpp"

namespace ff::gateway_server {

// --- effects, run in order ---------------------------------------------------------------------

/// What an uplink says about its sender: an address; or it is a join- or rejoin-request, or
/// proprietary.
struct Sender {
  std::optional<DevAddr> dev_addr;
  bool is_proprietary = false;
};
/// What became of it is for on_forwarded(); `outcome` is that of success.
struct ForwardUplink {
  std::shared_ptr<const UplinkFrame> frame;
  std::vector<UpstreamHost> hosts;  // at least one
  UplinkOutcome outcome = UplinkOutcome::forwarded;
};
/// Whether a host has taken a frame.
struct HostAnswer {
  UpstreamHost host = UpstreamHost::cluster;
  Status sent;
};
/// Likewise.
struct ForwardAcknowledgment {
  TxAcknowledgment acknowledgment;
};
struct ToFrontend {
  SendDownlink message;
};
struct PublishEvent {
  std::string_view name;
  GatewayEventData data;
  CorrelationIds correlation_ids;
};
struct CountUplink {
  UplinkOutcome outcome;
};
struct CountAcknowledgment {
  TxResult result;
};
/// Why a report goes no further: nobody knows its downlink, or no host takes it.
enum class ReportDrop : std::uint8_t { unknown_downlink, unreachable };
struct CountDroppedAcknowledgment {
  ReportDrop reason;
};
/// What memory() says now is to outlive the connection.
struct Remember {};
/// The gateway's antennas are where its GPS says, in their order.
struct UpdateLocations {
  std::vector<Location> antennas;
};
struct UpdateVersions {
  std::string model;
  std::string firmware;
};
struct FetchSettings {};
/// Ask whether the gateway's secret still gives it the right to link.
struct CheckRights {};
struct EndConnection {
  Error reason;
};

/// A gateway without a counter always says zero; that others say it once in 71 minutes is rare.
/// [spec radio-events-errors §5.1]
constexpr bool is_counter(std::uint32_t counter_us) noexcept {
  return counter_us != 0;
}

using Effect =
    std::variant<ForwardUplink, ForwardAcknowledgment, ToFrontend, PublishEvent, CountUplink,
                 CountAcknowledgment, CountDroppedAcknowledgment, Remember, UpdateLocations,
                 UpdateVersions, FetchSettings, CheckRights, EndConnection>;
using Effects = std::vector<Effect>;

class ConnectionState {
 public:
  /// `radio` is make_radio of `settings`; `config` outlives the state.
  ConnectionState(ConnectRequest request, GatewaySettings settings, GatewayRadio radio,
                  const GatewayServerConfig& config, Instant now);

  Effects on_connected(Instant now);
  /// `random` gives the correlation ids.
  Effects on_up(GatewayUp up, Instant now, Random& random);
  Effects on_tx_acked(const TxAcked& acked, Instant now);
  /// Whether what was to be forwarded has found who it is for.
  Effects on_forwarded(const ForwardUplink& uplink, const std::vector<HostAnswer>& answers,
                       Instant now);
  Effects on_forwarded(const ForwardAcknowledgment& report, const Status& sent) const;
  /// A memory of the gateway is under way: uplinks wait for it, `held_max` at most. Not for longer
  /// than `recall_time_max`: then call on_recall_overdue().
  void expect_memory() noexcept { awaits_memory_ = !is_recalled_; }
  /// It has come, or nobody is left to tell: memory() is all there is to know.
  bool is_recalled() const noexcept { return is_recalled_; }
  /// What is known of the gateway from before, which may be nothing; counts once.
  Effects on_recalled(const GatewayMemory& memory, Instant now, Random& random);
  /// What waits for the memory goes on without.
  Effects on_recall_overdue(Random& random);
  void on_path_changed(bool available) noexcept { has_downlink_path_ = available; }

  /// Schedules `frame` by its path `path`; on success the effects hold the downlink for the
  /// frontend.
  struct Scheduled {
    Result<ScheduledDownlink> answer;
    Effects effects;
  };
  Scheduled schedule(const std::shared_ptr<const DownlinkFrame>& frame, std::size_t path,
                     Instant now);

  /// Call every `housekeeping_interval`.
  Effects on_housekeep(Instant now, Random& random);
  /// The registry's answer to a later look-up.
  Effects on_settings(const Result<GatewaySettings>& found, Instant now);
  /// Somebody may have taken the right to link away.
  Effects on_rights_changed() const;
  /// Whether the gateway still has it. Any other failure than a refusal may pass.
  Effects on_rights(const Status& rights) const;
  Effects on_ended(const Error& reason, Instant now);

  ConnectionStats stats(Instant now) const;
  GatewayMemory memory(Instant now) const;
  ConnectionSnapshot snapshot(Instant now) const;
  const GatewaySettings& settings() const noexcept { return settings_; }
  const ConnectRequest& request() const noexcept { return request_; }

  static constexpr Duration housekeeping_interval = std::chrono::seconds{30};
  /// So long the registry has for its first answer.
  static constexpr Duration look_up_time_max = std::chrono::seconds{10};
  /// A downlink is remembered at once, unless another was so short a time ago: then with the next
  /// statistics. So much of a duty cycle a server that is killed may forget.
  static constexpr Duration emissions_unremembered_max = std::chrono::seconds{5};
  static constexpr std::size_t held_max = 16;
  /// A device of class A may listen for an answer a second after its frame.
  static constexpr Duration recall_time_max = std::chrono::milliseconds{200};

 private:
  struct LastUplink {
    std::uint64_t hash = 0;
    std::uint32_t timestamp_us = 0;
    UtcTime received_at;
  };
  struct Window {
    int number = 1;
    const RxWindow* parameters = nullptr;  // of the frame
  };

  /// What a path says of the gateway and of the uplink that is answered.
  struct Anchor {
    std::uint32_t antenna_index = 0;
    std::optional<std::uint32_t> uplink_us;
  };

  // inspection.cpp
  void note_dropped(const UplinkFrame& frame, UplinkOutcome outcome, UtcTime now);
  void note_downlink(const DownlinkFrame& frame, const Result<ScheduledDownlink>& answer,
                     UtcTime now);
  void note_report(const TxAcknowledgment& report, UtcTime now);

  // upstream.cpp
  void take(UplinkFrame frame, Instant now, Random& random, Effects& effects);
  void release_held(Random& random, Effects& effects);
  void on_uplink(UplinkFrame frame, Instant now, Random& random, Effects& effects);
  LateFrames::Verdict judge(const UplinkFrame& frame, std::optional<UtcTime> gps_time);
  std::optional<CounterSample> newest_counter() const;
  void on_status(GatewayStatus status, Instant now, Random& random, Effects& effects);
  void update_locations(const GatewayStatus& status, Instant now, Effects& effects);
  void update_versions(const GatewayStatus& status, Effects& effects);
  void settle(Instant now);
  void remember(Instant now, Effects& effects);
  void pass_on(const std::shared_ptr<const UplinkFrame>& frame, const Sender& sender,
               const LateFrames::Verdict& verdict, Instant now, Effects& effects);
  bool is_repeat(const UplinkFrame& frame);
  schedule::ConcentratorTime set_clock(std::uint32_t counter_us, UtcTime server,
                                       std::optional<UtcTime> gps_time);
  void synchronise(const GpsSample& sample, Instant now);
  schedule::ConcentratorTime synchronise(std::uint32_t counter_us, UtcTime received_at,
                                         std::optional<UtcTime> gps_time);
  void complete_metadata(UplinkFrame& frame, schedule::ConcentratorTime at,
                         const LateFrames::Verdict& verdict, Instant now) const;
  std::vector<UpstreamHost> hosts_of(const Sender& sender) const;

  // downlink.cpp
  bool may_transmit_by(std::uint32_t antenna) const noexcept;
  float gain_dbi(std::uint32_t antenna) const noexcept;
  Result<Anchor> read_path(const TxRequest& request, std::size_t path);
  Status check_request(const TxRequest& request) const;
  Result<ScheduledDownlink> try_schedule(const std::shared_ptr<const DownlinkFrame>& frame,
                                         std::size_t path, Instant now, Effects& effects);
  Result<const region::FrequencyPlan*> plan_of(const TxRequest& request) const;
  Result<Window> check_window(const DownlinkFrame& frame, const region::FrequencyPlan& plan,
                              int number) const;
  Result<schedule::Emission> schedule_window(const DownlinkFrame& frame, const Window& window,
                                             std::optional<std::uint32_t> uplink_us, Instant now);
  Result<schedule::Emission> schedule_soon(const schedule::Transmission& transmission,
                                           std::optional<UtcTime> not_before,
                                           const schedule::ScheduleContext& context);
  float eirp(const region::FrequencyPlan& plan, Frequency frequency, std::uint32_t antenna) const;
  void send(const std::shared_ptr<const DownlinkFrame>& frame, const Window& window,
            const schedule::Emission& emission, SendDownlink message, Effects& effects);
  schedule::ScheduleContext schedule_context(Instant now) const {
    return {clock_, round_trips_, now.utc};
  }

  ConnectRequest request_;
  GatewaySettings settings_;
  GatewayRadio radio_;
  const GatewayServerConfig& config_;
  schedule::RolloverClock clock_;
  schedule::RoundTrips round_trips_;
  schedule::Scheduler scheduler_;
  DownlinkRing downlinks_;
  bool has_downlink_path_;
  LateFrames late_frames_;
  std::optional<LastUplink> last_uplink_;
  std::optional<MonoTime> last_repeat_event_;
  ConnectionStats stats_;
  actors::Last<DroppedUplink, 16> dropped_uplinks_;
  actors::Last<DownlinkDecision, 16> downlink_decisions_;
  struct PlannedDevice {
    schedule::ConcentratorTime starts;
    DeviceUid device;
  };
  actors::Last<PlannedDevice, 64> planned_devices_;
  ClockQuality clock_quality_;
  std::uint64_t late_uplinks_ = 0;
  std::optional<LateUplink> last_late_uplink_;
  struct Held {
    UplinkFrame frame;
    Instant heard;
  };
  std::vector<Held> held_;  // until the memory has come
  bool awaits_memory_ = false;
  bool is_recalled_ = false;
  std::optional<CounterSample> recalled_counter_;
  std::vector<schedule::PastEmission> recalled_;  // until there is a clock
  bool stats_changed_ = true;
  MonoTime remembered_at_;
  Duration stats_debounce_;
  std::optional<MonoTime> located_at_;
  bool versions_updated_ = false;
  MonoTime fetch_at_;
  MonoTime garbage_at_;
};

}  // namespace ff::gateway_server
