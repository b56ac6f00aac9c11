// What is sent to the device, and when: class A answers in RX1 and RX2. [spec network-server §11]
#include <algorithm>

#include "actors/network_server/session/downlink_frame.hpp"
#include "actors/network_server/session/errors.hpp"
#include "actors/network_server/session/state.hpp"
#include "protocol/mac/adr/adr.hpp"
#include "protocol/mac/beacon_timing.hpp"
#include "protocol/mac/initial.hpp"
#include "protocol/phy/frame_encoder.hpp"
#include "protocol/phy/seal.hpp"
#include "protocol/region/join_channel.hpp"
#include "protocol/schedule/time_on_air.hpp"

namespace ff::network_server {
namespace {

/// What RX1 follows from.
struct UplinkChannel {
  DataRateIndex data_rate;
  ChannelIndex channel;
  Frequency rx1_frequency;
};

struct Windows {
  std::optional<Opening> rx1;
  std::optional<Opening> rx2;

  bool none() const noexcept { return !rx1 && !rx2; }
  /// Of the larger one.
  std::size_t max_mac_payload() const noexcept {
    return std::max(rx1 ? rx1->max_mac_payload : 0, rx2 ? rx2->max_mac_payload : 0);
  }
};

/// On the uplink's own channel, or on the raster of downlink channels.
Frequency rx1_frequency(const region::Region& region, ChannelIndex uplink, Frequency own) {
  if (region.rx1_channel_kind == region::Rx1ChannelKind::same_index) return own;
  const auto index = region.rx1_channel(uplink).value();
  return index < region.default_downlink_channels.size()
             ? region.default_downlink_channels[index].frequency
             : Frequency{};
}

/// [spec network-server §10]
Windows class_a_windows(const mac::MacState& state, const mac::DeviceProfile& profile,
                        const UplinkChannel& uplink) {
  Windows windows;
  const auto& current = state.current;
  const auto dwell = mac::expected_downlink_dwell(state, profile);
  const auto rx1 =
      profile.region.rx1_data_rate(uplink.data_rate, current.rx1_data_rate_offset, dwell);
  if (rx1) {
    windows.rx1 = open_window(
        profile, *rx1, rx1_frequency(profile.region, uplink.channel, uplink.rx1_frequency), dwell);
  }
  windows.rx2 = open_window(profile, current.rx2_data_rate_index, current.rx2_frequency, dwell);
  return windows;
}

/// Where a join-accept is heard in RX1, if the band says so by the channel of the request; RX2 is
/// the state's. [RP002-1.0.4 §2.7]
void move_to_join_channel(Windows& windows, const region::Region& region, Frequency uplink) {
  const auto* channel = region::join_channel(region, uplink);
  if (channel != nullptr && windows.rx1) windows.rx1->frequency = channel->rx1;
}

/// Windows that open before an earlier downlink is on air are dropped: the later frame has the
/// higher counter, and a device that hears it first takes the earlier one for a replay.
void drop_overtaking(Windows& windows, UtcTime rx1_at, std::optional<UtcTime> last_downlink_at) {
  if (!last_downlink_at) return;
  if (rx1_at <= *last_downlink_at) windows.rx1.reset();
  if (rx1_at + rx2_after_rx1 <= *last_downlink_at) windows.rx2.reset();
}

/// What a frame says of the time holds in one window.
void keep_one(Windows& windows) {
  if (windows.rx1) windows.rx2.reset();
}

/// Octets of the PHYPayload.
std::size_t frame_size(const mac::DownlinkStep& step,
                       const std::optional<ApplicationDownlink>& application) {
  constexpr std::size_t around = 12;  // MHDR, FHDR without FOpts, MIC
  const std::size_t port_and_payload = application      ? 1 + application->frm_payload.size()
                                       : step.in_f_opts ? 0
                                                        : 1;
  return around + step.commands.size() + port_and_payload;
}

/// When the device has heard the frame, if a gateway's GPS tells when its uplink ended.
std::optional<UtcTime> end_of_frame(const Windows& windows, std::optional<UtcTime> uplink_end,
                                    std::chrono::seconds rx1_delay, std::size_t size) {
  const auto& window = windows.rx1 ? windows.rx1 : windows.rx2;
  const auto airtime = schedule::time_on_air(size, window->data_rate, window->frequency);
  if (!uplink_end || !airtime) return std::nullopt;
  return *uplink_end + rx1_delay + (windows.rx1 ? Duration{0} : Duration{rx2_after_rx1}) + *airtime;
}

/// Windows too small for the frame are dropped. [spec network-server §10]
void drop_small(Windows& windows, std::size_t frame_size) {
  constexpr std::size_t around_mac_payload = 5;  // MHDR and MIC
  const auto too_small = [&](const std::optional<Opening>& window) {
    return window && frame_size > window->max_mac_payload + around_mac_payload;
  };
  if (too_small(windows.rx1)) windows.rx1.reset();
  if (too_small(windows.rx2)) windows.rx2.reset();
}

std::uint16_t count_of(const mac::DownlinkQueue& items) noexcept {
  return static_cast<std::uint16_t>(std::min<std::size_t>(items.size(), UINT16_MAX));
}

}  // namespace

void SessionState::on(const Wake&, const Turn& turn, Outcome& out) {
  const bool for_silence = wished_for_silence_ && wished_ && *wished_ <= turn.now.utc;
  wished_.reset();
  const bool was_silent = forget_unanswered(turn, out);
  // The answer has come since, or it is only a report that is missing. What the session has asked
  // to be woken for comes in its own time.
  if (for_silence && !was_silent && !(wake_at_ && *wake_at_ <= turn.now.utc)) return;
  wake_at_.reset();
  give_up_acknowledgement(turn, out);
  try_downlink(turn, out);
}

UtcTime SessionState::patience_ends(const InFlight& flight, const Turn& turn) const {
  return turn.now.utc + (flight.since + surroundings_.config.request_timeout - turn.now.mono);
}

UtcTime SessionState::patience_ends(const Joining& joining) {
  return last_window_at(joining.answerable, join_accept_delay) - lead_time;
}

std::optional<UtcTime> SessionState::patience_ends(const Turn& turn) const {
  std::optional<UtcTime> at;
  const auto consider = [&](UtcTime end) { at = std::min(at.value_or(end), end); };
  if (in_flight_) consider(patience_ends(*in_flight_, turn));
  if (const auto* again = asked_again()) consider(patience_ends(again->flight, turn));
  if (joining_) consider(patience_ends(*joining_));
  if (const auto due = report_due()) consider(*due);
  return at;
}

/// Gateway or join server silent for too long: the request is taken for lost.
bool SessionState::forget_unanswered(const Turn& turn, Outcome& out) {
  const bool gateway = in_flight_ && patience_ends(*in_flight_, turn) <= turn.now.utc;
  if (gateway) forget_transmission(turn, out);
  const bool join_server = joining_ && patience_ends(*joining_) <= turn.now.utc;
  if (join_server) forget_join(turn, out);
  const bool gateway_again = forget_asked_again(turn, out);
  forget_unreported(turn, out);
  return gateway || join_server || gateway_again;
}

void SessionState::forget_transmission(const Turn& turn, Outcome& out) {
  if (!in_flight_->waiting.empty()) {
    ++in_flight_->answered;
    return ask_next_group(turn, out);
  }
  auto flight = *std::exchange(in_flight_, std::nullopt);
  // Another group of gateways has taken it: it is on its way.
  if (const auto accepted = flight.accepted) return transmitted(flight, *accepted, turn, out);
  relay_downlink_done(flight, fail(no_downlink_path), turn, out);
  prefer_other_gateways(flight);
  note(turn, DownlinkNotSent{NoDownlink::gateway_silent});
  publish(flight.is_join ? "ns.down.join.schedule.fail" : "ns.down.data.schedule.fail",
          flight.correlation_ids, Error(no_answer_in_time), turn, out);
  // In class A the windows end the tries. What is silent is not asked without end either.
  if (flight.device_class != DeviceClass::a)
    network_refused(flight, Error(no_answer_in_time), turn, out);
}

/// The next try begins with the next gateway: the first may be the silent one.
void SessionState::prefer_other_gateways(const InFlight& silent) {
  const auto rotate = [](std::vector<DownlinkPath>& paths) {
    if (paths.size() > 1) std::rotate(paths.begin(), paths.begin() + 1, paths.end());
  };
  if (silent.device_class == DeviceClass::a) {
    if (answerable_) rotate(answerable_->paths);
    return;
  }
  auto next = *device_;
  rotate(next.last_paths);
  device_ = std::make_shared<const Device>(std::move(next));
}

void SessionState::forget_join(const Turn& turn, Outcome& out) {
  const auto joining = *std::exchange(joining_, std::nullopt);
  const auto& ids = joining.answerable.correlation_ids;
  const Error error(no_answer_in_time);
  note(turn, DownlinkNotSent{NoDownlink::join_server_silent});
  publish(joining.question.interop ? "ns.up.join.interop.fail" : "ns.up.join.cluster.fail", ids,
          error, turn, out);
  publish_join_drop(joining.question.join_request, ids, error, turn, out);
}

/// Why the uplink just accepted wants no downlink, for the device's, the application's or the MAC
/// layer's sake; nothing if it wants one. Most want none. [spec network-server §11.2]
std::optional<NoDownlink> SessionState::no_answer_due(const Turn& turn) const {
  if (!device_->mac_settings.schedule_downlinks.value_or(true))
    return NoDownlink::disabled_by_settings;
  if (answerable_->confirmed || answerable_->adr_ack_req) return std::nullopt;
  const auto& session = *device_->session;
  // Items for the other classes wait for their own time; when it has passed they are in the way.
  const auto& queue = session.queued_application_downlinks;
  if (!queue.empty() && (!queue.front().class_b_c || has_expired(queue.front(), turn.now.utc)))
    return std::nullopt;
  const auto& state = *device_->mac_state;
  if (!state.queued_responses.empty() || mac::has_sticky_answer(state)) return std::nullopt;
  const auto radio = radio_of(*device_, surroundings_.plans);
  if (!radio) return NoDownlink::radio_not_configured;
  const auto device_profile = profile(*device_, *radio);
  const mac::DownlinkContext context{device_profile, session.last_f_cnt_up, turn.now.utc};
  if (!mac::needs_downlink(state, context)) return NoDownlink::nothing_to_send;
  if (patience_.uplinks_to_skip > 0) return NoDownlink::gateways_busy;
  return std::nullopt;
}

void SessionState::try_downlink(const Turn& turn, Outcome& out) {
  if (!device_) return;
  const auto not_now = [&](NoDownlink reason) { note(turn, DownlinkNotSent{reason}); };
  if (asks_gateways()) {
    wakes_after_gateways_ = true;
    return not_now(NoDownlink::waiting_for_gateway);
  }
  if (answerable_ && answerable_->is_join) return send_join_accept(turn, out);
  auto reason = no_class_a_window(turn);
  if (!reason) reason = no_answer_due(turn);
  if (!reason && !has_way_back()) {
    // Before a counter is spent for it.
    publish("ns.down.data.schedule.fail", answerable_->correlation_ids, Error(no_downlink_path),
            turn, out);
    reason = NoDownlink::no_gateway;
  }
  if (!reason) return send_data(turn, out);
  const bool listens_otherwise =
      device_->session && device_->mac_state && device_->mac_state->device_class != DeviceClass::a;
  if (listens_otherwise) return try_network_slot(turn, out);
  not_now(*reason);
}

/// A gateway that can transmit has heard the uplink, or a relay has.
bool SessionState::has_way_back() const noexcept {
  return answerable_ && (!answerable_->paths.empty() || answerable_->relay);
}

std::optional<NoDownlink> SessionState::no_class_a_window(const Turn& turn) const {
  if (!answerable_) return NoDownlink::no_uplink_to_answer;
  if (!device_->session || !device_->mac_state) return NoDownlink::no_session;
  if (!device_->mac_state->rx_windows_available) return NoDownlink::uplink_answered;
  const auto last_at = last_window_at(*answerable_, device_->mac_state->current.rx1_delay);
  if (turn.now.utc + lead_time >= last_at) return NoDownlink::too_late;
  return std::nullopt;
}

void SessionState::send_join_accept(const Turn& turn, Outcome& out) {
  const auto& pending = device_->pending_mac_state;
  const auto not_now = [&](NoDownlink reason) { note(turn, DownlinkNotSent{reason}); };
  if (!pending || !pending->queued_join_accept) return not_now(NoDownlink::no_join_accept);
  auto radio = radio_of(*device_, surroundings_.plans);
  if (!radio) return not_now(NoDownlink::radio_not_configured);
  if (turn.now.utc + lead_time >= last_window_at(*answerable_, join_accept_delay))
    return not_now(NoDownlink::too_late);
  // The windows of a join are the region's, whatever the network wants later. [spec network-server
  // §6.10] Those of a rejoin are the present session's.
  const bool in_session = answerable_->in_session && device_->mac_state;
  auto windows = class_a_windows(
      in_session ? *device_->mac_state : *pending, profile(*device_, *radio),
      {answerable_->data_rate_index, answerable_->channel_index, answerable_->rx1_frequency});
  const auto& channels = pending->current.channels;
  if (const auto index = answerable_->channel_index.value(); !in_session && index < channels.size())
    move_to_join_channel(windows, *radio->region, channels[index].uplink_frequency);
  InFlight flight{.attempt = 0,
                  .since = turn.now.mono,
                  .is_join = true,
                  .step = {},
                  .application = {},
                  .f_cnt = {},
                  .f_port = {},
                  .confirmed = false,
                  .answers_f_cnt_up = {},
                  .session_key_id = {},
                  .correlation_ids = answerable_->correlation_ids};
  const auto& accept = pending->queued_join_accept->payload;
  drop_small(windows, accept.size());
  auto request = class_a_request(windows.rx1, windows.rx2, join_accept_delay,
                                 surroundings_.config.join_accept_priority);
  transmit(std::move(flight), accept, {std::move(request)}, turn, out);
}

/// An answer is due and a window open. [spec network-server §11.4]
void SessionState::send_data(const Turn& turn, Outcome& out, const RelayDownlink* relayed) {
  // Held, because taking an item replaces `device_` and what follows refers to it.
  const auto before = device_;
  auto radio = radio_of(*before, surroundings_.plans);
  if (!radio) return note(turn, DownlinkNotSent{NoDownlink::radio_not_configured});
  const auto device_profile = profile(*before, *radio);
  const auto& state = *before->mac_state;
  const mac::DownlinkContext context{device_profile, device_->session->last_f_cnt_up, turn.now.utc};
  auto windows = class_a_windows(
      state, device_profile,
      {answerable_->data_rate_index, answerable_->channel_index, answerable_->rx1_frequency});
  if (windows.none())
    publish("ns.down.rx.parameters.fail", answerable_->correlation_ids, Error(data_rate_not_found),
            turn, out);
  drop_overtaking(windows, last_window_at(*answerable_, state.current.rx1_delay) - rx2_after_rx1,
                  state.last_downlink_at);
  const bool tells_beacon = mac::tells_beacon_timing(state);
  if (tells_beacon) keep_one(windows);
  const auto room = room_in(windows.max_mac_payload());
  if (windows.none() || (relayed && relayed->phy_payload.size() > room))
    return note(turn, DownlinkNotSent{NoDownlink::no_window});

  const auto budget = command_budget(device_profile, room, relayed);
  auto step = mac::enqueue_commands(state, context, budget);
  std::optional<ApplicationDownlink> application;
  if (step.in_f_opts && room > 0 && !relayed) {
    const auto left = room > step.commands.size() ? room - step.commands.size() : 0;
    application = take_application_downlink(DeviceClass::a, {left, room}, turn, out);
  }
  if (tells_beacon) {
    // The time to the next beacon counts from the end of the frame that tells it: the commands are
    // made once more when its size is known.
    const auto end = end_of_frame(windows, answerable_->gps_time, state.current.rx1_delay,
                                  frame_size(step, application));
    step =
        mac::enqueue_commands(mac::with_beacon_timing(state, end, *radio->region), context, budget);
  }
  // The device repeats what it has answered until it hears a downlink, which may be empty. [spec
  // network-server §8.1]
  const bool must_answer = answerable_->confirmed || answerable_->adr_ack_req || relayed ||
                           mac::has_sticky_answer(state);
  if (!must_answer && !application && step.commands.empty())
    return note(turn, DownlinkNotSent{NoDownlink::nothing_to_send});
  auto flight = data_flight(std::move(step), std::move(application), turn);
  if (relayed) flight.relayed = *relayed;
  auto payload = sealed_answer(flight, device_profile, turn, out);
  if (!payload) return;
  drop_small(windows, payload->size());
  const auto priority = priority_of(flight);
  auto request = class_a_request(windows.rx1, windows.rx2, state.current.rx1_delay, priority);
  // A frame of the network's own uses a counter that queued items may have been given.
  const bool is_1_1 = at_least(state.lorawan_version, MacVersion::v1_1);
  const bool spends_shared_counter = !flight.application && (relayed || !is_1_1);
  const auto f_cnt = flight.f_cnt;
  transmit(std::move(flight), *std::move(payload), {std::move(request)}, turn, out);
  if (spends_shared_counter) invalidate_queue(f_cnt, turn, out);
}

/// A frame for another device leaves room for commands in FOpts only. [spec network-server §11.4.4]
mac::CommandBudget SessionState::command_budget(const mac::DeviceProfile& device_profile,
                                                std::size_t room,
                                                const RelayDownlink* relayed) const {
  const auto dwell = mac::expected_uplink_dwell(*device_->mac_state, device_profile);
  return {
      .downlink = relayed ? std::min(room - relayed->phy_payload.size(), mac::f_opts_max) : room,
      .uplink = mac::payload_budget(device_profile.region.max_mac_payload(
          answerable_->data_rate_index, region::Direction::uplink,
          {dwell, device_profile.plan.repeater_compatible}))};
}

/// The frame with its counter, which the commit of this turn spends before the frame leaves.
/// [app/docs/architecture.md §2 rules 2, 4]
std::optional<Bytes> SessionState::sealed_answer(InFlight& flight,
                                                 const mac::DeviceProfile& device_profile,
                                                 const Turn& turn, Outcome& out) {
  auto next = *device_;
  const auto version = next.mac_state->lorawan_version;
  const bool is_1_1 = at_least(version, MacVersion::v1_1);
  flight.f_cnt = flight.relayed ? spend_port_counter(*next.session, is_1_1)
                                : spend_counter(*next.session, is_1_1, flight.application);
  auto frame = data_frame(next, *flight.step, flight.application);
  if (flight.relayed) {
    put_relayed(*flight.relayed, flight.f_cnt, *next.session, frame);
    flight.f_port = frame.f_port;
  }
  frame.f_ctrl.adr = mac::adr::uses_adr(device_profile);
  frame.f_ctrl.ack = acknowledged().has_value();
  auto payload = seal(std::move(frame), *next.session, version, flight.f_cnt, acknowledged());
  if (!payload) {
    note(turn, DownlinkNotSent{NoDownlink::not_sealed});
    publish("ns.down.data.schedule.fail", {}, payload.error(), turn, out);
    return std::nullopt;
  }
  device_ = std::make_shared<const Device>(std::move(next));
  return *std::move(payload);
}

phy::DataFrame SessionState::data_frame(
    const Device& next, const mac::DownlinkStep& step,
    const std::optional<ApplicationDownlink>& application) const {
  phy::DataFrame frame;
  frame.m_type = application && application->confirmed ? phy::MType::confirmed_down
                                                       : phy::MType::unconfirmed_down;
  frame.dev_addr = next.session->dev_addr;
  const auto queued = next.session->queued_application_downlinks.size();
  frame.f_ctrl.f_pending = step.f_pending || queued > (application ? 1U : 0U);
  if (step.in_f_opts) frame.f_opts = step.commands;
  if (application) {
    frame.f_port = application->f_port;
    frame.frm_payload = application->frm_payload;
  } else if (!step.in_f_opts) {
    frame.f_port = FPort{0};
    frame.frm_payload = step.commands;
  }
  return frame;
}

std::optional<FCnt32> SessionState::acknowledged() const {
  if (!answerable_ || !answerable_->confirmed) return std::nullopt;
  return answerable_->f_cnt;
}

Result<Bytes> SessionState::seal(phy::DataFrame frame, const mac::Session& session,
                                 MacVersion version, FCnt32 f_cnt,
                                 std::optional<FCnt32> acknowledged) {
  const auto& keys = session.keys;
  return phy::seal_frame(
      std::move(frame), {keys.f_nwk_s_int_key, keys.s_nwk_s_int_key, keys.nwk_s_enc_key},
      {.mac_version = version,
       .f_cnt = f_cnt,
       .transmission = {.conf_f_cnt =
                            acknowledged ? low_half(*acknowledged).value() : std::uint16_t{0}}});
}

SessionState::InFlight SessionState::data_flight(mac::DownlinkStep step,
                                                 std::optional<ApplicationDownlink> application,
                                                 const Turn& turn) const {
  InFlight flight{.attempt = 0,
                  .since = turn.now.mono,
                  .is_join = false,
                  .step = std::move(step),
                  .application = std::move(application),
                  .f_cnt = {},
                  .f_port = {},
                  .confirmed = false,
                  .answers_f_cnt_up = answerable_->f_cnt,
                  .session_key_id = device_->session->keys.session_key_id,
                  .correlation_ids = answerable_->correlation_ids};
  if (flight.application) {
    flight.f_port = flight.application->f_port;
    flight.confirmed = flight.application->confirmed;
    flight.correlation_ids.append(flight.application->correlation_ids);
  } else if (!flight.step->in_f_opts) {
    flight.f_port = FPort{0};
  }
  return flight;
}

/// [spec network-server §11.4.9]
TxPriority SessionState::priority_of(const InFlight& flight) const {
  const auto& config = surroundings_.config;
  if (flight.relayed) return std::max(flight.relayed->priority, config.mac_command_priority);
  if (!flight.application) return config.mac_command_priority;
  const auto wanted = std::min(flight.application->priority, config.max_application_priority);
  return flight.step->commands.empty() ? wanted : std::max(wanted, config.mac_command_priority);
}

/// The first item that can go now; items that never can are failed. [spec network-server §11.4.5]
std::optional<ApplicationDownlink> SessionState::take_application_downlink(DeviceClass slot,
                                                                           Room room,
                                                                           const Turn& turn,
                                                                           Outcome& out) {
  const bool is_1_1 = at_least(device_->mac_state->lorawan_version, MacVersion::v1_1);
  auto next = *device_;
  auto& queue = next.session->queued_application_downlinks;
  const auto last = is_1_1 ? next.session->last_a_f_cnt_down : next.session->last_n_f_cnt_down;
  std::optional<ApplicationDownlink> taken;
  const auto before = queue.size();
  while (!queue.empty()) {
    const auto& item = queue.front();
    if (has_expired(item, turn.now.utc)) {
      fail_downlink(item, Error(downlink_expired), turn, out);
      queue.pop_front();
      continue;
    }
    if (slot == DeviceClass::a && item.class_b_c) break;
    // One at a time: what becomes of the one before is still to be told.
    if (item.confirmed && awaits_acknowledgement(*device_->mac_state)) break;
    if (item.f_cnt <= last) {
      if (before != queue.size()) device_ = std::make_shared<const Device>(next);
      invalidate_queue(last, turn, out);
      return std::nullopt;
    }
    if (item.frm_payload.size() <= room.left) {
      taken = item;
      break;
    }
    // Without the MAC commands that ride along now it would fit: it waits for them to be gone.
    if (item.frm_payload.size() <= room.without_commands) break;
    fail_downlink(item,
                  Error(application_downlink_too_long,
                        {{"length", item.frm_payload.size()}, {"max", room.without_commands}}),
                  turn, out);
    queue.pop_front();
  }
  if (before != queue.size()) device_ = std::make_shared<const Device>(std::move(next));
  return taken;
}

void SessionState::fail_downlink(const ApplicationDownlink& downlink, const Error& error,
                                 const Turn& turn, Outcome& out) {
  note(turn, QueueChanged{QueueEvent::item_failed, 1, downlink.f_cnt,
                          std::make_shared<const Error>(error)});
  out.ups.push_back(up(DownlinkFailed{downlink, error}, downlink.correlation_ids, turn));
}

/// The queue's counters can not be used any more: the application server numbers and encrypts
/// again. [spec application-server §7.4]
void SessionState::invalidate_queue(FCnt32 last_f_cnt_down, const Turn& turn, Outcome& out) {
  if (device_->session->queued_application_downlinks.empty()) return;
  auto next = *device_;
  const auto items = std::exchange(next.session->queued_application_downlinks, {});
  note(turn, QueueChanged{QueueEvent::invalidated, count_of(items), last_f_cnt_down, {}});
  CorrelationIds correlation_ids;
  if (answerable_) correlation_ids = answerable_->correlation_ids;
  out.ups.push_back(up(DownlinkQueueInvalidated{items.to_vector(), last_f_cnt_down,
                                                next.session->keys.session_key_id},
                       std::move(correlation_ids), turn));
  device_ = std::make_shared<const Device>(std::move(next));
}

TxRequest SessionState::class_a_request(std::optional<RxWindow> rx1, std::optional<RxWindow> rx2,
                                        std::chrono::seconds rx1_delay, TxPriority priority) const {
  return {.device_class = DeviceClass::a,
          .paths = answerable_->paths,
          .rx1_delay = rx1_delay,
          .rx1 = rx1,
          .rx2 = rx2,
          .priority = priority,
          .absolute_time = {},
          .frequency_plan_id = device_->frequency_plan_id};
}

}  // namespace ff::network_server
