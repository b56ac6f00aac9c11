#include "actors/application_server/integration/packages/frame_history.hpp"

#include <algorithm>

#include "actors/application_server/integration/packages/settings.hpp"

namespace ff::application_server::packages {
namespace {

bool is_of(const SeenFrame& seen, const ReceivedUplink& uplink) {
  return seen.f_cnt == uplink.f_cnt && seen.received_at == uplink.received_at;
}

UtcTime heard_at(const std::pair<DeviceId, SeenFrames>& device) {
  return device.second.empty() ? UtcTime{} : device.second.back().received_at;
}

}  // namespace

SeenFrames& FrameHistory::frames_of(const DeviceId& device_id) {
  const auto found = devices_.find(device_id);
  if (found != devices_.end()) {
    heard_.splice(heard_.begin(), heard_, found->second.heard);
    return found->second.frames;
  }
  heard_.push_front(device_id);
  return devices_.emplace(device_id, Device{{}, heard_.begin()}).first->second.frames;
}

void FrameHistory::make_room() {
  while (devices_.size() > devices_max_) {
    changed_.insert(heard_.back());
    devices_.erase(heard_.back());
    heard_.pop_back();
  }
}

void FrameHistory::restore(Devices stored) {
  std::ranges::stable_sort(stored, {}, heard_at);
  for (auto& [device_id, frames] : stored) frames_of(device_id) = std::move(frames);
  make_room();
}

void FrameHistory::add(const DeviceId& device_id, const ReceivedUplink& uplink) {
  auto& frames = frames_of(device_id);
  const auto is_there = [&](const SeenFrame& seen) { return is_of(seen, uplink); };
  if (std::ranges::any_of(frames, is_there)) return;
  // After a crash a frame may come once more that later ones have pushed out: it is none of the
  // last.
  const auto later =
      std::ranges::upper_bound(frames, uplink.received_at, {}, &SeenFrame::received_at);
  frames.insert(later, {uplink.received_at, uplink.f_cnt, uplink.receptions});
  if (frames.size() > window_max) frames.erase(frames.begin());
  changed_.insert(device_id);
  make_room();
}

std::vector<lora_cloud::Frame> FrameHistory::recent(const DeviceId& device_id, std::size_t count,
                                                    Duration age,
                                                    const ReceivedUplink& uplink) const {
  std::vector<lora_cloud::Frame> out;
  const auto found = devices_.find(device_id);
  if (found == devices_.end()) return out;
  const auto& frames = found->second.frames;
  auto seen = std::ranges::find_if(frames.rbegin(), frames.rend(),
                                   [&](const SeenFrame& one) { return is_of(one, uplink); });
  for (; seen != frames.rend() && out.size() < count; ++seen) {
    if (age > Duration{} && uplink.received_at - seen->received_at > age) continue;
    out.push_back(seen->frame);
  }
  std::ranges::reverse(out);
  return out;
}

void FrameHistory::forget(const DeviceId& device_id) {
  changed_.insert(device_id);
  const auto found = devices_.find(device_id);
  if (found == devices_.end()) return;
  heard_.erase(found->second.heard);
  devices_.erase(found);
}

FrameHistory::Devices FrameHistory::take_changed() {
  Devices out;
  for (const auto& device_id : std::exchange(changed_, {})) {
    const auto found = devices_.find(device_id);
    out.emplace_back(device_id, found == devices_.end() ? SeenFrames{} : found->second.frames);
  }
  return out;
}

}  // namespace ff::application_server::packages
