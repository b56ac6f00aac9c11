// Deliveries at QoS 1 between PUBLISH and PUBACK: packet identifiers, tokens, order.
// Not for messages: what must be sent again after a reconnect is read again by the owner.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "net/mqtt/effect.hpp"

namespace ff::mqtt {

class OutboundWindow {
 public:
  void set_size(std::uint16_t size) noexcept { size_ = size; }
  /// Deliveries that may still be added.
  std::size_t free() const noexcept {
    return in_flight_.size() < size_ ? size_ - in_flight_.size() : 0;
  }

  /// The packet identifier of the next `add`.
  std::uint16_t next_id() const noexcept;
  /// `free()` is not 0: asserted.
  void add(DeliveryToken token);
  /// PUBACK came. Tokens are given back in the order of `add`, so that an owner can move one
  /// cursor: an acknowledgement out of order waits for those before it. Unknown identifiers are
  /// ignored.
  std::vector<Acknowledged> acknowledge(std::uint16_t packet_id, ReasonCode reason);

 private:
  struct InFlight {
    DeliveryToken token;
    std::optional<ReasonCode> answer;
  };

  std::uint16_t size_ = 64;
  /// Identifier of in_flight_.front(); the others follow without gaps, after 65,535 comes 1.
  std::uint16_t first_id_ = 1;
  std::deque<InFlight> in_flight_;
};

}  // namespace ff::mqtt
