#include "actors/application_server/integration/desk.hpp"

#include <vector>

namespace ff::application_server::integration {

void Desk::add(SendToken token, Item item) {
  bytes_ += item.message->body.size();
  ++held_[static_cast<std::size_t>(item.origin)];
  auto& chain = chains_[chain_of(item)];
  chain.push_back(token);
  if (chain.size() == 1) ready_.push_back(token);
  items_.emplace(token, std::move(item));
}

std::optional<SendToken> Desk::take(MonoTime now, bool any) {
  while (!postponed_.empty() && postponed_.begin()->first <= now) {
    ready_.push_back(postponed_.begin()->second);
    postponed_.erase(postponed_.begin());
  }
  if (ready_.empty() && any && !postponed_.empty()) {
    ready_.push_back(postponed_.begin()->second);
    postponed_.erase(postponed_.begin());
  }
  if (ready_.empty()) return std::nullopt;
  const auto token = ready_.front();
  ready_.pop_front();
  under_way_.insert(token);
  return token;
}

const Item* Desk::find(SendToken token) const {
  const auto found = items_.find(token);
  return found == items_.end() ? nullptr : &found->second;
}

Item* Desk::find(SendToken token) {
  const auto found = items_.find(token);
  return found == items_.end() ? nullptr : &found->second;
}

void Desk::postpone(SendToken token, MonoTime due) {
  if (under_way_.erase(token) > 0) postponed_.emplace(due, token);
}

void Desk::remove(SendToken token) {
  const auto found = items_.find(token);
  if (found == items_.end()) return;
  under_way_.erase(token);
  std::erase(ready_, token);
  std::erase_if(postponed_, [&](const auto& entry) { return entry.second == token; });
  const auto key = chain_of(found->second);
  bytes_ -= found->second.message->body.size();
  --held_[static_cast<std::size_t>(key.first)];
  items_.erase(found);
  auto& chain = chains_[key];
  const bool was_first = chain.front() == token;
  std::erase(chain, token);
  if (chain.empty()) {
    chains_.erase(key);
  } else if (was_first) {
    promote_next(key);
  }
}

void Desk::promote_next(const ChainKey& key) {
  ready_.push_back(chains_[key].front());
}

void Desk::remove_waiting(Origin origin) {
  std::vector<SendToken> waiting;
  for (const auto& [token, item] : items_) {
    if (item.origin == origin && !is_under_way(token)) waiting.push_back(token);
  }
  // The last first, so that none becomes ready that goes too.
  for (auto token = waiting.rbegin(); token != waiting.rend(); ++token) remove(*token);
}

std::optional<MonoTime> Desk::next_due() const {
  if (postponed_.empty()) return std::nullopt;
  return postponed_.begin()->first;
}

}  // namespace ff::application_server::integration
