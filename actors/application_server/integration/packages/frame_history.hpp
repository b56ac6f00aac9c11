// FrameHistory: how gateways heard the last frames of devices, for queries with several. Pure; the
// rows in which it outlives the process are record.hpp's. [spec integrations §5.2]
#pragma once

#include <cstdint>
#include <list>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "actors/application_server/integration/packages/incoming.hpp"
#include "protocol/base/time.hpp"

namespace ff::application_server::packages {

/// How one frame was heard.
struct SeenFrame {
  UtcTime received_at;
  std::uint32_t f_cnt = 0;
  lora_cloud::Frame frame;
  bool operator==(const SeenFrame&) const = default;
};
/// Of one device, in the order of time.
using SeenFrames = std::vector<SeenFrame>;

/// At most window_max frames of a device, and of `devices_max` devices those heard last.
class FrameHistory {
 public:
  using Devices = std::vector<std::pair<DeviceId, SeenFrames>>;

  explicit FrameHistory(std::size_t devices_max) : devices_max_(devices_max) {}

  /// What an earlier process kept; before anything is added. Of devices without room the rows are a
  /// change.
  void restore(Devices stored);
  /// A frame that is there already, by its counter and time, is not added again.
  void add(const DeviceId& device_id, const ReceivedUplink& uplink);
  /// The newest `count` up to the uplink, those not older than `age` (0: any) before it. Later ones
  /// are there when the uplink is handled once more after a crash, and were not when it was asked
  /// about.
  std::vector<lora_cloud::Frame> recent(const DeviceId& device_id, std::size_t count, Duration age,
                                        const ReceivedUplink& uplink) const;
  /// Nothing is left of it, neither here nor in what was stored.
  void forget(const DeviceId& device_id);
  /// What is to be written down since the last call; without frames: nothing is left of the device.
  Devices take_changed();
  std::size_t devices() const noexcept { return devices_.size(); }

 private:
  struct Device {
    SeenFrames frames;
    std::list<DeviceId>::iterator heard;
  };
  SeenFrames& frames_of(const DeviceId& device_id);
  void make_room();

  std::size_t devices_max_;
  std::unordered_map<DeviceId, Device> devices_;
  std::list<DeviceId> heard_;  // the last one first
  std::set<DeviceId> changed_;
};

}  // namespace ff::application_server::packages
