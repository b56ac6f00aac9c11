// What an integration takes up, what leaves, and what becomes of it.
#include "actors/application_server/integration/pubsub/back_off.hpp"
#include "actors/application_server/integration/pubsub/errors.hpp"
#include "actors/application_server/integration/pubsub/state.hpp"

namespace ff::application_server::pubsub {
namespace {

using integration::Item;
using integration::Origin;

/// A message that was under way at so many ends of connections is sent alone.
constexpr std::uint32_t suspicious_attempts = 3;

}  // namespace

bool IntegrationState::has_room(std::size_t bytes) const {
  if (desk_.size() == 0) return true;
  return desk_.size() < config_.held_max && desk_.bytes() + bytes <= config_.held_bytes_max;
}

/// False: there is no room for it.
bool IntegrationState::look_at(const UpPublished& up) {
  if (up.sequence.value() <= walk_.feed(up.shard).position()) return true;
  if (!up.message || !pubsub_->topics.contains(up.message->kind)) {
    walk_.pass(up);
    return true;
  }
  if (!has_room(up.message->body.size())) return false;
  const SendToken token{++tokens_};
  walk_.send(up, token);
  desk_.add(
      token,
      {.origin = Origin::live, .shard = up.shard, .sequence = up.sequence, .message = up.message});
  return true;
}

void IntegrationState::fill() {
  while (const auto* up = walk_.front()) {
    if (!look_at(*up)) return;
    walk_.pop();
  }
  // Without room nothing is read that would only wait here.
  if (store_failed_ || !has_room(0)) return;
  const auto next = walk_.begin_reading();
  if (!next) return;
  reading_ = ++serials_;
  emit(Read{reading_, next->shard, next->after});
}

Effects IntegrationState::live(const UpPublished& up, Instant now) {
  if (phase_ == Phase::starting || up.shard.value() >= walk_.shards()) return {};
  const bool is_next = walk_.is_next(up);
  walk_.note(up.shard, up.sequence);
  if (is_next) look_at(up);
  return settle_down(now);
}

Effects IntegrationState::read(std::uint64_t serial,
                               const Result<std::vector<UpPublished>>& messages, Instant now) {
  if (serial == 0 || serial != reading_) return {};
  reading_ = 0;
  if (!messages) {
    store_failed_ = true;
    walk_.read_failed();
  } else if (const auto lost = walk_.read(*messages); lost > 0) {
    emit(Lost{messages->front().shard, lost});
  }
  return settle_down(now);
}

void IntegrationState::dispatch(Instant now) {
  if (phase_ != Phase::connected) return;
  while (!alone_ && desk_.under_way() < config_.window) {
    const auto token = desk_.take(now.mono, false);
    if (!token) return;
    const auto* item = desk_.find(*token);
    if (item->attempts >= suspicious_attempts) {
      // The others first.
      if (desk_.under_way() > 1) return desk_.postpone(*token, now.mono);
      alone_ = token;
    }
    sent_.emplace_back(now.mono, *token);
    emit(Send{*token, item->shard, item->sequence, item->message});
  }
}

Effects IntegrationState::acknowledged(std::uint64_t serial, SendToken token,
                                       const std::optional<Error>& error, Instant now) {
  if (serial != connection_ || phase_ != Phase::connected || !desk_.is_under_way(token)) return {};
  if (alone_ == token) alone_.reset();
  if (error) {
    const auto& item = *desk_.find(token);
    const auto due = now.mono + back_off(item.attempts, false, random_);
    last_failure_ = *error;
    last_failure_at_ = now.utc;
    emit(TellFailed{*error});
    try_again(token, takes_others(item), *error, now, due);
    return settle_down(now);
  }
  ++published_;
  failures_ = 0;
  last_success_ = now.mono;
  finish(token);
  return settle_down(now);
}

Effects IntegrationState::unsendable(SendToken token, const Error& error, Instant now) {
  if (!desk_.is_under_way(token)) return {};
  if (alone_ == token) alone_.reset();
  ++given_up_;
  emit(GiveUp{desk_.find(token)->message->device_id, error});
  finish(token);
  return settle_down(now);
}

bool IntegrationState::takes_others(const Item& item) const {
  return item.first_failure && last_success_ && *last_success_ > *item.first_failure;
}

/// Its cursor moves on, its device's next message may leave.
void IntegrationState::finish(SendToken token) {
  walk_.settle(desk_.find(token)->shard, token);
  desk_.remove(token);
}

/// After an attempt without success. `counts`: against the message.
void IntegrationState::try_again(SendToken token, bool counts, const Error& error, Instant now,
                                 MonoTime due) {
  auto& item = *desk_.find(token);
  ++item.attempts;
  if (counts) ++item.refusals;
  if (!item.first_failure) item.first_failure = now.mono;
  const bool too_old = now.utc - item.message->received_at > config_.age_max;
  if (item.refusals < config_.attempts_max && !too_old) return desk_.postpone(token, due);
  ++given_up_;
  emit(GiveUp{item.message->device_id, too_old ? Error(expired).caused_by(error) : error});
  finish(token);
}

}  // namespace ff::application_server::pubsub
