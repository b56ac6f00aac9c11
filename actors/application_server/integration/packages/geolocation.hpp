// lora-cloud-geolocation-v3: where a device is, by how gateways heard it or by what it scanned.
// [spec integrations §5.2]
#pragma once

#include <deque>
#include <list>
#include <unordered_map>

#include "actors/application_server/integration/packages/reaction.hpp"

namespace ff::application_server::packages {

/// The last frames of devices, for queries with several. In memory: after a start it fills again.
/// At most window_max of a device, and of `devices_max` devices those heard last.
class FrameHistory {
 public:
  explicit FrameHistory(std::size_t devices_max) : devices_max_(devices_max) {}

  /// A frame that is there already, by its counter and time, is not added again.
  void add(const DeviceId& device_id, const ReceivedUplink& uplink);
  /// The newest `count` not older than `age` (0: any) at `now`, in order of time.
  std::vector<lora_cloud::Frame> recent(const DeviceId& device_id, std::size_t count, Duration age,
                                        UtcTime now) const;
  std::size_t devices() const noexcept { return devices_.size(); }

 private:
  struct Seen {
    UtcTime received_at;
    std::uint32_t f_cnt = 0;
    lora_cloud::Frame frame;
  };
  struct Device {
    std::deque<Seen> frames;
    std::list<DeviceId>::iterator heard;
  };
  std::size_t devices_max_;
  std::unordered_map<DeviceId, Device> devices_;
  std::list<DeviceId> heard_;  // the last one first
};

/// Errors: those of geolocation_settings().
Reaction react_geolocation(const Pair& pair, const Incoming& incoming, const Servers& servers,
                           FrameHistory& history);

/// Errors: lora_cloud::malformed_location, location_query, no_result.
Reaction geolocation_answered(lora_cloud::Solver solver, std::string_view body);

}  // namespace ff::application_server::packages
