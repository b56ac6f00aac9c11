// ConnectionSlots: how many connections a listener has open, in total and per remote network, with
// bounds. Not the connections themselves.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "net/address/endpoint.hpp"

namespace ff::net {

/// Any thread. Held by shared_ptr, because a slot may be the last to know it.
class ConnectionSlots : public std::enable_shared_from_this<ConnectionSlots> {
 public:
  /// `per_network_max`, for one IPv4 address or one /64; 0 is no bound.
  ConnectionSlots(std::size_t max, std::size_t per_network_max)
      : max_(max), per_network_max_(per_network_max) {}

  /// A slot that is free again when the last copy is dropped; null when a bound is reached.
  std::shared_ptr<void> take(const Endpoint& remote);
  std::size_t open() const;

 private:
  void release(const Endpoint& network);

  const std::size_t max_;
  const std::size_t per_network_max_;
  mutable std::mutex mutex_;
  std::size_t open_ = 0;
  std::unordered_map<Endpoint, std::size_t> per_network_;  // Kept only with a bound.
};

}  // namespace ff::net
