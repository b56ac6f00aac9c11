// What ended sessions of a shard decided last, until their devices are heard again: a session lives
// for a minute of silence, and the question comes later. Bounded: the longest kept leaves first.
#pragma once

#include <list>
#include <memory>
#include <unordered_map>

#include "actors/network_server/session/decision.hpp"
#include "protocol/types/identifiers.hpp"

namespace ff::network_server {

class KeptDecisions {
 public:
  /// Devices of one shard.
  static constexpr std::size_t devices_max = 512;

  /// True if another device's had to leave.
  bool keep(const DeviceUid& device, Decisions decisions) {
    drop(device);
    order_.push_back({device, std::move(decisions)});
    places_[device] = std::prev(order_.end());
    if (order_.size() <= devices_max) return false;
    places_.erase(order_.front().device);
    order_.pop_front();
    return true;
  }
  /// Empty if there are none.
  Decisions find(const DeviceUid& device) const {
    const auto found = places_.find(device);
    return found == places_.end() ? Decisions{} : found->second->decisions;
  }
  /// The same, for the session that goes on from there.
  Decisions take(const DeviceUid& device) {
    const auto found = places_.find(device);
    if (found == places_.end()) return {};
    auto decisions = std::move(found->second->decisions);
    drop(device);
    return decisions;
  }
  std::size_t size() const noexcept { return order_.size(); }

 private:
  struct Kept {
    DeviceUid device;
    Decisions decisions;
  };
  void drop(const DeviceUid& device) {
    const auto found = places_.find(device);
    if (found == places_.end()) return;
    order_.erase(found->second);
    places_.erase(found);
  }

  std::list<Kept> order_;  // longest kept first
  std::unordered_map<DeviceUid, std::list<Kept>::iterator> places_;
};

}  // namespace ff::network_server
