// The life of a session: connections, records, time.
#include "actors/application_server/mqtt_session/state.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace ff::application_server::mqtt_session {

SessionState::SessionState(SessionKey key, const SessionsConfig& config, storage::ShardCount shards)
    : key_(std::move(key)),
      config_(config),
      shards_(shards),
      feeds_(shards.value()),
      is_queued_(shards.value()) {}

Effects SessionState::loaded(Loaded loaded, Instant now) {
  if (std::exchange(loaded_, true)) return {};
  if (loaded.record) {
    record_ = *std::move(loaded.record);
    stored_ = true;
  }
  for (std::size_t i = 0; i < std::min(feeds_.size(), loaded.cursors.size()); ++i)
    feeds_[i] = Feed(loaded.cursors[i].value());
  if (held_removal_) forget();
  if (held_attach_) open(*std::exchange(held_attach_, std::nullopt), now);
  if (!held_detach_) return take();
  auto effects = take();
  std::ranges::move(detach(*std::exchange(held_detach_, std::nullopt), now),
                    std::back_inserter(effects));
  return effects;
}

Effects SessionState::attach(const Attach& event, Instant now) {
  ++orders_;
  if (!loaded_) {
    if (held_attach_) emit(Close{held_attach_->connection});
    held_attach_ = event;
    held_detach_.reset();
    return take();
  }
  if (connection_) {
    emit(Close{connection_->id});
    end_connection();
  }
  open(event, now);
  return take();
}

void SessionState::open(const Attach& event, Instant now) {
  const bool present = stored_ && !event.clean_start;
  storage::WriteBatch records;
  if (event.is_group && present) {
    kept_until_ =
        std::max(kept_until_, record_.expires_at != UtcTime{}
                                  ? record_.expires_at
                                  : UtcTime{now.utc + std::chrono::seconds{record_.expiry}});
  }
  if (stored_ && event.clean_start) {
    erase_session(records, key_, shards_);
    record_ = {};
    leave();
  }
  record_.expiry = event.expiry;
  record_.expires_at = {};
  // Kept until the client is back; it may use them again afterwards.
  auto unreleased = std::exchange(record_.unreleased, {});
  stored_ = true;
  connect(event);
  put_record(records);
  polled_ = now.mono;
  commit(std::move(records),
         {{Accept{event.connection, present, std::move(unreleased), record_.shared}},
          event.connection});
  if (!std::exchange(waking_, true)) emit(Wake{config_.cursor_interval});
}

void SessionState::connect(const Attach& event) {
  const std::uint16_t factor = event.is_group ? config_.group_factor : 1;
  const auto window = static_cast<std::uint16_t>(config_.window * factor);
  connection_ = Connection{.id = event.connection,
                           .window = std::min(event.window, window),
                           .window_bytes = config_.window_bytes * factor,
                           .may_read = event.may_read,
                           .under_way = {}};
}

/// What the connection had and the client did not acknowledge is to come again.
void SessionState::end_connection() {
  connection_.reset();
  requests_.clear();
  batch_.clear();
  reading_.reset();
  for (std::size_t i = 0; i < feeds_.size(); ++i) {
    feeds_[i].rewind();
    mark_if_behind(storage::Shard{static_cast<std::uint16_t>(i)});
  }
}

Effects SessionState::detach(const Detach& event, Instant now) {
  if (held_attach_ && held_attach_->connection == event.connection) {
    held_detach_ = event;
    return {};
  }
  if (!is_current(event.connection)) return {};
  end_connection();
  leave();
  if (event.expiry) record_.expiry = *event.expiry;
  const auto expires_at =
      std::max(kept_until_, UtcTime{now.utc + std::chrono::seconds{record_.expiry}});
  if (expires_at <= now.utc) {
    forget();
    return take();
  }
  record_.expires_at = expires_at;
  record_.unreleased = event.unreleased;
  storage::WriteBatch records;
  put_cursors(records);
  put_record(records);
  commit(std::move(records), {{ReportIdle{orders_, record_.expires_at}}, std::nullopt});
  return take();
}

