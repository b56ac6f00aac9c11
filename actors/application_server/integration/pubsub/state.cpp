// The life of an integration: connection, records, time.
#include "actors/application_server/integration/pubsub/state.hpp"

#include <algorithm>

#include "actors/application_server/integration/pubsub/back_off.hpp"
#include "actors/application_server/integration/pubsub/errors.hpp"

namespace ff::application_server::pubsub {
namespace {

/// A connection that has lasted so long was a good one.
constexpr std::chrono::minutes lasting{1};

}  // namespace

IntegrationState::IntegrationState(PubSubKey key, PubSubPtr pubsub, const IntegrationConfig& config,
                                   Random& random)
    : key_(std::move(key)), pubsub_(std::move(pubsub)), config_(config), random_(random) {}

Effects IntegrationState::loaded(const std::vector<storage::OutboxSequence>& cursors, Instant now) {
  if (phase_ != Phase::starting) return {};
  walk_ = integration::Walk(cursors);
  saved_ = now.mono;
  polled_ = now.mono;
  join_serial_ = ++serials_;
  emit(Join{join_serial_});
  connect(now);
  return settle_down(now);
}

Effects IntegrationState::joined(std::uint64_t serial, Instant now) {
  if (serial != join_serial_ || std::exchange(joined_, true)) return {};
  emit(AskNewest{});
  return settle_down(now);
}

Effects IntegrationState::missed(Instant now) {
  if (joined_) emit(AskNewest{});
  return settle_down(now);
}

Effects IntegrationState::newest(const Result<std::vector<storage::OutboxSequence>>& sequences,
                                 Instant now) {
  if (!sequences) {
    store_failed_ = true;
    return settle_down(now);
  }
  for (std::size_t i = 0; i < sequences->size(); ++i)
    walk_.note(storage::Shard{static_cast<std::uint16_t>(i)}, (*sequences)[i]);
  return settle_down(now);
}

// --- the connection ------------------------------------------------------------------------------

void IntegrationState::enter(Phase phase, Instant now) {
  phase_ = phase;
  since_ = now;
}

void IntegrationState::connect(Instant now) {
  enter(Phase::connecting, now);
  connection_ = ++serials_;
  emit(Connect{connection_});
}

Effects IntegrationState::connected(std::uint64_t serial, Instant now) {
  if (serial != connection_ || phase_ != Phase::connecting) return {};
  enter(Phase::connected, now);
  emit(TellStarted{});
  return settle_down(now);
}

Effects IntegrationState::failed(std::uint64_t serial, const Error& error, Instant now) {
  if (serial != connection_) return {};
  if (phase_ != Phase::connecting && phase_ != Phase::connected) return {};
  disconnected(error, now);
  return settle_down(now);
}

void IntegrationState::disconnected(const Error& error, Instant now) {
  if (phase_ == Phase::connected && now.mono - since_.mono >= lasting) failures_ = 0;
  const bool was_alone = alone_.has_value();
  for (const auto token : desk_.tokens_under_way()) {
    const bool counts = was_alone && takes_others(*desk_.find(token));
    try_again(token, counts, error, now, now.mono);
  }
  sent_.clear();
  alone_.reset();
  retry_at_ = now.mono + back_off(failures_++, is_persistent(error), random_);
  last_failure_ = error;
  last_failure_at_ = now.utc;
  enter(Phase::waiting, now);
  emit(Disconnect{});
  emit(TellFailed{error});
}

/// What takes too long ends the connection, or begins the next.
void IntegrationState::check_times(Instant now) {
  if (phase_ == Phase::connecting && now.mono - since_.mono >= config_.connect_timeout)
    return disconnected(Error(not_connected), now);
  if (phase_ == Phase::waiting && now.mono >= retry_at_) return connect(now);
  while (!sent_.empty() && !desk_.is_under_way(sent_.front().second)) sent_.pop_front();
  if (!sent_.empty() && now.mono - sent_.front().first >= config_.acknowledge_timeout)
    disconnected(Error(not_acknowledged), now);
}

// --- records and time ----------------------------------------------------------------------------

Effects IntegrationState::committed(Instant now) {
  if (commits_ == 0) return {};
  --commits_;
  return settle_down(now);
}

Effects IntegrationState::timer(Instant now) {
  if (wakes_at_ && *wakes_at_ <= now.mono) wakes_at_.reset();
  if (phase_ == Phase::starting) return {};
  check_times(now);
  const bool retry = std::exchange(store_failed_, false);
  const bool poll = now.mono - polled_ >= config_.poll_interval;
  if (poll) polled_ = now.mono;
  if (joined_ && (poll || retry)) emit(AskNewest{});
  if (poll && !joined_) emit(Join{join_serial_});
  // One at a time: a slow disk is not given more to do.
  if (now.mono - saved_ >= config_.cursor_interval && commits_ == 0) {
    saved_ = now.mono;
    if (auto records = unwritten(); !records.empty()) {
      ++commits_;
      emit(Commit{std::move(records)});
    }
  }
  return settle_down(now);
}

storage::WriteBatch IntegrationState::unwritten() {
  storage::WriteBatch records;
  put_moved(records);
  return records;
}

void IntegrationState::put_moved(storage::WriteBatch& records) {
  for (const auto shard : walk_.dirty()) {
    integration::put_cursor(records, consumer_of(key_), shard,
                            storage::OutboxSequence{walk_.feed(shard).cursor()});
    walk_.written(shard);
  }
}

Effects IntegrationState::settle_down(Instant now) {
  if (phase_ == Phase::starting) return take();
  dispatch(now);
  fill();
  dispatch(now);
  schedule(now);
  return take();
}

/// One timer at a time, for whatever is next.
void IntegrationState::schedule(Instant now) {
  auto due = polled_ + config_.poll_interval;
  if (store_failed_ || !walk_.dirty().empty())
    due = std::min(due, std::max(saved_ + config_.cursor_interval, now.mono));
  if (phase_ == Phase::waiting) due = std::min(due, retry_at_);
  if (phase_ == Phase::connecting) due = std::min(due, since_.mono + config_.connect_timeout);
  if (phase_ == Phase::connected) {
    if (const auto next = desk_.next_due()) due = std::min(due, *next);
    if (!sent_.empty()) due = std::min(due, sent_.front().first + config_.acknowledge_timeout);
  }
  if (due <= now.mono) due = now.mono + config_.cursor_interval;
  if (wakes_at_ && *wakes_at_ <= due && *wakes_at_ > now.mono) return;
  wakes_at_ = due;
  emit(Wake{due - now.mono});
}

IntegrationSnapshot IntegrationState::snapshot(Instant now) const {
  IntegrationSnapshot out{.phase = phase_,
                          .since = since_.utc,
                          .failures = failures_,
                          .last_failure = last_failure_,
                          .last_failure_at = last_failure_at_,
                          .held = desk_.size(),
                          .under_way = desk_.under_way(),
                          .published = published_,
                          .given_up = given_up_};
  if (phase_ == Phase::waiting) out.retry_in = std::max(retry_at_ - now.mono, Duration{});
  for (std::size_t i = 0; i < walk_.shards(); ++i) {
    const auto& feed = walk_.feed(storage::Shard{static_cast<std::uint16_t>(i)});
    out.behind += feed.newest() - feed.position();
  }
  return out;
}

}  // namespace ff::application_server::pubsub
