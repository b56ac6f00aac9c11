#include "actors/gateway_server/frontend_basic_station/state.hpp"

#include <array>

#include "protocol/gateway/basic_station/downstream.hpp"
#include "protocol/gateway/basic_station/router_config.hpp"

namespace ff::gateway_server {

namespace lns = gateway::basic_station;

namespace {

constexpr std::array<const char*, station_outcome_count> outcome_names = {
    "version", "frame", "report", "time_sync", "ignored", "malformed", "no_json"};

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
                                    .beaconing = sends_beacons},
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
  note(message.xtime, now.mono);
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
    note(*message.xtime, now.mono);
    if (message.gps_time) {
      acked.gps =
          GpsSample{static_cast<std::uint32_t>(message.xtime->counter_us()), *message.gps_time};
    }
  }
  effects.emplace_back(StationAcked{acked});
}

void StationState::handle(lns::TimeSyncRequest& message, Instant now, StationEffects& effects) {
  effects.emplace_back(CountStation{StationOutcome::time_sync, {}});
  asked_time_at_ = now.mono;
  effects.emplace_back(TellStation{lns::time_sync_answer(message.txtime, now.utc)});
}

/// Frames that a station kept while it was not connected do not turn its clock back.
void StationState::note(lns::XTime xtime, MonoTime now) {
  const auto session = [](lns::XTime time) { return time.value() >> 48; };
  const bool is_older = newest_ && session(newest_->xtime) == session(xtime) &&
                        xtime.counter_us() < newest_->xtime.counter_us();
  if (!is_older) newest_ = Sample{xtime, now};
}

std::optional<lns::XTime> StationState::xtime_of(std::uint32_t counter_us, MonoTime now) const {
  if (!newest_) return std::nullopt;
  const auto passed = std::chrono::floor<std::chrono::microseconds>(now - newest_->at);
  return newest_->xtime.plus(passed.count()).nearest(counter_us);
}

StationEffects StationState::on_downlink(const SendDownlink& message, Instant now) {
  std::optional<lns::XTime> starts;
  if (message.downlink.timestamp_us) starts = xtime_of(*message.downlink.timestamp_us, now.mono);
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
