// What an operator may see of a device session: its counters, MAC state, what is under way, and its
// last decisions. A value without keys and payloads, so that it can be shown as it is.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actors/network_server/session/decision.hpp"
#include "protocol/base/time.hpp"
#include "protocol/mac/state.hpp"
#include "protocol/types/identifiers.hpp"
#include "protocol/types/versions.hpp"

namespace ff::network_server {

struct Device;

struct SessionSummary {
  DevAddr dev_addr;
  FCnt32 last_f_cnt_up;
  FCnt32 last_n_f_cnt_down;
  FCnt32 last_a_f_cnt_down;
  std::optional<FCnt32> last_conf_f_cnt_down;
  UtcTime started_at;
  std::size_t queued_downlinks = 0;
  std::optional<FCnt32> first_queued_f_cnt;
};

/// What of the MAC parameters adaptive data rate and the receive windows depend on.
struct ParameterSummary {
  DataRateIndex data_rate_index;
  TxPowerIndex tx_power_index;
  std::uint8_t nb_trans = 1;
  std::chrono::seconds rx1_delay{1};
  DataRateOffset rx1_data_rate_offset;
  DataRateIndex rx2_data_rate_index;
  Frequency rx2_frequency;
  std::size_t channels = 0;  // enabled
};

struct MacSummary {
  MacVersion lorawan_version = MacVersion::unknown;
  DeviceClass device_class = DeviceClass::a;
  ParameterSummary current;
  ParameterSummary desired;
  std::vector<std::string_view> queued_answers;    // names of MAC commands
  std::vector<std::string_view> pending_requests;  // sent, not answered
  std::size_t refused_requests = 0;
  bool rx_windows_available = false;
  std::size_t recent_uplinks = 0;
  std::optional<FCnt32> unacknowledged_downlink;  // confirmed, of the application
  bool join_accept_waits = false;
  std::optional<UtcTime> last_downlink_at;
};

/// The uplink that can still be answered.
struct AnswerableSummary {
  bool is_join = false;
  FCnt32 f_cnt;
  UtcTime received_at;
  DataRateIndex data_rate_index;
  ChannelIndex channel_index;
  bool must_be_answered = false;
  std::vector<GatewayId> gateways;  // in the order they would be tried
};

/// Asked of the gateway server or the join server and not answered yet.
struct InFlightSummary {
  std::uint64_t attempt = 0;
  bool is_join = false;
  FCnt32 f_cnt;
  bool application = false;
};

/// Where a device's session actor is in its life.
enum class SessionPhase : std::uint8_t { idle, loading, active, leaving };
std::string_view to_string(SessionPhase phase) noexcept;

struct DeviceSnapshot {
  SessionPhase phase = SessionPhase::idle;
  std::size_t stashed = 0;  // events that wait for the session to be loaded

  DeviceIdentifiers ids;
  MacVersion lorawan_version = MacVersion::unknown;
  PhyVersion lorawan_phy_version = PhyVersion::unknown;
  std::string frequency_plan_id;
  bool exists = false;
  bool supports_join = false;
  bool multicast = false;
  std::optional<SessionSummary> session;
  std::optional<SessionSummary> pending_session;
  std::optional<MacSummary> mac_state;
  std::optional<MacSummary> pending_mac_state;

  std::optional<AnswerableSummary> answerable;
  std::optional<InFlightSummary> transmission;
  std::optional<InFlightSummary> join;
  std::size_t unreported_emissions = 0;
  Decisions decisions;  // oldest first
};

/// What the record says; nothing is under way. `device` is null if there is none.
DeviceSnapshot snapshot_of(const Device* device);

}  // namespace ff::network_server
