// From applications: downlinks numbered, encrypted and pushed to the network server, as often as it
// takes. [spec application-server §7]
#include <algorithm>

#include "actors/application_server/pipeline/crypto.hpp"
#include "actors/application_server/pipeline/errors.hpp"
#include "actors/application_server/pipeline/record.hpp"
#include "actors/application_server/pipeline/state.hpp"
#include "protocol/base/ulid.hpp"
#include "storage/keys/push_keys.hpp"

namespace ff::application_server {
namespace {

constexpr std::size_t frm_payload_max = 255;

bool answers(const actors::Reply<void>& reply) {
  return static_cast<bool>(reply);
}

/// [spec application-server §3] Each item has an id of the request's.
void add_correlation_ids(std::vector<ApplicationDownlink>& items, const Turn& turn) {
  for (auto& item : items) {
    auto ids = item.correlation_ids.list();
    ids.push_back("as:downlink:" + Ulid::make(turn.now.utc, turn.random).to_string());
    std::ranges::sort(ids);
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    item.correlation_ids = std::move(ids);
  }
}

Status check_item(ApplicationDownlink& item, const PipelineConfig& config) {
  if (item.frm_payload.empty() && item.decoded_payload_json.empty()) return fail(no_payload);
  if (item.frm_payload.size() > frm_payload_max)
    return fail(field_value, {{"field", "frm_payload"}});
  if (!item.confirmed) {
    item.confirmed_retry.reset();
    return {};
  }
  if (!item.confirmed_retry) item.confirmed_retry = ConfirmedRetry{};
  auto& retry = *item.confirmed_retry;
  if (retry.max_attempts && *retry.max_attempts > config.max_retry_attempts) {
    return fail(downlink_max_retries_invalid, {{"max", config.max_retry_attempts}});
  }
  if (retry.attempt == 0) retry.attempt = 1;
  return {};
}

}  // namespace

bool PipelineState::run(Lane& lane, QueueDownlinks& message, const Turn& turn) {
  if (const auto room = check_room(lane, message.downlinks.size()); !room) {
    if (message.reply)
      effects_.emplace_back(Answer{[reply = message.reply, room] { reply(room); }});
    return true;
  }
  if (!prepare(lane, message, turn)) accept_push(lane, message, turn);
  return true;
}

/// Before anything is made of them: more than any queue holds, or than may wait.
Status PipelineState::check_room(const Lane& lane, std::size_t count) const {
  if (count > config_.push_items_max) return fail(push_too_long);
  if (lane.pushes.size() >= config_.pushes_max || lane.preparing.size() >= config_.pushes_max)
    return fail(buffer_full);
  auto waiting = count;
  for (const auto& push : lane.pushes) waiting += push.items.size();
  for (const auto& preparation : lane.preparing) waiting += preparation.message.downlinks.size();
  if (waiting > config_.waiting_items_max) return fail(buffer_full);
  return {};
}

/// Its payloads are what they will be.
void PipelineState::accept_push(Lane& lane, QueueDownlinks& message, const Turn& turn) {
  Push push{.items = std::move(message.downlinks),
            .replace = message.replace,
            .reply = message.reply ? message.reply : [](const Status&) {},
            .received_at = turn.now.utc};
  Work work(turn.now, turn.random);
  bool tell_failed = false;
  auto status = !lane.record
                    ? Status(fail(device_not_found, {{"device_uid", to_string(message.device)}}))
                    : check_push(push, *lane.record, turn, tell_failed);
  if (status || tell_failed) {
    for (const auto& item : push.items) {
      work.event("as.down.data.receive", lane.record->ids, item.correlation_ids, event_data(item));
    }
  }
  if (status) {
    lane.pushes.push_back(std::move(push));
    for (auto& event : work.after.events) effects_.emplace_back(PublishEvent{std::move(event)});
    return;
  }
  if (tell_failed) publish_failed(lane, lane.record->ids, push.items, status.error(), work);
  work.after.answers.emplace_back([reply = push.reply, status] { reply(status); });
  commit(lane, std::move(work));
}

/// `tell_failed`: the items have been received, so applications learn what became of them.
Status PipelineState::check_push(Push& push, const AppDevice&, const Turn& turn,
                                 bool& tell_failed) {
  add_correlation_ids(push.items, turn);
  for (auto& item : push.items) FF_CHECK(check_item(item, config_));
  for (const auto& item : push.items) {
    if (item.f_port.value() != 0) continue;
    tell_failed = true;
    return fail(no_f_port);
  }
  return {};
}

void PipelineState::begin_pushes(const DeviceUid& uid, Lane& lane, const Turn& turn) {
  while (lane.ready() && !lane.push && !lane.pushes.empty()) {
    lane.push = std::move(lane.pushes.front());
    lane.pushes.pop_front();
    attempt_push(uid, lane, turn);
  }
}

/// Counters are durable before the push leaves.
void PipelineState::attempt_push(const DeviceUid& uid, Lane& lane, const Turn& turn) {
  auto& push = *lane.push;
  if (!lane.record)
    return push_failed(lane, Error(device_not_found, {{"device_uid", to_string(uid)}}), turn);
  auto device = *lane.record;
  auto sealed = seal_downlinks(device, push, crypto_);
  if (!sealed) {
    // A queue that has no other session to move to is where it was.
    const bool nothing_to_do =
        sealed.error().is(no_device_session) && push.target.kind == PushTarget::Kind::except;
    if (nothing_to_do) {
      Work work(turn.now, turn.random);
      forget_push(*std::exchange(lane.push, std::nullopt), work);
      return commit(lane, std::move(work));
    }
    return push_failed(lane, sealed.error(), turn);
  }
  Work work(turn.now, turn.random);
  push.sealed = *std::move(sealed);
  push.spent = spent_between(*lane.record, device);
  push.request = ++requests_;
  ++push.attempts;
  deadlines_.add(turn.now.mono + config_.push_timeout, uid, push.request);
  store(lane, std::move(device), work);
  work.after.push = PushToNetwork{uid, push.sealed, push.replace, push.request};
  commit(lane, std::move(work));
}

Effects PipelineState::pushed(const DownlinksPushed& message, const Turn& turn) {
  deadlines_.erase(message.request);
  auto found = lanes_.find(message.device);
  if (found == lanes_.end()) return take();
  auto& lane = found->second;
  if (!lane.push || lane.push->request != message.request) return take();
  lane.used = turn.now.mono;
  if (!message.outcome) take_back(lane);
  const auto sessions = message.outcome ? std::nullopt : network_sessions(message.outcome.error());
  const bool skipped = lane.record && lane.record->session &&
                       skips_crypto(*lane.record, *lane.record->session, crypto_);
  if (message.outcome) {
    push_succeeded(lane, turn);
  } else if (!sessions || skipped || !lane.record ||
             lane.push->attempts >= config_.push_attempts_max) {
    push_failed(lane, message.outcome.error(), turn);
  } else {
    auto device = *lane.record;
    const auto missing = adopt(device, *sessions, std::nullopt, turn.now.utc);
    if (!missing) {
      lane.record = std::make_shared<const AppDevice>(std::move(device));
      attempt_push(message.device, lane, turn);
    } else if (missing->session_key_id.empty()) {
      push_failed(lane, Error(rebuild), turn);
    } else if (!device.ids.dev_eui || !device.ids.join_eui) {
      push_failed(lane,
                  Error(app_s_key).caused_by(Error(device.ids.dev_eui ? no_join_eui : no_dev_eui)),
                  turn);
    } else if (!lane.fetch) {
      fetch(lane, missing->session_key_id, sessions, turn);
      return take();
    }
  }
  drain(message.device, lane, turn);
  return take();
}

/// The network server takes all items of a push or none. Of one that it does not answer nobody
/// knows.
void PipelineState::take_back(Lane& lane) {
  if (!lane.record) return;
  auto device = *lane.record;
  if (!give_back(device, std::exchange(lane.push->spent, {}))) return;
  lane.push->gave_back = true;
  lane.record = std::make_shared<const AppDevice>(std::move(device));
}

/// With the commit in which the network server drops the items.
void PipelineState::remember_push(const Lane& lane, Push& push, Work& work) {
  push.row = ++requests_;
  const OwnPush row{lane.record->ids.uid, push.items, push.target, push.received_at};
  work.records.put(storage::Family::entity, storage::own_push_key(shard_, push.row),
                   encode_own_push(row));
}

void PipelineState::forget_push(const Push& push, Work& work) const {
  if (push.row != 0)
    work.records.erase(storage::Family::entity, storage::own_push_key(shard_, push.row));
}

/// Before those of applications. What was pushed already is pushed again: at least once.
void PipelineState::recover_pushes(const OutboxRecovered& message) {
  for (const auto& [number, row] : message.pushes) {
    requests_ = std::max(requests_, number);
    auto& lane = lanes_[row.device];
    load(row.device, lane);
    lane.pushes.push_back({.items = row.items,
                           .target = row.target,
                           .reply = {},
                           .received_at = row.received_at,
                           .row = number});
  }
}

void PipelineState::push_succeeded(Lane& lane, const Turn& turn) {
  auto push = *std::exchange(lane.push, std::nullopt);
  Work work(turn.now, turn.random);
  forget_push(push, work);
  if (lane.record) {
    const auto& ids = lane.record->ids;
    if (answers(push.reply)) {
      for (const auto& item : push.items) {
        ApplicationUp up{
            .ids = ids, .correlation_ids = item.correlation_ids, .received_at = push.received_at};
        auto queued = item;
        queued.session_key_id.clear();
        queued.f_cnt = FCnt32{0};
        up.up = DownlinkQueued{std::move(queued)};
        publish(lane, std::move(up), work);
      }
    }
    for (const auto& item : push.sealed)
      work.event("as.down.data.forward", ids, item.correlation_ids, event_data(item));
  }
  if (answers(push.reply))
    work.after.answers.emplace_back([reply = std::move(push.reply)] { reply({}); });
  commit(lane, std::move(work));
}

void PipelineState::push_failed(Lane& lane, const Error& error, const Turn& turn) {
  auto push = *std::exchange(lane.push, std::nullopt);
  Work work(turn.now, turn.random);
  forget_push(push, work);
  if (lane.record && push.gave_back) store(lane, AppDevice(*lane.record), work);
  if (lane.record) publish_failed(lane, lane.record->ids, push.items, error, work);
  if (answers(push.reply))
    work.after.answers.emplace_back([reply = std::move(push.reply), error] { reply(fail(error)); });
  commit(lane, std::move(work));
}

void PipelineState::publish_failed(Lane& lane, const DeviceIdentifiers& ids,
                                   const std::vector<ApplicationDownlink>& items,
                                   const Error& error, Work& work) {
  for (const auto& item : items) {
    publish(lane,
            {.ids = ids,
             .correlation_ids = item.correlation_ids,
             .received_at = work.now.utc,
             .up = DownlinkFailed{item, error}},
            work);
    work.event("as.down.data.drop", ids, item.correlation_ids, error);
  }
}

}  // namespace ff::application_server
