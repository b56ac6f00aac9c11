// The registry's side of a session: reading, creating, changing and deleting the device. [spec
// network-server §20]
#include "actors/network_server/session/errors.hpp"
#include "actors/network_server/session/kept_status.hpp"
#include "actors/network_server/session/profile_row.hpp"
#include "actors/network_server/session/relay_rules.hpp"
#include "actors/network_server/session/state.hpp"
#include "protocol/mac/initial.hpp"
#include "protocol/mac/settings_check.hpp"
#include "storage/keys/entity_keys.hpp"
#include "storage/keys/keys.hpp"

namespace ff::network_server {
namespace {

using DeviceReply = actors::Reply<std::shared_ptr<const Device>>;

Answer answer(const DeviceReply& reply, Result<std::shared_ptr<const Device>> result) {
  return {[reply, result = std::move(result)] { reply(result); }};
}

bool same_entry(const std::optional<mac::Session>& a, const std::optional<mac::Session>& b) {
  if (!a || !b) return !a && !b;
  // The counter too: a session that counts from 0 again would not be found by its next frame.
  return a->dev_addr == b->dev_addr && a->keys == b->keys && a->last_f_cnt_up == b->last_f_cnt_up;
}

bool same_session(const std::optional<mac::Session>& a, const std::optional<mac::Session>& b) {
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
         same_session(a.session, b.session);
}

std::string band_of(const Device& device) {
  return device.version_ids ? device.version_ids->band_id : std::string();
}

/// A device that says which band it has been built for has a plan of that band.
Status check_band(const Device* before, const Device& device, const region::FrequencyPlan& plan) {
  const auto band = band_of(device);
  if (band.empty() || band == plan.band_id) return {};
  // What was stored under other rules stays changeable in everything else.
  if (before && band == band_of(*before) && before->frequency_plan_id == device.frequency_plan_id)
    return {};
  return fail(Error(field_value, {{"field", "version_ids.band_id"}})
                  .caused_by(Error(device_and_frequency_plan_band_mismatch,
                                   {{"dev_band_id", band}, {"fp_band_id", plan.band_id}})));
}

/// What decides whether settings fit.
bool same_place(const Device& a, const Device& b) {
  return a.mac_settings == b.mac_settings && a.frequency_plan_id == b.frequency_plan_id &&
         a.lorawan_phy_version == b.lorawan_phy_version && a.supports_class_b == b.supports_class_b;
}

/// A reset takes session or MAC state away; what is under way belongs to the one before.
bool resets(const Device& before, const Device& after) {
  return !same_session(before.session, after.session) || (before.mac_state && !after.mac_state) ||
         (before.pending_session && !after.pending_session);
}

ProfileUser user_of(const Device& device) {
  return {device.frequency_plan_id, device.lorawan_phy_version, device.supports_class_b};
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

Status SessionState::check_settings(const Device& next, const Radio& radio) const {
  FF_CHECK(check_relays(next, *radio.region));
  // What was stored under other rules stays changeable in everything else.
  if (device_ && same_place(*device_, next)) return {};
  auto path = mac::contradiction(next.mac_settings);
  if (!path)
    path = mac::misfit(next.mac_settings, {*radio.region, *radio.plan, next.supports_class_b});
  return path ? fail(settings_misfit(*path)) : Status();
}

/// The device as it is stored, with what a new session and every change bring along.
Result<Device> SessionState::completed(Device next, const Turn& turn) const {
  next.ids.uid = uid_;
  FF_TRY(const auto radio, radio_of(next, surroundings_.plans));
  FF_CHECK(check_band(device_.get(), next, *radio.plan));
  FF_CHECK(check_settings(next, radio));
  // A session that was given (ABP, import), or is reset, starts with a MAC state of its own. [spec
  // network-server §12]
  if (next.session && !next.mac_state) {
    FF_TRY(next.mac_state, mac::initial_state(profile(next, radio)));
    recall_status(next);
  }
  if (next.session) next.ids.dev_addr = next.session->dev_addr;
  next.created_at = device_ ? device_->created_at : turn.now.utc;
  next.updated_at = turn.now.utc;
  next.counter_jump = surroundings_.config.counter_jump;
  return next;
}

void SessionState::on(const ChangeDevice& event, const Turn& turn, Outcome& out) {
  auto changed = event.change(device_.get());
  const bool is_reset = device_ && changed && resets(*device_, *changed);
  if (changed) changed = completed(*std::move(changed), turn);
  if (!changed) return void(out.effects.emplace_back(answer(event.reply, fail(changed.error()))));
  const auto old = std::exchange(device_, std::make_shared<const Device>(*std::move(changed)));
  if (is_reset) forget_under_way();
  forget_step(old.get());
  if (old) fail_unsettled(*old, turn, out);
  if (old && old->session && !device_->session) fail_queue(*old->session, turn, out);
  reindex(old.get(), out);
  list_profile(old.get(), out);
  list_joining(old.get(), out);
  speak_to_relays(old.get(), out);
  if (old) {
    publish_change("ns.end_device.update", event.cause, events::FieldPaths{event.paths}, turn, out);
  } else {
    publish_change("ns.end_device.create", event.cause, {}, turn, out);
  }
  out.effects.emplace_back(answer(event.reply, device_));
}

/// The copy of the profile's settings, and what follows from it. Not an update of the device: its
/// owner has changed the profile.
void SessionState::on(const ApplyProfile& event, const Turn&, Outcome& out) {
  const auto reply = [&](Status status) {
    out.effects.emplace_back(Answer{[done = event.reply, status] { done(status); }});
  };
  if (!device_ || device_->mac_settings_profile_id != event.profile_id ||
      device_->mac_settings == *event.settings)
    return reply({});
  auto next = *device_;
  next.mac_settings = *event.settings;
  const auto radio = radio_of(next, surroundings_.plans);
  if (!radio) return reply(fail(radio.error()));
  if (auto status = check_settings(next, *radio); !status) return reply(std::move(status));
  const auto old = std::exchange(device_, std::make_shared<const Device>(std::move(next)));
  reindex(old.get(), out);
  speak_to_relays(old.get(), out);
  reply({});
}

/// The application learns what becomes of each downlink it has queued.
void SessionState::fail_queue(const mac::Session& gone, const Turn& turn, Outcome& out) {
  for (const auto& item : gone.queued_application_downlinks.items())
    fail_downlink(*item, Error(unknown_session), turn, out);
}

/// A confirmed downlink that nobody can acknowledge any more.
void SessionState::fail_unsettled(const Device& old, const Turn& turn, Outcome& out) {
  const auto pending = [](const Device& device) {
    return device.mac_state ? device.mac_state->pending_application_downlink : std::nullopt;
  };
  if (const auto gone = pending(old); gone && !pending(*device_))
    fail_downlink(*gone, Error(unknown_session), turn, out);
}

/// The step under way was made of a MAC state that has changed since: its commands count as not
/// sent, and go again.
void SessionState::forget_step(const Device* old) {
  if (in_flight_ && old && device_ && old->mac_state != device_->mac_state)
    in_flight_->step.reset();
}

void SessionState::forget_under_way() {
  answerable_.reset();
  in_flight_.reset();
  joining_.reset();
  asked_join_.reset();
  // Their frames are of a session that is gone, and not sent again.
  for (auto& sent : transmissions_) sent.attempts = 0;
}

/// Tells the address index what has changed since `old` (null: there was no device).
void SessionState::reindex(const Device* old, Outcome& out) const {
  const bool other_rules = !old || !same_matching(*old, *device_);
  if (old && old->session && !same_session(old->session, device_->session))
    unindex(*old->session, false, out);
  if (device_->session && (other_rules || !same_entry(old->session, device_->session)))
    index(*device_->session, *device_->mac_state, false, false, out);
  const auto& pending = device_->pending_session;
  if (old && old->pending_session && !same_session(old->pending_session, pending))
    unindex(*old->pending_session, true, out);
  if (pending && device_->pending_mac_state &&
      (other_rules || !same_entry(old->pending_session, pending)))
    index(*pending, *device_->pending_mac_state, true, false, out);
}

/// A relay and its devices know of each other's sessions; `old` (null: there was no device).
void SessionState::speak_to_relays(const Device* old, Outcome& out) const {
  if (device_->session && (!old || !same_for_relays(*old, *device_)))
    tell_relays(*device_->session, out);
  ask_for_served_sessions(out);
}

/// Keeps the list of its profile's devices, in the batch of the device's own row.
void SessionState::list_profile(const Device* old, Outcome& out) const {
  const std::string none;
  const auto& before = old ? old->mac_settings_profile_id : none;
  const auto& now = device_ ? device_->mac_settings_profile_id : none;
  if (!before.empty() && before != now)
    out.records.erase(storage::Family::entity_index, profile_user_key(uid_, before));
  if (now.empty() || (before == now && user_of(*old) == user_of(*device_))) return;
  out.records.put(storage::Family::entity_index, profile_user_key(uid_, now),
                  encode_profile_user(user_of(*device_)));
}

/// Tells the join index, now and for the next start, whether the device joins. Every change does:
/// what the index has of the device may be a claim that came before it, or a row of a migration.
void SessionState::list_joining(const Device* old, Outcome& out) const {
  const bool joins = device_ && device_->supports_join;
  const auto& ids = device_ ? device_->ids : old->ids;
  if (!ids.join_eui || !ids.dev_eui) return;
  auto row = storage::listing_key(
      storage::joining_device_prefix({*ids.join_eui, *ids.dev_eui}),
      storage::entity_key(storage::EntityKind::end_device,
                          {uid_.application_id.text(), uid_.device_id.text()}));
  if (joins) {
    out.records.put(storage::Family::entity_index, std::move(row), {});
  } else {
    out.records.erase(storage::Family::entity_index, std::move(row));
  }
  out.effects.emplace_back(UpdateJoinIndex{{uid_, *ids.join_eui, *ids.dev_eui, !joins}});
}

void SessionState::publish_change(std::string_view name, const events::Cause& cause,
                                  events::EventData data, const Turn& turn, Outcome& out) const {
  out.effects.emplace_back(PublishEvent{{.name = name,
                                         .time = turn.now.utc,
                                         .subject = device_->ids,
                                         .correlation_ids = cause.correlation_ids,
                                         .data = std::move(data),
                                         .caller = cause.caller}});
}

void SessionState::on(const DeleteDevice& event, const Turn& turn, Outcome& out) {
  const auto reply = [&](const Result<DeviceIdentifiers>& result) {
    out.effects.emplace_back(Answer{[done = event.reply, result] { done(result); }});
  };
  if (!device_) return reply(fail(device_not_found));
  if (device_->session) unindex(*device_->session, false, out);
  if (device_->pending_session) unindex(*device_->pending_session, true, out);
  const auto shard = storage::shard_of(uid_, surroundings_.shard_count);
  out.records.erase(storage::Family::session, storage::device_key({shard, uid_}));
  if (!event.in_batch) publish_change("ns.end_device.delete", event.cause, {}, turn, out);
  const auto old = std::exchange(device_, nullptr);
  list_profile(old.get(), out);
  list_joining(old.get(), out);
  list_waiting(out);
  store_queues(out);
  forget_under_way();
  transmissions_.clear();
  reply(old->ids);
}

}  // namespace ff::network_server
