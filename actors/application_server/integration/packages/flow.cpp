// What a consumer takes up, what is handled, and what becomes of it.
#include <algorithm>

#include "actors/application_server/integration/packages/errors.hpp"
#include "actors/application_server/integration/packages/state.hpp"

namespace ff::application_server::packages {
namespace {

using integration::Item;
using integration::Origin;

}  // namespace

/// The first of several for the same, by FPort.
std::optional<Pair> ConsumerState::pair_for(const DeviceId& device_id) const {
  const auto find = [this](const DeviceId& id) {
    const auto found = associations_.lower_bound({key_.application_id, id, 0});
    const bool is_there = found != associations_.end() && found->first.device_id == id;
    return is_there ? found : associations_.end();
  };
  const auto of_application = find({});
  const auto of_device = find(device_id);
  Pair out;
  if (of_application != associations_.end()) {
    out.of_application = of_application->second;
    out.f_port = of_application->first.f_port;
  }
  if (of_device != associations_.end()) {
    out.of_device = of_device->second;
    out.f_port = of_device->first.f_port;
  }
  if (!out.of_application && !out.of_device) return std::nullopt;
  return out;
}

bool ConsumerState::wants(UpKind kind) const {
  if (kind == UpKind::uplink) return true;
  return kind == UpKind::join && key_.package == Package::device_management;
}

bool ConsumerState::has_room(std::size_t bytes) const {
  if (desk_.size() == 0) return true;
  return desk_.size() < config_.held_max && desk_.bytes() + bytes <= config_.held_bytes_max;
}

/// False: there is no room for it.
bool ConsumerState::look_at(const UpPublished& up) {
  if (up.sequence.value() <= walk_.feed(up.shard).position()) return true;
  if (!up.message || !wants(up.message->kind) || !pair_for(up.message->device_id)) {
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

void ConsumerState::fill() {
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

Effects ConsumerState::live(const UpPublished& up, Instant now) {
  if (!loaded_ || up.shard.value() >= walk_.shards()) return {};
  const bool is_next = walk_.is_next(up);
  walk_.note(up.shard, up.sequence);
  if (is_next) look_at(up);
  return settle_down(now);
}

Effects ConsumerState::read(std::uint64_t serial, const Result<std::vector<UpPublished>>& messages,
                            Instant now) {
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

/// After many failures one at a time, when its time has come.
std::size_t ConsumerState::window(Instant now) const {
  if (!closed_to_) return config_.window;
  return now.mono < *closed_to_ ? 0 : 1;
}

void ConsumerState::dispatch(Instant now) {
  while (!begun_.empty() && !desk_.is_under_way(begun_.front().second)) begun_.pop_front();
  while (desk_.under_way() < window(now)) {
    const auto token = desk_.take(now.mono, false);
    if (!token) return;
    const auto* item = desk_.find(*token);
    const auto pair = pair_for(item->message->device_id);
    // The association is gone meanwhile.
    if (!pair) {
      finish(*token);
      continue;
    }
    begun_.emplace_back(now.mono, *token);
    emit(Handle{*token, item->shard, item->sequence, item->message, *pair});
  }
}

Effects ConsumerState::handled(SendToken token, const Outcome& outcome, Instant now) {
  if (!desk_.is_under_way(token)) return {};
  if (outcome.error && outcome.temporary) {
    if (!outcome.not_tried) count_failure(now);
    try_again(token, outcome, now);
    return settle_down(now);
  }
  // The server is there, whatever it says of this message.
  failures_ = 0;
  closed_to_.reset();
  if (outcome.error) {
    ++given_up_;
    emit(TellFailed{desk_.find(token)->message->device_id, *outcome.error, true});
  } else {
    ++done_;
    emit(TellDone{});
  }
  finish(token);
  return settle_down(now);
}

void ConsumerState::count_failure(Instant now) {
  ++failures_;
  if (failures_ < config_.circuit_failures) return;
  closed_to_ = now.mono + back_off(failures_ - config_.circuit_failures);
}

/// Doubled `times` times, ± 10 %.
Duration ConsumerState::back_off(std::uint64_t times) {
  auto delay = config_.retry_delay;
  for (std::uint64_t i = 0; i < times && delay < config_.retry_delay_max; ++i) delay *= 2;
  delay = std::min(delay, config_.retry_delay_max);
  const auto share = static_cast<std::uint64_t>(delay.count()) / 10;
  return delay - Duration(share) + Duration(random_.below(2 * share + 1));
}

void ConsumerState::check_guards(Instant now) {
  while (!begun_.empty() && now.mono - begun_.front().first >= config_.guard) {
    const auto token = begun_.front().second;
    begun_.pop_front();
    if (!desk_.is_under_way(token)) continue;
    emit(Abandon{token});
    try_again(token, {.error = Error(not_answered), .temporary = true}, now);
  }
}

/// Its cursor moves on, its device's next message may be handled.
void ConsumerState::finish(SendToken token) {
  walk_.settle(desk_.find(token)->shard, token);
  desk_.remove(token);
}

/// After an attempt without success that may have one later.
void ConsumerState::try_again(SendToken token, const Outcome& outcome, Instant now) {
  auto& item = *desk_.find(token);
  const auto due = now.mono + back_off(item.attempts);
  if (!outcome.not_tried) ++item.attempts;
  const bool too_old = now.utc - item.message->received_at > config_.age_max;
  const bool is_last = item.attempts >= config_.attempts_max || too_old;
  const auto error = too_old ? Error(expired).caused_by(*outcome.error) : *outcome.error;
  emit(TellFailed{item.message->device_id, error, is_last});
  if (!is_last) return desk_.postpone(token, due);
  ++given_up_;
  finish(token);
}

}  // namespace ff::application_server::packages
