// The life of a delivery: records, time, operators' requests.
#include "actors/application_server/integration/webhook/state.hpp"

#include <algorithm>

#include "actors/application_server/integration/webhook/errors.hpp"

namespace ff::application_server::webhook {
namespace {

/// How long an endpoint is still to be left alone after a start, by the wall clock.
MonoTime retry_after_start(const Health& health, const DeliveryConfig& config, Instant now) {
  const auto due = health.last_failed_attempt_at + config.unhealthy_retry;
  return now.mono + std::clamp(due - now.utc, Duration{}, config.unhealthy_retry);
}

}  // namespace

DeliveryState::DeliveryState(WebhookKey key, WebhookPtr webhook, const DeliveryConfig& config,
                             Random& random)
    : key_(std::move(key)),
      webhook_(std::move(webhook)),
      config_(config),
      random_(random),
      breaker_(config) {}

Effects DeliveryState::loaded(Loaded loaded, Instant now) {
  if (std::exchange(loaded_, true)) return {};
  record_ = std::move(loaded.record);
  letters_ = std::move(loaded.letters);
  if (!letters_.empty()) next_letter_ = *letters_.rbegin() + 1;
  live_ = Walk(loaded.cursors);
  if (config_.blocks_unhealthy() && record_.health.state == Health::State::unhealthy) {
    breaker_.restore(record_.health.failed_attempts,
                     retry_after_start(record_.health, config_, now));
  }
  if (record_.replay) begin_replay();
  saved_ = now.mono;
  polled_ = now.mono;
  join_serial_ = ++serials_;
  emit(Join{join_serial_});
  emit(TellHealth{record_.health});
  return settle_down(now);
}

Effects DeliveryState::configure(WebhookPtr webhook, Instant now) {
  webhook_ = std::move(webhook);
  breaker_.try_now(now.mono);
  return settle_down(now);
}

Effects DeliveryState::joined(std::uint64_t serial, Instant now) {
  if (serial != join_serial_ || std::exchange(joined_, true)) return {};
  ask_newest();
  return settle_down(now);
}

Effects DeliveryState::missed(Instant now) {
  if (joined_) ask_newest();
  return settle_down(now);
}

Effects DeliveryState::newest(std::uint64_t,
                              const Result<std::vector<storage::OutboxSequence>>& sequences,
                              Instant now) {
  if (!sequences) {
    store_failed_ = true;
    return settle_down(now);
  }
  for (std::size_t i = 0; i < sequences->size(); ++i)
    live_.note(storage::Shard{static_cast<std::uint16_t>(i)}, (*sequences)[i]);
  return settle_down(now);
}

Effects DeliveryState::committed(Instant now) {
  if (commits_.empty()) return {};
  const auto finished = commits_.front();
  commits_.pop_front();
  if (desk_.is_under_way(finished)) finish(finished);
  return settle_down(now);
}

Effects DeliveryState::timer(Instant now) {
  if (wakes_at_ && *wakes_at_ <= now.mono) wakes_at_.reset();
  if (!loaded_) return {};
  const bool retry = std::exchange(store_failed_, false);
  const bool poll = now.mono - polled_ >= config_.poll_interval;
  if (poll) polled_ = now.mono;
  if (joined_ && (poll || retry)) ask_newest();
  if (poll && !joined_) emit(Join{join_serial_});
  // One at a time: a slow disk is not given more to do.
  if (now.mono - saved_ >= config_.cursor_interval && commits_.empty()) {
    saved_ = now.mono;
    save();
  }
  return settle_down(now);
}

Effects DeliveryState::settle_down(Instant now) {
  if (!loaded_) return take();
  end_replay_if_done();
  dispatch(now);
  fill(live_, Origin::live, live_reading_);
  fill(replay_, Origin::replay, replay_reading_);
  fill_letters();
  dispatch(now);
  end_replay_if_done();
  schedule(now);
  return take();
}

/// One timer at a time, for whatever is next.
void DeliveryState::schedule(Instant now) {
  auto due = polled_ + config_.poll_interval;
  if (record_dirty_ || store_failed_ || !live_.dirty().empty() || !replay_.dirty().empty())
    due = std::min(due, std::max(saved_ + config_.cursor_interval, now.mono));
  if (!breaker_.is_closed()) {
    if (desk_.size() > desk_.under_way()) due = std::min(due, breaker_.retry_at());
  } else if (const auto next = desk_.next_due()) {
    due = std::min(due, *next);
  }
  // Half open with a request under way: its outcome comes by itself.
  if (due <= now.mono) due = now.mono + config_.cursor_interval;
  if (wakes_at_ && *wakes_at_ <= due && *wakes_at_ > now.mono) return;
  wakes_at_ = due;
  emit(Wake{due - now.mono});
}

void DeliveryState::commit(storage::WriteBatch records, RequestId answers, SendToken finishes) {
  commits_.push_back(finishes);
  emit(Commit{std::move(records), answers});
}

void DeliveryState::put_record(storage::WriteBatch& records) {
  record_dirty_ = false;
  records.put(storage::Family::entity, delivery_row_key(key_), encode_delivery(record_));
}

/// Cursors and what else has moved since it was written.
void DeliveryState::put_moved(storage::WriteBatch& records) {
  for (const auto shard : live_.dirty()) {
    put_cursor(records, key_, shard, storage::OutboxSequence{live_.feed(shard).cursor()});
    live_.written(shard);
  }
  if (record_.replay) {
    for (auto& part : record_.replay->parts) {
      const storage::OutboxSequence done{replay_.feed(part.shard).cursor()};
      if (done == part.done) continue;
      part.done = done;
      replay_.written(part.shard);
      record_dirty_ = true;
    }
  }
  if (record_dirty_) put_record(records);
}

void DeliveryState::save() {
  if (record_dirty_) emit(TellHealth{record_.health});
  storage::WriteBatch records;
  put_moved(records);
  if (!records.empty()) commit(std::move(records));
}

storage::WriteBatch DeliveryState::unwritten() {
  storage::WriteBatch records;
  if (loaded_) put_moved(records);
  return records;
}

void DeliveryState::begin_replay() {
  std::vector<storage::OutboxSequence> cursors(live_.shards());
  auto& parts = record_.replay->parts;
  std::erase_if(parts, [&](const auto& part) { return part.shard.value() >= cursors.size(); });
  for (const auto& part : parts) cursors[part.shard.value()] = part.done;
  replay_ = Walk(cursors);
  for (const auto& part : parts) replay_.note(part.shard, part.last);
}

void DeliveryState::end_replay_if_done() {
  if (!record_.replay || !replay_.is_done() || desk_.held(Origin::replay) > 0) return;
  record_.replay.reset();
  replay_ = Walk();
  record_dirty_ = true;
}

Effects DeliveryState::order_replay(ReplayOrder order, RequestId request, Instant now) {
  if (record_.replay) {
    emit(Refuse{request, Error(replay_running, {{"id", record_.replay->id}})});
    return take();
  }
  record_.replay = Replay{.id = ++record_.replays,
                          .device_id = std::move(order.device_id),
                          .after = order.after,
                          .before = order.before,
                          .parts = std::move(order.parts),
                          .ordered_at = now.utc};
  begin_replay();
  storage::WriteBatch records;
  put_record(records);
  commit(std::move(records), request);
  return settle_down(now);
}

Effects DeliveryState::start_from(const std::vector<storage::OutboxSequence>& cursors,
                                  RequestId request, Instant now) {
  // An answer to what is being read is of another way, and so are tokens under way.
  live_ = Walk(cursors);
  live_reading_ = 0;
  desk_.remove_waiting(Origin::live);
  storage::WriteBatch records;
  put_cursors(records, key_, cursors);
  commit(std::move(records), request);
  ask_newest();
  return settle_down(now);
}

Effects DeliveryState::cancel_replay(RequestId request, Instant now) {
  record_.replay.reset();
  replay_ = Walk();
  replay_reading_ = 0;
  desk_.remove_waiting(Origin::replay);
  storage::WriteBatch records;
  put_record(records);
  commit(std::move(records), request);
  return settle_down(now);
}

Effects DeliveryState::redeliver(RequestId request, Instant now) {
  if (!letters_.empty() && redeliver_up_to_ == 0) redelivered_ = 0;
  if (!letters_.empty()) redeliver_up_to_ = *letters_.rbegin();
  breaker_.try_now(now.mono);
  commit({}, request);
  return settle_down(now);
}

Effects DeliveryState::discard_letters(RequestId request, Instant now) {
  storage::WriteBatch records;
  const auto range = dead_letter_rows(key_);
  records.erase_range(storage::Family::entity, range.first, range.last);
  letters_.clear();
  redeliver_up_to_ = 0;
  letters_reading_ = 0;
  desk_.remove_waiting(Origin::dead_letter);
  commit(std::move(records), request);
  return settle_down(now);
}

Effects DeliveryState::reset_health(RequestId request, Instant now) {
  record_.health = {};
  breaker_.reset();
  emit(TellHealth{record_.health});
  storage::WriteBatch records;
  put_record(records);
  commit(std::move(records), request);
  return settle_down(now);
}

DeliverySnapshot DeliveryState::snapshot(Instant now) const {
  DeliverySnapshot out{.health = record_.health,
                       .open = !breaker_.is_closed(),
                       .held = desk_.size(),
                       .under_way = desk_.under_way(),
                       .dead_letters = letters_.size(),
                       .replay = record_.replay};
  if (out.open) out.retry_in = std::max(breaker_.retry_at() - now.mono, Duration{});
  const auto count_behind = [](const Walk& walk) {
    std::uint64_t behind = 0;
    for (std::size_t i = 0; i < walk.shards(); ++i) {
      const auto& feed = walk.feed(storage::Shard{static_cast<std::uint16_t>(i)});
      behind += feed.newest() - feed.position();
    }
    return behind;
  };
  out.behind = count_behind(live_);
  out.replay_behind = count_behind(replay_);
  return out;
}

}  // namespace ff::application_server::webhook
