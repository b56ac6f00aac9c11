// Data uplinks, step by step as in the reference's pipeline. [spec network-server §3]
#include <algorithm>

#include "actors/network_server/session/address_row.hpp"
#include "actors/network_server/session/downlink_frame.hpp"
#include "actors/network_server/session/errors.hpp"
#include "actors/network_server/session/event_data.hpp"
#include "actors/network_server/session/heard.hpp"
#include "actors/network_server/session/kept_status.hpp"
#include "actors/network_server/session/paths.hpp"
#include "actors/network_server/session/relay_errors.hpp"
#include "actors/network_server/session/uplink_work.hpp"
#include "protocol/mac/adr/adr.hpp"
#include "protocol/mac/adr/steps.hpp"
#include "protocol/mac/channel_use.hpp"
#include "protocol/mac/device_class.hpp"
#include "protocol/mac/initial.hpp"
#include "protocol/mac/retransmission.hpp"
#include "protocol/phy/f_cnt.hpp"
#include "protocol/phy/frame_crypto.hpp"
#include "protocol/phy/mic.hpp"
#include "protocol/relay/forward.hpp"
#include "protocol/schedule/time_on_air.hpp"

namespace ff::network_server {
namespace {

/// The answer is built a little after the uplink, so that an application's reaction to it can go
/// along; with one second until RX1 there is no time for that. [spec network-server §21]
constexpr Duration answer_after = std::chrono::milliseconds{200};
constexpr Duration answer_soon_after = std::chrono::milliseconds{20};
/// A relay waits for the answer to the frame it has carried: that is de-duplicated, judged and
/// answered as any other before it comes here.
constexpr Duration relay_answer_after = std::chrono::milliseconds{800};
constexpr Duration relay_answer_soon_after = std::chrono::milliseconds{500};

Duration answer_delay(std::chrono::seconds rx1_delay, bool has_carried) {
  const bool in_a_hurry = rx1_delay < std::chrono::seconds{2};
  if (has_carried) return in_a_hurry ? relay_answer_soon_after : relay_answer_after;
  return in_a_hurry ? answer_soon_after : answer_after;
}

/// How exactly it is known when a frame was heard.
constexpr Duration heard_within = std::chrono::milliseconds{500};

UtcTime heard_at(const UplinkFrame& frame) {
  return frame.received_at - on_the_way(frame);
}

std::optional<float> max_snr(const std::vector<RxMetadata>& all) {
  std::optional<float> max;
  for (const auto& metadata : all) max = std::max(max.value_or(metadata.snr_db), metadata.snr_db);
  return max;
}

std::size_t distinct_gateways(const std::vector<RxMetadata>& all) {
  std::vector<std::string_view> ids;
  ids.reserve(all.size());
  for (const auto& metadata : all) ids.push_back(metadata.gateway.gateway_id.text());
  std::sort(ids.begin(), ids.end());
  return static_cast<std::size_t>(std::unique(ids.begin(), ids.end()) - ids.begin());
}

/// When the frame ended, by a gateway that knows it.
std::optional<UtcTime> gps_time_of(const std::vector<RxMetadata>& all) {
  const auto found = std::ranges::find_if(
      all, [](const RxMetadata& metadata) { return metadata.gps_time.has_value(); });
  return found == all.end() ? std::nullopt : found->gps_time;
}

/// FNV-1a over the frame without its MIC: equal for a repetition.
std::uint64_t hash_of(ByteView signed_part) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (auto byte : signed_part) hash = (hash ^ byte) * 0x100000001b3;
  return hash;
}

/// For downlinks that answer no uplink. Tokens are for answers.
void remember_paths(Device& device, const std::vector<DownlinkPath>& paths) {
  if (paths.empty() || (!device.supports_class_b && !device.supports_class_c)) return;
  device.last_paths = paths;
  for (auto& path : device.last_paths) path.uplink_token.clear();
}

bool has_data_uplink(const mac::MacState& state) {
  return std::any_of(state.recent_uplinks.begin(), state.recent_uplinks.end(),
                     [](const mac::RecentUplink& uplink) { return uplink.is_data; });
}

}  // namespace

