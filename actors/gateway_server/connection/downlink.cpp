// The downlink half of a connection's logic. [spec gateway-server §9.2]
#include <algorithm>

#include "actors/gateway_server/connection/state.hpp"
#include "protocol/gateway/uplink_token.hpp"

namespace ff::gateway_server {
namespace {

constexpr std::uint32_t us_per_second = 1'000'000;

/// A gateway enforces a limit only when the plan says so.
region::DwellTime dwell_time(const region::FrequencyPlan& plan) {
  return plan.dwell_time.downlinks == region::DwellTime::on ? region::DwellTime::on
                                                            : region::DwellTime::off;
}

/// Both windows failed: one error that names them.
Error all_failed(const std::vector<Error>& causes) {
  std::vector<std::string> texts;
  texts.reserve(causes.size());
  for (const auto& cause : causes) texts.push_back(cause.to_string());
  return Error(tx_schedule, {{"path_errors", std::move(texts)}}).caused_by(causes.front());
}

}  // namespace

Result<const region::FrequencyPlan*> ConnectionState::plan_of(const TxRequest& request) const {
  const auto& id = request.frequency_plan_id;
  if (id.empty()) {
    if (radio_.plans.size() != 1) return fail(no_frequency_plan_id);
    return radio_.plans.front();
  }
  // The device's plan need not be one of the gateway's, only of the same band.
  const auto own = std::find_if(radio_.plans.begin(), radio_.plans.end(),
                                [&](const auto* plan) { return plan->id == id; });
  if (own != radio_.plans.end()) return *own;
  const auto* plan = radio_.catalogue->find(id);
  if (plan == nullptr) return fail(frequency_plan_not_configured, {{"id", id}});
  if (plan->band_id != radio_.region->band_id) return fail(frequency_plans_not_from_same_band);
  return plan;
}

Result<ConnectionState::Window> ConnectionState::check_window(const DownlinkFrame& frame,
                                                              const region::FrequencyPlan& plan,
                                                              int number) const {
  constexpr std::size_t mhdr_and_mic = 5;
  const auto& parameters = number == 1 ? frame.request.rx1 : frame.request.rx2;
  if (!parameters || !parameters->frequency.is_set()) return fail(rx_empty);
  const auto& region = *radio_.region;
  const auto index = region.downlink_data_rate_index(parameters->data_rate);
  if (!index) return fail(data_rate_rx_window, {{"window", number}});
  const region::FrameLimits limits{dwell_time(plan), plan.repeater_compatible};
  const auto max =
      region.max_mac_payload(*index, region::Direction::downlink, limits) + mhdr_and_mic;
  if (frame.phy_payload.size() > max) {
    return fail(too_long, {{"payload_length", frame.phy_payload.size()},
                           {"maximum_length", max},
                           {"data_rate", to_string(parameters->data_rate)}});
  }
  return Window{number, &*parameters};
}

/// No limit is kept by an antenna of unknown gain: antennas beyond the first must be registered,
/// and the protocol must be able to name them. A first one that nobody registered has no gain, as
/// in the reference; which answers by no other antenna than the first. [spec gateway-server §2.3]
bool ConnectionState::may_transmit_by(std::uint32_t antenna) const noexcept {
  return antenna == 0 || (request_.chooses_antenna && antenna < settings_.antennas.size());
}

/// Where the gateway chooses, it may choose the strongest.
float ConnectionState::gain_dbi(std::uint32_t antenna) const noexcept {
  const auto& antennas = settings_.antennas;
  if (!request_.chooses_antenna) return greatest_gain_dbi(settings_);
  return antenna < antennas.size() ? antennas[antenna].gain_dbi : 0;
}

/// What is nearer to the place and the frequency has the last word: a plan is of one country, whose
/// law may allow more than the band's. [spec gateway-server §9.2 step 5]
float ConnectionState::eirp(const region::FrequencyPlan& plan, Frequency frequency,
                            std::uint32_t antenna) const {
  auto power = radio_.region->default_max_eirp_dbm;
  if (const auto* band = radio_.region->sub_band(frequency);
      band != nullptr && band->max_eirp_dbm > 0)
    power = band->max_eirp_dbm;
  if (plan.max_eirp_dbm) power = *plan.max_eirp_dbm;
  const auto limit = std::find_if(
      plan.sub_bands.begin(), plan.sub_bands.end(),
      [&](const auto& band) { return band.min <= frequency && frequency <= band.max; });
  if (limit != plan.sub_bands.end() && limit->max_eirp_dbm) power = *limit->max_eirp_dbm;
  return power - gain_dbi(antenna);
}

Result<schedule::Emission> ConnectionState::schedule_window(const DownlinkFrame& frame,
                                                            const Window& window,
                                                            std::optional<std::uint32_t> uplink_us,
                                                            Instant now) {
  const auto& request = frame.request;
  const schedule::Transmission transmission{frame.phy_payload.size(), window.parameters->data_rate,
                                            window.parameters->frequency, request.priority,
                                            request.device_class};
  const auto context = schedule_context(now);
  switch (request.device_class) {
    case DeviceClass::a: {
      if (!is_counter(*uplink_us)) return fail(schedule::no_clock_sync);
      const auto seconds =
          static_cast<std::uint32_t>(request.rx1_delay.count()) + (window.number == 2 ? 1U : 0U);
      // The counter wraps; so does the sum.
      const auto starts = clock_.unroll(*uplink_us + seconds * us_per_second);
      return scheduler_.schedule_at(transmission, starts, context);
    }
    case DeviceClass::b:
      if (!request.absolute_time) return fail(no_absolute_time);
      if (!clock_.has_gateway_time()) return fail(no_gps_sync);
      return scheduler_.schedule_at_absolute(transmission, *request.absolute_time, context);
    case DeviceClass::c:
      break;
  }
  if (request.absolute_time)
    return scheduler_.schedule_at_absolute(transmission, *request.absolute_time, context);
  return schedule_soon(transmission, request.not_before, context);
}

/// Without a time of its own: soon, or the network server tries again when it is better. With a
/// duty cycle used up the next free time may be an hour away; a forwarder refuses what is more than
/// 512 s ahead, and its counter wraps. The reference schedules it all the same.
Result<schedule::Emission> ConnectionState::schedule_soon(
    const schedule::Transmission& transmission, std::optional<UtcTime> not_before,
    const schedule::ScheduleContext& context) {
  constexpr Duration ahead_max = std::chrono::minutes{1};
  const bool waits = not_before && *not_before > context.now;
  const auto earliest = waits ? clock_.from_server_time(*not_before) : std::nullopt;
  FF_TRY(const auto emission, scheduler_.schedule_anytime(transmission, earliest, context));
  const auto counter = clock_.from_server_time(context.now);
  if (!counter || emission.starts - std::max(*counter, earliest.value_or(*counter)) <= ahead_max)
    return emission;
  scheduler_.cancel(emission);
  return fail(no_free_time, {{"ahead", to_duration_text(emission.starts - *counter)}});
}

void ConnectionState::send(const std::shared_ptr<const DownlinkFrame>& frame, const Window& window,
                           const schedule::Emission& emission, SendDownlink message,
                           Effects& effects) {
  auto& downlink = message.downlink;
  downlink.data_rate = window.parameters->data_rate;
  if (auto* lora = std::get_if<LoraDataRate>(&downlink.data_rate);
      lora != nullptr && lora->coding_rate == CodingRate::none)
    lora->coding_rate = CodingRate::cr4_5;
  downlink.frequency = window.parameters->frequency;
  const bool is_lora = std::holds_alternative<LoraDataRate>(downlink.data_rate);
  downlink.invert_polarization = is_lora;
  downlink.enable_crc = !is_lora;
  const auto& absolute = frame->request.absolute_time;
  if (absolute && clock_.has_gateway_time() && frame->request.device_class != DeviceClass::a) {
    downlink.absolute_time = absolute;
  } else {
    downlink.timestamp_us = counter_at(emission.starts);
    message.starts_at = clock_.to_server_time(emission.starts);
  }
  message.link = request_.link;
  message.token = downlinks_.add(frame, emission);
  message.correlation_ids = frame->correlation_ids;
  effects.push_back(PublishEvent{
      "gs.down.send", std::make_shared<const SentDownlink>(SentDownlink{frame, downlink}),
      frame->correlation_ids});
  downlink.phy_payload = frame->phy_payload;
  planned_devices_.add({emission.starts, frame->device});
  effects.push_back(ToFrontend{std::move(message)});
}

Result<ConnectionState::Anchor> ConnectionState::read_path(const TxRequest& request,
                                                           std::size_t path) {
  if (path >= request.paths.size()) return fail(invalid_downlink_path);
  const auto& by = request.paths[path];
  if (by.uplink_token.empty()) {
    if (request.device_class == DeviceClass::a) return fail(no_uplink_token);
    if (!may_transmit_by(by.antenna_index))
      return fail(antenna_not_usable, {{"antenna", by.antenna_index}});
    return Anchor{by.antenna_index, {}};
  }
  FF_TRY(const auto token, gateway::decode_uplink_token(by.uplink_token));
  if (token.gateway.gateway_id != settings_.ids.gateway_id) return fail(invalid_downlink_path);
  // From before the gateway came by another protocol, or lost an antenna.
  if (!may_transmit_by(token.antenna_index))
    return fail(antenna_not_usable, {{"antenna", token.antenna_index}});
  // After a reconnect the token may know the gateway's clock better than we do.
  const auto synced_at = clock_.synced_at();
  const bool is_newer = !synced_at || token.server_time > *synced_at;
  const bool has_counter =
      is_counter(token.timestamp_us) && token.concentrator_time.time_since_epoch().count() != 0;
  if (is_newer && has_counter) set_clock(token.timestamp_us, token.server_time, token.gateway_time);
  return Anchor{token.antenna_index, token.timestamp_us};
}

Status ConnectionState::check_request(const TxRequest& request) const {
  if (settings_.downlink_path_constraint == DownlinkPathConstraint::never)
    return fail(downlink_not_allowed);
  if (!has_downlink_path_) return fail(downlink_path_expired);
  if (request.device_class == DeviceClass::a && request.rx1_delay.count() <= 0)
    return fail(no_rx_delay);
  return {};
}

Result<ScheduledDownlink> ConnectionState::try_schedule(
    const std::shared_ptr<const DownlinkFrame>& frame, std::size_t path, Instant now,
    Effects& effects) {
  const auto& request = frame->request;
  FF_TRY(const auto anchor, read_path(request, path));
  settle(now);
  FF_CHECK(check_request(request));
  FF_TRY(const auto* plan, plan_of(request));

  std::vector<Error> errors;
  for (int number = request.device_class == DeviceClass::a ? 1 : 2; number <= 2; ++number) {
    const auto window = check_window(*frame, *plan, number);
    // A frame that is too long for one window is the network server's mistake.
    if (!window && window.error().is(too_long)) return fail(window.error());
    const auto emission = window ? schedule_window(*frame, *window, anchor.uplink_us, now)
                                 : Result<schedule::Emission>(fail(window.error()));
    if (!emission) {
      errors.push_back(Error(rx_window_schedule, {{"window", number}}).caused_by(emission.error()));
      continue;
    }
    SendDownlink message;
    message.downlink.antenna_index = anchor.antenna_index;
    message.downlink.eirp_dbm = eirp(*plan, window->parameters->frequency, anchor.antenna_index);
    send(frame, *window, *emission, std::move(message), effects);
    return ScheduledDownlink{settings_.ids.gateway_id, static_cast<std::uint8_t>(number),
                             emission->starts - *clock_.from_server_time(now.utc),
                             stats_.tx_acknowledgment_count > 0};
  }
  return fail(all_failed(errors));
}

ConnectionState::Scheduled ConnectionState::schedule(
    const std::shared_ptr<const DownlinkFrame>& frame, std::size_t path, Instant now) {
  Effects effects{PublishEvent{"gs.down.schedule.attempt", frame, frame->correlation_ids}};
  auto answer = try_schedule(frame, path, now, effects);
  note_downlink(*frame, answer, now.utc);
  if (!answer) {
    effects.push_back(
        PublishEvent{"gs.down.schedule.fail", answer.error(), frame->correlation_ids});
    return {std::move(answer), std::move(effects)};
  }
  stats_.last_downlink_received_at = now.utc;
  ++stats_.downlink_count;
  stats_changed_ = true;
  if (now.mono - remembered_at_ >= emissions_unremembered_max) remember(now, effects);
  return {std::move(answer), std::move(effects)};
}

}  // namespace ff::gateway_server
