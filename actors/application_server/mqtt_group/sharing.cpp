#include "actors/application_server/mqtt_group/sharing.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace ff::application_server::mqtt_group {

void Sharing::join(MemberId member, std::uint16_t window) {
  members_.try_emplace(member).first->second.window = std::max<std::size_t>(window, 1);
}

std::size_t Sharing::leave(MemberId member) {
  if (members_.erase(member) == 0) return 0;
  std::size_t taken_back = 0;
  for (auto& [token, item] : items_) {
    if (item.at != member) continue;
    take_back(item, token);
    ++taken_back;
  }
  return taken_back;
}

void Sharing::add(SendToken token, MessagePtr message) {
  if (!message || !items_.try_emplace(token, Item{std::move(message), std::nullopt}).second) return;
  waiting_.insert(token);
}

/// The device's next message may go elsewhere once none of it is under way.
void Sharing::let_go(const Item& item) {
  const auto held = held_.find(item.message->device_id);
  if (held != held_.end() && --held->second.count == 0) held_.erase(held);
  const auto member = members_.find(*item.at);
  if (member != members_.end()) --member->second.under_way;
}

void Sharing::take_back(Item& item, SendToken token) {
  let_go(item);
  item.at.reset();
  waiting_.insert(token);
}

bool Sharing::settle(MemberId member, SendToken token, MonoTime now) {
  const auto found = items_.find(token);
  if (found == items_.end() || found->second.at != member) return false;
  let_go(found->second);
  items_.erase(found);
  members_.at(member).since = now;
  room(member);
  return true;
}

void Sharing::give_back(MemberId member, SendToken token) {
  const auto found = items_.find(token);
  if (found == items_.end() || found->second.at != member) return;
  take_back(found->second, token);
  members_.at(member).is_full = true;
}

void Sharing::room(MemberId member) {
  const auto found = members_.find(member);
  if (found != members_.end()) found->second.is_full = false;
}

std::optional<MemberId> Sharing::choose() const {
  const auto rank = [](const auto& entry) {
    const auto& member = entry.second;
    return std::tuple(!member.has_room(), member.under_way, member.used);
  };
  const auto best = std::ranges::min_element(members_, {}, rank);
  if (best == members_.end() || !best->second.has_room()) return std::nullopt;
  return best->first;
}

void Sharing::hand(Item& item, MemberId to, MonoTime now) {
  auto& member = members_.at(to);
  if (member.under_way == 0) member.since = now;
  ++member.under_way;
  member.used = ++sends_;
  item.at = to;
  held_.try_emplace(item.message->device_id, Held{to, 0}).first->second.count += 1;
}

std::vector<Sharing::Send> Sharing::dispatch(MonoTime now) {
  std::vector<Send> sends;
  // What is behind a message of its device that has to wait, waits too.
  std::set<DeviceId> blocked;
  for (auto next = waiting_.begin(); next != waiting_.end();) {
    auto& item = items_.at(*next);
    const auto& device = item.message->device_id;
    const auto held = held_.find(device);
    const auto member = held == held_.end() ? choose() : std::optional(held->second.member);
    if (!member) break;
    if (!members_.at(*member).has_room() || blocked.contains(device)) {
      blocked.insert(device);
      ++next;
      continue;
    }
    hand(item, *member, now);
    sends.push_back({*member, *next, item.message});
    next = waiting_.erase(next);
  }
  return sends;
}

std::vector<MemberId> Sharing::stalled(MonoTime now, Duration patience) const {
  std::vector<MemberId> out;
  // Alone it is as slow as it is; where nothing waits, nobody is the worse for it.
  if (waiting_.empty() || members_.size() < 2) return out;
  for (const auto& [id, member] : members_) {
    if (member.under_way > 0 && now - member.since >= patience) out.push_back(id);
  }
  return out;
}

std::vector<MemberId> Sharing::members() const {
  std::vector<MemberId> out;
  for (const auto& [id, member] : members_) out.push_back(id);
  return out;
}

void Sharing::clear() {
  members_.clear();
  items_.clear();
  waiting_.clear();
  held_.clear();
}

}  // namespace ff::application_server::mqtt_group
