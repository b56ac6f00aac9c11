// From the network server: what becomes of each message. [spec application-server §3-§5, §7.4,
// §7.5]
#include <exception>

#include "actors/application_server/pipeline/crypto.hpp"
#include "actors/application_server/pipeline/errors.hpp"
#include "actors/application_server/pipeline/state.hpp"
#include "protocol/base/ulid.hpp"

namespace ff::application_server {
namespace {

bool is_join(const ApplicationUp& up) noexcept {
  return std::holds_alternative<ApplicationJoinAccept>(up.up);
}

/// The session whose AppSKey this message needs even if we do not know the session; null: none.
const SessionKeyId* session_needed(const ApplicationUp& up) noexcept {
  if (const auto* uplink = std::get_if<ApplicationUplink>(&up.up)) return &uplink->session_key_id;
  if (const auto* nack = std::get_if<DownlinkNacked>(&up.up)) return &nack->downlink.session_key_id;
  if (const auto* invalid = std::get_if<DownlinkQueueInvalidated>(&up.up))
    return &invalid->session_key_id;
  if (const auto* accept = std::get_if<ApplicationJoinAccept>(&up.up)) {
    return accept->app_s_key ? nullptr : &accept->session_key_id;
  }
  return nullptr;
}

bool knows(const AppDevice& device, const SessionKeyId& id) noexcept {
  for (const auto* session : {&device.session, &device.pending_session}) {
    if (*session && (*session)->session_key_id == id) return true;
  }
  return false;
}

/// An uplink keeps the id that a gateway server, or whoever was first, gave it. [spec
/// application-server §3]
void add_correlation_id(ApplicationUp& up, const Turn& turn) {
  for (const std::string_view prefix : {"gs:uplink:", "ns:uplink:", "pba:uplink:", "as:up:"}) {
    for (const auto& id : up.correlation_ids) {
      if (id.starts_with(prefix)) return;
    }
  }
  up.correlation_ids.push_back("as:up:" + Ulid::make(turn.now.utc, turn.random).to_string());
}

/// Changes nothing of the device: the path that must be cheap.
bool is_ordinary(const AppDevice& device, const ApplicationUp& up) noexcept {
  const auto* uplink = std::get_if<ApplicationUplink>(&up.up);
  return uplink != nullptr && device.activated_at && device.session &&
         device.session->session_key_id == uplink->session_key_id;
}

ApplicationDownlink* embedded_downlink(ApplicationUp& up) noexcept {
  if (auto* sent = std::get_if<DownlinkSent>(&up.up)) return &sent->downlink;
  if (auto* acked = std::get_if<DownlinkAcked>(&up.up)) return &acked->downlink;
  if (auto* failed = std::get_if<DownlinkFailed>(&up.up)) return &failed->downlink;
  return nullptr;
}

/// As an application would push it again.
ApplicationDownlink fresh(ApplicationDownlink item) {
  item.session_key_id.clear();
  item.f_cnt = FCnt32{0};
  return item;
}

}  // namespace

/// Whether the message has to wait for a key; asks the join server for it.
bool PipelineState::ask_for_key(Lane& lane, const SessionAccepted& message, const Turn& turn) {
  if (!lane.record) return false;
  for (const auto& up : message.ups) {
    const auto* id = session_needed(up);
    if (id == nullptr || id->empty() || (!is_join(up) && knows(*lane.record, *id))) continue;
    if (lane.fetched && lane.fetched->session_key_id == *id) continue;
    if (!lane.record->ids.dev_eui || !lane.record->ids.join_eui) continue;
    fetch(lane, *id, std::nullopt, turn);
    return true;
  }
  return false;
}

void PipelineState::fetch(Lane& lane, const SessionKeyId& id,
                          std::optional<NetworkSessions> for_push, const Turn& turn) {
  const auto& ids = lane.record->ids;
  lane.fetch = Fetch{++requests_, id, std::move(for_push)};
  deadlines_.add(turn.now.mono + config_.app_s_key_timeout, ids.uid, lane.fetch->request);
  effects_.emplace_back(
      FetchAppSKey{ids.uid, *ids.join_eui, *ids.dev_eui, id, lane.fetch->request});
}

Effects PipelineState::fetched(const AppSKeyFetched& message, const Turn& turn) {
  deadlines_.erase(message.request);
  auto found = lanes_.find(message.device);
  if (found == lanes_.end()) return take();
  auto& lane = found->second;
  if (!lane.fetch || lane.fetch->request != message.request) return take();
  const auto fetch = *std::exchange(lane.fetch, std::nullopt);
  if (!fetch.for_push) {
    lane.fetched = Fetched{fetch.session_key_id, message.key};
    drain(message.device, lane, turn);
    return take();
  }
  if (!lane.push) {
    // It has timed out.
  } else if (!message.key) {
    push_failed(lane, Error(app_s_key).caused_by(message.key.error()), turn);
  } else if (lane.record) {
    auto device = *lane.record;
    const std::pair key{fetch.session_key_id, *message.key};
    if (adopt(device, *fetch.for_push, key, turn.now.utc)) {
      // A second session is unknown too: the network server will say so again.
      device.pending_session.reset();
    }
    lane.record = std::make_shared<const AppDevice>(std::move(device));
    attempt_push(message.device, lane, turn);
  }
  drain(message.device, lane, turn);
  return take();
}

/// Afterwards `device.session` is the one named. [spec application-server §4 step 2]
Status PipelineState::match_session(AppDevice& device, const DeviceIdentifiers& ids,
                                    const SessionKeyId& id, const std::optional<Fetched>& fetched,
                                    UtcTime now) const {
  if (device.session && device.session->session_key_id == id) return {};
  if (device.pending_session && device.pending_session->session_key_id == id) {
    device.session = std::exchange(device.pending_session, std::nullopt);
    device.ids.dev_addr = device.session->dev_addr;
    return {};
  }
  if (!device.ids.dev_eui) return fail(Error(app_s_key).caused_by(Error(no_dev_eui)));
  if (!device.ids.join_eui) return fail(Error(app_s_key).caused_by(Error(no_join_eui)));
  if (!fetched || fetched->session_key_id != id) return fail(unknown_session);
  if (!fetched->key) return fail(Error(app_s_key).caused_by(fetched->key.error()));
  device.session = AppSession{ids.dev_addr.value_or(DevAddr{}), id, *fetched->key, {}, now};
  device.pending_session.reset();
  device.ids.dev_addr = ids.dev_addr;
  return {};
}

/// Every message for itself: one that fails, in whatever way, is dropped and told; the commit goes
/// on.
void PipelineState::process_all(Lane& lane, SessionAccepted& message, const Turn& turn,
                                Work& work) {
  work.fetched = lane.fetched;
  for (auto& up : message.ups) {
    up.received_at = turn.now.utc;
    add_correlation_id(up, turn);
    const bool join = is_join(up);
    if (join) work.event("as.up.join.receive", up.ids, up.correlation_ids, {});
    if (std::holds_alternative<ApplicationUplink>(up.up))
      work.event("as.up.data.receive", up.ids, up.correlation_ids, {});
    Status status = fail(device_not_found, {{"device_uid", to_string(up.ids.uid)}});
    bool forward = true;
    try {
      if (lane.record && is_ordinary(*lane.record, up)) {
        status = decrypt_uplink(*lane.record, std::get<ApplicationUplink>(up.up));
      } else if (lane.record) {
        auto device = *lane.record;
        status = process(lane, device, up, work, forward);
        if (device != *lane.record) store(lane, std::move(device), work);
      }
    } catch (const std::exception& failure) {
      status = fail(internal_failure, {{"what", std::string(failure.what())}});
    }
    if (status && std::holds_alternative<ApplicationUplink>(up.up))
      tell_activation(lane, work.now.mono);
    if (!status) {
      const bool is_down =
          embedded_downlink(up) != nullptr || std::holds_alternative<DownlinkNacked>(up.up);
      const auto* name = join      ? "as.up.join.drop"
                         : is_down ? "as.down.data.drop"
                                   : "as.up.data.drop";
      work.event(name, up.ids, up.correlation_ids, status.error());
    } else if (forward) {
      decode_and_publish(lane, std::move(up), work);
    }
  }
}

Status PipelineState::process(Lane& lane, AppDevice& device, ApplicationUp& up, Work& work,
                              bool& forward) {
  if (auto* uplink = std::get_if<ApplicationUplink>(&up.up))
    return on_uplink(device, up, *uplink, work);
  if (auto* accept = std::get_if<ApplicationJoinAccept>(&up.up))
    return on_join(device, up, *accept, work);
  if (auto* nack = std::get_if<DownlinkNacked>(&up.up))
    return on_nack(lane, device, up, nack->downlink, work);
  if (auto* invalid = std::get_if<DownlinkQueueInvalidated>(&up.up)) {
    return on_invalidated(device, up, *invalid, work, forward);
  }
  if (auto* downlink = embedded_downlink(up))
    return decrypt(*downlink, device, std::nullopt, crypto_);
  return {};
}

Status PipelineState::on_uplink(AppDevice& device, ApplicationUp& up, ApplicationUplink& uplink,
                                Work& work) {
  FF_CHECK(match_session(device, up.ids, uplink.session_key_id, work.fetched, work.now.utc));
  FF_CHECK(decrypt_uplink(device, uplink));
  if (device.activated_at) return {};
  device.activated_at = work.now.utc;
  return {};
}

/// With the current session. [spec application-server §4 steps 3-5]
Status PipelineState::decrypt_uplink(const AppDevice& device, ApplicationUplink& uplink) const {
  const auto& session = *device.session;
  if (skips_crypto(device, session, crypto_)) {
    uplink.app_s_key = session.app_s_key;
    uplink.last_a_f_cnt_down = session.last_a_f_cnt_down;
    return {};
  }
  FF_TRY(const auto key, usable_key(session, unwrap_));
  decrypt(uplink, key, session.dev_addr);
  return {};
}

Status PipelineState::on_join(AppDevice& device, ApplicationUp& up, ApplicationJoinAccept& accept,
                              Work& work) {
  auto key = accept.app_s_key;
  if (!key) {
    if (!device.ids.dev_eui) return fail(Error(app_s_key).caused_by(Error(no_dev_eui)));
    if (!device.ids.join_eui) return fail(Error(app_s_key).caused_by(Error(no_join_eui)));
    const bool asked = work.fetched && work.fetched->session_key_id == accept.session_key_id;
    if (!asked) return fail(no_app_s_key);
    if (!work.fetched->key) return fail(Error(app_s_key).caused_by(work.fetched->key.error()));
    key = *work.fetched->key;
  }
  const auto third = device.pending_session;
  device.pending_session =
      AppSession{up.ids.dev_addr.value_or(DevAddr{}), accept.session_key_id, key, {}, work.now.utc};
  if (skips_crypto(device, *device.pending_session, crypto_)) {
    accept.app_s_key = key;
    return {};
  }
  accept.app_s_key.reset();
  Push push{.received_at = work.now.utc};
  for (auto& item : std::exchange(accept.invalidated_downlinks, {})) {
    if (push.items.empty()) push.target = {PushTarget::Kind::except, item.session_key_id};
    auto status = decrypt(item, device, third, crypto_);
    if (!status) {
      work.event("as.down.data.drop", up.ids, item.correlation_ids, status.error());
      continue;
    }
    push.items.push_back(fresh(std::move(item)));
  }
  // The old session still holds its copy.
  if (!push.items.empty()) work.pushes.push_back(std::move(push));
  return {};
}

Status PipelineState::on_nack(Lane& lane, AppDevice& device, ApplicationUp& up,
                              ApplicationDownlink& downlink, Work& work) {
  FF_CHECK(match_session(device, up.ids, downlink.session_key_id, work.fetched, work.now.utc));
  // Skipped: repeating is the application's.
  if (skips_crypto(device, *device.session, crypto_)) return {};
  FF_CHECK(decrypt(downlink, device, std::nullopt, crypto_));
  if (!downlink.confirmed_retry) downlink.confirmed_retry = ConfirmedRetry{};
  auto& retry = *downlink.confirmed_retry;
  ++retry.attempt;
  const auto max = retry.max_attempts.value_or(config_.default_retry_attempts);
  if (retry.attempt > max) {
    publish_failed(lane, device.ids, {downlink}, Error(max_retries_reached, {{"max_retries", max}}),
                   work);
    return {};
  }
  work.pushes.push_back({.items = {fresh(downlink)},
                         .target = {PushTarget::Kind::only, downlink.session_key_id},
                         .received_at = work.now.utc});
  return {};
}

Status PipelineState::on_invalidated(AppDevice& device, ApplicationUp& up,
                                     DownlinkQueueInvalidated& invalidated, Work& work,
                                     bool& forward) {
  FF_CHECK(match_session(device, up.ids, invalidated.session_key_id, work.fetched, work.now.utc));
  auto& session = *device.session;
  session.last_a_f_cnt_down = std::max(session.last_a_f_cnt_down, invalidated.last_f_cnt_down);
  if (skips_crypto(device, session, crypto_)) {
    session.last_a_f_cnt_down = invalidated.last_f_cnt_down;
    return {};
  }
  forward = false;
  Push push{.target = {PushTarget::Kind::only, session.session_key_id},
            .received_at = work.now.utc};
  for (auto& item : invalidated.downlinks) {
    auto status = decrypt(item, device, std::nullopt, crypto_);
    if (!status) {
      work.event("as.down.data.drop", up.ids, item.correlation_ids, status.error());
      continue;
    }
    push.items.push_back(fresh(std::move(item)));
  }
  if (!push.items.empty()) work.pushes.push_back(std::move(push));
  return {};
}

}  // namespace ff::application_server
