#include "actors/gateway_server/frontend_basic_station/state.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "protocol/gateway/basic_station/downstream.hpp"
#include "protocol/gateway/basic_station/router_config.hpp"

namespace ff::gateway_server {

namespace lns = gateway::basic_station;

namespace {

constexpr std::array<const char*, station_outcome_count> outcome_names = {
    "version", "frame", "report", "time_sync", "ignored", "malformed", "no_json"};

/// Told apart by a station; it has a few.
constexpr std::size_t antennas_max = 256;

/// How units' counters are kept together.
constexpr std::int64_t ahead_us_max = 2'000'000;
constexpr std::int64_t apart_us_min = 500'000;
constexpr Duration watched_for = std::chrono::minutes{1};
constexpr std::size_t watched_min = 4;

/// Of the interval between time exchanges, up and down.
constexpr double time_sync_jitter = 0.1;

Duration share(Duration interval, double part) {
  return Duration{static_cast<std::int64_t>(static_cast<double>(interval.count()) * part)};
}

}  // namespace

const char* to_string(StationOutcome outcome) noexcept {
  return outcome_names[static_cast<std::size_t>(outcome)];
}

StationEffects StationState::on_message(ByteView text, Instant now) {
  auto message = lns::decode_station_message(text, {setup_.ids, *setup_.region, now.utc});
  if (!message) {
    const auto& error = message.error();
    if (!error.is(lns::invalid_json)) return {CountStation{StationOutcome::malformed, error}};
    return {CountStation{StationOutcome::no_json, error},
            EndStation{websocket::CloseCode::unsupported_data, error}};
  }
  StationEffects effects;
  std::visit([&](auto& one) { handle(one, now, effects); }, *message);
  return effects;
}

void StationState::handle(lns::OtherMessage&, Instant, StationEffects& effects) {
  effects.emplace_back(CountStation{StationOutcome::ignored, {}});
}

void StationState::handle(lns::Version& message, Instant now, StationEffects& effects) {
  effects.emplace_back(CountStation{StationOutcome::version, {}});
  has_remote_shell_ = message.has_remote_shell;
  const bool sends_beacons = config_.beaconing && message.has_gps;
  auto config = lns::router_config(setup_.plans, *setup_.region,
                                   {.antenna_gain_dbi = setup_.antenna_gain_dbi,
                                    .is_production = message.is_production,
                                    .beaconing = sends_beacons,
                                    .reference_region_names = config_.reference_region_names},
                                   now.utc);
  if (!config) {
    effects.emplace_back(EndStation{websocket::CloseCode::internal_error, config.error()});
    return;
  }
  effects.emplace_back(TellStation{std::move(*config)});
  effects.emplace_back(StationUp{GatewayUp{{}, std::move(message.status), {}, sends_beacons}});
}

void StationState::handle(lns::HeardFrame& message, Instant now, StationEffects& effects) {
  effects.emplace_back(CountStation{StationOutcome::frame, {}});
  const auto offset = static_cast<std::uint32_t>(note(message.xtime, now.mono).offset_us);
  message.frame.settings.timestamp_us += offset;
  for (auto& rx : message.frame.rx_metadata) {
    rx.timestamp_us += offset;
    if (unit_of_antenna_.size() < antennas_max || unit_of_antenna_.contains(rx.antenna_index))
      unit_of_antenna_[rx.antenna_index] = message.xtime.unit();
  }
  StationUp out;
  if (message.ref_time) {
    const auto round_trip = now.utc - *message.ref_time;
    if (round_trip > Duration::zero() && round_trip <= config_.max_valid_round_trip_delay)
      out.up.round_trip = round_trip;
  }
  out.up.uplinks.push_back(std::move(message.frame));
  effects.emplace_back(std::move(out));
}

/// A station reports what it sent, and is silent about what it did not.
void StationState::handle(lns::Transmitted& message, Instant now, StationEffects& effects) {
  effects.emplace_back(CountStation{StationOutcome::report, {}});
  TxAcked acked{DownlinkToken{message.diid}, TxResult::success, {}, {}};
  if (message.xtime) {
    const auto counter_us = message.xtime->counter_us() +
                            static_cast<std::uint64_t>(note(*message.xtime, now.mono).offset_us);
    if (message.gps_time)
      acked.gps = GpsSample{static_cast<std::uint32_t>(counter_us), *message.gps_time};
  }
  effects.emplace_back(StationAcked{acked});
}

void StationState::handle(lns::TimeSyncRequest& message, Instant now, StationEffects& effects) {
  effects.emplace_back(CountStation{StationOutcome::time_sync, {}});
  asked_time_at_ = now.mono;
  effects.emplace_back(TellStation{lns::time_sync_answer(message.txtime, now.utc)});
}

/// Frames that a station kept while it was not connected do not turn its clock back.
StationState::Radio& StationState::note(lns::XTime xtime, MonoTime now) {
  auto& radio = radio_of(xtime, now);
  if (&radio != &radios_.front()) keep_together(radio, xtime, now);
  if (xtime.counter_us() >= radio.newest.counter_us()) {
    radio.newest = xtime;
    radio.at = now;
  }
  return radio;
}

StationState::Radio& StationState::radio_of(lns::XTime xtime, MonoTime now) {
  const auto found = std::ranges::find(radios_, xtime.unit(),
                                       [](const Radio& radio) { return radio.newest.unit(); });
  const bool is_known = found != radios_.end();
  if (is_known && found->newest.session() == xtime.session()) return *found;
  // With the first one's counter all that was measured by it is void.
  if (is_known) radios_.erase(found, found == radios_.begin() ? radios_.end() : found + 1);
  Radio radio{.newest = xtime, .at = now, .watched_from = now};
  if (!radios_.empty())
    radio.offset_us = first_counter(now) - static_cast<std::int64_t>(xtime.counter_us());
  return radios_.emplace_back(radio);
}

/// The offset is as good as the frame that it was measured by. Nothing comes before its time: one
/// that is far ahead says that an earlier one was late. Crystals drift apart, by a second in days:
/// the frame of a minute that came soonest tells. What is under way then may miss its window.
void StationState::keep_together(Radio& radio, lns::XTime xtime, MonoTime now) const {
  const auto counter = static_cast<std::int64_t>(xtime.counter_us());
  const auto ahead = counter + radio.offset_us - first_counter(now);
  radio.ahead_us = std::max(radio.ahead_us.value_or(ahead), ahead);
  ++radio.watched;
  const bool is_due = radio.watched >= watched_min && now - radio.watched_from >= watched_for;
  const bool is_apart = is_due && std::abs(*radio.ahead_us) >= apart_us_min;
  if (ahead >= ahead_us_max || is_apart) radio.offset_us -= *radio.ahead_us;
  if (ahead < ahead_us_max && !is_due) return;
  radio.ahead_us.reset();
  radio.watched = 0;
  radio.watched_from = now;
}

std::int64_t StationState::first_counter(MonoTime now) const {
  const auto& first = radios_.front();
  const auto passed = std::chrono::floor<std::chrono::microseconds>(now - first.at);
  return static_cast<std::int64_t>(first.newest.counter_us()) + passed.count();
}

/// The unit that heard by the antenna; else the unit of that number, or the first.
const StationState::Radio* StationState::transmitter(std::uint32_t antenna) const {
  const auto heard = unit_of_antenna_.find(antenna);
  const bool has_heard = heard != unit_of_antenna_.end();
  const auto found =
      std::ranges::find(radios_, has_heard ? heard->second : antenna,
                        [](const Radio& radio) -> std::uint32_t { return radio.newest.unit(); });
  if (found != radios_.end()) return &*found;
  return has_heard || radios_.empty() ? nullptr : &radios_.front();
}

std::optional<lns::XTime> StationState::xtime_of(const gateway::GatewayDownlink& downlink,
                                                 MonoTime now) const {
  const auto* radio = transmitter(downlink.antenna_index);
  if (radio == nullptr || !downlink.timestamp_us) return std::nullopt;
  const auto passed = std::chrono::floor<std::chrono::microseconds>(now - radio->at);
  const auto own_counter = *downlink.timestamp_us - static_cast<std::uint32_t>(radio->offset_us);
  return radio->newest.plus(passed.count()).nearest(own_counter);
}

StationEffects StationState::on_downlink(const SendDownlink& message, Instant now) {
  const auto starts = xtime_of(message.downlink, now.mono);
  auto text = lns::downlink_message(message.downlink, message.token.value(), starts, *setup_.region,
                                    now.utc);
  if (text) return {TellStation{std::move(*text)}};
  // Nobody else would tell the network server.
  return {LostDownlink{text.error()},
          StationAcked{TxAcked{message.token, TxResult::unknown_error, {}, {}}}};
}

StationEffects StationState::plan_time_sync(Random& random) const {
  const auto spread = share(config_.time_sync_interval, time_sync_jitter);
  const auto offset = random.below(static_cast<std::uint64_t>(2 * spread.count()) + 1);
  return {NextTimeSync{config_.time_sync_interval - spread +
                       Duration{static_cast<std::int64_t>(offset)}}};
}

/// Not to a station that asks by itself; its answer to the last request is no reason.
StationEffects StationState::on_time_sync_due(Instant now, Random& random) {
  auto effects = plan_time_sync(random);
  const auto recent =
      share(config_.time_sync_interval, 1 - time_sync_jitter) - std::chrono::seconds{10};
  if (!asked_time_at_ || now.mono - *asked_time_at_ >= recent)
    effects.emplace_back(TellStation{lns::time_sync_request(now.utc)});
  return effects;
}

}  // namespace ff::gateway_server
