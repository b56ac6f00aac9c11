// What the network knows of a device's MAC layer and session. Values only; the functions that
// change them are in initial.hpp, uplink.hpp, downlink.hpp and adr/adr.hpp. Not the device's
// settings (settings.hpp).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "protocol/base/bytes.hpp"
#include "protocol/base/time.hpp"
#include "protocol/mac/command/command.hpp"
#include "protocol/mac/downlink_queue.hpp"
#include "protocol/mac/quantities.hpp"
#include "protocol/mac/relay.hpp"
#include "protocol/region/data_rate_range.hpp"
#include "protocol/region/region.hpp"
#include "protocol/types/application_messages.hpp"
#include "protocol/types/counters.hpp"
#include "protocol/types/identifiers.hpp"
#include "protocol/types/keys.hpp"
#include "protocol/types/radio.hpp"
#include "protocol/types/versions.hpp"

namespace ff::mac {

/// Newest frames kept of each direction. [spec network-server §1.2]
inline constexpr std::size_t recent_uplinks_max = 20;
inline constexpr std::size_t recent_downlinks_max = 5;

using region::DataRateRange;

/// An uplink channel and where its uplinks are answered. Frequency 0: the index is not in use.
struct Channel {
  Frequency uplink_frequency;
  Frequency downlink_frequency;
  DataRateIndex min_data_rate_index;  // both as the device is told: read them by range_of
  DataRateIndex max_data_rate_index;
  bool enabled = false;
  bool operator==(const Channel&) const = default;
};

constexpr DataRateRange range_of(const Channel& channel) noexcept {
  return {channel.min_data_rate_index, channel.max_data_rate_index};
}

/// Everything MAC commands can set. One such value is what the device has, another what the network
/// wants; commands are sent while they differ. [spec network-server §7.2]
struct MacParameters {
  float max_eirp_dbm = 0;
  DataRateIndex adr_data_rate_index;
  TxPowerIndex adr_tx_power_index;
  std::uint8_t adr_nb_trans = 1;  // 1-15
  std::optional<AdrAckExponent> adr_ack_limit_exponent;
  std::optional<AdrAckExponent> adr_ack_delay_exponent;
  std::chrono::seconds rx1_delay{1};  // 1-15 s
  DataRateOffset rx1_data_rate_offset;
  DataRateIndex rx2_data_rate_index;
  Frequency rx2_frequency;
  DutyCycleExponent max_duty_cycle;
  RejoinTimeExponent rejoin_time_periodicity;
  RejoinCountExponent rejoin_count_periodicity;
  Frequency ping_slot_frequency;  // unset: the band's, which may hop
  std::optional<DataRateIndex> ping_slot_data_rate_index;
  Frequency beacon_frequency;     // unset: the band's, which may hop
  std::vector<Channel> channels;  // by channel index, at most region.max_uplink_channels
  region::DwellTime uplink_dwell_time = region::DwellTime::unknown;
  region::DwellTime downlink_dwell_time = region::DwellTime::unknown;
  std::optional<RelayParameters> relay;  // as with_defaults makes them
  bool operator==(const MacParameters&) const = default;
};

/// A request that the device refused without saying which value of it. The reference forgets such
/// refusals and repeats the request on every uplink for ever; we stop after `refusals_max`. [spec
/// network-server §8.2; the reference's issues #3921, #4610]
struct RefusedRequest {
  Cid cid;
  Bytes request;  // as encoded; of LinkADR the whole block
  std::uint8_t count = 0;
  bool operator==(const RefusedRequest&) const = default;
};

/// A refusal may be passing (a channel not yet set up, a duty-cycle limit), so one is not enough;
/// three in a row are not chance.
inline constexpr std::uint8_t refusals_max = 3;

/// A request that the device leaves unanswered, time and again: it does not know the command, or
/// hears nothing. The reference asks with every downlink for ever, and makes each uplink one that
/// has to be answered.
struct UnansweredRequest {
  Cid cid;
  std::uint8_t count = 0;  // in a row
  FCnt32 again_at;         // the uplink whose answer asks again
  bool operator==(const UnansweredRequest&) const = default;
};

/// From here on a request is made with one of 32 uplinks; before with one of 1, 2, 4, 8, 16.
inline constexpr std::uint8_t unanswered_max = 6;

/// What the device has refused; never asked again within this MAC state. All lists are sorted sets.
struct Rejected {
  std::vector<DataRateIndex> adr_data_rate_indexes;
  std::vector<TxPowerIndex> adr_tx_power_indexes;
  std::vector<Frequency> frequencies;
  std::map<Frequency, std::vector<DataRateRange>> data_rate_ranges;
  std::vector<RefusedRequest> requests;  // by their octets; at most 96, oldest first
  bool operator==(const Rejected&) const = default;
};

/// What adaptive data rate and the detection of retransmissions need of an uplink, and nothing
/// more.
struct RecentUplink {
  bool is_data = true;  // false: join-request or rejoin-request
  bool confirmed = false;
  bool adr = false;
  bool adr_ack_req = false;
  FCnt32 f_cnt;
  DataRateIndex data_rate_index;
  ChannelIndex channel_index;
  std::optional<float> max_snr_db;  // over all gateways; absent without metadata
  std::uint8_t gateway_count = 0;
  std::uint64_t payload_hash = 0;  // of the PHYPayload without its MIC
  UtcTime received_at;
  /// Of an uplink that a client tells of (imports): all it said, in the API's own form. Empty for
  /// what was received here.
  Bytes as_given = {};
  bool operator==(const RecentUplink&) const = default;
};

/// What is kept of a downlink that was scheduled.
struct RecentDownlink {
  FCnt32 f_cnt;
  std::optional<FPort> f_port;  // absent: no FPort field
  bool confirmed = false;
  bool is_join_accept = false;
  UtcTime transmit_at;
  CorrelationIds correlation_ids;  // of the newest only
  bool operator==(const RecentDownlink&) const = default;
};

/// Keys the network server holds, in clear. The AppSKey is not among them. [spec network-server
/// §7.1]
struct NetworkSessionKeys {
  SessionKeyId session_key_id;
  Aes128Key f_nwk_s_int_key;  // NwkSKey before 1.1
  Aes128Key s_nwk_s_int_key;
  Aes128Key nwk_s_enc_key;
  bool operator==(const NetworkSessionKeys&) const = default;
};

/// [spec network-server §7.1]
struct Session {
  DevAddr dev_addr;
  NetworkSessionKeys keys;
  FCnt32 last_f_cnt_up;
  FCnt32 last_n_f_cnt_down;
  FCnt32 last_a_f_cnt_down;  // 1.1 only
  std::optional<FCnt32> last_conf_f_cnt_down;
  UtcTime started_at;
  DownlinkQueue queued_application_downlinks;
  /// RJcount0 of the newest rejoin-request of type 0 or 2. [TS001-1.1 §6.2.4.2]
  std::optional<std::uint16_t> last_rj_count_0;
  bool operator==(const Session&) const = default;
};

/// The part of a JoinRequest (to the join server) that describes the session to come. [spec
/// network-server §6.5]
struct JoinParameters {
  DevAddr dev_addr;
  NetId net_id;
  std::chrono::seconds rx1_delay{1};
  DataRateOffset rx1_data_rate_offset;
  DataRateIndex rx2_data_rate_index;
  bool opt_neg = false;  // LoRaWAN 1.1
  Bytes cf_list;         // 16 octets with the type last, or empty
  bool operator==(const JoinParameters&) const = default;
};

/// A JoinAccept waiting for its window.
struct QueuedJoinAccept {
  Bytes payload;
  JoinParameters request;
  NetworkSessionKeys keys;
  KeyEnvelope app_s_key;  // for the application server
  CorrelationIds correlation_ids;
  bool operator==(const QueuedJoinAccept&) const = default;
};

/// What the last DevStatusAns said.
struct DeviceStatus {
  UtcTime received_at;
  FCnt32 f_cnt_up;
  std::optional<float> battery;  // 0-1; absent: external power or unknown
  bool external_power = false;
  std::int8_t margin_db = 0;
  bool operator==(const DeviceStatus&) const = default;
};

/// ON-DISK (storage/codec maps every field). [spec network-server §7.2]
struct MacState {
  MacVersion lorawan_version = MacVersion::unknown;
  DeviceClass device_class = DeviceClass::a;
  MacParameters current;
  MacParameters desired;

