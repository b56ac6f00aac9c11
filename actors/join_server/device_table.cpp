#include "actors/join_server/device_table.hpp"

#include <utility>

namespace ff::join_server {

bool DeviceTable::make_room() {
  if (slots_.size() < devices_max_) return true;
  for (auto at = order_.begin(); at != order_.end(); ++at) {
    const auto found = slots_.find(*at);
    if (!found->second.at_rest) continue;
    slots_.erase(found);
    order_.erase(at);
    return true;
  }
  return false;
}

Admission DeviceTable::admit(const storage::JoinKey& key, const Request& request) {
  auto found = slots_.find(key);
  const bool known = found != slots_.end();
  if (!known) {
    if (!make_room()) return Admission::refused;
    found = slots_.emplace(key, Slot{}).first;
    found->second.used = order_.insert(order_.end(), key);
  }
  auto& slot = found->second;
  order_.splice(order_.end(), order_, slot.used);
  if (slot.at_rest) return Admission::serve;
  if (slot.requests.size() >= waiting_max_) return Admission::refused;
  slot.requests.push_back(request);
  ++waiting_;
  return known ? Admission::waits : Admission::load;
}

void DeviceTable::settle(const storage::JoinKey& key, DevicePtr device) {
  auto& slot = slots_.at(key);
  slot.device = std::move(device);
  slot.at_rest = true;
}

void DeviceTable::hold(const storage::JoinKey& key) {
  slots_.at(key).at_rest = false;
}

std::optional<Request> DeviceTable::next(const storage::JoinKey& key) {
  const auto found = slots_.find(key);
  if (found == slots_.end() || !found->second.at_rest) return std::nullopt;
  auto& slot = found->second;
  if (slot.requests.empty()) {
    if (!slot.device) forget(key);
    return std::nullopt;
  }
  auto request = std::move(slot.requests.front());
  slot.requests.pop_front();
  --waiting_;
  return request;
}

std::deque<Request> DeviceTable::forget(const storage::JoinKey& key) {
  const auto found = slots_.find(key);
  if (found == slots_.end()) return {};
  auto requests = std::move(found->second.requests);
  waiting_ -= requests.size();
  order_.erase(found->second.used);
  slots_.erase(found);
  return requests;
}

}  // namespace ff::join_server
