// Messages: live while nothing is missing, else from the outbox.
#include <algorithm>
#include <utility>

#include "actors/application_server/mqtt_session/state.hpp"
#include "net/mqtt/topic.hpp"

namespace ff::application_server::mqtt_session {
namespace {

/// What a message costs beside its body: topic, header, our own notes of it.
constexpr std::size_t message_overhead = 256;

std::string topic_of(const OutboxMessage& message) {
  auto topic = "devices/" + message.device_id.text() + '/';
  topic += topic_suffix(message.kind);
  return topic;
}

bool includes(const Subscription& subscription, const UpPublished& up) {
  return std::ranges::none_of(subscription.beginnings, [&](const Beginning& beginning) {
    return beginning.shard == up.shard && up.sequence <= beginning.after;
  });
}

}  // namespace

Effects SessionState::live(const UpPublished& up) {
  if (up.shard.value() >= feeds_.size()) return {};
  auto& shard = feed(up.shard);
  const bool is_next = up.sequence.value() == shard.position() + 1;
  const bool is_being_read = (reading_ && reading_->shard == up.shard) ||
                             (!batch_.empty() && batch_.front().shard == up.shard);
  shard.note(up.sequence.value());
  if (is_delivering() && is_next && !is_being_read) look_at(up);
  mark_if_behind(up.shard);
  pump();
  return take();
}

Effects SessionState::missed() {
  if (link_ == Link::joined) emit(AskNewest{++serials_});
  return take();
}

Effects SessionState::newest(std::uint64_t serial,
                             const Result<std::vector<storage::OutboxSequence>>& sequences) {
  if (link_ != Link::joined || serial <= join_serial_) return {};
  if (!sequences) {
    store_failed_ = true;
    for (auto& request : requests_) request.asked = 0;
    return take();
  }
  for (std::size_t i = 0; i < std::min(feeds_.size(), sequences->size()); ++i) {
    feeds_[i].note((*sequences)[i].value());
    mark_if_behind(storage::Shard{static_cast<std::uint16_t>(i)});
  }
  ends_known_ = true;
  answered_ = serial;
  advance_requests();
  pump();
  return take();
}

Effects SessionState::read(std::uint64_t serial, Result<std::vector<UpPublished>> messages) {
  if (!reading_ || reading_->serial != serial) return {};
  const auto shard = std::exchange(reading_, std::nullopt)->shard;
  auto& from = feed(shard);
  if (!messages) {
    store_failed_ = true;
  } else if (messages->empty()) {
    from.found_nothing();
  } else {
    // The outbox begins later than we had come, or has rows that can not be read.
    auto lost = messages->front().sequence.value() - from.position() - 1;
    lost += static_cast<std::uint64_t>(std::ranges::count_if(
        *messages, [](const UpPublished& up) { return up.message == nullptr; }));
    if (lost > 0) count_lost(shard, lost);
    batch_.assign(messages->begin(), messages->end());
  }
  mark_if_behind(shard);
  pump();
  return take();
}

void SessionState::count_lost(storage::Shard shard, std::uint64_t count) {
  emit(Lost{shard, count, connection_ && !std::exchange(connection_->told_of_loss, true)});
}

Effects SessionState::settled(const Settled& event) {
  if (!is_current(event.connection)) return {};
  const auto found = connection_->under_way.find(event.token);
  if (found == connection_->under_way.end()) return {};
  connection_->bytes_under_way -= found->second.bytes;
  feed(found->second.shard).settle(event.token);
  connection_->under_way.erase(found);
  acknowledged_ = true;
  pump();
  return take();
}

bool SessionState::is_delivering() const noexcept {
  return connection_ && connection_->open && connection_->may_read && ends_known_ &&
         !record_.subscriptions.empty();
}

void SessionState::pump() {
  if (!is_delivering()) return;
  while (!batch_.empty()) {
    if (!look_at(batch_.front())) return;
    batch_.pop_front();
  }
  // Without room nothing is read that would only wait here.
  if (!reading_ && !store_failed_ && has_room(0)) read_next();
}

void SessionState::mark_if_behind(storage::Shard shard) {
  if (!feed(shard).is_behind() || is_queued_[shard.value()]) return;
  is_queued_[shard.value()] = true;
  behind_.push_back(shard);
}

/// Shards take turns.
void SessionState::read_next() {
  while (!behind_.empty()) {
    const auto shard = behind_.front();
    behind_.pop_front();
    is_queued_[shard.value()] = false;
    if (!feed(shard).is_behind()) continue;
    reading_ = Reading{++serials_, shard};
    emit(Read{reading_->serial, shard, storage::OutboxSequence{feed(shard).position()}});
    return;
  }
}

bool SessionState::look_at(const UpPublished& up) {
  auto& from = feed(up.shard);
  const auto sequence = up.sequence.value();
  if (sequence <= from.position()) return true;
  Deliver delivery{.shard = up.shard, .sequence = up.sequence, .message = up.message};
  if (!match(up, delivery)) {
    from.pass(sequence);
    return true;
  }
  const auto bytes = up.message->body.size() + message_overhead;
  if (!has_room(bytes)) return false;
  delivery.connection = connection_->id;
  delivery.token = SendToken{++tokens_};
  from.send(sequence, delivery.token);
  connection_->under_way.emplace(delivery.token, UnderWay{up.shard, bytes});
  connection_->bytes_under_way += bytes;
  emit(std::move(delivery));
  return true;
}

bool SessionState::has_room(std::size_t bytes) const noexcept {
  if (connection_->under_way.empty()) return true;
  return connection_->under_way.size() < connection_->window &&
         connection_->bytes_under_way + bytes <= connection_->window_bytes;
}

/// Once per message, however many filters match, with the best quality of them.
bool SessionState::match(const UpPublished& up, Deliver& delivery) const {
  if (!up.message || topic_suffix(up.message->kind).empty()) return false;
  const auto topic = topic_of(*up.message);
  bool matched = false;
  for (const auto& subscription : record_.subscriptions) {
    if (!includes(subscription, up) || !mqtt::topic_matches(subscription.filter, topic)) continue;
    matched = true;
    delivery.qos = std::max(delivery.qos, subscription.qos);
    if (subscription.id != 0) delivery.subscription_ids.push_back(subscription.id);
  }
  return matched;
}

}  // namespace ff::application_server::mqtt_session
