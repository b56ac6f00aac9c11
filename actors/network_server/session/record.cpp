#include "actors/network_server/session/record.hpp"

#include "actors/network_server/session/command_record.hpp"
#include "actors/network_server/session/queue_rows.hpp"
#include "actors/network_server/session/relay_record.hpp"
#include "actors/network_server/session/settings_fields.hpp"
#include "protocol/mac/command/codec.hpp"
#include "storage/codec/downlink_fields.hpp"
#include "storage/codec/envelope.hpp"
#include "storage/codec/fields.hpp"
#include "storage/codec/identifier_fields.hpp"

// One table per struct: number, member. ON-DISK: a number is never given to another member.

namespace ff {

template <class Archive>
void fields(Archive& a, DownlinkPath& path) {
  a(1, path.gateway);
  a(2, path.antenna_index);
  a(3, path.uplink_token);
}

}  // namespace ff

namespace ff::region {

template <class Archive>
void fields(Archive& a, DataRateRange& range) {
  a(1, range.min);
  a(2, range.max);
}

}  // namespace ff::region

namespace ff::mac {

template <class Archive>
void fields(Archive& a, Channel& channel) {
  a(1, channel.uplink_frequency);
  a(2, channel.downlink_frequency);
  a(3, channel.min_data_rate_index);
  a(4, channel.max_data_rate_index);
  a(5, channel.enabled);
}
template <class Archive>
void fields(Archive& a, MacParameters& parameters) {
  a(1, parameters.max_eirp_dbm);
  a(2, parameters.adr_data_rate_index);
  a(3, parameters.adr_tx_power_index);
  a(4, parameters.adr_nb_trans);
  a(5, parameters.adr_ack_limit_exponent);
  a(6, parameters.adr_ack_delay_exponent);
  a(7, parameters.rx1_delay);
  a(8, parameters.rx1_data_rate_offset);
  a(9, parameters.rx2_data_rate_index);
  a(10, parameters.rx2_frequency);
  a(11, parameters.max_duty_cycle);
  a(12, parameters.rejoin_time_periodicity);
  a(13, parameters.rejoin_count_periodicity);
  a(14, parameters.ping_slot_frequency);
  a(15, parameters.ping_slot_data_rate_index);
  a(16, parameters.beacon_frequency);
  a(17, parameters.channels);
  a(18, parameters.uplink_dwell_time);
  a(19, parameters.downlink_dwell_time);
  relay_fields(a, 20, parameters.relay);
}
template <class Archive>
void fields(Archive& a, RefusedRequest& refused) {
  a(1, refused.cid);
  a(2, refused.request);
  a(3, refused.count);
}
template <class Archive>
void fields(Archive& a, UnansweredRequest& unanswered) {
  a(1, unanswered.cid);
  a(2, unanswered.count);
  a(3, unanswered.again_at);
}
template <class Archive>
void fields(Archive& a, Rejected& rejected) {
  a(1, rejected.adr_data_rate_indexes);
  a(2, rejected.adr_tx_power_indexes);
  a(3, rejected.frequencies);
  a(4, rejected.data_rate_ranges);
  a(5, rejected.requests);
}
template <class Archive>
void fields(Archive& a, RecentUplink& uplink) {
  a(1, uplink.is_data);
  a(2, uplink.confirmed);
  a(3, uplink.adr);
  a(4, uplink.adr_ack_req);
  a(5, uplink.f_cnt);
  a(6, uplink.data_rate_index);
  a(7, uplink.channel_index);
  a(8, uplink.max_snr_db);
  a(9, uplink.gateway_count);
  a(10, uplink.payload_hash);
  a(11, uplink.received_at);
  a(12, uplink.as_given);
}
template <class Archive>
void fields(Archive& a, RecentDownlink& downlink) {
  a(1, downlink.f_cnt);
  a(2, downlink.f_port);
  a(3, downlink.confirmed);
  a(4, downlink.is_join_accept);
  a(5, downlink.transmit_at);
  a(6, downlink.correlation_ids);
}
template <class Archive>
void fields(Archive& a, NetworkSessionKeys& keys) {
  a(1, keys.session_key_id);
  a(2, keys.f_nwk_s_int_key);
  a(3, keys.s_nwk_s_int_key);
  a(4, keys.nwk_s_enc_key);
}
/// What rows of version 1 have; items have rows of their own since (queue_rows.hpp).
template <class Archive>
void old_queue(Archive& a, std::uint32_t number, DownlinkQueue& queue) {
  if constexpr (!Archive::is_writer) {
    std::vector<ApplicationDownlink> items;
    a(number, items);
    for (auto& item : items) queue.push_back(std::move(item));
  }
}
template <class Archive>
void fields(Archive& a, Session& session) {
  a(1, session.dev_addr);
  a(2, session.keys);
  a(3, session.last_f_cnt_up);
  a(4, session.last_n_f_cnt_down);
  a(5, session.last_a_f_cnt_down);
  a(6, session.last_conf_f_cnt_down);
  a(7, session.started_at);
  old_queue(a, 8, session.queued_application_downlinks);
  a(9, session.last_rj_count_0);
}
template <class Archive>
void fields(Archive& a, JoinParameters& join) {
  a(1, join.dev_addr);
  a(2, join.net_id);
  a(3, join.rx1_delay);
  a(4, join.rx1_data_rate_offset);
  a(5, join.rx2_data_rate_index);
  a(6, join.opt_neg);
  a(7, join.cf_list);
}
template <class Archive>
void fields(Archive& a, QueuedJoinAccept& accept) {
  a(1, accept.payload);
  a(2, accept.request);
  a(3, accept.keys);
  a(4, accept.app_s_key);
  a(5, accept.correlation_ids);
}
template <class Archive>
void fields(Archive& a, DeviceStatus& status) {
  a(1, status.received_at);
  a(2, status.f_cnt_up);
  a(3, status.battery);
  a(4, status.external_power);
  a(5, status.margin_db);
}
/// Commands as the octets they have on air: for those without frequencies and keys, such as answers
/// are.
template <class Archive>
void commands(Archive& a, std::uint32_t number, std::vector<Command>& list) {
  Bytes octets;
  if constexpr (Archive::is_writer) {
    if (auto encoded = encode(list)) octets = *std::move(encoded);
  }
  a(number, octets);
  if constexpr (!Archive::is_writer) append_stored({.octets = std::move(octets)}, list);
}
/// What rows have of before there was `request_fields`; never written.
template <class Archive>
void old_requests(Archive& a, std::uint32_t number, std::vector<Command>& list) {
  if constexpr (!Archive::is_writer) commands(a, number, list);
}

template <class Archive>
void fields(Archive& a, ForceRejoinReq& request) {
  a(1, request.data_rate_index);
  a(2, request.rejoin_type);
  a(3, request.max_retries);
  a(4, request.period_exp);
  a(5, request.high_octet_first);
}

template <class Archive>
void fields(Archive& a, MacState& state) {
  a(1, state.lorawan_version);
  a(2, state.device_class);
  a(3, state.current);
  a(4, state.desired);
  commands(a, 5, state.queued_responses);
  old_requests(a, 6, state.pending_requests);
  a(7, state.recent_mac_command_identifiers);
  a(8, state.rejected);
  a(9, state.rx_windows_available);
  a(10, state.recent_uplinks);
  a(11, state.recent_downlinks);
  a(12, state.last_adr_change_f_cnt_up);
  a(13, state.device_status);
  a(14, state.ping_slot_periodicity);
  a(15, state.pending_application_downlink);
  a(16, state.queued_join_accept);
  a(17, state.pending_join_request);
  a(18, state.pending_relay_downlink);
  a(19, state.last_confirmed_downlink_at);
  a(20, state.last_network_initiated_downlink_at);
  a(21, state.last_downlink_at);
  a(22, state.force_rejoin);
  request_fields(a, 23, state.pending_requests);
  a(24, state.unanswered);
}

}  // namespace ff::mac

