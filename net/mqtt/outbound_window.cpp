#include "net/mqtt/outbound_window.hpp"

#include "protocol/base/assert.hpp"

namespace ff::mqtt {
namespace {

constexpr std::size_t id_count = 65'535;

/// The identifier `steps` after `id` in the cycle 1 … 65,535.
std::uint16_t advance(std::uint16_t id, std::size_t steps) noexcept {
  return static_cast<std::uint16_t>((id - 1 + steps) % id_count + 1);
}

}  // namespace

std::uint16_t OutboundWindow::next_id() const noexcept {
  return advance(first_id_, in_flight_.size());
}

void OutboundWindow::add(DeliveryToken token) {
  FF_ASSERT(free() > 0);
  in_flight_.push_back({token, std::nullopt});
}

std::vector<Acknowledged> OutboundWindow::acknowledge(std::uint16_t packet_id, ReasonCode reason) {
  if (packet_id == 0) return {};
  auto index = (packet_id + id_count - first_id_) % id_count;
  if (index >= in_flight_.size()) return {};
  if (!in_flight_[index].answer) in_flight_[index].answer = reason;
  std::vector<Acknowledged> acknowledged;
  while (!in_flight_.empty() && in_flight_.front().answer) {
    acknowledged.push_back({in_flight_.front().token, *in_flight_.front().answer});
    in_flight_.pop_front();
    first_id_ = advance(first_id_, 1);
  }
  return acknowledged;
}

}  // namespace ff::mqtt
