#include "actors/application_server/integration/walk.hpp"

#include <algorithm>
#include <utility>

namespace ff::application_server::integration {

Walk::Walk(const std::vector<storage::OutboxSequence>& cursors) : queued_(cursors.size()) {
  feeds_.reserve(cursors.size());
  for (const auto cursor : cursors) feeds_.emplace_back(cursor.value());
}

void Walk::note(storage::Shard shard, storage::OutboxSequence newest) {
  if (shard.value() >= feeds_.size()) return;
  feeds_[shard.value()].note(newest.value());
  mark_if_behind(shard);
}

void Walk::mark_if_behind(storage::Shard shard) {
  if (!feeds_[shard.value()].is_behind() || queued_[shard.value()]) return;
  queued_[shard.value()] = true;
  behind_.push_back(shard);
}

bool Walk::is_being_read(storage::Shard shard) const {
  return reading_ == shard || (!batch_.empty() && batch_.front().shard == shard);
}

bool Walk::is_next(const UpPublished& up) const {
  if (up.shard.value() >= feeds_.size() || is_being_read(up.shard)) return false;
  return up.sequence.value() == feeds_[up.shard.value()].position() + 1;
}

std::optional<Walk::Reading> Walk::begin_reading() {
  if (reading_ || !batch_.empty()) return std::nullopt;
  while (!behind_.empty()) {
    const auto shard = behind_.front();
    behind_.pop_front();
    queued_[shard.value()] = false;
    const auto& feed = feeds_[shard.value()];
    if (!feed.is_behind()) continue;
    reading_ = shard;
    return Reading{shard, storage::OutboxSequence{feed.position()}};
  }
  return std::nullopt;
}

std::uint64_t Walk::read(const std::vector<UpPublished>& messages) {
  if (!reading_) return 0;
  const auto shard = *std::exchange(reading_, std::nullopt);
  auto& feed = feeds_[shard.value()];
  std::uint64_t lost = 0;
  if (messages.empty()) {
    feed.found_nothing();
  } else {
    // The outbox begins later than we had come, or has rows that can not be read.
    lost = messages.front().sequence.value() - feed.position() - 1;
    lost += static_cast<std::uint64_t>(std::ranges::count_if(
        messages, [](const UpPublished& up) { return up.message == nullptr; }));
    batch_.assign(messages.begin(), messages.end());
  }
  mark_if_behind(shard);
  return lost;
}

void Walk::read_failed() {
  if (!reading_) return;
  mark_if_behind(*std::exchange(reading_, std::nullopt));
}

void Walk::pass(const UpPublished& up) {
  feeds_[up.shard.value()].pass(up.sequence.value());
}

void Walk::send(const UpPublished& up, SendToken token) {
  feeds_[up.shard.value()].send(up.sequence.value(), token);
}

void Walk::settle(storage::Shard shard, SendToken token) {
  if (shard.value() < feeds_.size()) feeds_[shard.value()].settle(token);
}

std::vector<storage::Shard> Walk::dirty() const {
  std::vector<storage::Shard> out;
  for (std::size_t i = 0; i < feeds_.size(); ++i) {
    if (feeds_[i].is_dirty()) out.emplace_back(static_cast<std::uint16_t>(i));
  }
  return out;
}

bool Walk::is_done() const {
  if (reading_ || !batch_.empty()) return false;
  return std::ranges::all_of(feeds_,
                             [](const Feed& feed) { return feed.cursor() >= feed.newest(); });
}

}  // namespace ff::application_server::integration
