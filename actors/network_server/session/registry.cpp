// The registry's side of a session: reading, creating, changing and deleting the device. [spec
// network-server §20]
#include "actors/network_server/session/errors.hpp"
#include "actors/network_server/session/relay_rules.hpp"
#include "actors/network_server/session/state.hpp"
#include "protocol/mac/initial.hpp"
#include "storage/keys/keys.hpp"

namespace ff::network_server {
namespace {

using DeviceReply = actors::Reply<std::shared_ptr<const Device>>;

Answer answer(const DeviceReply& reply, Result<std::shared_ptr<const Device>> result) {
  return {[reply, result = std::move(result)] { reply(result); }};
}

bool same_entry(const std::optional<mac::Session>& a, const std::optional<mac::Session>& b) {
  if (!a || !b) return !a && !b;
  return a->dev_addr == b->dev_addr && a->keys == b->keys;
}

Status check_relays(const Device& device, const region::Region& region) {
  const auto& settings = device.mac_settings;
  const auto& id = device.ids.uid.device_id;
  FF_CHECK(check_relay(settings.relay, id, region, "mac_settings.relay"));
  return check_relay(settings.desired_relay, id, region, "mac_settings.desired_relay");
}

/// Whether relays must be told of the device's session. [spec network-server §17]
bool same_for_relays(const Device& a, const Device& b) {
  return a.mac_settings.relay == b.mac_settings.relay &&
         a.mac_settings.desired_relay == b.mac_settings.desired_relay &&
         same_entry(a.session, b.session);
}

/// What decides how the index matches a frame.
bool same_matching(const Device& a, const Device& b) {
  return a.mac_settings.supports_32_bit_f_cnt == b.mac_settings.supports_32_bit_f_cnt &&
         a.mac_settings.resets_f_cnt == b.mac_settings.resets_f_cnt &&
         a.lorawan_version == b.lorawan_version;
}

}  // namespace

void SessionState::on(const GetDevice& event, const Turn&, Outcome& out) {
  if (!device_) return void(out.effects.emplace_back(answer(event.reply, fail(device_not_found))));
  out.effects.emplace_back(answer(event.reply, device_));
}

void SessionState::on(const ChangeDevice& event, const Turn& turn, Outcome& out) {
  auto changed = event.change(device_.get());
  if (!changed) return void(out.effects.emplace_back(answer(event.reply, fail(changed.error()))));
  auto next = *std::move(changed);
  next.ids.uid = uid_;
  auto radio = radio_of(next, surroundings_.plans);
  if (!radio) return void(out.effects.emplace_back(answer(event.reply, fail(radio.error()))));
  const auto allowed = check_relays(next, *radio->region);
  if (!allowed) return void(out.effects.emplace_back(answer(event.reply, fail(allowed.error()))));
  // A session that was given (ABP, import) starts with a MAC state of its own. [spec network-server
  // §12]
  if (next.session && !next.mac_state) {
    auto state = mac::initial_state(profile(next, *radio));
    if (!state) return void(out.effects.emplace_back(answer(event.reply, fail(state.error()))));
    next.mac_state = *std::move(state);
  }
  if (next.session) next.ids.dev_addr = next.session->dev_addr;
  const auto old = device_;
  next.created_at = old ? old->created_at : turn.now.utc;
  next.updated_at = turn.now.utc;
  next.counter_jump = surroundings_.config.counter_jump;
  device_ = std::make_shared<const Device>(std::move(next));

  const bool reindex = !old || !same_matching(*old, *device_);
  if (old && old->session && !same_entry(old->session, device_->session))
    unindex(*old->session, false, out);
  if (device_->session && (reindex || !same_entry(old->session, device_->session))) {
    index(*device_->session, *device_->mac_state, false, false, out);
  }
  if (old && old->pending_session && !device_->pending_session)
    unindex(*old->pending_session, true, out);
  const auto& ids = device_->ids;
  if (ids.join_eui && ids.dev_eui && !old) {
    out.effects.emplace_back(UpdateJoinIndex{{uid_, *ids.join_eui, *ids.dev_eui, false}});
  }
  if (device_->session && (!old || !same_for_relays(*old, *device_)))
    tell_relays(*device_->session, out);
  ask_for_served_sessions(out);
  publish(old ? "ns.end_device.update" : "ns.end_device.create", {}, {}, turn, out);
  out.effects.emplace_back(answer(event.reply, device_));
}

void SessionState::on(const DeleteDevice& event, const Turn& turn, Outcome& out) {
  const auto reply = [&](Status status) {
    out.effects.emplace_back(Answer{[done = event.reply, status] { done(status); }});
  };
  if (!device_) return reply(fail(device_not_found));
  if (device_->session) unindex(*device_->session, false, out);
  if (device_->pending_session) unindex(*device_->pending_session, true, out);
  const auto& ids = device_->ids;
  if (ids.join_eui && ids.dev_eui) {
    out.effects.emplace_back(UpdateJoinIndex{{uid_, *ids.join_eui, *ids.dev_eui, true}});
  }
  const auto shard = storage::shard_of(uid_, surroundings_.shard_count);
  out.records.erase(storage::Family::session, storage::device_key({shard, uid_}));
  publish("ns.end_device.delete", {}, {}, turn, out);
  device_ = nullptr;
  list_waiting(out);
  answerable_.reset();
  in_flight_.reset();
  joining_.reset();
  reply({});
}

}  // namespace ff::network_server
