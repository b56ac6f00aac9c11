// What passes between a frontend, a gateway's connection and the router.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/gateway_server/connection/gateway_settings.hpp"
#include "actors/gateway_server/connection/station_control.hpp"
#include "actors/support/local_message.hpp"
#include "actors/support/reply.hpp"
#include "protocol/base/result.hpp"
#include "protocol/gateway/gateway_downlink.hpp"
#include "protocol/schedule/round_trips.hpp"
#include "protocol/schedule/scheduler.hpp"
#include "protocol/types/frames.hpp"
#include "protocol/types/gateway_status.hpp"

namespace ff::gateway_server {

/// Gateway protocols; the text is the `protocol` of statistics and metrics.
enum class Protocol : std::uint8_t { udp, mqtt, grpc, basic_station, tti_gateway };
inline constexpr std::size_t protocol_count = 5;
const char* to_string(Protocol protocol) noexcept;

/// A frontend's own number for a connection; never used again for another.
using LinkId = Strong<struct LinkIdTag, std::uint64_t>;
/// Names a downlink between a gateway and us until it is acknowledged.
using DownlinkToken = Strong<struct DownlinkTokenTag, std::uint16_t>;

/// How a gateway came in.
struct ConnectRequest {
  LinkId link;
  GatewayIdentifiers ids;  // gateway id or EUI, or both
  Protocol protocol = Protocol::udp;
  bool authenticated = false;
  /// What gave it the right to link, and may lose it; empty: nothing (datagrams, a certificate).
  std::string secret = {};
  std::string remote_address;
  std::string fallback_plan_id;  // for unregistered gateways; empty: they are refused
  schedule::DutyCycleStyle duty_cycle_style = schedule::DutyCycleStyle::window;
  /// Whether downlinks can be sent from the start; else DownlinkPathChanged says when.
  bool has_downlink_path = true;
  /// Whether the protocol tells the gateway by which antenna to transmit. If not, what is sent
  /// leaves by an antenna of the gateway's choice.
  bool chooses_antenna = false;
  /// Of stations; null: the protocol has none.
  StationControlHandle control = {};
};

// --- frontend to connection --------------------------------------------------------------------

/// What one message of the gateway held.
struct GatewayUp {
  std::vector<UplinkFrame> uplinks;
  std::optional<GatewayStatus> status;
  /// From us to the gateway and back, if the message tells.
  std::optional<Duration> round_trip;
  /// The gateway was told to send class B beacons and can.
  bool sends_beacons = false;
  /// Why a status is not in `status`.
  std::optional<Error> refused_status = {};
};
/// A counter value and its time by the gateway's GPS.
struct GpsSample {
  std::uint32_t counter_us = 0;
  UtcTime gps_time;
};
/// `round_trip`: from writing the downlink to its acknowledgement, if the protocol tells.
struct TxAcked {
  DownlinkToken token;
  TxResult result = TxResult::success;
  std::optional<Duration> round_trip;
  std::optional<GpsSample> gps;
};
struct DownlinkPathChanged {
  bool available = false;
};
/// Ends the connection; `reason` is the data of gs.gateway.disconnect. `heir`, if any, is told what
/// the connection remembers; it is the gateway's next one. Not if the connection itself has not
/// heard yet what was before it.
struct GatewayMemory;
struct Disconnect {
  Error reason;
  std::function<void(const GatewayMemory&)> heir = {};
};

// --- connection to frontend --------------------------------------------------------------------

struct ConnectionReady {
  LinkId link;
  GatewayIdentifiers ids;
  bool schedule_downlink_late = false;
  std::vector<std::string> frequency_plan_ids;  // known ones, at least one
  std::optional<float> antenna_gain_dbi;        // the greatest of its antennas
  bool is_registered = true;
};
/// Refused, or ended later. The frontend forgets the handle.
struct ConnectionEnded {
  LinkId link;
  Error reason;
};
struct SendDownlink {
  LinkId link;
  DownlinkToken token;
  gateway::GatewayDownlink downlink;
  CorrelationIds correlation_ids;  // the downlink's, for gateways that are told
  /// Server time of the emission, for gateways that want it late; unset: send at once.
  std::optional<UtcTime> starts_at;
};

// --- network server and API --------------------------------------------------------------------

/// Try one of the frame's paths. [spec gateway-server §9.2]
struct ScheduleOnPath {
  std::shared_ptr<const DownlinkFrame> frame;
  std::size_t path = 0;
  actors::Reply<ScheduledDownlink> reply;
};

/// ON-WIRE content of ttn.lorawan.v3.GatewayConnectionStats. [spec gateway-server §2.7]
struct ConnectionStats {
  std::optional<UtcTime> connected_at;
  std::optional<UtcTime> disconnected_at;
  Protocol protocol = Protocol::udp;
  std::string remote_address;
  std::optional<UtcTime> last_status_received_at;
  std::optional<GatewayStatus> last_status;
  std::optional<UtcTime> last_uplink_received_at;
  std::uint64_t uplink_count = 0;
  std::optional<UtcTime> last_downlink_received_at;
  std::uint64_t downlink_count = 0;
  std::optional<UtcTime> last_tx_acknowledgment_received_at;
  std::uint64_t tx_acknowledgment_count = 0;
  std::optional<schedule::RoundTripStats> round_trip_times;
  std::vector<schedule::SubBandUsage> sub_bands;
};
struct GetConnectionStats {
  actors::Reply<ConnectionStats> reply;
};

/// The gateway's keys or collaborators have changed: its connection asks whether it may stay.
struct RightsChanged {};

/// INTERNAL: whether what the gateway showed still gives it the right to link.
struct RightsAnswered {
  Status rights;
};
/// INTERNAL: the registry's answer to the first look-up or to a later one.
struct RegistryAnswered {
  Result<GatewaySettings> settings;
};
/// INTERNAL: time for statistics, garbage and the registry.
struct Housekeep {};
/// INTERNAL: what is known of the gateway from before has not come yet.
struct RecallOverdue {};
/// INTERNAL: the router has ended; there may be a new one. If not: again after `wait`.
struct AnnounceAgain {
  Duration wait{0};
};

}  // namespace ff::gateway_server
FF_LOCAL_MESSAGE(ff::gateway_server::GatewayUp)
FF_LOCAL_MESSAGE(ff::gateway_server::TxAcked)
FF_LOCAL_MESSAGE(ff::gateway_server::DownlinkPathChanged)
FF_LOCAL_MESSAGE(ff::gateway_server::Disconnect)
FF_LOCAL_MESSAGE(ff::gateway_server::ConnectionReady)
FF_LOCAL_MESSAGE(ff::gateway_server::ConnectionEnded)
FF_LOCAL_MESSAGE(ff::gateway_server::SendDownlink)
FF_LOCAL_MESSAGE(ff::gateway_server::ScheduleOnPath)
FF_LOCAL_MESSAGE(ff::gateway_server::GetConnectionStats)
FF_LOCAL_MESSAGE(ff::gateway_server::RightsChanged)
FF_LOCAL_MESSAGE(ff::gateway_server::RightsAnswered)
FF_LOCAL_MESSAGE(ff::gateway_server::RegistryAnswered)
FF_LOCAL_MESSAGE(ff::gateway_server::Housekeep)
FF_LOCAL_MESSAGE(ff::gateway_server::RecallOverdue)
FF_LOCAL_MESSAGE(ff::gateway_server::AnnounceAgain)
