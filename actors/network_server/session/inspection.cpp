// What a session remembers of its decisions, and what it shows of itself.
#include <algorithm>

#include "actors/network_server/session/uplink_work.hpp"

namespace ff::network_server {
namespace {

std::uint8_t small(std::size_t count) noexcept {
  return static_cast<std::uint8_t>(std::min<std::size_t>(count, UINT8_MAX));
}

SessionSummary summary(const mac::Session& session) {
  const auto& queue = session.queued_application_downlinks;
  return {.dev_addr = session.dev_addr,
          .last_f_cnt_up = session.last_f_cnt_up,
          .last_n_f_cnt_down = session.last_n_f_cnt_down,
          .last_a_f_cnt_down = session.last_a_f_cnt_down,
          .last_conf_f_cnt_down = session.last_conf_f_cnt_down,
          .started_at = session.started_at,
          .queued_downlinks = queue.size(),
          .first_queued_f_cnt = queue.empty() ? std::nullopt : std::optional(queue.front().f_cnt)};
}

ParameterSummary summary(const mac::MacParameters& parameters) {
  const auto& channels = parameters.channels;
  return {.data_rate_index = parameters.adr_data_rate_index,
          .tx_power_index = parameters.adr_tx_power_index,
          .nb_trans = parameters.adr_nb_trans,
          .rx1_delay = parameters.rx1_delay,
          .rx1_data_rate_offset = parameters.rx1_data_rate_offset,
          .rx2_data_rate_index = parameters.rx2_data_rate_index,
          .rx2_frequency = parameters.rx2_frequency,
          .channels = static_cast<std::size_t>(
              std::count_if(channels.begin(), channels.end(),
                            [](const mac::Channel& channel) { return channel.enabled; }))};
}

std::vector<std::string_view> names_of(const std::vector<mac::Command>& commands) {
  std::vector<std::string_view> names;
  names.reserve(commands.size());
  for (const auto& command : commands) names.push_back(mac::name_of(command));
  return names;
}

MacSummary summary(const mac::MacState& state) {
  const auto& pending = state.pending_application_downlink;
  return {.lorawan_version = state.lorawan_version,
          .device_class = state.device_class,
          .current = summary(state.current),
          .desired = summary(state.desired),
          .queued_answers = names_of(state.queued_responses),
          .pending_requests = names_of(state.pending_requests),
          .refused_requests = state.rejected.requests.size(),
          .rx_windows_available = state.rx_windows_available,
          .recent_uplinks = state.recent_uplinks.size(),
          .unacknowledged_downlink = pending ? std::optional(pending->f_cnt) : std::nullopt,
          .join_accept_waits = state.queued_join_accept.has_value(),
          .last_downlink_at = state.last_downlink_at};
}

template <class Summary, class Part>
std::optional<Summary> summary_if(const std::optional<Part>& part) {
  if (!part) return std::nullopt;
  return summary(*part);
}

}  // namespace

std::string_view to_string(SessionPhase phase) noexcept {
  static constexpr std::array<std::string_view, 4> names = {"idle", "loading", "active", "leaving"};
  return names[static_cast<std::size_t>(phase)];
}

DeviceSnapshot snapshot_of(const Device* device) {
  DeviceSnapshot out;
  if (device == nullptr) return out;
  out.ids = device->ids;
  out.lorawan_version = device->lorawan_version;
  out.lorawan_phy_version = device->lorawan_phy_version;
  out.frequency_plan_id = device->frequency_plan_id;
  out.exists = true;
  out.supports_join = device->supports_join;
  out.multicast = device->multicast;
  out.session = summary_if<SessionSummary>(device->session);
  out.pending_session = summary_if<SessionSummary>(device->pending_session);
  out.mac_state = summary_if<MacSummary>(device->mac_state);
  out.pending_mac_state = summary_if<MacSummary>(device->pending_mac_state);
  return out;
}

DeviceSnapshot SessionState::snapshot() const {
  auto out = snapshot_of(device_.get());
  out.phase = SessionPhase::active;
  out.decisions = decisions_.list();
  out.unreported_emissions = transmissions_.size();
  if (answerable_) {
    out.answerable =
        AnswerableSummary{.is_join = answerable_->is_join,
                          .f_cnt = answerable_->f_cnt,
                          .received_at = answerable_->received_at,
                          .data_rate_index = answerable_->data_rate_index,
                          .channel_index = answerable_->channel_index,
                          .must_be_answered = answerable_->confirmed || answerable_->adr_ack_req,
                          .gateways = {}};
    for (const auto& path : answerable_->paths)
      out.answerable->gateways.push_back(path.gateway.gateway_id);
  }
  if (in_flight_) {
    out.transmission = InFlightSummary{in_flight_->attempt, in_flight_->is_join, in_flight_->f_cnt,
                                       in_flight_->application.has_value()};
  }
  if (joining_) out.join = InFlightSummary{joining_->attempt, true, {}, false};
  return out;
}

void SessionState::note_dropped(const UplinkWork& work, const Error& error, const Turn& turn) {
  const auto& session = device_->session;
  note(turn, UplinkJudged{.verdict = work.verdict,
                          .data_rate_index = work.data_rate_index,
                          .gateway_count = small(work.event.rx_metadata->size()),
                          .f_cnt = work.event.f_cnt,
                          .last_f_cnt = session ? session->last_f_cnt_up : FCnt32{},
                          .max_snr_db = work.recent.max_snr_db.value_or(0),
                          .error = std::make_shared<const Error>(error)});
}

void SessionState::note_accepted(const UplinkWork& work, const Turn& turn) {
  note(turn, UplinkJudged{
                 .verdict = work.retransmission ? UplinkVerdict::repeated : UplinkVerdict::accepted,
                 .data_rate_index = work.data_rate_index,
                 .gateway_count = work.recent.gateway_count,
                 .promoted = work.promoted,
                 .reset = work.reset,
                 .f_cnt = work.f_cnt,
                 .last_f_cnt = work.session().last_f_cnt_up,
                 .max_snr_db = work.recent.max_snr_db.value_or(0),
                 .error = {}});
  note_commands(work.mac_events, turn);
  for (const auto cid : work.given_up) note(turn, RequestGivenUp{cid, GiveUpReason::refused});
  for (const auto cid : work.given_up_unheard)
    note(turn, RequestGivenUp{cid, GiveUpReason::unanswered});
  if (!work.adr) return;
  const auto& has = work.mac_state().current;
  note(turn, AdrDecided{.reason = work.adr->reason,
                        .data_rate_before = has.adr_data_rate_index,
                        .data_rate_after = work.adr->data_rate_index,
                        .tx_power_before = has.adr_tx_power_index,
                        .tx_power_after = work.adr->tx_power_index,
                        .nb_trans_before = has.adr_nb_trans,
                        .nb_trans_after = work.adr->nb_trans,
                        .uplinks = small(work.adr->uplinks),
                        .margin_db = work.adr->margin_db,
                        .loss_rate = work.adr->loss_rate});
}

void SessionState::note_commands(const std::vector<mac::Event>& events, const Turn& turn) {
  if (events.empty()) return;
  note(turn, MacExchanged{std::make_shared<const std::vector<mac::Event>>(events)});
}

void SessionState::note_offered(const InFlight& flight, const TxRequest& request,
                                const Turn& turn) {
  note(turn,
       DownlinkOffered{.f_cnt = flight.f_cnt,
                       .is_join = flight.is_join,
                       .application = flight.application.has_value(),
                       .confirmed = flight.confirmed,
                       .acknowledges = flight.device_class == DeviceClass::a && acknowledged(),
                       .rx1 = request.rx1.has_value(),
                       .rx2 = request.rx2.has_value(),
                       .paths = small(request.paths.size()),
                       .command_bytes = small(flight.step ? flight.step->commands.size() : 0),
                       .device_class = flight.device_class});
}

void SessionState::note_push(const PushDownlinks& event, const Status& status, const Turn& turn) {
  const auto count =
      static_cast<std::uint16_t>(std::min<std::size_t>(event.downlinks.size(), UINT16_MAX));
  const auto pushed = event.replace ? QueueEvent::replaced : QueueEvent::pushed;
  note(turn, QueueChanged{status ? pushed : QueueEvent::refused,
                          count,
                          {},
                          status ? nullptr : std::make_shared<const Error>(status.error())});
}

}  // namespace ff::network_server