void SessionState::on(const UplinkMatched& event, const Turn& turn, Outcome& out) {
  if (!device_) return;
  auto frame = phy::decode_data_frame(event.frame->phy_payload);
  if (!frame) return note(turn, UplinkJudged{.verdict = UplinkVerdict::malformed});
  UplinkWork work{.event = event, .frame = *frame, .next = *device_};
  auto status = [&]() -> Status {
    FF_TRY(work.radio, radio_of(*device_, surroundings_.plans));
    work.relay = relay_of(*event.rx_metadata, uid_.application_id);
    if (work.relay && work.relay->relay.uid == uid_)
      return work.refuse(UplinkVerdict::relayed_by_itself, relay_not_serving);
    FF_CHECK(choose_session(work));
    FF_CHECK(find_data_rate(work));
    FF_CHECK(judge_counter(work));
    FF_CHECK(check_size(work));
    give_up_pending_session(work);
    FF_CHECK(handle_commands(work));
    FF_CHECK(find_channel(work));
    return check_whole_mic(work);
  }();
  if (!status) {
    note_dropped(work, status.error(), turn);
    if (work.verdict == UplinkVerdict::late_copy) {
      out.effects.emplace_back(CountFrame{frame->m_type, FrameStep::duplicate, {}});
      return;
    }
    out.effects.emplace_back(CountFrame{frame->m_type, {}, status.error()});
    return publish("ns.up.data.drop", event.frame->correlation_ids, status.error(), turn, out);
  }
  accept(work, turn, out);
}

/// [spec network-server §3.7]
Status SessionState::choose_session(UplinkWork& work) const {
  auto& next = work.next;
  if (work.event.pending_session) {
    const bool fits = next.pending_session && next.pending_mac_state && !work.frame.f_ctrl.ack &&
                      next.pending_session->dev_addr == work.frame.dev_addr &&
                      (next.pending_mac_state->pending_join_request ||
                       next.pending_mac_state->queued_join_accept);
    if (!fits) return work.refuse(UplinkVerdict::pending_session_gone, device_not_found);
    keep_status(next);
    next.session = std::move(next.pending_session);
    auto joined = *std::exchange(next.pending_mac_state, std::nullopt);
    auto join = std::exchange(joined.pending_join_request, std::nullopt);
    work.unreported_accept = std::exchange(joined.queued_join_accept, std::nullopt);
    // The MIC proves it: the device has heard what no gateway has answered for, or what was
    // answered for in another life of ours.
    if (!join) join = work.unreported_accept->request;
    next.mac_state = mac::accept_join(std::move(joined), *join, *work.radio.region);
    recall_status(next);
    next.session->started_at = work.event.frame->received_at;
    work.promoted = true;
    next.pending_session.reset();
  }
  if (!next.session || !next.mac_state || next.session->dev_addr != work.frame.dev_addr) {
    return work.refuse(UplinkVerdict::no_session, device_not_found);
  }
  return {};
}

/// A device that goes on in its old session has not heard the join-accept. One that has is not to
/// lose its new session for a copy of an old frame that comes late: so the frame has to be new, and
/// has come when the device was no longer listening for the join-accept. [spec network-server §3.7]
void SessionState::give_up_pending_session(UplinkWork& work) {
  auto& next = work.next;
  if (work.promoted || work.retransmission || !next.pending_mac_state) return;
  const auto& uplinks = next.pending_mac_state->recent_uplinks;
  const auto last_window = join_accept_delay + rx2_after_rx1;
  const bool listens = !uplinks.empty() &&
                       work.event.frame->received_at <= uplinks.front().received_at + last_window;
  if (listens) return;
  next.pending_session.reset();
  next.pending_mac_state.reset();
}

Status SessionState::find_data_rate(UplinkWork& work) {
  const auto index =
      work.radio.region->uplink_data_rate_index(work.event.frame->settings.data_rate);
  if (!index) return work.refuse(UplinkVerdict::data_rate_unknown, data_rate_not_found);
  work.data_rate_index = *index;
  return {};
}

/// LoRaWAN 1.0.4 has devices keep to what the data rate carries, and networks ignore what is
/// longer: no device has sent it. [TS001-1.0.4 §4.3.2; spec network-server §3.8]
Status SessionState::check_size(UplinkWork& work) const {
  constexpr std::size_t around_mac_payload = 5;  // MHDR and MIC
  const auto& state = work.mac_state();
  if (state.lorawan_version != MacVersion::v1_0_4) return {};
  auto dwell = state.current.uplink_dwell_time;
  if (dwell == region::DwellTime::unknown) dwell = region::DwellTime::off;
  const auto room =
      work.radio.region->max_mac_payload(work.data_rate_index, region::Direction::uplink, {dwell});
  if (work.event.frame->phy_payload.size() > room + around_mac_payload)
    return work.refuse(UplinkVerdict::too_long, device_not_found);
  return {};
}