Effects SessionState::remove() {
  ++orders_;
  if (!loaded_) {
    held_removal_ = true;
    if (held_attach_) emit(Close{std::exchange(held_attach_, std::nullopt)->connection});
    return take();
  }
  if (connection_) {
    emit(Close{connection_->id});
    end_connection();
  }
  forget();
  return take();
}

void SessionState::forget() {
  leave();
  record_ = {};
  stored_ = false;
  kept_until_ = {};
  storage::WriteBatch records;
  erase_session(records, key_, shards_);
  commit(std::move(records), {{ReportGone{orders_}}, std::nullopt});
}

void SessionState::commit(storage::WriteBatch records, AfterCommit after) {
  commits_.push_back(std::move(after));
  emit(Commit{std::move(records)});
}

Effects SessionState::committed(Instant) {
  if (commits_.empty()) return {};
  auto after = std::move(commits_.front());
  commits_.pop_front();
  for (auto& effect : after.effects) effects_.push_back(std::move(effect));
  if (after.opens && is_current(*after.opens)) {
    connection_->open = true;
    if (connection_->may_read && !record_.subscriptions.empty()) join();
    pump();
  }
  return take();
}

void SessionState::put_record(storage::WriteBatch& records) {
  drop_passed_beginnings();
  records.put(storage::Family::entity, session_row_key(key_), encode_session(record_));
}

void SessionState::put_cursors(storage::WriteBatch& records) {
  acknowledged_ = false;
  // Without subscriptions there is nothing to come back to.
  if (record_.subscriptions.empty()) return;
  for (std::size_t i = 0; i < feeds_.size(); ++i) {
    if (!feeds_[i].is_dirty()) continue;
    const storage::Shard shard{static_cast<std::uint16_t>(i)};
    put_cursor(records, key_, shard, cursor(shard));
    feeds_[i].written();
  }
}

void SessionState::put_all_cursors(storage::WriteBatch& records) {
  for (std::size_t i = 0; i < feeds_.size(); ++i) {
    const storage::Shard shard{static_cast<std::uint16_t>(i)};
    put_cursor(records, key_, shard, cursor(shard));
    feeds_[i].written();
  }
}

void SessionState::drop_passed_beginnings() {
  for (auto& subscription : record_.subscriptions) {
    std::erase_if(subscription.beginnings, [this](const Beginning& beginning) {
      return beginning.shard.value() >= feeds_.size() || cursor(beginning.shard) >= beginning.after;
    });
  }
}

void SessionState::join() {
  if (link_ != Link::none) return;
  link_ = Link::joining;
  join_serial_ = ++serials_;
  emit(Join{join_serial_});
}

void SessionState::leave() {
  ends_known_ = false;
  if (std::exchange(link_, Link::none) != Link::none) emit(Leave{});
}

Effects SessionState::joined(std::uint64_t serial) {
  if (link_ != Link::joining || serial != join_serial_) return {};
  link_ = Link::joined;
  const auto before = serials_;
  advance_requests();
  // Unless a request has asked already.
  if (serials_ == before) emit(AskNewest{++serials_});
  return take();
}

/// While a client is connected: cursors are written, and everything that may have failed silently
/// is tried again.
Effects SessionState::timer(Instant now) {
  waking_ = false;
  if (!connection_) return {};
  waking_ = true;
  emit(Wake{config_.cursor_interval});
  const bool poll = now.mono - polled_ >= config_.poll_interval;
  // One at a time: a slow disk is not given more to do.
  if ((acknowledged_ || poll) && commits_.empty()) {
    storage::WriteBatch records;
    put_cursors(records);
    if (!records.empty()) commit(std::move(records), {});
  }
  const bool retry = std::exchange(store_failed_, false);
  if (poll) polled_ = now.mono;
  if (poll && link_ == Link::joining) {
    leave();
    join();
  } else if ((poll || retry) && link_ == Link::joined) {
    emit(AskNewest{++serials_});
  }
  if (retry) advance_requests();
  pump();
  return take();
}

storage::WriteBatch SessionState::unwritten_cursors() {
  storage::WriteBatch records;
  put_cursors(records);
  return records;
}

storage::OutboxSequence SessionState::cursor(storage::Shard shard) const {
  return storage::OutboxSequence{feeds_[shard.value()].cursor()};
}

}  // namespace ff::application_server::mqtt_session
