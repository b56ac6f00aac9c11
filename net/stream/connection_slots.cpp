#include "net/stream/connection_slots.hpp"

namespace ff::net {

std::shared_ptr<void> ConnectionSlots::take(const Endpoint& remote) {
  auto address = remote.with_port(0);
  {
    std::lock_guard lock(mutex_);
    if (open_ >= max_) return nullptr;
    if (per_address_max_ > 0) {
      auto& count = per_address_[address];
      if (count >= per_address_max_) return nullptr;
      ++count;
    }
    ++open_;
  }
  return {this, [self = shared_from_this(), address](void*) { self->release(address); }};
}

std::size_t ConnectionSlots::open() const {
  std::lock_guard lock(mutex_);
  return open_;
}

void ConnectionSlots::release(const Endpoint& address) {
  std::lock_guard lock(mutex_);
  --open_;
  auto found = per_address_.find(address);
  if (found != per_address_.end() && --found->second == 0) per_address_.erase(found);
}

}  // namespace ff::net