/// After the commands, which may have set up the channel. The frame's MIC is right, so a channel
/// that we only wanted the device to have, or think is disabled, is a loss of ours to know of and
/// no reason to drop the frame: an answer was lost, or the device went back to its default
/// channels. [spec network-server §3.11, §23]
Status SessionState::find_channel(UplinkWork& work) const {
  const auto frequency = work.event.frame->settings.frequency;
  for (const auto* parameters : {&work.mac_state().current, &work.mac_state().desired}) {
    const auto& channels = parameters->channels;
    const auto found = std::find_if(
        channels.begin(), channels.end(),
        [&](const mac::Channel& channel) { return channel.uplink_frequency == frequency; });
    if (found == channels.end()) continue;
    work.channel_index = ChannelIndex{static_cast<std::uint8_t>(found - channels.begin())};
    work.rx1_frequency = found->downlink_frequency;
    work.recent.channel_index = work.channel_index;
    mac::note_channel_use(work.mac_state(), work.channel_index, frequency,
                          profile(work.next, work.radio));
    return {};
  }
  return work.refuse(UplinkVerdict::channel_unknown, uplink_channel_not_found);
}

/// Of a slow gateway. A device that repeats itself has listened in RX1 before, and in RX2 if it
/// heard nothing there. What a relay carries is always late. [TS001-1.0.4 §3.3]
bool SessionState::is_late_copy(const UplinkWork& work) const {
  const auto& state = work.mac_state();
  if (work.relay || state.recent_uplinks.empty()) return false;
  const auto& frame = *work.event.frame;
  const auto airtime = schedule::time_on_air(frame.phy_payload.size(), frame.settings.data_rate,
                                             frame.settings.frequency);
  const auto listens =
      state.current.rx1_delay + (state.rx_windows_available ? rx2_after_rx1 : Duration::zero());
  const auto last = last_heard_at_.value_or(state.recent_uplinks.front().received_at);
  return mac::repeats_last(state, work.recent) &&
         heard_at(frame) - last < listens + airtime.value_or(Duration{0}) - heard_within;
}

/// [spec network-server §3.4, §3.7, §5]
Status SessionState::judge_counter(UplinkWork& work) const {
  const auto& metadata = *work.event.rx_metadata;
  const auto last = work.session().last_f_cnt_up;
  work.f_cnt = work.event.f_cnt;
  work.recent = {.is_data = true,
                 .confirmed = phy::is_confirmed(work.frame.m_type),
                 .adr = work.frame.f_ctrl.adr,
                 .adr_ack_req = work.frame.f_ctrl.adr_ack_req,
                 .f_cnt = work.f_cnt,
                 .data_rate_index = work.data_rate_index,
                 .channel_index = {},
                 .max_snr_db = max_snr(metadata),
                 .gateway_count = static_cast<std::uint8_t>(
                     std::min<std::size_t>(distinct_gateways(metadata), 255)),
                 .payload_hash = hash_of(work.frame.signed_part),
                 .received_at = work.event.frame->received_at};
  const bool first = last.value() == 0 && !has_data_uplink(work.mac_state());
  if (work.promoted || first || work.f_cnt > last) {
    if (!phy::gap_allowed(work.mac_state().lorawan_version, last, work.f_cnt))
      return work.refuse(UplinkVerdict::counter_gap, device_not_found);
    return {};
  }
  if (work.f_cnt == last) {
    if (is_late_copy(work)) return work.refuse(UplinkVerdict::late_copy, duplicate_uplink);
    const auto verdict = mac::judge_repetition(work.mac_state(), work.recent,
                                               surroundings_.config.confirmed_transmissions_max);
    if (verdict.repetition == mac::Repetition::too_often)
      return work.refuse(UplinkVerdict::repeated_too_often, device_not_found);
    if (verdict.repetition != mac::Repetition::repeated)
      return work.refuse(UplinkVerdict::counter_used_by_other, device_not_found);
    work.retransmission = true;
    return {};
  }
  const bool may_reset =
      work.next.mac_settings.resets_f_cnt.value_or(false) && !work.frame.f_ctrl.ack;
  if (!may_reset) return work.refuse(UplinkVerdict::counter_too_low, device_not_found);
  if (last_heard_at_ && heard_at(*work.event.frame) <= *last_heard_at_)
    return work.refuse(UplinkVerdict::late_copy, duplicate_uplink);
  work.verdict = UplinkVerdict::counter_not_resettable;
  keep_status(work.next);
  // The application is still to hear what became of it.
  auto unsettled = std::move(work.mac_state().pending_application_downlink);
  FF_TRY(work.mac_state(), mac::initial_state(profile(work.next, work.radio)));
  work.mac_state().pending_application_downlink = std::move(unsettled);
  recall_status(work.next);
  work.session().started_at = work.event.frame->received_at;
  work.reset = true;
  return {};
}

