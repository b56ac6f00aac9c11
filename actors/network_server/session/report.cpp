// What gateways report of emissions. A gateway that has accepted a frame may still not send it: its
// frequency or power is not to be had, a beacon is in the way, or it has lost its GPS. Then the
// same frame, with the same counter, goes elsewhere while a window of the device can be reached: to
// RX2 after RX1, and other gateways first. Each try is a request of its own, with an event for each
// outcome; the application hears of a failure when there is nothing left to try. [spec
// network-server §11.7]
//
// The counter is what makes this safe: the device takes the frame once, whichever copy it hears.
// But it drops a frame with a counter below one it has heard, so nothing is sent again once
// something else has been asked for, and nothing else is asked for while gateways are asked again.
#include <algorithm>

#include "actors/network_server/session/downlink_frame.hpp"
#include "actors/network_server/session/errors.hpp"
#include "actors/network_server/session/event_data.hpp"
#include "actors/network_server/session/state.hpp"

namespace ff::network_server {
namespace {

/// Gateways report an emission within this time; reports after it find nothing. A little less than
/// the reference's minute, after which a session that nothing happens to is put to rest. [spec
/// network-server §1.2; actors/network_server/shard/session_directory.hpp]
constexpr std::chrono::seconds report_ttl{55};
constexpr std::size_t transmissions_max = 16;

/// What is left to ask for after `failed`; nothing if nothing is.
std::optional<TxRequest> what_is_left(TxRequest request, const ScheduledDownlink& failed) {
  auto& paths = request.paths;
  const auto others = std::stable_partition(
      paths.begin(), paths.end(),
      [&](const DownlinkPath& path) { return path.gateway.gateway_id != failed.gateway_id; });
  if (failed.window == 1 && request.rx1 && request.rx2) {
    request.rx1.reset();
  } else {
    paths.erase(others, paths.end());
  }
  if (paths.empty()) return std::nullopt;
  return request;
}

/// What a forwarder says also of a second copy of a request that it has taken, whose own report may
/// have been overtaken: the frame may be on air.
bool may_be_of_a_copy(TxResult result) {
  return result == TxResult::too_late || result == TxResult::collision_packet;
}

constexpr auto is_asked_again = [](const auto& sent) { return sent.reported.has_value(); };

}  // namespace

void SessionState::remember_transmission(InFlight flight, const ScheduledDownlink& scheduled,
                                         const Turn& turn, Outcome& out) {
  if (transmissions_.size() >= transmissions_max) {
    transmissions_.front().since = turn.now.utc - report_ttl;
    forget_unreported(turn, out);
  }
  auto id = flight.correlation_ids.back();
  const auto attempts = flight.attempt + flight.requests - 1;
  transmissions_.push_back({.id = std::move(id),
                            .since = turn.now.utc,
                            .flight = std::move(flight),
                            .scheduled = scheduled,
                            .attempts = attempts,
                            .reported = {}});
}

void SessionState::on(const TransmissionAcknowledged& event, const Turn& turn, Outcome& out) {
  if (!device_) return;
  const auto& ids = event.acknowledgment.correlation_ids;
  const auto found =
      std::find_if(transmissions_.begin(), transmissions_.end(), [&](const Transmission& sent) {
        return std::find(ids.begin(), ids.end(), sent.id) != ids.end();
      });
  if (found == transmissions_.end()) return;
  const auto result = event.acknowledgment.result;
  note(turn, EmissionReported{result});
  if (result != TxResult::success) {
    const Error error(transmission_failed, {{"result", to_string(result)}});
    publish("ns.down.transmission.fail", ids, error, turn, out);
    // The second report of what is being sent again.
    if (found->reported || send_again(*found, result, turn, out)) return;
  }
  const auto transmission = std::move(*found);
  transmissions_.erase(found);
  if (result != TxResult::success) return emission_failed(transmission, result, turn, out);
  const auto& flight = transmission.flight;
  relay_downlink_reported(flight, result, out);
  publish("ns.down.transmission.success", ids, flight.frame, turn, out);
  if (flight.application) {
    out.ups.push_back(
        up(DownlinkSent{*flight.application}, flight.application->correlation_ids, turn));
  }
}

void SessionState::emission_failed(const Transmission& transmission, TxResult result,
                                   const Turn& turn, Outcome& out) {
  const auto& flight = transmission.flight;
  relay_downlink_reported(flight, result, out);
  const Error error(transmission_failed, {{"result", to_string(result)}});
  if (flight.application) fail_downlink(*flight.application, error, turn, out);
}

/// True if gateways are asked once more.
bool SessionState::send_again(Transmission& transmission, TxResult reported, const Turn& turn,
                              Outcome& out) {
  auto& flight = transmission.flight;
  if (may_be_of_a_copy(reported)) return false;
  // Several groups of gateways have been asked for emissions of their own.
  if (asks_gateways() || flight.requests > 1 || transmission.attempts != device_->attempts)
    return false;
  auto request = what_is_left(flight.frame->request, transmission.scheduled);
  if (!request) return false;
  const auto latest = flight.last_window_at ? flight.last_window_at : request->absolute_time;
  if (latest && turn.now.utc + lead_time >= *latest) return false;

  auto next = *device_;
  transmission.attempts = ++next.attempts;
  device_ = std::make_shared<const Device>(std::move(next));
  transmission.reported = reported;
  flight.since = turn.now.mono;
  note_offered(flight, *request, turn);
  auto frame = *flight.frame;
  frame.request = *std::move(request);
  flight.frame = std::make_shared<const DownlinkFrame>(std::move(frame));
  tell_asked(flight, turn, out);
  out.effects.emplace_back(SendTransmission{transmission.attempts, flight.frame});
  out.must_sync = true;
  return true;
}

/// What the gateways say of the frame that they are asked for once more.
void SessionState::sent_again(const Result<ScheduledDownlink>& outcome, const Turn& turn,
                              Outcome& out) {
  const auto place = std::ranges::find_if(transmissions_, is_asked_again);
  const auto reported = *std::exchange(place->reported, std::nullopt);
  if (!outcome) {
    const auto refused = std::move(*place);
    transmissions_.erase(place);
    tell_refused(refused.flight, outcome.error(), turn, out);
    return emission_failed(refused, reported, turn, out);
  }
  place->scheduled = *outcome;
  place->since = turn.now.utc;
  const auto& flight = place->flight;
  tell_accepted(flight, *outcome, turn, out);
  if (flight.is_join || !device_->mac_state) return;
  // The next frame goes after this one.
  auto next = *device_;
  auto& state = *next.mac_state;
  const auto transmit_at = turn.now.utc + outcome->delay;
  state.last_downlink_at = std::max(state.last_downlink_at.value_or(transmit_at), transmit_at);
  if (flight.confirmed && state.pending_application_downlink)
    state.last_confirmed_downlink_at = transmit_at;
  device_ = std::make_shared<const Device>(std::move(next));
}

const SessionState::Transmission* SessionState::asked_again() const noexcept {
  const auto found = std::ranges::find_if(transmissions_, is_asked_again);
  return found == transmissions_.end() ? nullptr : &*found;
}

/// Gateways that do not answer for so long will not. True if there were such.
bool SessionState::forget_asked_again(const Turn& turn, Outcome& out) {
  const auto* again = asked_again();
  if (again == nullptr || patience_ends(again->flight, turn) > turn.now.utc) return false;
  note(turn, DownlinkNotSent{NoDownlink::gateway_silent});
  sent_again(fail(no_answer_in_time), turn, out);
  return true;
}

/// When the first report is missing; nothing while none is waited for.
std::optional<UtcTime> SessionState::report_due() const {
  std::optional<UtcTime> due;
  for (const auto& sent : transmissions_) {
    if (sent.reported) continue;
    const auto at = sent.since + report_ttl;
    due = std::min(due.value_or(at), at);
  }
  return due;
}

/// Those that no gateway will report any more. The application is told nothing, as by the
/// reference; nobody is, of gateways that report nothing at all.
void SessionState::forget_unreported(const Turn& turn, Outcome& out) {
  std::erase_if(transmissions_, [&](const Transmission& sent) {
    if (sent.reported || sent.since + report_ttl > turn.now.utc) return false;
    if (!sent.scheduled.reports) return true;
    const auto& flight = sent.flight;
    note(turn, EmissionUnreported{flight.f_cnt, flight.is_join});
    publish("ns.down.transmission.fail", flight.correlation_ids, Error(transmission_unreported),
            turn, out);
    out.effects.emplace_back(CountFrame{m_type_of(flight), FrameStep::unreported, {}});
    return true;
  });
}

}  // namespace ff::network_server
