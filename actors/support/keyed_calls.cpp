#include "actors/support/keyed_calls.hpp"

#include <utility>
#include <vector>

namespace ff::actors {

std::shared_ptr<void> KeyedCalls::add(const std::string& key, std::function<void()> call) {
  std::uint64_t number = 0;
  {
    const std::lock_guard lock(mutex_);
    number = ++numbers_;
    calls_[key].emplace(number, std::move(call));
  }
  return {this, [self = shared_from_this(), key, number](void*) { self->remove(key, number); }};
}

void KeyedCalls::call_all(const std::string& key) {
  std::vector<std::function<void()>> calls;
  {
    const std::lock_guard lock(mutex_);
    const auto found = calls_.find(key);
    if (found == calls_.end()) return;
    for (const auto& [number, call] : found->second) calls.push_back(call);
  }
  // Without the lock: who is called may remove itself.
  for (const auto& call : calls) call();
}

void KeyedCalls::remove(const std::string& key, std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  const auto found = calls_.find(key);
  if (found == calls_.end()) return;
  found->second.erase(number);
  if (found->second.empty()) calls_.erase(found);
}

}  // namespace ff::actors
