#include "actors/gateway_server/connection/state.hpp"

#include <array>

#include "actors/gateway_server/connection/errors.hpp"

namespace ff::gateway_server {
namespace {

constexpr std::string_view stats_event = "gs.gateway.connection.stats";

constexpr std::array<const char*, protocol_count> protocol_names = {"udp", "mqtt", "grpc",
                                                                    "semtechws/lbslns", "ttigw"};
constexpr std::array<const char*, uplink_outcome_count> outcome_names = {
    "forwarded", "forwarded_late", "repeated",    "undecodable", "crc_failed",
    "not_ours",  "join_late",      "unreachable", "proprietary"};

/// `interval` changed by up to `share` of it in either direction.
Duration jittered(Duration interval, double share, Random& random) {
  const auto spread = static_cast<std::int64_t>(static_cast<double>(interval.count()) * share);
  if (spread <= 0) return interval;
  const auto offset = random.below(static_cast<std::uint64_t>(2 * spread) + 1);
  return interval - Duration{spread} + Duration{static_cast<std::int64_t>(offset)};
}

Error not_handled(UpstreamHost host, const Status& sent) {
  return Error(host_handle, {{"host", to_string(host)}}).caused_by(sent.error());
}

bool is_denied(const Error& error) {
  return error.code() == Code::unauthenticated || error.code() == Code::permission_denied;
}

/// Of the others it is not known: a second copy of a request is refused as too late or for its
/// collision with the first.
bool was_not_sent(TxResult result) {
  return result == TxResult::too_early || result == TxResult::collision_beacon ||
         result == TxResult::tx_freq || result == TxResult::tx_power ||
         result == TxResult::gps_unlocked;
}

}  // namespace

const char* to_string(Protocol protocol) noexcept {
  return protocol_names[static_cast<std::size_t>(protocol)];
}
const char* to_string(UplinkOutcome outcome) noexcept {
  return outcome_names[static_cast<std::size_t>(outcome)];
}

ConnectionState::ConnectionState(ConnectRequest request, GatewaySettings settings,
                                 GatewayRadio radio, const GatewayServerConfig& config, Instant now)
    : request_(std::move(request)),
      settings_(std::move(settings)),
      radio_(std::move(radio)),
      config_(config),
      scheduler_(radio_.schedule),
      has_downlink_path_(request_.has_downlink_path),
      remembered_at_(now.mono),
      stats_debounce_(config.update_connection_stats_debounce_time),
      fetch_at_(now.mono + config.fetch_gateway_interval),
      garbage_at_(now.mono + schedule::schedule_gc_interval) {
  stats_.connected_at = now.utc;
  stats_.protocol = request_.protocol;
  stats_.remote_address = request_.remote_address;
}

Effects ConnectionState::on_connected(Instant now) {
  stats_changed_ = false;
  const auto connected = std::make_shared<const ConnectionStats>(stats(now));
  return {PublishEvent{"gs.gateway.connect", connected, {}},
          PublishEvent{stats_event, connected, {}}};
}

Effects ConnectionState::on_up(GatewayUp up, Instant now, Random& random) {
  Effects effects;
  if (up.round_trip) round_trips_.record(*up.round_trip, now.utc);
  if (up.sends_beacons) scheduler_.keep_beacons_free();
  for (auto& frame : up.uplinks) take(std::move(frame), now, random, effects);
  if (up.status) on_status(std::move(*up.status), now, random, effects);
  if (up.refused_status) effects.push_back(PublishEvent{"gs.status.drop", *up.refused_status, {}});
  return effects;
}

Effects ConnectionState::on_tx_acked(const TxAcked& acked, Instant now) {
  stats_.last_tx_acknowledgment_received_at = now.utc;
  ++stats_.tx_acknowledgment_count;
  stats_changed_ = true;
  Effects effects{CountAcknowledgment{acked.result}};
  if (acked.gps) synchronise(*acked.gps, now);
  // Only a gateway that sends beacons has one in the way.
  if (acked.result == TxResult::collision_beacon) scheduler_.keep_beacons_free();
  if (acked.result == TxResult::gps_unlocked) clock_.forget_gateway_time();
  const auto [downlink, emission] = downlinks_.take(acked.token);
  // The next window, or another device, may have its time.
  if (downlink && was_not_sent(acked.result)) scheduler_.cancel(emission);
  TxAcknowledgment acknowledgment;
  acknowledgment.result = acked.result;
  if (downlink) {
    acknowledgment.device = downlink->device;
    acknowledgment.correlation_ids = downlink->correlation_ids;
    if (acked.round_trip) round_trips_.record(*acked.round_trip, now.utc);
  }
  const auto& ids = acknowledgment.correlation_ids;
  effects.push_back(PublishEvent{
      "gs.txack.receive",
      std::make_shared<const ReportedDownlink>(ReportedDownlink{acknowledgment, downlink}), ids});
  if (acked.result == TxResult::success) {
    effects.push_back(PublishEvent{"gs.down.tx.success", {}, ids});
  } else {
    effects.push_back(PublishEvent{"gs.down.tx.fail", acked.result, ids});
  }
  // Without its downlink an acknowledgement says nothing about any device.
  if (!downlink) {
    effects.push_back(CountDroppedAcknowledgment{ReportDrop::unknown_downlink});
    effects.push_back(PublishEvent{"gs.txack.drop", Error(downlink_not_found), ids});
    return effects;
  }
  note_report(acknowledgment, now.utc);
  effects.push_back(ForwardAcknowledgment{std::move(acknowledgment)});
  return effects;
}

Effects ConnectionState::on_forwarded(const ForwardAcknowledgment& report,
                                      const Status& sent) const {
  const auto& ids = report.acknowledgment.correlation_ids;
  if (sent) return {PublishEvent{"gs.txack.forward", UpstreamHost::cluster, ids}};
  return {CountDroppedAcknowledgment{ReportDrop::unreachable},
          PublishEvent{"gs.txack.drop", not_handled(UpstreamHost::cluster, sent), ids}};
}

/// One event for each host; the frame itself is forwarded when one of them has it.
Effects ConnectionState::on_forwarded(const ForwardUplink& uplink,
                                      const std::vector<HostAnswer>& answers, Instant now) {
  const auto& ids = uplink.frame->correlation_ids;
  Effects effects;
  bool is_forwarded = false;
  for (const auto& [host, sent] : answers) {
    is_forwarded |= sent.has_value();
    effects.push_back(sent ? PublishEvent{"gs.up.forward", host, ids}
                           : PublishEvent{"gs.up.drop", not_handled(host, sent), ids});
  }
  if (!is_forwarded) note_dropped(*uplink.frame, UplinkOutcome::unreachable, now.utc);
  effects.push_back(CountUplink{is_forwarded ? uplink.outcome : UplinkOutcome::unreachable});
  if (is_forwarded && uplink.outcome == UplinkOutcome::forwarded_late)
    effects.push_back(PublishEvent{"gs.up.late", uplink.frame, ids});
  return effects;
}

Effects ConnectionState::on_housekeep(Instant now, Random& random) {
  Effects effects;
  const auto since = now.mono - remembered_at_;
  if ((stats_changed_ && since >= stats_debounce_) ||
      since >= config_.update_connection_stats_interval) {
    stats_changed_ = false;
    stats_debounce_ = jittered(config_.update_connection_stats_debounce_time,
                               config_.update_connection_stats_debounce_jitter, random);
    // Who should have told is gone by now.
    is_recalled_ = true;
    remember(now, effects);
    effects.push_back(
        PublishEvent{stats_event, std::make_shared<const ConnectionStats>(stats(now)), {}});
  }
  if (now.mono >= garbage_at_) {
    garbage_at_ = now.mono + schedule::schedule_gc_interval;
    scheduler_.collect_garbage(schedule_context(now));
  }
  if (now.mono >= fetch_at_) {
    fetch_at_ =
        now.mono + jittered(config_.fetch_gateway_interval, config_.fetch_gateway_jitter, random);
    effects.push_back(FetchSettings{});
    // Rights end without a word, too: a key expires, its owner loses them. [spec gateway-server
    // §2.2]
    if (!request_.secret.empty()) effects.push_back(CheckRights{});
  }
  return effects;
}

Effects ConnectionState::on_rights_changed() const {
  if (request_.secret.empty()) return {};
  return {CheckRights{}};
}

Effects ConnectionState::on_rights(const Status& rights) const {
  if (rights || !is_denied(rights.error())) return {};
  return {EndConnection{rights.error()}};
}

Effects ConnectionState::on_settings(const Result<GatewaySettings>& found, Instant) {
  const auto& error = found.has_value() ? std::nullopt : std::optional(found.error());
  if (error && is_denied(*error)) return {EndConnection{*error}};
  if (error && error->code() == Code::not_found && settings_.is_registered)
    return {EndConnection{
        Error(gateway_not_registered, {{"gateway_uid", settings_.ids.gateway_id.text()}})}};
  // An unregistered gateway stays what it is; other failures may pass.
  if (error) return {};
  // Also one that has another EUI now, or none: whoever comes with the old one may be another's.
  if (needs_reconnect(settings_, *found)) return {EndConnection{Error(gateway_changed)}};
  settings_ = *found;
  return {};
}

Effects ConnectionState::on_ended(const Error& reason, Instant now) {
  stats_.disconnected_at = now.utc;
  stats_.connected_at.reset();
  Effects effects{
      PublishEvent{"gs.gateway.disconnect", reason, {}},
      PublishEvent{stats_event, std::make_shared<const ConnectionStats>(stats(now)), {}}};
  remember(now, effects);
  return effects;
}

ConnectionStats ConnectionState::stats(Instant now) const {
  auto stats = stats_;
  stats.round_trip_times = round_trips_.stats(now.utc);
  stats.sub_bands = scheduler_.usage(schedule_context(now));
  return stats;
}

Effects ConnectionState::on_recalled(const GatewayMemory& memory, Instant now, Random& random) {
  if (std::exchange(is_recalled_, true)) return {};
  recalled_ = memory.emissions;
  // Another protocol may count otherwise.
  if (memory.stats.protocol == request_.protocol) recalled_counter_ = memory.counter;
  settle(now);
  Effects effects;
  release_held(random, effects);
  remember(now, effects);
  return effects;
}

Effects ConnectionState::on_recall_overdue(Random& random) {
  Effects effects;
  release_held(random, effects);
  return effects;
}

/// Not before what is known already was heard: it would be overwritten. Nothing is kept of who
/// anybody may say to be.
void ConnectionState::remember(Instant now, Effects& effects) {
  if (!is_recalled_) return;
  remembered_at_ = now.mono;
  if (settings_.is_registered) effects.push_back(Remember{});
}

/// The counter is what emissions are placed by: without a clock there is nothing to place them on.
void ConnectionState::settle(Instant now) {
  if (recalled_.empty() || !clock_.is_synced()) return;
  scheduler_.carry(std::exchange(recalled_, {}), schedule_context(now));
}

GatewayMemory ConnectionState::memory(Instant now) const {
  auto emissions = scheduler_.history(schedule_context(now));
  emissions.insert(emissions.end(), recalled_.begin(), recalled_.end());
  return {stats(now), std::move(emissions), now.utc, newest_counter()};
}

}  // namespace ff::gateway_server
