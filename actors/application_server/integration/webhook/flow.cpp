// What a delivery takes up, and what may leave.
#include <algorithm>

#include "actors/application_server/integration/webhook/state.hpp"

namespace ff::application_server::webhook {
namespace {

/// Dead letters that are delivered once more, at one time.
constexpr std::size_t letters_held_max = 16;

}  // namespace

bool DeliveryState::wants(const OutboxMessage& message) const {
  return webhook_->paths.contains(message.kind);
}

bool DeliveryState::is_in_replay(const UpPublished& up) const {
  const auto& replay = *record_.replay;
  const auto& message = *up.message;
  if (!replay.device_id.empty() && message.device_id != replay.device_id) return false;
  if (message.received_at < replay.after) return false;
  if (replay.before != UtcTime{} && message.received_at >= replay.before) return false;
  return std::ranges::any_of(replay.parts, [&](const Replay::Part& part) {
    return part.shard == up.shard && up.sequence <= part.last;
  });
}

/// A replay has its own part of the room, so that neither stops the other.
bool DeliveryState::has_room(Origin origin, std::size_t bytes) const {
  const auto held = desk_.held(origin);
  if (held == 0) return true;
  const auto held_max = origin == Origin::live ? config_.held_max : config_.held_max / 2;
  return held < held_max && desk_.bytes() + bytes <= config_.held_bytes_max;
}

/// False: there is no room for it.
bool DeliveryState::look_at(Walk& walk, Origin origin, const UpPublished& up) {
  const auto& feed = walk.feed(up.shard);
  if (up.sequence.value() <= feed.position()) return true;
  const bool wanted =
      up.message && wants(*up.message) && (origin == Origin::live || is_in_replay(up));
  if (!wanted) {
    walk.pass(up);
    return true;
  }
  if (!has_room(origin, up.message->body.size())) return false;
  const SendToken token{++tokens_};
  walk.send(up, token);
  desk_.add(token,
            {.origin = origin, .shard = up.shard, .sequence = up.sequence, .message = up.message});
  return true;
}

void DeliveryState::fill(Walk& walk, Origin origin, std::uint64_t& reading) {
  if (origin == Origin::replay && !record_.replay) return;
  while (const auto* up = walk.front()) {
    if (!look_at(walk, origin, *up)) return;
    walk.pop();
  }
  // Without room nothing is read that would only wait here.
  if (store_failed_ || !has_room(origin, 0)) return;
  const auto next = walk.begin_reading();
  if (!next) return;
  reading = ++serials_;
  emit(Read{reading, next->shard, next->after});
}

void DeliveryState::fill_letters() {
  if (redeliver_up_to_ == 0 || letters_reading_ != 0 || store_failed_ ||
      desk_.held(Origin::dead_letter) > 0)
    return;
  const auto next = letters_.upper_bound(redelivered_);
  if (next == letters_.end() || *next > redeliver_up_to_) {
    redeliver_up_to_ = 0;
    return;
  }
  letters_reading_ = ++serials_;
  emit(ReadLetters{letters_reading_, *next});
}

Effects DeliveryState::live(const UpPublished& up, Instant now) {
  if (!loaded_ || up.shard.value() >= live_.shards()) return {};
  const bool is_next = live_.is_next(up);
  live_.note(up.shard, up.sequence);
  if (is_next) look_at(live_, Origin::live, up);
  return settle_down(now);
}

Effects DeliveryState::read(std::uint64_t serial, const Result<std::vector<UpPublished>>& messages,
                            Instant now) {
  const bool is_live = serial == live_reading_;
  if (!is_live && serial != replay_reading_) return {};
  (is_live ? live_reading_ : replay_reading_) = 0;
  auto& walk = is_live ? live_ : replay_;
  if (!messages) {
    store_failed_ = true;
    walk.read_failed();
  } else {
    const auto lost = walk.read(*messages);
    if (lost > 0 && is_live) emit(Lost{messages->front().shard, lost});
  }
  return settle_down(now);
}

Effects DeliveryState::letters(std::uint64_t serial, const Result<Letters>& letters, Instant now) {
  if (serial == 0 || serial != letters_reading_) return {};
  letters_reading_ = 0;
  if (!letters) {
    store_failed_ = true;
    return settle_down(now);
  }
  if (letters->empty()) redeliver_up_to_ = 0;
  for (const auto& [number, letter] : *letters) {
    if (number > redeliver_up_to_ || desk_.held(Origin::dead_letter) >= letters_held_max) break;
    redelivered_ = number;
    auto message = std::make_shared<const OutboxMessage>(
        OutboxMessage{letter.kind, letter.device_id, letter.received_at, letter.body});
    desk_.add(SendToken{++tokens_}, {.origin = Origin::dead_letter,
                                     .shard = letter.shard,
                                     .sequence = letter.sequence,
                                     .message = std::move(message),
                                     .letter = number});
  }
  return settle_down(now);
}

void DeliveryState::dispatch(Instant now) {
  for (;;) {
    const bool closed = breaker_.is_closed();
    const std::size_t limit =
        closed ? config_.concurrency : (breaker_.is_half_open(now.mono) ? 1 : 0);
    if (desk_.under_way() >= limit) return;
    const auto token = desk_.take(now.mono, !closed);
    if (!token) return;
    const auto* item = desk_.find(*token);
    // Settings may have changed since it was taken up.
    if (!wants(*item->message)) {
      if (item->origin == Origin::dead_letter) {
        desk_.remove(*token);
      } else {
        finish(*token);
      }
      continue;
    }
    emit(Send{*token, item->shard, item->sequence, item->message});
  }
}

}  // namespace ff::application_server::webhook
