#include "tools/sim/core/world.hpp"

#include <algorithm>

#include "tools/sim/core/dice.hpp"
#include "tools/sim/core/foreign.hpp"

namespace ff::sim {
namespace {

constexpr Duration pull_interval = std::chrono::seconds{10};
/// Until the first PULL_ACK.
constexpr Duration pull_retry = std::chrono::seconds{1};
constexpr Duration status_interval = std::chrono::seconds{30};
/// Gateways open their downlink path before the first frame.
constexpr Duration uplinks_after = std::chrono::milliseconds{500};
/// Even a storm is not of one microsecond: a join-accept is matched to its device by time.
constexpr Duration join_spread_min_per_device = std::chrono::microseconds{20};

std::optional<std::int64_t> gps_ms(std::optional<GpsTime> gps) {
  if (!gps) return std::nullopt;
  return std::chrono::floor<std::chrono::milliseconds>(gps->time_since_epoch()).count();
}

}  // namespace

World::World(Scenario scenario, std::vector<Placement> devices, MonoTime start, Outlet& outlet)
    : scenario_(std::move(scenario)),
      start_(start),
      outlet_(outlet),
      now_(start),
      random_(make_seeded_random(scenario_.seed)),
      radio_(scenario_.radio),
      placements_(std::move(devices)),
      line_(scenario_.line),
      delivery_(placements_.size()) {
  devices_.reserve(placements_.size());
  by_id_.reserve(placements_.size());
  const auto gateways = std::max<std::size_t>(scenario_.radio.gateways, 1);
  for (std::size_t i = 0; i < gateways; ++i) start_gateway(i, start);
  for (std::uint32_t i = 0; i < placements_.size(); ++i) start_device(i);
  for (std::uint32_t i = 0; i < placements_.size(); ++i) {
    const auto found = by_id_.find(placements_[i].identity.relay_id);
    if (found != by_id_.end()) devices_[i].relay = found->second;
  }
  if (scenario_.burst_size > 0) {
    calendar_.add(start + uplinks_after + scenario_.burst_interval, EventKind::burst);
  }
}

World::~World() = default;

void World::start_gateway(std::size_t number, MonoTime start) {
  auto offset = static_cast<std::uint32_t>(random_->next());
  if (const auto counter = scenario_.gateway_counter) {
    const auto now = std::chrono::floor<std::chrono::microseconds>(start.time_since_epoch());
    offset = *counter - static_cast<std::uint32_t>(now.count());
  }
  std::int32_t drift_ppb = 0;
  if (const auto most = static_cast<std::int32_t>(scenario_.gateway_drift_ppm * 1000); most > 0)
    drift_ppb =
        static_cast<std::int32_t>(random_->below(2U * static_cast<unsigned>(most) + 1)) - most;
  gateways_.emplace_back(GatewayEui{scenario_.first_gateway.value() + number}, offset, drift_ppb);
  const auto index = static_cast<std::uint32_t>(number);
  calendar_.add(start, EventKind::pull_data, index);
  calendar_.add(start + below(*random_, status_interval), EventKind::status, index);
  if (scenario_.gateway_restart_interval > Duration{0})
    calendar_.add(start + below(*random_, 2 * scenario_.gateway_restart_interval),
                  EventKind::restart, index);
}

void World::restart(std::uint32_t gateway) {
  gateways_[gateway].restart(now_);
  ++report_.gateway_restarts;
  const auto interval = scenario_.gateway_restart_interval;
  calendar_.add(now_ + interval / 2 + below(*random_, interval), EventKind::restart, gateway);
}

void World::start_device(std::uint32_t index) {
  const auto& placement = placements_[index];
  devices_.push_back({.device = SimDevice(placement.identity, *placement.region, scenario_.device),
                      .dev_addr = {},
                      .waits_at = {}});
  by_id_.emplace(placement.identity.device_id, index);
  const auto first = start_ + uplinks_after;
  if (placement.identity.activation == Activation::otaa) {
    ++report_.joins.devices;
    const auto least = join_spread_min_per_device * placements_.size();
    const auto spread = std::max<Duration>(scenario_.join_spread, least);
    calendar_.add(first + below(*random_, spread), EventKind::join, index);
    return;
  }
  delivery_.restart(index, scenario_.device.first_f_cnt.value());
  register_address(index);
  calendar_.add(first + below(*random_, scenario_.period), EventKind::uplink, index);
}

void World::advance(MonoTime now, UtcTime utc) {
  utc_ = utc;
  if (scenario_.gps && !gps_epoch_) lock_gps(now, utc);
  while (const auto event = calendar_.take(now)) {
    now_ = std::max(now_, event->at);
    run(*event);
  }
  now_ = std::max(now_, now);
  if (!sending_ended_ && !is_sending()) sending_ended_ = now_;
}

void World::run(const CalendarEvent& event) {
  switch (event.kind) {
    case EventKind::join:
      return join(event.index);
    case EventKind::uplink:
      return uplink(event.index);
    case EventKind::windows_closed:
      return windows_closed(event.index, event.detail);
    case EventKind::emission:
      return emit(event.index);
    case EventKind::relay:
      return relay(event.index);
    case EventKind::push:
      return delayed_push(event.index);
    case EventKind::burst:
      return burst();
    case EventKind::foreign_frame:
      return foreign();
    case EventKind::pull_data:
      return pull(event.index);
    case EventKind::status:
      return status(event.index);
    case EventKind::restart:
      return restart(event.index);
    case EventKind::arrival:
      return arrive(event.index);
    case EventKind::beacon:
      return beacon();
  }
}

bool World::is_sending() const noexcept {
  const auto& counts = delivery_.counts();
  if (scenario_.uplinks > 0 && counts.sent + counts.unheard >= scenario_.uplinks) return false;
  return scenario_.duration <= Duration{0} || now_ < start_ + scenario_.duration;
}

Duration World::interval() {
  const auto spread = std::chrono::duration_cast<Duration>(scenario_.period * scenario_.jitter);
  return scenario_.period - spread + below(*random_, 2 * spread);
}

void World::pull(std::uint32_t gateway) {
  if (gateways_[gateway].is_up(now_)) {
    write_pull_data(datagram_, gateways_[gateway].next_header());
    send(gateway, Link::pull);
  }
  const bool answered = gateways_[gateway].downlink_path_open;
  calendar_.add(now_ + (answered ? pull_interval : pull_retry), EventKind::pull_data, gateway);
}

void World::status(std::uint32_t gateway) {
  calendar_.add(now_ + status_interval, EventKind::status, gateway);
  auto& sender = gateways_[gateway];
  if (!sender.is_up(now_)) return;
  auto time = to_rfc3339(std::chrono::floor<std::chrono::seconds>(utc_)).substr(0, 19);
  time[10] = ' ';
  time += " UTC";
  write_status(datagram_, sender.next_header(),
               {time, sender.frames_forwarded, sender.frames_forwarded, sender.requests,
                sender.transmissions});
  send(gateway, Link::push);
}

/// Once: the clock of the caller may jump, that of GPS does not.
void World::lock_gps(MonoTime now, UtcTime utc) {
  const auto gps = to_gps(utc);
  gps_epoch_ = now - gps.time_since_epoch();
  for (auto& gateway : gateways_) gateway.lock_gps(*gps_epoch_);
  calendar_.add(now + (beacon_after(gps) - gps), EventKind::beacon);
}

/// All gateways at once: a device hears them as one.
void World::beacon() {
  const GpsTime at{now_ - *gps_epoch_};
  for (std::size_t i = 0; i < devices_.size(); ++i) {
    if (placements_[i].identity.device_class != DeviceClass::b) continue;
    if (!radio_.downlink_arrives(*random_)) continue;
    devices_[i].device.receive_beacon({at, beacon_frequency(*placements_[i].region, at)}, now_);
  }
  calendar_.add(now_ + beacon_interval, EventKind::beacon);
}

void World::join(std::uint32_t index) {
  if (!is_sending()) return;
  auto& member = devices_[index];
  if (member.device.has_session()) return;
  if (const auto free_at = member.device.free_at(); free_at > now_)
    return calendar_.add(free_at, EventKind::join, index);
  const auto request = member.device.join(now_, *random_);
  if (!request) return;
  ++report_.joins.requests;
  ++member.transmission;
  await_join_accept(index);
  broadcast(index, *request);
  const auto last = member.relay ? now_ + relay_answer_delay : member.device.windows()->rx2.start;
  calendar_.add(last + window_length + below(*random_, scenario_.join_spread / 2), EventKind::join,
                index);
}

void World::await_join_accept(std::uint32_t index) {
  stop_waiting(index);
  auto& member = devices_[index];
  const auto& windows = *member.device.windows();
  if (member.relay) member.waits_at.push_back(now_ + relay_answer_delay);
  if (windows.rx1) member.waits_at.push_back(windows.rx1->start);
  member.waits_at.push_back(windows.rx2.start);
  for (const auto start : member.waits_at) joining_.emplace(start, index);
}

std::optional<phy::RejoinType> World::due_rejoin(Member& member) const {
  if (const auto asked = member.device.due_rejoin()) return asked;
  if (scenario_.rejoin_interval == 0) return std::nullopt;
  if (++member.uplinks_before_rejoin < scenario_.rejoin_interval) return std::nullopt;
  member.uplinks_before_rejoin = 0;
  return scenario_.rejoin_type;
}

void World::rejoin(std::uint32_t index, phy::RejoinType type) {
  auto& member = devices_[index];
  const auto request = member.device.rejoin(type, now_, *random_);
  if (!request) return;
  ++report_.joins.rejoin_requests;
  ++member.transmission;
  await_join_accept(index);
  broadcast(index, *request);
}

void World::uplink(std::uint32_t index) {
  if (!is_sending()) return;
  if (const auto free_at = devices_[index].device.free_at(); free_at > now_)
    return calendar_.add(free_at, EventKind::uplink, index);
  stop_waiting(index);
  if (const auto type = due_rejoin(devices_[index])) {
    rejoin(index, *type);
  } else {
    send_uplink(index);
  }
  calendar_.add(now_ + interval(), EventKind::uplink, index);
}

void World::burst() {
  if (!is_sending()) return;
  for (std::uint32_t i = 0; i < scenario_.burst_size && i < devices_.size(); ++i) {
    const auto index = static_cast<std::uint32_t>(burst_next_++ % devices_.size());
    if (devices_[index].device.has_session()) send_uplink(index);
  }
  calendar_.add(now_ + scenario_.burst_interval, EventKind::burst);
}

void World::send_uplink(std::uint32_t index) {
  auto& member = devices_[index];
  const auto f_cnt = member.device.next_f_cnt().value();
  const auto every = scenario_.request_interval;
  if (every != 0 && f_cnt % every == every - 1) {
    member.device.ask(mac::LinkCheckReq{});
    member.device.ask(mac::DeviceTimeReq{});
  }
  const auto payload = uplink_payload(index, f_cnt, scenario_.payload_size);
  const bool confirmed = chance(*random_, scenario_.confirmed_ratio);
  const auto sent =
      member.device.send({scenario_.f_port, payload.view(), confirmed}, now_, *random_);
  if (!sent) {
    ++report_.silent;
    return;
  }
  if (confirmed) ++report_.confirmed;
  member.waits_for_confirmation = confirmed;
  if (confirmed) member.confirmed = sent->f_cnt;
  after_transmission(index, *sent);
  if (chance(*random_, scenario_.foreign_ratio)) {
    calendar_.add(now_ + below(*random_, std::chrono::seconds{1}), EventKind::foreign_frame);
  }
}

void World::after_transmission(std::uint32_t index, const Transmission& transmission) {
  auto& member = devices_[index];
  ++member.transmission;
  const bool heard = broadcast(index, transmission);
  delivery_.sent(index, transmission.f_cnt.value(), now_, heard);
  if (!member.device.wants_repetition()) return;
  const auto last = member.relay ? now_ + relay_answer_delay : member.device.windows()->rx2.start;
  const auto closed = std::max(last + window_length, member.device.free_at());
  calendar_.add(closed + below(*random_, window_length), EventKind::windows_closed, index,
                member.transmission);
}

void World::windows_closed(std::uint32_t index, std::uint32_t transmission) {
  auto& member = devices_[index];
  if (member.transmission != transmission || !member.device.wants_repetition()) return;
  const auto repetition = member.device.repeat(now_, *random_);
  if (!repetition) return;
  ++report_.repetitions;
  after_transmission(index, *repetition);
}

bool World::broadcast(std::uint32_t device, const Transmission& transmission) {
  outlet_.uplink_on_air(placements_[device].identity, transmission);
  if (devices_[device].relay) return send_by_relay(device, transmission);
  const auto copies = radio_.uplink(device, transmission.frequency, *random_);
  if (copies.empty()) return false;
  bool heard = false;
  write_frame_text(frame_text_, {transmission.frequency, transmission.channel.value(),
                                 transmission.data_rate, transmission.phy_payload});
  for (const auto& copy : copies) {
    auto& gateway = gateways_[copy.gateway];
    if (!gateway.is_up(now_)) continue;
    heard = true;
    ++gateway.frames_forwarded;
    write_push_data(datagram_, gateway.next_header(),
                    {.tmst = gateway.counter(now_),
                     .gps_ms = gps_ms(gateway.gps(now_)),
                     .rssi_dbm = copy.rssi_dbm,
                     .snr_db = copy.snr_db},
                    frame_text_);
    ++report_.datagrams;
    send(copy.gateway, Link::push);
  }
  return heard;
}

void World::foreign() {
  if (devices_.empty()) return;
  ++report_.foreign;
  const auto device = static_cast<std::uint32_t>(random_->below(devices_.size()));
  const auto& parameters = devices_[device].device.parameters();
  const auto& channels = parameters.channels;
  const auto channel = choose_channel(parameters, random_->next());
  const auto* entry =
      placements_[device].region->data_rate(parameters.data_rate, region::Direction::uplink);
  if (!channel || entry == nullptr) return;
  broadcast(device, {.phy_payload = foreign_frame(*random_),
                     .frequency = channels[channel->value()].uplink_frequency,
                     .data_rate = entry->data_rate,
                     .channel = *channel,
                     .f_cnt = {}});
}

bool World::finished(MonoTime now) const noexcept {
  if (!sending_ended_) return false;
  const auto since = now - *sending_ended_;
  if (since >= scenario_.drain) return true;
  const auto& counts = delivery_.counts();
  const bool delayed = scenario_.push_downlinks && scenario_.push_delay > Duration::zero();
  const bool pushed =
      !delayed || (pushes_to_come_ == 0 && report_.downlinks.received >= report_.downlinks.pushed);
  const bool complete = !scenario_.has_application || (counts.delivered >= counts.sent && pushed);
  // Downlinks of the last uplinks come up to two windows later.
  return complete && since >= std::min<Duration>(scenario_.drain, std::chrono::seconds{3});
}

World::DeviceResult World::result_of(std::size_t index) const {
  const auto& member = devices_[index];
  return {delivery_.of(static_cast<std::uint32_t>(index)), member.dev_addr.has_value(),
          member.received};
}

Report World::report(MonoTime now) const {
  auto report = report_;
  report.elapsed = (sending_ended_ ? *sending_ended_ : now) - start_;
  report.uplinks = delivery_.counts();
  report.latency = delivery_.latency();
  report.line_lost = line_.lost();
  report.line_duplicated = line_.duplicated();
  return report;
}

}  // namespace ff::sim
