#include "actors/network_server/session/state.hpp"

#include <algorithm>

#include "actors/network_server/session/address_row.hpp"
#include "actors/network_server/session/errors.hpp"
#include "protocol/base/ulid.hpp"
#include "storage/keys/keys.hpp"

namespace ff::network_server {
namespace {

void move_ahead(FCnt32& f_cnt, std::uint64_t distance) {
  f_cnt = FCnt32{
      static_cast<std::uint32_t>(std::min<std::uint64_t>(f_cnt.value() + distance, UINT32_MAX))};
}

/// A restored backup knows an older counter than the device has seen: everything that may have been
/// used since is left out.
std::shared_ptr<const Device> with_counter_jump(std::shared_ptr<const Device> record,
                                                std::uint64_t jump) {
  if (!record || record->counter_jump >= jump) return record;
  auto device = *record;
  const auto distance = jump - device.counter_jump;
  for (auto* session : {&device.session, &device.pending_session}) {
    if (!*session) continue;
    move_ahead((*session)->last_n_f_cnt_down, distance);
    move_ahead((*session)->last_a_f_cnt_down, distance);
  }
  device.counter_jump = jump;
  return std::make_shared<const Device>(std::move(device));
}

}  // namespace

SessionState::SessionState(Surroundings surroundings, DeviceUid uid,
                           std::shared_ptr<const Device> record, Decisions decisions,
                           bool queue_in_rows)
    : surroundings_(surroundings),
      uid_(std::move(uid)),
      device_(with_counter_jump(std::move(record), surroundings.config.counter_jump)),
      decisions_(std::move(decisions)),
      listed_(device_ && waits_for_network(*device_)),
      stored_queues_(queue_in_rows ? queues_of(device_.get()) : Queues()) {}

Outcome SessionState::handle(const SessionEvent& event, const Turn& turn) {
  Outcome out;
  const auto before = device_;
  std::visit([&](const auto& alternative) { on(alternative, turn, out); }, event);
  if (device_ && device_ != before) store(turn, out);
  plan_wake(turn, out);
  return out;
}

Result<SessionState::Radio> SessionState::radio_of(const Device& device,
                                                   const region::FrequencyPlans& plans) {
  const auto* plan = plans.find(device.frequency_plan_id);
  if (!plan) return fail(unknown_frequency_plan, {{"id", device.frequency_plan_id}});
  const auto* region = region::find(plan->band_id, device.lorawan_phy_version);
  if (!region) return fail(no_band(plan->band_id, device.lorawan_phy_version));
  return Radio{region, plan};
}

mac::DeviceProfile SessionState::profile(const Device& device, const Radio& radio) const {
  return {.region = *radio.region,
          .plan = *radio.plan,
          .settings = device.mac_settings,
          .network_defaults = surroundings_.config.default_mac_settings,
          .lorawan_version = device.lorawan_version,
          .supports_join = device.supports_join,
          .supports_class_b = device.supports_class_b,
          .supports_class_c = device.supports_class_c,
          .multicast = device.multicast};
}

ApplicationUp SessionState::up(ApplicationUpPayload payload, CorrelationIds correlation_ids,
                               const Turn& turn) const {
  return {.ids = device_->ids,
          .correlation_ids = std::move(correlation_ids),
          .received_at = turn.now.utc,
          .up = std::move(payload)};
}

void SessionState::publish(std::string_view name, CorrelationIds correlation_ids,
                           events::EventData data, const Turn& turn, Outcome& out) const {
  out.effects.emplace_back(PublishEvent{{.name = name,
                                         .time = turn.now.utc,
                                         .subject = device_->ids,
                                         .correlation_ids = std::move(correlation_ids),
                                         .data = std::move(data)}});
}

void SessionState::publish(const std::vector<mac::Event>& mac_events,
                           const CorrelationIds& correlation_ids, const Turn& turn,
                           Outcome& out) const {
  for (const auto& event : mac_events) {
    publish(mac::to_string(event.name), correlation_ids, std::make_shared<const mac::Event>(event),
            turn, out);
  }
}

void SessionState::wake(UtcTime at) {
  wake_at_ = std::min(wake_at_.value_or(at), at);
}

void SessionState::plan_wake(const Turn& turn, Outcome& out) {
  if (wakes_after_gateways_ && !asks_gateways()) {
    wakes_after_gateways_ = false;
    wake(turn.now.utc);
  }
  auto at = wake_at_;
  if (const auto network = next_network_event(turn)) at = std::min(at.value_or(*network), *network);
  const auto silence = patience_ends(turn);
  const bool for_silence = silence && (!at || *silence < *at);
  if (for_silence) at = silence;
  if (!at) {
    // All have answered: a session that is at rest is not to be kept awake for that.
    if (wished_for_silence_ && std::exchange(wished_, std::nullopt))
      out.effects.emplace_back(WakeAt{});
    return;
  }
  wished_for_silence_ = for_silence;
  if (at == wished_) return;
  wished_ = at;
  out.effects.emplace_back(WakeAt{turn.now.mono + std::max(*at - turn.now.utc, Duration::zero())});
}

void SessionState::store(const Turn& turn, Outcome& out) {
  const auto key = storage::device_key({storage::shard_of(uid_, surroundings_.shard_count), uid_});
  const auto change = std::exchange(ordinary_change_, std::nullopt);
  const bool is_first = row_.writer == 0;
  if (is_first) row_.writer = static_cast<std::uint32_t>(turn.random.below(UINT32_MAX)) + 1;
  ++row_.sequence;
  const bool same_queues = store_queues(out);
  if (!is_first && same_queues && change && change->of == device_ &&
      ordinary_uplinks_ < ordinary_uplinks_max) {
    ++ordinary_uplinks_;
    out.records.extend(storage::Family::session, key, encode_ordinary_uplink(change->uplink, row_));
  } else {
    ordinary_uplinks_ = 0;
    out.records.put(storage::Family::session, key,
                    encode_device(*device_, row_, surroundings_.config.key_seal.get()));
  }
  list_waiting(out);
}

bool SessionState::store_queues(Outcome& out) {
  auto queues = queues_of(device_.get());
  if (share_all(queues, stored_queues_)) return true;
  put_queue_changes({storage::shard_of(uid_, surroundings_.shard_count), uid_}, stored_queues_,
                    queues, out.records);
  stored_queues_ = std::move(queues);
  return false;
}

void SessionState::list_waiting(Outcome& out) {
  const bool waits = device_ && waits_for_network(*device_);
  if (waits == std::exchange(listed_, waits)) return;
  const auto row =
      storage::waiting_device_key({storage::shard_of(uid_, surroundings_.shard_count), uid_});
  if (waits) {
    out.records.put(storage::Family::downlink_queue, row, {});
  } else {
    out.records.erase(storage::Family::downlink_queue, row);
  }
}

void SessionState::store_index_row(const mac::Session& session, const mac::MacState& mac_state,
                                   bool pending, Outcome& out) const {
  const auto& settings = device_->mac_settings;
  const AddressRow row{.f_nwk_s_int_key = session.keys.f_nwk_s_int_key,
                       .last_f_cnt_up = session.last_f_cnt_up,
                       .mac_version = mac_state.lorawan_version,
                       .supports_32_bit_f_cnt = settings.supports_32_bit_f_cnt.value_or(true),
                       .resets_f_cnt = settings.resets_f_cnt.value_or(false),
                       .pending = pending};
  const auto shard = storage::shard_of(session.dev_addr, surroundings_.shard_count);
  out.records.put(storage::Family::address_index,
                  storage::address_key({shard, session.dev_addr, uid_}),
                  encode_address_rows({row}, surroundings_.config.key_seal.get()));
}

void SessionState::index(const mac::Session& session, const mac::MacState& mac_state, bool pending,
                         bool then_wake, Outcome& out) const {
  store_index_row(session, mac_state, pending, out);
  tell_index(session, mac_state, pending, then_wake, out);
}

void SessionState::tell_index(const mac::Session& session, const mac::MacState& mac_state,
                              bool pending, bool then_wake, Outcome& out) const {
  const auto& settings = device_->mac_settings;
  auto entry = std::make_shared<IndexedSession>(
      IndexedSession{.device = std::make_shared<const DeviceUid>(uid_),
                     .f_nwk_s_int_key = session.keys.f_nwk_s_int_key,
                     .last_f_cnt_up = session.last_f_cnt_up,
                     .mac_version = mac_state.lorawan_version,
                     .supports_32_bit_f_cnt = settings.supports_32_bit_f_cnt.value_or(true),
                     .resets_f_cnt = settings.resets_f_cnt.value_or(false),
                     .pending = pending});
  out.effects.emplace_back(
      UpdateIndex{{uid_, session.dev_addr, pending, std::move(entry), {}}, then_wake});
}

void SessionState::unindex(const mac::Session& session, bool pending, Outcome& out) const {
  const auto shard = storage::shard_of(session.dev_addr, surroundings_.shard_count);
  out.records.erase(storage::Family::address_index,
                    storage::address_key({shard, session.dev_addr, uid_}));
  out.effects.emplace_back(UpdateIndex{{uid_, session.dev_addr, pending, nullptr, {}}, false});
}

}  // namespace ff::network_server