/// LoRaWAN 1.1: the half of the MIC that the address index could not check. [spec network-server
/// §3.12]
Status SessionState::check_whole_mic(UplinkWork& work) const {
  if (!at_least(work.mac_state().lorawan_version, MacVersion::v1_1)) return {};
  const auto& session = work.session();
  const crypto::CmacKey key(session.keys.s_nwk_s_int_key);
  const auto fits = [&](std::optional<FCnt32> acknowledged) {
    const phy::UplinkTransmission transmission{
        .conf_f_cnt = acknowledged ? low_half(*acknowledged).value() : std::uint16_t{0},
        .tx_dr = work.data_rate_index,
        .tx_ch = work.channel_index};
    const auto half = phy::uplink_cmac_s(key, {phy::Direction::up, work.frame.dev_addr, work.f_cnt},
                                         transmission, work.frame.signed_part);
    if (half != (work.frame.mic.value() & 0xffffU)) return false;
    work.acknowledged = acknowledged;
    return true;
  };
  const auto newest = work.frame.f_ctrl.ack ? session.last_conf_f_cnt_down : std::nullopt;
  if (fits(newest)) return {};
  // The newest one may not have been sent, or not heard: the one before is acknowledged.
  if (work.frame.f_ctrl.ack) {
    for (const auto& sent : work.mac_state().recent_downlinks) {
      if (sent.confirmed && sent.f_cnt != newest && fits(sent.f_cnt)) return {};
    }
  }
  return work.refuse(UplinkVerdict::mic_mismatch, device_not_found);
}

/// [spec network-server §3.9]
Status SessionState::handle_commands(UplinkWork& work) const {
  work.verdict = UplinkVerdict::commands_not_plausible;
  const auto& keys = work.session().keys;
  const bool encrypts_f_opts = at_least(work.mac_state().lorawan_version, MacVersion::v1_1);
  const phy::FrameContext context{phy::Direction::up, work.frame.dev_addr, work.f_cnt};
  Bytes commands = to_owned(work.frame.f_opts);
  const bool on_port_0 = work.frame.f_port && work.frame.f_port->value() == 0;
  if (on_port_0 && !work.frame.frm_payload.empty()) {
    // Commands in both places: no version allows it. [TS001-1.0.4 §4.3.1.6]
    if (!commands.empty()) return fail(device_not_found);
    commands = to_owned(work.frame.frm_payload);
    phy::crypt_frm_payload(keys.nwk_s_enc_key, context, commands);
  } else if (encrypts_f_opts && !commands.empty()) {
    phy::crypt_f_opts(keys.nwk_s_enc_key, context,
                      phy::f_opts_counter(phy::Direction::up, work.frame.f_port), commands);
  }
  if (!on_port_0) work.frm_payload = to_owned(work.frame.frm_payload);

  const auto decoded =
      mac::decode(commands, mac::Direction::uplink, {work.radio.region->frequency_step_hz});
  if (work.promoted || !mac::is_quiet(work.mac_state(), decoded))
    FF_CHECK(exchange_commands(work, decoded));
  auto& device_class = work.mac_state().device_class;
  const auto after = mac::class_after_uplink(work.mac_state(), profile(work.next, work.radio),
                                             work.frame.f_ctrl.class_b);
  if (after != device_class)
    work.mac_events.push_back({mac::class_switch_event(after), std::exchange(device_class, after)});
  return {};
}

