#include "net/mqtt/inbound_window.hpp"

#include <algorithm>

namespace ff::mqtt {

void InboundWindow::restore(const std::vector<std::uint16_t>& unreleased) {
  unreleased_.insert(unreleased.begin(), unreleased.end());
  unreleased_.erase(0);
}

InboundWindow::Arrived InboundWindow::arrive(std::uint16_t packet_id, QoS qos) {
  if (qos == QoS::exactly_once) {
    if (unreleased_.contains(packet_id)) return {Arrival::answered, {}};
    bool waits = std::ranges::any_of(waiting_, [&](const Waiting& w) {
      return w.qos == QoS::exactly_once && w.packet_id == packet_id;
    });
    if (waits) return {Arrival::waiting, {}};
  }
  if (qos != QoS::at_most_once) {
    if (waiting_with_id_ + unreleased_.size() >= unfinished_max_) return {Arrival::too_many, {}};
    ++waiting_with_id_;
  }
  waiting_.push_back({packet_id, qos, std::nullopt});
  return {Arrival::fresh, PublishHandle(first_handle_ + waiting_.size() - 1)};
}

std::vector<InboundWindow::Due> InboundWindow::answer(PublishHandle handle, ReasonCode reason) {
  auto index = handle.value() - first_handle_;
  if (handle.value() < first_handle_ || index >= waiting_.size()) return {};
  if (!waiting_[index].answer) waiting_[index].answer = reason;
  std::vector<Due> due;
  while (!waiting_.empty() && waiting_.front().answer) {
    auto [packet_id, qos, answer] = waiting_.front();
    waiting_.pop_front();
    ++first_handle_;
    if (qos == QoS::at_most_once) continue;
    --waiting_with_id_;
    if (qos == QoS::exactly_once && !is_failure(*answer)) unreleased_.insert(packet_id);
    due.push_back({packet_id, qos, *answer});
  }
  return due;
}

bool InboundWindow::release(std::uint16_t packet_id) {
  return unreleased_.erase(packet_id) == 1;
}

}  // namespace ff::mqtt
