#include "net/stream/connection_slots.hpp"

#include "net/address/network_of.hpp"

namespace ff::net {

std::shared_ptr<void> ConnectionSlots::take(const Endpoint& remote) {
  auto network = network_of(remote);
  {
    std::lock_guard lock(mutex_);
    if (open_ >= max_) return nullptr;
    if (per_network_max_ > 0) {
      auto& count = per_network_[network];
      if (count >= per_network_max_) return nullptr;
      ++count;
    }
    ++open_;
  }
  return {this, [self = shared_from_this(), network](void*) { self->release(network); }};
}

std::size_t ConnectionSlots::open() const {
  std::lock_guard lock(mutex_);
  return open_;
}

void ConnectionSlots::release(const Endpoint& network) {
  std::lock_guard lock(mutex_);
  --open_;
  auto found = per_network_.find(network);
  if (found != per_network_.end() && --found->second == 0) per_network_.erase(found);
}

}  // namespace ff::net
