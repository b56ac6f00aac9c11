// The life of a consumer: records and time.
#include "actors/application_server/integration/packages/state.hpp"

#include <algorithm>

#include "actors/application_server/integration/packages/errors.hpp"

namespace ff::application_server::packages {

ConsumerState::ConsumerState(ConsumerKey key, Associations associations,
                             const ConsumerConfig& config, Random& random)
    : key_(std::move(key)),
      associations_(std::move(associations)),
      config_(config),
      random_(random) {}

Effects ConsumerState::loaded(const std::vector<storage::OutboxSequence>& cursors, Instant now) {
  if (std::exchange(loaded_, true)) return {};
  walk_ = integration::Walk(cursors);
  saved_ = now.mono;
  polled_ = now.mono;
  join_serial_ = ++serials_;
  emit(Join{join_serial_});
  return settle_down(now);
}

Effects ConsumerState::joined(std::uint64_t serial, Instant now) {
  if (serial != join_serial_ || std::exchange(joined_, true)) return {};
  emit(AskNewest{});
  return settle_down(now);
}

Effects ConsumerState::missed(Instant now) {
  if (joined_) emit(AskNewest{});
  return settle_down(now);
}

Effects ConsumerState::newest(const Result<std::vector<storage::OutboxSequence>>& sequences,
                              Instant now) {
  if (!sequences) {
    store_failed_ = true;
    return settle_down(now);
  }
  for (std::size_t i = 0; i < sequences->size(); ++i)
    walk_.note(storage::Shard{static_cast<std::uint16_t>(i)}, (*sequences)[i]);
  return settle_down(now);
}

Effects ConsumerState::committed(Instant now) {
  if (commits_ == 0) return {};
  --commits_;
  return settle_down(now);
}

void ConsumerState::set(const AssociationKey& key, const AssociationPtr& maybe_association) {
  if (!maybe_association) {
    associations_.erase(key);
  } else {
    associations_.insert_or_assign(key, maybe_association);
  }
  // Somebody may have corrected what went wrong.
  closed_to_.reset();
}

Effects ConsumerState::timer(Instant now) {
  if (wakes_at_ && *wakes_at_ <= now.mono) wakes_at_.reset();
  if (!loaded_) return {};
  check_guards(now);
  const bool retry = std::exchange(store_failed_, false);
  const bool poll = now.mono - polled_ >= config_.poll_interval;
  if (poll) polled_ = now.mono;
  if (joined_ && (poll || retry)) emit(AskNewest{});
  if (poll && !joined_) emit(Join{join_serial_});
  save(now);
  return settle_down(now);
}

/// One at a time: a slow disk is not given more to do.
void ConsumerState::save(Instant now) {
  if (now.mono - saved_ < config_.cursor_interval || commits_ > 0) return;
  saved_ = now.mono;
  auto records = unwritten();
  if (records.empty()) return;
  ++commits_;
  emit(Commit{std::move(records)});
}

storage::WriteBatch ConsumerState::unwritten() {
  storage::WriteBatch records;
  put_moved(records);
  return records;
}

void ConsumerState::put_moved(storage::WriteBatch& records) {
  for (const auto shard : walk_.dirty()) {
    integration::put_cursor(records, consumer_of(key_), shard,
                            storage::OutboxSequence{walk_.feed(shard).cursor()});
    walk_.written(shard);
  }
}

Effects ConsumerState::settle_down(Instant now) {
  if (!loaded_) return take();
  dispatch(now);
  fill();
  dispatch(now);
  schedule(now);
  return take();
}

/// One timer at a time, for whatever is next.
void ConsumerState::schedule(Instant now) {
  auto due = polled_ + config_.poll_interval;
  if (store_failed_ || !walk_.dirty().empty())
    due = std::min(due, std::max(saved_ + config_.cursor_interval, now.mono));
  if (const auto next = desk_.next_due())
    due = std::min(due, std::max(*next, closed_to_.value_or(*next)));
  if (closed_to_ && desk_.has_ready()) due = std::min(due, *closed_to_);
  if (!begun_.empty()) due = std::min(due, begun_.front().first + config_.guard);
  if (due <= now.mono) due = now.mono + config_.cursor_interval;
  if (wakes_at_ && *wakes_at_ <= due && *wakes_at_ > now.mono) return;
  wakes_at_ = due;
  emit(Wake{due - now.mono});
}

ConsumerSnapshot ConsumerState::snapshot(Instant now) const {
  ConsumerSnapshot out{.held = desk_.size(),
                       .under_way = desk_.under_way(),
                       .failures = failures_,
                       .done = done_,
                       .given_up = given_up_};
  if (closed_to_) out.left_alone_for = std::max(*closed_to_ - now.mono, Duration{});
  for (std::size_t i = 0; i < walk_.shards(); ++i) {
    const auto& feed = walk_.feed(storage::Shard{static_cast<std::uint16_t>(i)});
    out.behind += feed.newest() - feed.position();
  }
  return out;
}

}  // namespace ff::application_server::packages
