// The upstream half of a connection's logic. [spec gateway-server §2.3]
#include <algorithm>
#include <cmath>

#include "actors/gateway_server/connection/errors.hpp"
#include "actors/gateway_server/connection/state.hpp"
#include "protocol/base/ulid.hpp"
#include "protocol/gateway/uplink_token.hpp"
#include "protocol/phy/frame_view.hpp"

namespace ff::gateway_server {
namespace {

constexpr Duration repeat_time_max = std::chrono::milliseconds{100};
/// A device repeats itself after both of its receive windows, not before. [TS001-1.0.4 §3.3]
constexpr Duration repeat_of_same_counter_max = std::chrono::seconds{2};
constexpr Duration repeat_event_interval = std::chrono::minutes{1};
constexpr std::size_t correlation_id_bytes_max = 100;

/// FNV-1a of 64 bits.
class Hash {
 public:
  void add(ByteView bytes) noexcept {
    for (const auto byte : bytes) value_ = (value_ ^ byte) * 0x100000001b3;
  }
  void add(std::uint64_t number) noexcept {
    std::array<std::uint8_t, 8> bytes{};
    write_le<8>(bytes, number);
    add(ByteView(bytes));
  }
  std::uint64_t value() const noexcept { return value_; }

 private:
  std::uint64_t value_ = 0xcbf29ce484222325;
};

/// Gateways report what their oscillator makes of a channel, such as 868099975 Hz; channels are
/// compared exactly, and lie on multiples of `step_hz`. [spec radio-events-errors §5.1]
Frequency nearest_channel(Frequency frequency, std::uint32_t step_hz) {
  return Frequency::hz((frequency.hz() + step_hz / 2) / step_hz * step_hz);
}

/// Payload, frequency, data rate and the antennas that heard it.
std::uint64_t identity(const UplinkFrame& frame) {
  Hash hash;
  hash.add(ByteView(frame.phy_payload));
  hash.add(frame.settings.frequency.hz());
  hash.add(as_bytes(to_string(frame.settings.data_rate)));
  for (const auto& rx : frame.rx_metadata) hash.add(rx.antenna_index);
  return hash.value();
}

/// Nothing: it is no uplink.
std::optional<Sender> sender_of(ByteView phy_payload) {
  const auto frame = phy::decode_frame(phy_payload);
  if (!frame) return std::nullopt;
  const auto ids = phy::uplink_identifiers(*frame);
  const auto type = phy::decode_mhdr(phy_payload.front()).m_type;
  const bool is_proprietary = type == phy::MType::proprietary;
  if (!ids.dev_addr && !ids.dev_eui && !is_proprietary) return std::nullopt;
  return Sender{ids.dev_addr, is_proprietary};
}

bool is_elsewhere(const Location& a, const Location& b) {
  constexpr double moved_min = 0.00001;  // degrees
  return std::abs(a.latitude - b.latitude) >= moved_min ||
         std::abs(a.longitude - b.longitude) >= moved_min;
}

std::string correlation_id(const char* prefix, Instant now, Random& random) {
  return std::string(prefix) + Ulid::make(now.utc, random).to_string();
}

/// The reception that tells the time best: the first with GPS time, else the frame's own sample.
struct ClockSample {
  std::uint32_t counter_us = 0;
  std::optional<UtcTime> gps_time;
};
ClockSample clock_sample(const UplinkFrame& frame) {
  const auto with_gps = std::find_if(frame.rx_metadata.begin(), frame.rx_metadata.end(),
                                     [](const RxMetadata& rx) { return rx.gps_time.has_value(); });
  if (with_gps == frame.rx_metadata.end()) return {frame.settings.timestamp_us, {}};
  return {with_gps->timestamp_us, with_gps->gps_time};
}

}  // namespace

bool ConnectionState::is_repeat(const UplinkFrame& frame) {
  const LastUplink current{identity(frame), frame.settings.timestamp_us, frame.received_at};
  const auto last = std::exchange(last_uplink_, current);
  if (!last || last->hash != current.hash) return false;
  // Later than that it is the device that repeats itself (NbTrans), not the gateway. A gateway
  // without a counter always says zero. [spec radio-events-errors §5.1]
  const bool same_counter = current.timestamp_us != 0 && last->timestamp_us == current.timestamp_us;
  return current.received_at - last->received_at <
         (same_counter ? repeat_of_same_counter_max : repeat_time_max);
}

/// A gateway that is restarted within one connection starts its counter anew, but not its duty
/// cycle. [spec gateway-server §9.3]
schedule::ConcentratorTime ConnectionState::set_clock(std::uint32_t counter_us, UtcTime server,
                                                      std::optional<UtcTime> gps_time) {
  const auto before = clock_;
  const auto at = clock_.sync(counter_us, server, gps_time);
  if (before.is_synced() && !clock_.continues(before))
    scheduler_.move({before, round_trips_, server}, {clock_, round_trips_, server});
  return at;
}

/// The sample is as old as an emission is long: what the clock says of server time stays.
void ConnectionState::synchronise(const GpsSample& sample, Instant now) {
  const auto at = clock_.to_server_time(clock_.unroll(sample.counter_us));
  set_clock(sample.counter_us, at.value_or(now.utc), sample.gps_time);
}

schedule::ConcentratorTime ConnectionState::synchronise(std::uint32_t counter_us,
                                                        UtcTime received_at,
                                                        std::optional<UtcTime> gps_time) {
  const auto expected = clock_.from_server_time(received_at);
  const auto at = set_clock(counter_us, received_at, gps_time);
  // One that came out of order does not set the clock.
  if (clock_.synced_at() == received_at) clock_quality_.add(at, received_at, expected);
  return at;
}

void ConnectionState::complete_metadata(UplinkFrame& frame, schedule::ConcentratorTime at,
                                        const LateFrames::Verdict& verdict, Instant now) const {
  const auto round_trips = round_trips_.stats(now.utc);
  auto on_the_way = round_trips ? round_trips->median / 2 : Duration::zero();
  const bool is_late = verdict.is_late();
  on_the_way = std::max(on_the_way, verdict.age);
  // The clock may be set by the token in the next connection.
  const auto sampled_at = frame.received_at - (verdict.may_sync() ? Duration::zero() : verdict.age);
  for (auto& rx : frame.rx_metadata) {
    rx.gateway = settings_.ids;
    rx.received_at = frame.received_at - on_the_way;
    const bool may_answer = may_transmit_by(rx.antenna_index);
    rx.downlink_path_constraint =
        may_answer ? settings_.downlink_path_constraint : DownlinkPathConstraint::never;
    // Without a token there is no way back to the device.
    if (!is_late && may_answer) {
      rx.uplink_token = gateway::encode_uplink_token(
          {settings_.ids, rx.antenna_index, rx.timestamp_us, sampled_at, at, rx.gps_time});
    }
    const auto& antennas = settings_.antennas;
    if (!settings_.location_public) {
      rx.location.reset();
    } else if (rx.antenna_index < antennas.size() && antennas[rx.antenna_index].location &&
               antennas[rx.antenna_index].location->source != LocationSource::unknown) {
      rx.location = antennas[rx.antenna_index].location;
    }
  }
}

/// A join-request says nothing of the network that its device belongs to: all hosts get it.
std::vector<UpstreamHost> ConnectionState::hosts_of(const Sender& sender) const {
  std::vector<UpstreamHost> hosts;
  for (const auto& [host, prefix] : config_.forward) {
    const bool may_have_it =
        host != UpstreamHost::packetbroker || !settings_.disable_packet_broker_forwarding;
    const bool wants_it = !sender.dev_addr || prefix.contains(*sender.dev_addr);
    if (may_have_it && wants_it && std::ranges::find(hosts, host) == hosts.end())
      hosts.push_back(host);
  }
  return hosts;
}

/// What a gateway kept while its backhaul was down comes first in a new connection, whose clock
/// does not run yet.
LateFrames::Verdict ConnectionState::judge(const UplinkFrame& frame,
                                           std::optional<UtcTime> gps_time) {
  const LateFrames::Heard heard{frame.settings.timestamp_us, gps_time, frame.settings.time};
  if (clock_.is_synced()) return late_frames_.judge(clock_, heard, frame.received_at);
  schedule::RolloverClock recalled;
  if (recalled_counter_) recalled.sync(recalled_counter_->counter_us, recalled_counter_->server);
  return late_frames_.judge(recalled, heard, frame.received_at);
}

std::optional<CounterSample> ConnectionState::newest_counter() const {
  const auto at = clock_.synced_at();
  if (!at) return recalled_counter_;
  return CounterSample{counter_at(*clock_.from_server_time(*at)), *at};
}

void ConnectionState::take(UplinkFrame frame, Instant now, Random& random, Effects& effects) {
  if (awaits_memory_ && held_.size() == held_max) release_held(random, effects);
  if (!awaits_memory_) return on_uplink(std::move(frame), now, random, effects);
  held_.push_back({std::move(frame), now});
}

void ConnectionState::release_held(Random& random, Effects& effects) {
  awaits_memory_ = false;
  for (auto& [frame, heard] : std::exchange(held_, {}))
    on_uplink(std::move(frame), heard, random, effects);
}

void ConnectionState::on_uplink(UplinkFrame frame, Instant now, Random& random, Effects& effects) {
  const auto end = [&](UplinkOutcome outcome) {
    note_dropped(frame, outcome, now.utc);
    effects.push_back(CountUplink{outcome});
  };
  if (frame.rx_metadata.empty()) return end(UplinkOutcome::undecodable);
  frame.received_at = now.utc;
  frame.settings.frequency =
      nearest_channel(frame.settings.frequency, radio_.region->frequency_step_hz);
  if (is_repeat(frame)) {
    if (!last_repeat_event_ || now.mono - *last_repeat_event_ >= repeat_event_interval) {
      last_repeat_event_ = now.mono;
      effects.push_back(PublishEvent{"gs.io.up.repeat", settings_.ids, {}});
    }
    return end(UplinkOutcome::repeated);
  }
  stats_.last_uplink_received_at = now.utc;
  ++stats_.uplink_count;
  stats_changed_ = true;
  const auto sample = clock_sample(frame);
  const auto verdict = judge(frame, sample.gps_time);
  const auto at = verdict.may_sync() && is_counter(sample.counter_us)
                      ? synchronise(sample.counter_us, frame.received_at, sample.gps_time)
                      : clock_.unroll(frame.settings.timestamp_us);
  settle(now);
  if (verdict.is_late()) {
    ++late_uplinks_;
    last_late_uplink_ = LateUplink{now.utc, verdict.age};
  }
  const auto sender = sender_of(frame.phy_payload);
  if (!sender) return end(UplinkOutcome::undecodable);
  complete_metadata(frame, at, verdict, now);
  frame.band_id = std::string(radio_.region->band_id);
  frame.correlation_ids.remove_if(
      [](const std::string& id) { return id.size() > correlation_id_bytes_max; });
  frame.correlation_ids.push_back(correlation_id("gs:uplink:", now, random));
  pass_on(std::make_shared<const UplinkFrame>(std::move(frame)), *sender, verdict, now, effects);
}

/// A frame that is complete: the event and the network server share it.
void ConnectionState::pass_on(const std::shared_ptr<const UplinkFrame>& frame, const Sender& sender,
                              const LateFrames::Verdict& verdict, Instant now, Effects& effects) {
  const auto end = [&](UplinkOutcome outcome) {
    note_dropped(*frame, outcome, now.utc);
    effects.push_back(CountUplink{outcome});
  };
  const auto drop = [&](UplinkOutcome outcome, Error reason) {
    effects.push_back(PublishEvent{"gs.up.drop", std::move(reason), frame->correlation_ids});
    end(outcome);
  };
  effects.push_back(PublishEvent{"gs.up.receive", frame, frame->correlation_ids});
  if (frame->crc_ok == false) return drop(UplinkOutcome::crc_failed, Error(message_crc));
  // Without an address they are nobody's. [spec gateway-server §2.3 step 7]
  if (sender.is_proprietary) return drop(UplinkOutcome::proprietary, Error(proprietary_frame));
  if (verdict.is_late() && !sender.dev_addr) {
    return drop(UplinkOutcome::join_late,
                Error(late_join, {{"age", to_duration_text(verdict.age)}}));
  }
  auto hosts = hosts_of(sender);
  if (hosts.empty()) return end(UplinkOutcome::not_ours);
  effects.push_back(
      ForwardUplink{frame, std::move(hosts),
                    verdict.is_late() ? UplinkOutcome::forwarded_late : UplinkOutcome::forwarded});
}

/// Anybody can send datagrams with an EUI: only a gateway that showed a secret moves its antennas.
/// [spec gateway-server §2.8]
void ConnectionState::update_locations(const GatewayStatus& status, Instant now, Effects& effects) {
  if (!settings_.update_location_from_status || !request_.authenticated) return;
  if (status.antenna_locations.empty()) return;
  const auto& antennas = settings_.antennas;
  const auto& locations = status.antenna_locations;
  const auto moved = [&](std::size_t i) {
    return i >= antennas.size() || !antennas[i].location ||
           is_elsewhere(*antennas[i].location, locations[i]);
  };
  bool any_moved = false;
  for (std::size_t i = 0; i < locations.size(); ++i) any_moved |= moved(i);
  if (!any_moved) return;
  if (located_at_ && now.mono - *located_at_ < config_.update_gateway_location_debounce_time)
    return;
  located_at_ = now.mono;
  effects.push_back(UpdateLocations{locations});
}

/// Once a connection, and only what the registry does not know already. [spec gateway-server §2.8]
void ConnectionState::update_versions(const GatewayStatus& status, Effects& effects) {
  if (versions_updated_ || !request_.authenticated) return;
  const auto model = status.versions.find("model");
  const auto firmware = status.versions.find("firmware");
  if (model == status.versions.end() || firmware == status.versions.end()) return;
  if (model->second == settings_.model && firmware->second == settings_.firmware) return;
  versions_updated_ = true;
  effects.push_back(UpdateVersions{model->second, firmware->second});
}

void ConnectionState::on_status(GatewayStatus status, Instant now, Random& random,
                                Effects& effects) {
  update_locations(status, now, effects);
  update_versions(status, effects);
  stats_.last_status_received_at = now.utc;
  stats_.last_status = status;
  stats_changed_ = true;
  PublishEvent event{
      "gs.status.receive", std::make_shared<const GatewayStatus>(std::move(status)), {}};
  event.correlation_ids.push_back(correlation_id("gs:status:", now, random));
  effects.push_back(std::move(event));
}

}  // namespace ff::gateway_server
