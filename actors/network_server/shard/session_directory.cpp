#include "actors/network_server/shard/session_directory.hpp"

#include <algorithm>

namespace ff::network_server {
namespace {

/// Full counter of an uplink event; nothing for other events.
const FCnt32* counter_of(const ToSession& message) {
  const auto* uplink = std::get_if<UplinkMatched>(message.event.get());
  return uplink ? &uplink->f_cnt : nullptr;
}

/// Uplinks among themselves into counter order; every other event stays where it is.
void order_uplinks(std::vector<ToSession>& messages) {
  std::vector<std::size_t> places;
  std::vector<ToSession> uplinks;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    if (!counter_of(messages[i])) continue;
    places.push_back(i);
    uplinks.push_back(messages[i]);
  }
  std::stable_sort(uplinks.begin(), uplinks.end(), [](const ToSession& a, const ToSession& b) {
    return *counter_of(a) < *counter_of(b);
  });
  for (std::size_t i = 0; i < places.size(); ++i) messages[places[i]] = std::move(uplinks[i]);
}

}  // namespace

Delivery SessionDirectory::accept(const ToSession& message, MonoTime now) {
  auto [found, is_new] = entries_.try_emplace(message.device);
  auto& entry = found->second;
  entry.last_used = now;
  if (entry.phase == Phase::active) return Delivery::deliver;
  if (entry.stash.size() >= limits_.stash_max) return Delivery::refused;
  entry.stash.push_back(message);
  return is_new ? Delivery::load : Delivery::stashed;
}

std::vector<ToSession> SessionDirectory::activated(const DeviceUid& device, MonoTime now) {
  auto& entry = entries_[device];
  entry.phase = Phase::active;
  entry.last_used = now;
  ++active_;
  idle_.push_back({now, device});
  std::vector<ToSession> messages(std::make_move_iterator(entry.stash.begin()),
                                  std::make_move_iterator(entry.stash.end()));
  entry.stash.clear();
  order_uplinks(messages);
  return messages;
}

/// Under pressure it shrinks, but not below what gateways take for their reports of a downlink.
Duration SessionDirectory::idle_limit() const noexcept {
  const bool crowded = active_ > limits_.sessions_max;
  return crowded ? limits_.idle / 3 : limits_.idle;
}

std::optional<MonoTime> SessionDirectory::next_due() const noexcept {
  if (idle_.empty()) return std::nullopt;
  return idle_.front().since + idle_limit();
}

std::vector<DeviceUid> SessionDirectory::passivate_idle(MonoTime now) {
  std::vector<DeviceUid> leaving;
  const auto idle = idle_limit();
  while (!idle_.empty() && idle_.front().since + idle <= now) {
    auto candidate = std::move(idle_.front());
    idle_.pop_front();
    auto found = entries_.find(candidate.device);
    if (found == entries_.end() || found->second.phase != Phase::active) continue;
    if (found->second.last_used > candidate.since) {
      // Used since: look again when that use is old enough. Kept in order, because `last_used` is
      // never later than now.
      candidate.since = found->second.last_used;
      const auto place =
          std::upper_bound(idle_.begin(), idle_.end(), candidate.since,
                           [](MonoTime since, const Idle& other) { return since < other.since; });
      idle_.insert(place, std::move(candidate));
      continue;
    }
    found->second.phase = Phase::leaving;
    --active_;
    leaving.push_back(std::move(candidate.device));
  }
  return leaving;
}

SessionDirectory::Place SessionDirectory::place_of(const DeviceUid& device) const {
  const auto found = entries_.find(device);
  if (found == entries_.end()) return {};
  const auto& entry = found->second;
  const auto phase = entry.phase == Phase::active    ? SessionPhase::active
                     : entry.phase == Phase::loading ? SessionPhase::loading
                                                     : SessionPhase::leaving;
  return {phase, entry.stash.size()};
}

std::size_t SessionDirectory::stashed() const {
  std::size_t count = 0;
  for (const auto& [device, entry] : entries_) count += entry.stash.size();
  return count;
}

std::deque<ToSession> SessionDirectory::failed(const DeviceUid& device) {
  const auto found = entries_.find(device);
  if (found == entries_.end()) return {};
  if (found->second.phase == Phase::active) --active_;
  auto stash = std::move(found->second.stash);
  entries_.erase(found);
  return stash;
}

void SessionDirectory::ended(const DeviceUid& device) {
  const auto found = entries_.find(device);
  if (found == entries_.end() || found->second.phase != Phase::active) return;
  found->second.phase = Phase::leaving;
  --active_;
}

bool SessionDirectory::gone(const DeviceUid& device) {
  auto found = entries_.find(device);
  if (found == entries_.end()) return false;
  if (found->second.phase == Phase::active) --active_;
  if (found->second.stash.empty()) {
    entries_.erase(found);
    return false;
  }
  found->second.phase = Phase::loading;
  return true;
}

}  // namespace ff::network_server
