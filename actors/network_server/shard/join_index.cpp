#include "actors/network_server/shard/join_index.hpp"

#include <algorithm>

namespace ff::network_server {
namespace {

/// Ends with the range when there is none.
template <class Iterator>
Iterator with_join_eui(Iterator first, Iterator last, JoinEui join_eui) {
  return std::find_if(first, last,
                      [&](const auto& entry) { return entry.second.join_eui == join_eui; });
}

}  // namespace

JoinIndex::Devices::iterator JoinIndex::place_of(const storage::JoinKey& euis) {
  const auto [first, last] = devices_.equal_range(euis.dev_eui);
  const auto found = with_join_eui(first, last, euis.join_eui);
  return found == last ? devices_.end() : found;
}

bool JoinIndex::set(const storage::JoinKey& euis, DevicePtr device) {
  if (const auto owner = find(euis)) return *owner == *device;
  devices_.emplace(euis.dev_eui, Entry{euis.join_eui, std::move(device)});
  return true;
}

void JoinIndex::erase(const storage::JoinKey& euis, const DeviceUid& device) {
  const auto place = place_of(euis);
  if (place != devices_.end() && *place->second.device == device) devices_.erase(place);
}

JoinIndex::DevicePtr JoinIndex::find(const storage::JoinKey& euis) const {
  const auto [first, last] = devices_.equal_range(euis.dev_eui);
  const auto found = with_join_eui(first, last, euis.join_eui);
  return found == last ? nullptr : found->second.device;
}

std::vector<JoinIndex::DevicePtr> JoinIndex::find(DevEui dev_eui) const {
  std::vector<DevicePtr> devices;
  const auto [first, last] = devices_.equal_range(dev_eui);
  for (auto entry = first; entry != last && devices.size() < same_dev_eui_max; ++entry)
    devices.push_back(entry->second.device);
  return devices;
}

}  // namespace ff::network_server