Status SessionState::exchange_commands(UplinkWork& work, const mac::Decoded& decoded) const {
  const auto device_profile = profile(work.next, work.radio);
  const mac::UplinkContext uplink{.profile = device_profile,
                                  .f_cnt = work.f_cnt,
                                  .received_at = work.event.frame->received_at,
                                  .retransmission = work.retransmission,
                                  .fresh_session = work.promoted || work.reset};
  FF_TRY(auto step, mac::handle_uplink_commands(std::move(work.mac_state()), decoded, uplink));
  // A 1.1 device proves the new session with RekeyInd. [TS001-1.1 §5.10]
  const bool proves = at_least(work.mac_state().lorawan_version, MacVersion::v1_1);
  if (work.promoted && proves && !step.rekeyed)
    return work.refuse(UplinkVerdict::new_session_not_proved, device_not_found);
  const auto gps_time = gps_time_of(*work.event.rx_metadata);
  step = mac::answer_deferred(std::move(step),
                              {.max_snr_db = work.recent.max_snr_db,
                               .gateway_count = work.recent.gateway_count,
                               .data_rate = work.event.frame->settings.data_rate,
                               .at = gps_time.value_or(heard_at(*work.event.frame))},
                              uplink);
  work.mac_events = std::move(step.events);
  work.given_up = std::move(step.given_up);
  work.given_up_unheard = std::move(step.given_up_unheard);
  work.mac_state() = std::move(step.next);
  return {};
}

/// History and adaptive data rate; a repetition teaches nothing. [spec network-server §3.15, §9]
void SessionState::adapt(UplinkWork& work) const {
  if (work.retransmission) return mac::push_recent(work.mac_state(), work.recent);
  auto adapted = mac::adr::record_uplink(std::move(work.mac_state()), work.recent,
                                         profile(work.next, work.radio),
                                         surroundings_.config.adr.of(device_->ids.uid));
  work.mac_state() = std::move(adapted.next);
  work.adr = adapted.decision;
}

/// A repetition says nothing of what was sent since its frame was made. [spec network-server §3.13;
/// the reference believes it]
void SessionState::settle_confirmed_downlink(UplinkWork& work, Outcome& out) const {
  auto& pending = work.mac_state().pending_application_downlink;
  if (!pending || work.retransmission) return;
  const bool is_of_another = work.acknowledged && work.acknowledged != pending->f_cnt;
  ApplicationUp message{.ids = device_->ids,
                        .correlation_ids = pending->correlation_ids,
                        .received_at = work.event.frame->received_at,
                        .up = DownlinkAcked{}};
  message.ids.dev_addr = work.session().dev_addr;
  message.correlation_ids.append(work.event.frame->correlation_ids);
  if (work.frame.f_ctrl.ack && !is_of_another) {
    message.up = DownlinkAcked{*pending};
  } else {
    message.up = DownlinkNacked{*pending};
  }
  out.ups.push_back(std::move(message));
  pending.reset();
}

ApplicationUplink SessionState::application_uplink(const UplinkWork& work) const {
  const auto& frame = *work.event.frame;
  const auto airtime = schedule::time_on_air(frame.phy_payload.size(), frame.settings.data_rate,
                                             frame.settings.frequency);
  return {.session_key_id = work.session().keys.session_key_id,
          .f_port = work.frame.f_port.value_or(FPort{0}),
          .f_cnt = work.f_cnt,
          .frm_payload = work.frm_payload,
          .rx_metadata = *work.event.rx_metadata,
          .settings = frame.settings,
          .received_at = frame.received_at,
          .confirmed = work.recent.confirmed,
          .consumed_airtime = airtime.value_or(Duration{0}),
          .packet_error_rate = mac::adr::loss_rate(mac::adr::history_of(work.mac_state()).current),
          .net_id = surroundings_.config.net_id};
}

/// What the address index has to know of the frame just accepted.
void SessionState::index_accepted(const UplinkWork& work, const Device& old, Outcome& out) const {
  if (old.pending_session && !device_->pending_session) unindex(*old.pending_session, true, out);
  if (work.promoted && old.session) unindex(*old.session, false, out);
  const auto& session = *device_->session;
  const auto& state = *device_->mac_state;
  if (work.promoted || work.reset) return index(session, state, false, false, out);
  const auto row_before = old.session->last_f_cnt_up.value() / index_row_stride;
  if (work.f_cnt.value() / index_row_stride != row_before)
    store_index_row(session, state, false, out);
  // The index has checked half of the MIC, which anybody may have guessed: it counts on only now.
  if (at_least(state.lorawan_version, MacVersion::v1_1) && !work.retransmission)
    tell_index(session, state, false, false, out);
}

