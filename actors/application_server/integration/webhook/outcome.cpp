// What becomes of attempts.
#include "actors/application_server/integration/webhook/errors.hpp"
#include "actors/application_server/integration/webhook/state.hpp"

namespace ff::application_server::webhook {
namespace {

constexpr std::size_t distrusted_max = 4096;

}  // namespace

Effects DeliveryState::sent(SendToken token, const Outcome& outcome, Instant now) {
  if (!desk_.is_under_way(token)) return {};
  if (outcome.not_tried) {
    desk_.postpone(token, now.mono + back_off(config_, 0, random_));
    return settle_down(now);
  }
  ++desk_.find(token)->attempts;
  if (outcome.delivered) {
    succeeded(token, now);
  } else {
    failed(token, outcome, now);
  }
  return settle_down(now);
}

void DeliveryState::succeeded(SendToken token, Instant now) {
  breaker_.success();
  last_success_ = now.mono;
  if (record_.health.state != Health::State::healthy)
    set_health({.state = Health::State::healthy, .last_failure = {}});
  distrusted_.erase(desk_.find(token)->message->device_id);
  finish(token);
}

void DeliveryState::failed(SendToken token, const Outcome& outcome, Instant now) {
  const auto error = outcome.error.value_or(Error(request_failed));
  auto& item = *desk_.find(token);
  breaker_.failure(now.mono, random_);
  const bool was_unhealthy = record_.health.state == Health::State::unhealthy;
  Health health{.state = Health::State::unhealthy,
                .failed_attempts = was_unhealthy ? record_.health.failed_attempts + 1 : 1,
                .last_failed_attempt_at = now.utc,
                .last_failure = note_of(error)};
  if (was_unhealthy) {
    // Written down and told with the next cursors: failures come many at a time. [spec
    // integrations §6 item 11]
    record_.health = std::move(health);
    record_dirty_ = true;
  } else {
    set_health(std::move(health));
  }
  emit(TellFailure{item.message->device_id, error});
  if (item.origin == Origin::dead_letter) {
    // It stays where it was.
    desk_.remove(token);
    return;
  }
  // The endpoint takes other messages, so this one is the reason; or it says so itself.
  const bool takes_others =
      item.first_failure && last_success_ && *last_success_ > *item.first_failure;
  const bool counts = outcome.refused || (takes_others && !outcome.busy);
  if (counts) ++item.refusals;
  if (!item.first_failure) item.first_failure = now.mono;
  const bool too_old =
      now.utc - item.message->received_at > config_.age_max && item.origin == Origin::live;
  if (item.refusals >= attempts_max(item) || too_old) {
    if (distrusted_.size() < distrusted_max) distrusted_.insert(item.message->device_id);
    return bury(token, too_old ? Error(expired).caused_by(error) : error, now);
  }
  desk_.postpone(token, now.mono + back_off(config_, item.attempts - 1, random_));
}

std::uint32_t DeliveryState::attempts_max(const Item& item) const {
  const bool is_known = distrusted_.contains(item.message->device_id) && breaker_.is_closed();
  return is_known ? 1 : config_.attempts_max;
}

/// Its cursor moves on, its device's next message may leave.
void DeliveryState::finish(SendToken token) {
  const auto* item = desk_.find(token);
  if (item->origin == Origin::live) live_.settle(item->shard, token);
  if (item->origin == Origin::replay) replay_.settle(item->shard, token);
  if (item->origin == Origin::dead_letter && letters_.erase(item->letter) > 0) {
    storage::WriteBatch records;
    records.erase(storage::Family::entity, dead_letter_key(key_, item->letter));
    commit(std::move(records));
  }
  desk_.remove(token);
}

/// It stays under way until its letter is durable: then the cursor moves, and its device's next
/// message may leave. Otherwise a crash could bring it back behind that one.
void DeliveryState::bury(SendToken token, const Error& reason, Instant now) {
  const auto& item = *desk_.find(token);
  DeadLetter letter{.shard = item.shard,
                    .sequence = item.sequence,
                    .kind = item.message->kind,
                    .device_id = item.message->device_id,
                    .received_at = item.message->received_at,
                    .body = item.message->body,
                    .attempts = item.attempts,
                    .failed_at = now.utc,
                    .reason = note_of(reason)};
  storage::WriteBatch records;
  std::uint64_t dropped = 0;
  while (!letters_.empty() && letters_.size() >= config_.dead_letters_max) {
    records.erase(storage::Family::entity, dead_letter_key(key_, *letters_.begin()));
    letters_.erase(letters_.begin());
    ++dropped;
  }
  if (config_.dead_letters_max > 0) {
    letters_.insert(next_letter_);
    records.put(storage::Family::entity, dead_letter_key(key_, next_letter_++),
                encode_dead_letter(letter));
  }
  commit(std::move(records), 0, token);
  emit(TellDead{item.message->device_id, dropped});
}

void DeliveryState::set_health(Health health) {
  record_.health = std::move(health);
  record_dirty_ = true;
  emit(TellHealth{record_.health});
}

}  // namespace ff::application_server::webhook
