#include "actors/application_server/pipeline/state.hpp"

#include <algorithm>

#include "actors/application_server/outbox/record.hpp"
#include "actors/application_server/pipeline/crypto.hpp"
#include "actors/application_server/pipeline/errors.hpp"
#include "actors/application_server/pipeline/record.hpp"
#include "protocol/application_json/writer.hpp"

namespace ff::application_server {
namespace {

constexpr Duration sweep_interval = std::chrono::minutes{1};

/// The event of a message on its way to applications; empty: none.
std::string_view forward_event(UpKind kind) noexcept {
  switch (kind) {
    case UpKind::uplink:
      return "as.up.data.forward";
    case UpKind::join:
      return "as.up.join.forward";
    case UpKind::downlink_queued:
      return {};
    case UpKind::downlink_sent:
      return "as.down.data.sent.forward";
    case UpKind::downlink_ack:
      return "as.down.data.ack.forward";
    case UpKind::downlink_nack:
      return "as.down.data.nack.forward";
    case UpKind::downlink_failed:
      return "as.down.data.failed.forward";
    case UpKind::downlink_queue_invalidated:
      return "as.down.data.queue.invalidated.forward";
    case UpKind::location_solved:
      return "as.up.location.forward";
    case UpKind::service_data:
      return "as.up.service.forward";
    case UpKind::normalized:
      return "as.up.normalized.forward";
  }
  return {};
}

/// When the device sent something that moves its last_seen_at. [spec application-server §4 step 12,
/// §5 step 6]
std::optional<UtcTime> heard_at(const ApplicationUp& up) {
  if (const auto* uplink = std::get_if<ApplicationUplink>(&up.up)) return uplink->received_at;
  if (const auto* accept = std::get_if<ApplicationJoinAccept>(&up.up)) return accept->received_at;
  return std::nullopt;
}

template <class T>
void answer_with(Effects& effects, const actors::Reply<T>& reply, Error error) {
  if (!reply) return;
  effects.emplace_back(Answer{[reply, error = std::move(error)] { reply(fail(error)); }});
}

/// Of a row that can not be read: the store's trouble, not the row's.
bool may_pass(const Error& error) {
  return error.code() == Code::unavailable || error.code() == Code::internal ||
         error.code() == Code::resource_exhausted;
}

Error not_found(const DeviceUid& device) {
  return Error(device_not_found, {{"device_uid", to_string(device)}});
}

}  // namespace

PipelineState::PipelineState(const PipelineConfig& config, UnwrapKey unwrap,
                             LinkSettingsTable links, storage::Shard shard)
    : config_(config), unwrap_(std::move(unwrap)), links_(std::move(links)), shard_(shard) {}

Effects PipelineState::recovered(const OutboxRecovered& message, const Turn&) {
  sequences_ = *message.sequences;
  recover_held(message);
  recover_pushes(message);
  ready_ = true;
  for (auto& device : std::exchange(to_load_, {}))
    effects_.emplace_back(LoadDevice{std::move(device)});
  return take();
}

Effects PipelineState::handle(const DeviceUid& device, Request request, const Turn& turn) {
  auto* accepted = std::get_if<SessionAccepted>(&request);
  if (accepted != nullptr && accepted->ups.empty() && !lanes_.contains(device)) {
    // Nothing of ours, and nothing to wait behind.
    effects_.emplace_back(CommitRecords{.records = std::move(accepted->records),
                                        .after = {.release = std::move(accepted->release)},
                                        .must_sync = accepted->must_sync});
    return take();
  }
  auto& lane = lanes_[device];
  lane.used = turn.now.mono;
  locate(device, lane, turn.now.mono);
  load(device, lane);
  if (lane.waiting.size() >= config_.waiting_max) {
    refuse(request);
    return take();
  }
  lane.waiting.push_back(std::move(request));
  drain(device, lane, turn);
  evict_idle(turn.now.mono);
  return take();
}

void PipelineState::load(const DeviceUid& device, Lane& lane) {
  if (lane.loaded || std::exchange(lane.loading, true)) return;
  if (ready_) {
    effects_.emplace_back(LoadDevice{device});
  } else {
    to_load_.push_back(device);
  }
}

/// Beside what happens: a message does not wait for it. [spec application-server §4 step 9]
void PipelineState::locate(const DeviceUid& device, Lane& lane, MonoTime now) {
  if (lane.located_at && now - *lane.located_at < config_.location_age_max) {
    ++located_before_;
    return;
  }
  lane.located_at = now;
  effects_.emplace_back(LocateDevice{device});
}

void PipelineState::located(const DeviceLocated& message) {
  const auto found = lanes_.find(message.device);
  if (found == lanes_.end()) return;
  found->second.locations = message.locations;
  // What the registry has not been told yet is newer than what it has.
  const auto untold = activity_.find(message.device);
  if (untold == activity_.end()) return;
  for (const auto& [service, location] : untold->second.locations)
    found->second.locations.insert_or_assign(service, location);
}

/// Too many wait. Commits of the network server end uncalled: its session starts again from durable
/// state.
void PipelineState::refuse(Request& request) {
  ++refused_;
  std::visit(
      [this](auto& message) {
        if constexpr (requires { message.reply; })
          answer_with(effects_, message.reply, Error(buffer_full));
      },
      request);
}

Effects PipelineState::loaded(const AppDeviceLoaded& message, const Turn& turn) {
  auto found = lanes_.find(message.device);
  if (found == lanes_.end() || found->second.loaded) return take();
  auto& lane = found->second;
  lane.loading = false;
  if (message.record) {
    lane.loaded = true;
    lane.record = *message.record;
    resume_held(lane, turn);
    drain(message.device, lane, turn);
    return take();
  }
  resume_held(lane, turn);
  // The next message tries again.
  for (auto& request : std::exchange(lane.waiting, {}))
    go_without_record(request, message.record.error(), turn);
  // Pushes of our own have nobody who would send them again.
  if (lane.pushes.empty()) lanes_.erase(found);
  return take();
}

/// Its device's row can not be read. If that may pass, the network server's commit of a message
/// ends uncalled, as in refuse(): a message is durable with the frame, or not at all. What is
/// damaged will not be read the next time either: the message is dropped, and told so.
void PipelineState::go_without_record(Request& request, const Error& error, const Turn& turn) {
  auto* accepted = std::get_if<SessionAccepted>(&request);
  if (accepted == nullptr) {
    return std::visit(
        [&](auto& asked) {
          if constexpr (requires { asked.reply; }) answer_with(effects_, asked.reply, error);
        },
        request);
  }
  if (!accepted->ups.empty() && may_pass(error)) {
    ++refused_;
    return;
  }
  Work work(turn.now, turn.random);
  for (const auto& up : accepted->ups)
    work.event("as.up.data.drop", up.ids, up.correlation_ids, error);
  work.after.release = std::move(accepted->release);
  effects_.emplace_back(
      CommitRecords{std::move(accepted->records), std::move(work.after), accepted->must_sync});
}

void PipelineState::drain(const DeviceUid& device, Lane& lane, const Turn& turn) {
  while (lane.ready() && !lane.waiting.empty()) {
    if (!run(lane, lane.waiting.front(), turn)) return;
    lane.waiting.pop_front();
    lane.fetched.reset();
  }
  begin_pushes(device, lane, turn);
}

bool PipelineState::run(Lane& lane, Request& request, const Turn& turn) {
  return std::visit([&](auto& message) { return run(lane, message, turn); }, request);
}

bool PipelineState::run(Lane& lane, SessionAccepted& message, const Turn& turn) {
  if (ask_for_key(lane, message, turn)) return false;
  Work work(turn.now, turn.random);
  work.records = std::move(message.records);
  work.after.release = std::move(message.release);
  work.must_sync = message.must_sync;
  process_all(lane, message, turn, work);
  for (auto& push : work.pushes) {
    remember_push(lane, push, work);
    lane.pushes.push_back(std::move(push));
  }
  commit(lane, std::move(work));
  return true;
}

bool PipelineState::run(Lane& lane, GetAppDevice& message, const Turn&) {
  if (!lane.record) {
    answer_with(effects_, message.reply, not_found(message.device));
  } else {
    effects_.emplace_back(Answer{[reply = message.reply, record = lane.record] { reply(record); }});
  }
  return true;
}

bool PipelineState::run(Lane& lane, ChangeAppDevice& message, const Turn& turn) {
  auto changed = message.change(lane.record.get());
  if (!changed) {
    answer_with(effects_, message.reply, changed.error());
    return true;
  }
  Work work(turn.now, turn.random);
  changed->ids.uid = message.device;
  if (changed->created_at == UtcTime{}) changed->created_at = turn.now.utc;
  changed->updated_at = turn.now.utc;
  if (lane.record) {
    work.change_event("as.end_device.update", changed->ids, message.cause,
                      events::FieldPaths{message.paths});
  } else {
    work.change_event("as.end_device.create", changed->ids, message.cause, {});
  }
  store(lane, *std::move(changed), work);
  work.after.answers.emplace_back([reply = message.reply, record = lane.record] { reply(record); });
  commit(lane, std::move(work));
  return true;
}

bool PipelineState::run(Lane& lane, DeleteAppDevice& message, const Turn& turn) {
  if (!lane.record) {
    answer_with(effects_, message.reply, not_found(message.device));
    return true;
  }
  Work work(turn.now, turn.random);
  work.records.erase(storage::Family::device, storage::device_key({shard_, message.device}));
  if (!message.in_batch)
    work.change_event("as.end_device.delete", lane.record->ids, message.cause, {});
  lane.record = nullptr;
  lane.activation_told = false;
  work.after.deleted = message.device;
  work.after.answers.emplace_back([reply = message.reply] { reply({}); });
  commit(lane, std::move(work));
  return true;
}

void PipelineState::commit(Lane& lane, Work&& work) {
  work.after.guard = lane.guard;
  effects_.emplace_back(
      CommitRecords{std::move(work.records), std::move(work.after), work.must_sync});
}

void PipelineState::store(Lane& lane, AppDevice device, Work& work) const {
  work.records.put(storage::Family::device, storage::device_key({shard_, device.ids.uid}),
                   encode_device(device, config_.key_seal.get()));
  lane.record = std::make_shared<const AppDevice>(std::move(device));
}

/// Behind what is held of the device.
void PipelineState::publish(Lane& lane, ApplicationUp up, Work& work) {
  if (lane.held.empty()) return append(std::move(up), work);
  hold(lane, std::move(up), std::nullopt, work);
}

void PipelineState::append(ApplicationUp up, Work& work) {
  if (!up.simulated) note(up, work.now.mono);
  auto message = make_message(up);
  // The outbox is in the order of its times, whatever a simulation says.
  if (up.simulated) message.received_at = work.now.utc;
  const auto name = forward_event(message.kind);
  append(up.ids.uid.application_id, std::move(message), work);
  if (name.empty()) return;
  auto ids = up.ids;
  auto correlation_ids = up.correlation_ids;
  work.event(name, ids, correlation_ids, std::make_shared<const ApplicationUp>(std::move(up)));
}

/// To the outbox, and lets it go after the commit.
void PipelineState::append(const ApplicationId& application, OutboxMessage ready, Work& work) {
  auto message = std::make_shared<const OutboxMessage>(std::move(ready));
  auto& sequence = sequences_[application];
  sequence = storage::OutboxSequence{sequence.value() + 1};
  work.records.put(storage::Family::outbox, storage::outbox_key({shard_, application, sequence}),
                   encode_message(*message));
  work.after.ups.push_back({application, shard_, sequence, std::move(message)});
}

DeviceActivity& PipelineState::activity_of(const DeviceUid& device, MonoTime now) {
  if (!activity_due_) activity_due_ = now + config_.activity_interval;
  if (activity_.size() >= config_.activity_max && !activity_.contains(device)) tell_activity();
  auto& activity = activity_[device];
  activity.device = device;
  return activity;
}

/// What the registry of devices is to know of a message on its way to applications.
/// [spec application-server §4 steps 10, 12]
void PipelineState::note(const ApplicationUp& up, MonoTime now) {
  const auto* solved = std::get_if<LocationSolved>(&up.up);
  if (solved != nullptr)
    activity_of(up.ids.uid, now).locations.insert_or_assign(solved->service, solved->location);
  const auto seen = config_.tells_last_seen ? heard_at(up) : std::nullopt;
  if (!seen) return;
  auto& last = activity_of(up.ids.uid, now).last_seen_at;
  last = std::max(last.value_or(UtcTime{}), *seen);
}

void PipelineState::tell_activation(Lane& lane, MonoTime now) {
  if (lane.activation_told || !lane.record || !lane.record->activated_at) return;
  lane.activation_told = true;
  activity_of(lane.record->ids.uid, now).activated_at = lane.record->activated_at;
}

std::vector<DeviceActivity> PipelineState::untold_activity() {
  std::vector<DeviceActivity> out;
  out.reserve(activity_.size());
  for (auto& [device, activity] : std::exchange(activity_, {})) out.push_back(std::move(activity));
  return out;
}

void PipelineState::tell_activity() {
  effects_.emplace_back(TellActivity{untold_activity()});
}

std::optional<MonoTime> PipelineState::next_due() const noexcept {
  const auto deadline = deadlines_.next();
  if (!deadline) return activity_due_;
  return std::min(*deadline, activity_due_.value_or(*deadline));
}

Effects PipelineState::expire(const Turn& turn) {
  if (activity_due_ && *activity_due_ <= turn.now.mono) {
    activity_due_.reset();
    tell_activity();
  }
  while (const auto missed = deadlines_.take(turn.now.mono)) give_up(*missed, turn);
  return take();
}

/// As if the answer had come, and had been an error.
void PipelineState::give_up(const Deadlines::Missed& missed, const Turn& turn) {
  const auto found = lanes_.find(missed.device);
  if (found == lanes_.end()) return;
  auto& lane = found->second;
  if (lane.push && lane.push->request == missed.request) {
    push_failed(lane, Error(push_timed_out), turn);
    return begin_pushes(missed.device, lane, turn);
  }
  if (lane.fetch && lane.fetch->request == missed.request) {
    Error error(join_server_unavailable,
                {{"join_eui", to_string(lane.record->ids.join_eui.value_or(JoinEui{}))}});
    effects_ = fetched({missed.device, missed.request, fail(std::move(error))}, turn);
  } else {
    effects_ = scripted({missed.device, missed.request, fail(script_unanswered)}, turn);
  }
}

/// Rarely, because it looks at every device.
void PipelineState::evict_idle(MonoTime now) {
  if (now - swept_ < sweep_interval) return;
  swept_ = now;
  std::erase_if(lanes_, [&](const auto& entry) {
    return entry.second.is_idle() && now - entry.second.used > config_.idle;
  });
}

PipelineSnapshot PipelineState::snapshot() const {
  PipelineSnapshot out{.ready = ready_,
                       .devices = lanes_.size(),
                       .unanswered = deadlines_.size(),
                       .outbox = sequences_};
  for (const auto& [device, lane] : lanes_) {
    out.waiting += lane.waiting.size();
    out.pushes += lane.pushes.size() + lane.preparing.size() + (lane.push ? 1 : 0);
    out.held += lane.held.size();
  }
  return out;
}

}  // namespace ff::application_server
