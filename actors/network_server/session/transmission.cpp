// Transmission requests: what is noted when one is made, and what its answers mean. [spec
// network-server §11.5, §11.6]
#include <algorithm>

#include "actors/network_server/session/downlink_frame.hpp"
#include "actors/network_server/session/errors.hpp"
#include "actors/network_server/session/event_data.hpp"
#include "actors/network_server/session/state.hpp"
#include "protocol/base/ulid.hpp"
#include "protocol/schedule/time_on_air.hpp"

namespace ff::network_server {
namespace {

constexpr std::string_view transmission_prefix = "ns:transmission:";
/// At most 2^5 uplinks are waited for.
constexpr unsigned refusals_max = 5;
/// Between two emissions of neighbouring gateways. Where one has no GPS its time is known as well
/// as its line is steady.
constexpr Duration pause_between_neighbours = std::chrono::milliseconds{200};

/// Gateways are asked for the same frame one after the other, for they may reach the same devices,
/// where two emissions at a time would spoil each other. At an exact time they send as one, like
/// beacons: GPS has them begin at the same microsecond.
bool goes_one_by_one(DeviceClass device_class, const std::vector<TxRequest>& requests) {
  return requests.size() > 1 && device_class == DeviceClass::c && !requests.front().absolute_time;
}

/// Of RX2, where classes B and C hear; and a pause.
UtcTime end_of_emission(const DownlinkFrame& frame, const ScheduledDownlink& scheduled,
                        const Turn& turn) {
  const auto& window = frame.request.rx2;
  const auto airtime =
      window ? schedule::time_on_air(frame.phy_payload.size(), window->data_rate, window->frequency)
             : Result<Duration>(Duration{0});
  return turn.now.utc + scheduled.delay + airtime.value_or(Duration{0}) + pause_between_neighbours;
}

}  // namespace

phy::MType SessionState::m_type_of(const InFlight& flight) noexcept {
  if (flight.is_join) return phy::MType::join_accept;
  return flight.confirmed ? phy::MType::confirmed_down : phy::MType::unconfirmed_down;
}

void SessionState::transmit(InFlight flight, Bytes phy_payload, std::vector<TxRequest> requests,
                            const Turn& turn, Outcome& out) {
  const auto& first = requests.front();
  const bool by_relay =
      flight.device_class == DeviceClass::a && answerable_ && answerable_->relay.has_value();
  const bool no_path = first.paths.empty() && !by_relay;
  if (no_path || (!first.rx1 && !first.rx2)) {
    note(turn, DownlinkNotSent{no_path ? NoDownlink::no_gateway : NoDownlink::no_window});
    publish(flight.is_join ? "ns.down.join.schedule.fail" : "ns.down.data.schedule.fail",
            flight.correlation_ids, Error(no_downlink_path), turn, out);
    return;
  }
  auto next = *device_;
  flight.attempt = next.attempts + 1;
  flight.requests = static_cast<unsigned>(requests.size());
  if (flight.device_class == DeviceClass::a && answerable_)
    flight.last_window_at = last_window_at(*answerable_, first.rx1_delay);
  next.attempts += requests.size();
  device_ = std::make_shared<const Device>(std::move(next));
  flight.correlation_ids.push_back("ns:downlink:" +
                                   Ulid::make(turn.now.utc, turn.random).to_string());
  flight.correlation_ids.push_back(std::string(transmission_prefix) +
                                   Ulid::make(turn.now.utc, turn.random).to_string());
  if (goes_one_by_one(flight.device_class, requests)) {
    flight.one_by_one = true;
    flight.waiting.assign(requests.begin() + 1, requests.end());
    requests.resize(1);
  }
  auto attempt = flight.attempt;
  for (auto& request : requests) {
    note_offered(flight, request, turn);
    auto frame = std::make_shared<const DownlinkFrame>(
        DownlinkFrame{.device = uid_,
                      .phy_payload = phy_payload,
                      .request = std::move(request),
                      .correlation_ids = flight.correlation_ids});
    if (!flight.frame) {
      flight.frame = frame;
      tell_asked(flight, turn, out);
    }
    if (by_relay) {
      transmit_by_relay(flight, std::move(phy_payload), frame->request.priority, out);
      break;
    }
    out.effects.emplace_back(SendTransmission{attempt++, std::move(frame)});
  }
  out.must_sync = true;
  in_flight_ = std::move(flight);
}

/// The next group of gateways, for when the one before is no longer on air.
void SessionState::ask_next_group(const Turn& turn, Outcome& out) {
  auto& flight = *in_flight_;
  auto frame = *flight.frame;
  frame.request = std::move(flight.waiting.front());
  flight.waiting.erase(flight.waiting.begin());
  frame.request.not_before = flight.clear_at;
  flight.since = turn.now.mono;
  note_offered(flight, frame.request, turn);
  out.effects.emplace_back(SendTransmission{
      flight.attempt + flight.answered, std::make_shared<const DownlinkFrame>(std::move(frame))});
}

void SessionState::on(const DownlinkScheduled& event, const Turn& turn, Outcome& out) {
  if (const auto* again = asked_again(); again && again->attempts == event.attempt)
    return sent_again(event.outcome, turn, out);
  if (!device_ || !in_flight_ || event.attempt < in_flight_->attempt ||
      event.attempt >= in_flight_->attempt + in_flight_->requests)
    return;
  auto& asked = *in_flight_;
  // One that was given up is not waited for, and answers for nobody else.
  if (asked.one_by_one && event.attempt != asked.attempt + asked.answered) return;
  if (event.outcome) {
    if (!asked.accepted) asked.accepted = *event.outcome;
    const auto clear_at = end_of_emission(*asked.frame, *event.outcome, turn);
    asked.clear_at = std::max(asked.clear_at.value_or(clear_at), clear_at);
  }
  ++asked.answered;
  if (!asked.waiting.empty()) return ask_next_group(turn, out);
  if (asked.answered < asked.requests) return;
  auto flight = *std::exchange(in_flight_, std::nullopt);
  if (const auto accepted = flight.accepted) {
    transmitted(flight, *accepted, turn, out);
  } else {
    not_transmitted(flight, event.outcome.error(), turn, out);
  }
}

void SessionState::tell_asked(const InFlight& flight, const Turn& turn, Outcome& out) const {
  publish(flight.is_join ? "ns.down.join.schedule.attempt" : "ns.down.data.schedule.attempt",
          flight.correlation_ids, flight.frame, turn, out);
  out.effects.emplace_back(CountFrame{m_type_of(flight), FrameStep::attempted, {}});
}

void SessionState::tell_accepted(const InFlight& flight, const ScheduledDownlink& scheduled,
                                 const Turn& turn, Outcome& out) {
  publish(flight.is_join ? "ns.down.join.schedule.success" : "ns.down.data.schedule.success",
          flight.correlation_ids, scheduled, turn, out);
  out.effects.emplace_back(CountFrame{m_type_of(flight), FrameStep::downlinked, {}});
  note(turn,
       DownlinkAccepted{flight.f_cnt, flight.is_join,
                        std::make_shared<const ScheduledDownlink>(scheduled), flight.device_class});
}

void SessionState::tell_refused(const InFlight& flight, const Error& error, const Turn& turn,
                                Outcome& out) {
  publish(flight.is_join ? "ns.down.join.schedule.fail" : "ns.down.data.schedule.fail",
          flight.correlation_ids, error, turn, out);
  note(turn, DownlinkRefused{flight.f_cnt, flight.is_join, std::make_shared<const Error>(error)});
}

/// A device that has joined meanwhile knows nothing of it.
bool SessionState::is_of_session(const InFlight& flight) const {
  return device_->session && device_->mac_state &&
         device_->session->keys.session_key_id == flight.session_key_id;
}

void SessionState::transmitted(InFlight& flight, const ScheduledDownlink& scheduled,
                               const Turn& turn, Outcome& out) {
  if (flight.device_class == DeviceClass::a) {
    patience_ = {};
  } else {
    network_refusals_ = 0;
  }
  tell_accepted(flight, scheduled, turn, out);
  auto step = std::exchange(flight.step, std::nullopt);
  remember_transmission(flight, scheduled, turn, out);
  if (flight.is_join) return join_accept_transmitted(flight, turn, out);
  if (!is_of_session(flight)) return;

  auto next = *device_;
  auto& state = *next.mac_state;
  const bool uplink_since = next.session->last_f_cnt_up != flight.answers_f_cnt_up;
  if (!uplink_since && step) {
    state = std::move(step->next);
    note_commands(step->events, turn);
    publish(step->events, flight.correlation_ids, turn, out);
  }
  if (!uplink_since) state.rx_windows_available = false;
  if (flight.application) drop_first_item(*next.session, flight.application->f_cnt);
  const auto transmit_at = turn.now.utc + scheduled.delay;
  mac::push_recent(state, mac::RecentDownlink{.f_cnt = flight.f_cnt,
                                              .f_port = flight.f_port,
                                              .confirmed = flight.confirmed,
                                              .is_join_accept = false,
                                              .transmit_at = transmit_at,
                                              .correlation_ids = flight.correlation_ids});
  state.last_downlink_at = transmit_at;
  if (flight.device_class != DeviceClass::a) {
    state.last_network_initiated_downlink_at = transmit_at;
    // The next one may go by a neighbour, which does not know of this one.
    state.last_downlink_at = flight.clear_at.value_or(transmit_at);
  }
  if (flight.confirmed) {
    state.last_confirmed_downlink_at = transmit_at;
    state.pending_application_downlink = flight.application;
  }
  device_ = std::make_shared<const Device>(std::move(next));
  relay_downlink_done(flight, scheduled, turn, out);
}

void SessionState::join_accept_transmitted(const InFlight& flight, const Turn& turn, Outcome& out) {
  if (!device_->pending_mac_state || !device_->pending_mac_state->queued_join_accept) return;
  auto next = *device_;
  auto& state = *next.pending_mac_state;
  const auto accept = *std::exchange(state.queued_join_accept, std::nullopt);
  state.pending_join_request = accept.request;
  state.rx_windows_available = false;
  const auto received_at = answerable_ ? answerable_->received_at : turn.now.utc;
  const auto old = std::exchange(device_, std::make_shared<const Device>(std::move(next)));
  tell_join_accept(accept, old->session ? &*old->session : nullptr, flight.correlation_ids,
                   received_at, turn, out);
  answerable_.reset();
}

/// The application learns of the session, with the queue that the old session leaves. [spec
/// network-server §6.9]
void SessionState::tell_join_accept(const mac::QueuedJoinAccept& accept,
                                    const mac::Session* maybe_old, CorrelationIds correlation_ids,
                                    UtcTime received_at, const Turn& turn, Outcome& out) {
  ApplicationJoinAccept message{
      .session_key_id = accept.keys.session_key_id,
      // Another network's join server may leave it out: the application server asks for it then.
      .app_s_key = accept.app_s_key.key || !accept.app_s_key.encrypted_key.empty()
                       ? std::optional(accept.app_s_key)
                       : std::nullopt,
      .invalidated_downlinks = {},
      .received_at = received_at};
  if (maybe_old)
    message.invalidated_downlinks = maybe_old->queued_application_downlinks.to_vector();
  auto application_up = up(std::move(message), std::move(correlation_ids), turn);
  application_up.ids.dev_addr = accept.request.dev_addr;
  // Transmission ids are between network server and gateways.
  application_up.correlation_ids.remove_if(
      [](const std::string& id) { return id.starts_with(transmission_prefix); });
  publish("ns.up.join.accept.forward", application_up.correlation_ids, shown_accept(application_up),
          turn, out);
  out.effects.emplace_back(CountFrame{phy::MType::join_request, FrameStep::forwarded, {}});
  out.ups.push_back(std::move(application_up));
}

void SessionState::not_transmitted(InFlight& flight, const Error& error, const Turn& turn,
                                   Outcome& out) {
  tell_refused(flight, error, turn, out);
  if (flight.device_class != DeviceClass::a) return network_refused(flight, error, turn, out);
  relay_downlink_done(flight, fail(error), turn, out);
  // Every window on every gateway has been tried: nothing more for this uplink, or each new try
  // would spend a counter. Answers are for this uplink only; the application's item waits for the
  // next one. [spec network-server §11.6]
  // An uplink that has come meanwhile is answered for itself.
  const bool is_for_it = answerable_ && answerable_->is_join == flight.is_join &&
                         (flight.is_join || answerable_->f_cnt == flight.answers_f_cnt_up);
  if (is_for_it) answerable_.reset();
  patience_.refusals = std::min(patience_.refusals + 1, refusals_max);
  patience_.uplinks_to_skip = 1U << patience_.refusals;
  if (flight.is_join || !is_of_session(flight)) return;
  if (is_for_it && !device_->mac_state->queued_responses.empty()) {
    auto next = *device_;
    next.mac_state->queued_responses.clear();
    device_ = std::make_shared<const Device>(std::move(next));
  }
  // The counter of a frame that was not sent is spent all the same: the item must be numbered
  // again.
  if (flight.application) invalidate_queue(flight.f_cnt, turn, out);
}

}  // namespace ff::network_server