namespace ff::network_server {

template <class Archive>
void fields(Archive& a, LoRaAllianceProfile& profile) {
  a(1, profile.vendor_id);
  a(2, profile.vendor_profile_id);
}
template <class Archive>
void fields(Archive& a, Device& device) {
  a(1, device.ids);
  a(2, device.created_at);
  a(3, device.updated_at);
  a(4, device.lorawan_version);
  a(5, device.lorawan_phy_version);
  a(6, device.frequency_plan_id);
  a(7, device.supports_join);
  a(8, device.supports_class_b);
  a(9, device.supports_class_c);
  a(10, device.multicast);
  a(11, device.mac_settings);
  a(12, device.session);
  a(13, device.pending_session);
  a(14, device.mac_state);
  a(15, device.pending_mac_state);
  a(16, device.attempts);
  a(17, device.counter_jump);
  a(21, device.last_paths);
  a(22, device.mac_settings_profile_id);
  a(23, device.version_ids);
  a(24, device.serial_number);
  a(25, device.lora_alliance_profile);
  a(26, device.min_frequency);
  a(27, device.max_frequency);
  a(28, device.earlier_status);
}
template <class Archive>
void fields(Archive& a, RowVersion& version) {
  a(18, version.writer);
  a(19, version.sequence);
}

namespace {

/// Rows of version 1 hold the queues themselves.
constexpr storage::ValueVersion device_version = 2;

/// What is put behind a row.
struct AddedUplink {
  RowVersion version;
  mac::RecentUplink uplink;
};
template <class Archive>
void fields(Archive& a, AddedUplink& added) {
  a(1, added.version.writer);
  a(2, added.version.sequence);
  a(3, added.uplink);
}

/// Behind the fields of the device.
struct RowEnd {
  RowVersion version;
  std::uint32_t queued = 0;  // items in rows of their own
};
template <class Archive>
void fields(Archive& a, RowEnd& end) {
  fields(a, end.version);
  a(29, end.queued);
}

/// The row as a whole: the device, and the uplinks since it was written, oldest first.
struct DeviceRow {
  Device device;
  RowEnd end;
  std::vector<AddedUplink> added;
};
constexpr std::uint32_t added_uplink_field = 20;
template <class Archive>
void fields(Archive& a, DeviceRow& row) {
  fields(a, row.device);
  fields(a, row.end);
  a(added_uplink_field, row.added);
}

struct RowAddition {
  std::optional<AddedUplink> added;
};
template <class Archive>
void fields(Archive& a, RowAddition& addition) {
  a(added_uplink_field, addition.added);
}

void add_ordinary_uplink(Device& device, const mac::RecentUplink& uplink) {
  device.session->last_f_cnt_up = uplink.f_cnt;
  mac::push_recent(*device.mac_state, uplink);
}

}  // namespace

Bytes encode_device(const Device& device, RowVersion version, const storage::KeySeal* maybe_seal) {
  const auto queues = queues_of(&device);
  const RowEnd end{version,
                   static_cast<std::uint32_t>(queues.current.size() + queues.pending.size())};
  return storage::write_record(end, storage::seal_record(device_version, device, maybe_seal));
}

Result<StoredDevice> decode_device(ByteView row, const storage::KeySeal* maybe_seal) {
  FF_TRY(const auto envelope, storage::unseal(row, device_version));
  FF_TRY(auto read, storage::read_record<DeviceRow>(envelope.body, maybe_seal));
  auto& [device, end, added] = read;
  auto& version = end.version;
  for (const auto& [of, uplink] : added) {
    if (of != RowVersion{version.writer, version.sequence + 1}) continue;
    if (!device.session || !device.mac_state)
      return fail(storage::malformed_record, {{"offset", 0}});
    version = of;
    add_ordinary_uplink(device, uplink);
  }
  return StoredDevice{.device = std::move(device),
                      .queued = end.queued,
                      .queue_in_rows = envelope.version == device_version};
}

std::optional<mac::RecentUplink> ordinary_uplink(const Device& before, Device& after) {
  if (!before.session || !before.mac_state || !after.session || !after.mac_state)
    return std::nullopt;
  auto& recent = after.mac_state->recent_uplinks;
  auto& f_cnt = after.session->last_f_cnt_up;
  if (recent.empty()) return std::nullopt;
  // Compared as a whole, so that no member can be forgotten, and made again as reading will make
  // it.
  auto new_recent = std::exchange(recent, before.mac_state->recent_uplinks);
  const auto new_f_cnt = std::exchange(f_cnt, before.session->last_f_cnt_up);
  const auto uplink = new_recent.front();
  bool ordinary = after == before;
  if (ordinary) {
    add_ordinary_uplink(after, uplink);
    ordinary = recent == new_recent && f_cnt == new_f_cnt;
  }
  recent = std::move(new_recent);
  f_cnt = new_f_cnt;
  return ordinary ? std::optional(uplink) : std::nullopt;
}

Bytes encode_ordinary_uplink(const mac::RecentUplink& uplink, RowVersion version) {
  return storage::write_record(RowAddition{AddedUplink{version, uplink}});
}

}  // namespace ff::network_server