  std::vector<Command> queued_responses;            // answers to the device, in order of arrival
  std::vector<Command> pending_requests;            // sent, not answered, in order of sending
  std::vector<Cid> recent_mac_command_identifiers;  // of the last uplink, in order
  Rejected rejected;
  std::vector<UnansweredRequest> unanswered;  // one of each command

  bool rx_windows_available = false;             // the last uplink can still be answered
  std::vector<RecentUplink> recent_uplinks;      // newest first
  std::vector<RecentDownlink> recent_downlinks;  // newest first
  FCnt32 last_adr_change_f_cnt_up;

  std::optional<DeviceStatus> device_status;
  std::optional<PingSlotPeriodicity> ping_slot_periodicity;

  std::optional<ApplicationDownlink>
      pending_application_downlink;  // confirmed, not yet acknowledged
  std::optional<QueuedJoinAccept> queued_join_accept;
  std::optional<JoinParameters> pending_join_request;
  Bytes pending_relay_downlink;  // of a relay: the frame it is being sent for a device it serves
  /// The rejoin that the next downlink asks for, once. Nothing answers it but a rejoin-request.
  std::optional<ForceRejoinReq> force_rejoin;

  std::optional<UtcTime> last_confirmed_downlink_at;
  std::optional<UtcTime> last_network_initiated_downlink_at;
  std::optional<UtcTime> last_downlink_at;

  bool operator==(const MacState&) const = default;
};

/// Puts `uplink` first and drops the oldest above recent_uplinks_max.
void push_recent(MacState& state, const RecentUplink& uplink);
/// Puts `downlink` first, takes the correlation ids of the one before it, drops the oldest above
/// recent_downlinks_max.
void push_recent(MacState& state, RecentDownlink downlink);

/// Whether the last uplink carried an answer that the device repeats until it hears a class A
/// downlink: it must get one. [TS001-1.0.4 §5.5, §5.8, §5.9, §5.10]
bool has_sticky_answer(const MacState& state) noexcept;

}  // namespace ff::mac
