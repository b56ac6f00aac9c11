#include "actors/support/keyed_slots.hpp"

namespace ff::actors {

std::shared_ptr<void> KeyedSlots::take(const std::string& key) {
  {
    const std::lock_guard lock(mutex_);
    auto& taken = taken_[key];
    if (max_ > 0 && taken >= max_) return nullptr;
    ++taken;
  }
  return {this, [self = shared_from_this(), key](void*) { self->release(key); }};
}

void KeyedSlots::release(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto found = taken_.find(key);
  if (found != taken_.end() && --found->second == 0) taken_.erase(found);
}

}  // namespace ff::actors
