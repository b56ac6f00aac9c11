// Relays: a device that carries frames of others, and one whose frames are carried. Sessions talk
// through their shards; each changes its own record. [TS011-1.0.1; spec network-server §17]
#include <algorithm>

#include "actors/network_server/session/downlink_frame.hpp"
#include "actors/network_server/session/errors.hpp"
#include "actors/network_server/session/event_data.hpp"
#include "actors/network_server/session/relay_errors.hpp"
#include "actors/network_server/session/state.hpp"
#include "protocol/join/session_keys.hpp"
#include "protocol/phy/frame_crypto.hpp"
#include "protocol/relay/forward.hpp"
#include "protocol/relay/relayed_frame.hpp"
#include "protocol/schedule/time_on_air.hpp"

namespace ff::network_server {
namespace {

/// Also one that is being told to: its firmware may have been a relay all along.
bool is_relay(const Device& device) {
  return device.mac_state && (mac::serving(device.mac_state->current.relay) != nullptr ||
                              mac::serving(device.mac_state->desired.relay) != nullptr);
}

void tell(const DeviceUid& device, SessionEvent event, Outcome& out) {
  out.effects.emplace_back(TellSession{{device, std::make_shared<SessionEvent>(std::move(event))}});
}

/// The relays that a device says it is served by.
std::vector<DeviceId> relays_of(const Device& device) {
  std::vector<DeviceId> ids;
  for (const auto* relay : {&device.mac_settings.relay, &device.mac_settings.desired_relay}) {
    const auto* served = mac::served(*relay);
    if (served == nullptr || served->serving_device_id.empty()) continue;
    if (std::ranges::find(ids, served->serving_device_id) == ids.end())
      ids.push_back(served->serving_device_id);
  }
  return ids;
}

ServedSession served_session(const DeviceId& device, const mac::Session& session) {
  return {device,
          session.keys.session_key_id,
          {session.dev_addr, join::derive_root_wor_s_key(session.keys.nwk_s_enc_key)}};
}

/// Whether a rule for this device has changed by it.
bool update_rules(std::optional<mac::RelayParameters>& relay, const ServedSession& session) {
  auto* serving = mac::serving(relay);
  if (serving == nullptr) return false;
  bool changed = false;
  for (auto& rule : serving->uplink_forwarding_rules) {
    if (rule.device_id != session.device_id) continue;
    const bool same_id = rule.session_key_id == session.session_key_id;
    if (same_id && rule.wor == session.wor) continue;
    // Wake-up frames of a new session are counted from 0.
    if (!same_id || rule.wor) rule.last_w_f_cnt = 0;
    rule.session_key_id = session.session_key_id;
    rule.wor = session.wor;
    changed = true;
  }
  return changed;
}

/// Devices with a rule that lacks the session's key.
void add_unknown(const std::optional<mac::RelayParameters>& relay, std::vector<DeviceId>& ids) {
  const auto* serving = mac::serving(relay);
  if (serving == nullptr) return;
  for (const auto& rule : serving->uplink_forwarding_rules) {
    if (rule.wor || rule.device_id.empty()) continue;
    if (std::ranges::find(ids, rule.device_id) == ids.end()) ids.push_back(rule.device_id);
  }
}

}  // namespace

// --- as a relay ----------------------------------------------------------------------------------

bool SessionState::forward(const UplinkMatched& event, Bytes frm_payload, const Turn& turn,
                           Outcome& out) {
  const auto& ids = event.frame->correlation_ids;
  auto frame = carried_frame(event, std::move(frm_payload));
  if (!frame) {
    note(turn, RelayJudged{true, std::make_shared<const Error>(frame.error())});
    publish("ns.up.relay.drop", ids, frame.error(), turn, out);
    return false;
  }
  publish("ns.up.relay.process", ids, shown(*frame), turn, out);
  out.effects.emplace_back(TakeIn{std::make_shared<const UplinkFrame>(*std::move(frame))});
  return true;
}

Result<UplinkFrame> SessionState::carried_frame(const UplinkMatched& event,
                                                Bytes frm_payload) const {
  // Relays do not carry relays: there would be no window for the answer.
  const bool is_carried = std::ranges::any_of(
      *event.rx_metadata, [](const RxMetadata& metadata) { return metadata.relay.has_value(); });
  if (!is_relay(*device_) || is_carried) return fail(relay_not_serving);
  FF_TRY(const auto radio, radio_of(*device_, surroundings_.plans));
  const auto& session = *device_->session;
  phy::crypt_frm_payload(session.keys.nwk_s_enc_key,
                         {phy::Direction::up, session.dev_addr, event.f_cnt}, frm_payload);
  FF_TRY(const auto uplink,
         relay::decode_forwarded_uplink(frm_payload, radio.region->frequency_step_hz));
  const auto* rate = radio.region->data_rate(uplink.data_rate, region::Direction::uplink);
  if (rate == nullptr) return fail(data_rate_not_found);
  FF_TRY(const auto carried, phy::decode_frame(uplink.phy_payload));
  const auto sender = phy::uplink_identifiers(carried);
  if (!sender.dev_addr && !sender.dev_eui) return fail(relay_m_type);
  const auto& own = *event.frame;
  const auto airtime =
      schedule::time_on_air(own.phy_payload.size(), own.settings.data_rate, own.settings.frequency);
  return relay::relayed_frame(
      uplink, rate->data_rate, {own, *event.rx_metadata, airtime.value_or(Duration{0})},
      {uid_.device_id, uplink.wor_channel},
      relay::encode_uplink_token({device_->ids, session.keys.session_key_id, event.f_cnt}));
}

/// Why this relay can not send `event` now; null if it can. A session that has been loaded since
/// its last uplink does not know its windows.
const ErrorDef* SessionState::no_relay_downlink(const RelayDownlink& event,
                                                const Turn& turn) const {
  if (!device_) return &device_not_found;
  if (!device_->session || !device_->mac_state) return &relay_session;
  if (device_->session->keys.session_key_id != event.token.session_key_id)
    return &relay_session_key_id;
  if (!answerable_) return &relay_recent_uplinks;
  if (answerable_->is_join) return &relay_m_type;
  if (answerable_->f_cnt != event.token.f_cnt) return &relay_full_f_cnt;
  if (!is_relay(*device_)) return &relay_not_serving;
  if (asks_gateways() || no_class_a_window(turn)) return &relay_rx_windows_available;
  return nullptr;
}

void SessionState::on(const RelayDownlink& event, const Turn& turn, Outcome& out) {
  const auto refuse = [&](const ErrorDef& cause) {
    note(turn, RelayJudged{false, std::make_shared<const Error>(cause)});
    tell(event.device,
         DownlinkScheduled{event.attempt, fail(Error(relay_schedule).caused_by(Error(cause)))},
         out);
  };
  if (const auto* reason = no_relay_downlink(event, turn)) return refuse(*reason);
  set_pending_relay_downlink(event.phy_payload);
  send_data(turn, out, &event);
  if (in_flight_) return;
  set_pending_relay_downlink({});
  refuse(relay_rx_windows_available);
}

void SessionState::set_pending_relay_downlink(Bytes phy_payload) {
  if (!device_->mac_state || device_->mac_state->pending_relay_downlink == phy_payload) return;
  auto next = *device_;
  next.mac_state->pending_relay_downlink = std::move(phy_payload);
  device_ = std::make_shared<const Device>(std::move(next));
}

/// On FPort 226, under the network's key. [TS011-1.0.1 §9]
void SessionState::put_relayed(const RelayDownlink& relayed, FCnt32 f_cnt,
                               const mac::Session& session, phy::DataFrame& frame) const {
  frame.f_port = relay::forward_port;
  frame.frm_payload = relayed.phy_payload;
  phy::crypt_frm_payload(session.keys.nwk_s_enc_key,
                         {phy::Direction::down, session.dev_addr, f_cnt}, frame.frm_payload);
}

/// The device's session is told what became of its frame: the relay sends it in a window of its
/// own, long after ours.
void SessionState::relay_downlink_done(const InFlight& flight, Result<ScheduledDownlink> outcome,
                                       const Turn& turn, Outcome& out) {
  if (!flight.relayed) return;
  set_pending_relay_downlink({});
  if (outcome && answerable_) {
    const auto at = answerable_->received_at + relay::receive_delay;
    outcome->delay = std::max(at - turn.now.utc, Duration::zero());
  }
  if (!outcome) outcome = fail(Error(relay_schedule).caused_by(outcome.error()));
  tell(flight.relayed->device, DownlinkScheduled{flight.relayed->attempt, std::move(outcome)}, out);
}

void SessionState::relay_downlink_reported(const InFlight& flight, TxResult result, Outcome& out) {
  if (!flight.relayed) return;
  const auto& relayed = *flight.relayed;
  tell(relayed.device, TransmissionAcknowledged{{relayed.device, result, relayed.correlation_ids}},
       out);
}

void SessionState::on(const ServedSession& event, const Turn&, Outcome&) {
  if (!device_) return;
  auto next = *device_;
  bool changed = update_rules(next.mac_settings.desired_relay, event);
  for (auto* state : {&next.mac_state, &next.pending_mac_state}) {
    if (*state) changed = update_rules((*state)->desired.relay, event) || changed;
  }
  // The relay is told with the answer to its next uplink: what it carries now comes first.
  if (!changed) return;
  const auto old = std::exchange(device_, std::make_shared<const Device>(std::move(next)));
  forget_step(old.get());
}

void SessionState::ask_for_served_sessions(Outcome& out) const {
  std::vector<DeviceId> devices;
  add_unknown(device_->mac_settings.desired_relay, devices);
  if (device_->mac_state) add_unknown(device_->mac_state->desired.relay, devices);
  for (auto& device : devices)
    tell({uid_.application_id, device}, ServedSessionWanted{uid_.device_id}, out);
}

// --- as a device behind a relay ------------------------------------------------------------------

void SessionState::tell_relays(const mac::Session& session, Outcome& out) const {
  for (const auto& relay : relays_of(*device_))
    tell({uid_.application_id, relay}, served_session(uid_.device_id, session), out);
}

void SessionState::on(const ServedSessionWanted& event, const Turn&, Outcome& out) {
  if (!device_) return;
  const auto relays = relays_of(*device_);
  if (std::ranges::find(relays, event.relay) == relays.end()) return;
  const auto& session = device_->pending_session ? device_->pending_session : device_->session;
  if (!session) return;
  tell({uid_.application_id, event.relay}, served_session(uid_.device_id, *session), out);
}

void SessionState::transmit_by_relay(const InFlight& flight, Bytes phy_payload, TxPriority priority,
                                     Outcome& out) const {
  const auto& token = *answerable_->relay;
  tell(token.relay.uid,
       RelayDownlink{.device = uid_,
                     .attempt = flight.attempt,
                     .token = token,
                     .phy_payload = std::move(phy_payload),
                     .priority = priority,
                     .correlation_ids = flight.correlation_ids},
       out);
}

UtcTime SessionState::last_window_at(const Answerable& uplink, std::chrono::seconds rx1_delay) {
  if (uplink.relay) return uplink.received_at + relay::receive_delay;
  return uplink.received_at + rx1_delay + rx2_after_rx1;
}

}  // namespace ff::network_server