/// What the application does not know of the sessions before it gets the first uplink.
void SessionState::tell_of_promotion(const UplinkWork& work, const Device& old, const Turn& turn,
                                     Outcome& out) {
  // No answer of the device can come any more. As failed, not as unacknowledged, which would be
  // tried again in the session that is gone.
  if (old.mac_state && old.mac_state->pending_application_downlink)
    fail_downlink(*old.mac_state->pending_application_downlink, Error(unknown_session), turn, out);
  if (!work.unreported_accept) return;
  tell_join_accept(*work.unreported_accept, old.session ? &*old.session : nullptr,
                   work.event.frame->correlation_ids, work.event.frame->received_at, turn, out);
  std::rotate(out.ups.begin(), out.ups.end() - 1, out.ups.end());
}

void SessionState::accept(UplinkWork& work, const Turn& turn, Outcome& out) {
  const auto old = device_;
  const auto m_type = work.frame.m_type;
  settle_confirmed_downlink(work, out);
  adapt(work);
  note_accepted(work, turn);
  work.session().last_f_cnt_up = work.f_cnt;
  last_heard_at_ = heard_at(*work.event.frame);
  work.mac_state().rx_windows_available = true;
  work.mac_state().pending_relay_downlink.clear();
  work.next.ids.dev_addr = work.session().dev_addr;
  auto paths = paths_of(*work.event.rx_metadata);
  remember_paths(work.next, paths);
  Answerable answerable{.paths = std::move(paths),
                        .data_rate_index = work.data_rate_index,
                        .channel_index = work.channel_index,
                        .rx1_frequency = work.rx1_frequency,
                        .received_at = work.event.frame->received_at,
                        .f_cnt = work.f_cnt,
                        .confirmed = work.recent.confirmed,
                        .adr_ack_req = work.recent.adr_ack_req,
                        .is_join = false,
                        .correlation_ids = work.event.frame->correlation_ids,
                        .relay = std::move(work.relay),
                        .gps_time = gps_time_of(*work.event.rx_metadata)};
  const bool joins = work.next.pending_mac_state && awaits_join_accept(turn.now.utc);
  if (!joins) answerable_ = std::move(answerable);
  auto message = application_uplink(work);
  // What a relay carries is not for its application.
  const bool carries = work.frame.f_port == relay::forward_port;
  if (carries) message.frm_payload.clear();
  const auto ordinary = ordinary_uplink(*old, work.next);
  device_ = std::make_shared<const Device>(std::move(work.next));
  if (ordinary) ordinary_change_ = {device_, *ordinary};

  index_accepted(work, *old, out);
  const auto& session = *device_->session;
  const auto& ids = work.event.frame->correlation_ids;
  const auto uplink =
      shown(*work.event.frame, work.event.rx_metadata, work.channel_index, work.f_cnt);
  publish("ns.up.data.receive", ids, uplink, turn, out);
  publish(work.mac_events, ids, turn, out);
  if (!work.retransmission) {
    out.ups.insert(out.ups.begin(), up(std::move(message), ids, turn));
  }
  if (work.promoted) tell_of_promotion(work, *old, turn, out);
  // The session that a relay was told of is not to be.
  if (old->pending_session && !device_->pending_session && !work.promoted)
    tell_relays(session, out);
  const bool has_carried =
      carries && !work.retransmission && forward(work.event, work.frm_payload, turn, out);
  publish("ns.up.data.process", ids, uplink, turn, out);
  out.effects.emplace_back(CountFrame{m_type, FrameStep::processed, {}});
  if (!work.retransmission) {
    const bool has_payload = !carries && work.frame.f_port != FPort{0};
    publish("ns.up.data.forward", ids,
            std::make_shared<const events::ForwardedUplink>(events::ForwardedUplink{
                uplink, session.keys.session_key_id, surroundings_.config.net_id, has_payload}),
            turn, out);
    out.effects.emplace_back(CountFrame{m_type, FrameStep::forwarded, {}});
  }
  forget_unanswered(turn, out);
  if (patience_.uplinks_to_skip > 0) --patience_.uplinks_to_skip;
  // What an application queues meanwhile wakes by itself.
  if (const auto reason = no_answer_due(turn)) return note(turn, DownlinkNotSent{*reason});
  wake(turn.now.utc + answer_delay(device_->mac_state->current.rx1_delay, has_carried));
}

}  // namespace ff::network_server
