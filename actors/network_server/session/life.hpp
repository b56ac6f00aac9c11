// How long a session may still write: until it has ended and every outcome of it is settled.
#pragma once

#include <caf/send.hpp>

#include "actors/network_server/shard/inspector.hpp"

namespace ff::network_server {

/// Held by a session and by each of its outcomes on the way to the committer, which lets go of it
/// behind the commit; so does whoever drops an outcome or ends. With the last holder the shard is
/// told: from then on the store says all there is to know of the device. However the session ended,
/// its successor must not be loaded before, or counters would go back.
class SessionLife {
 public:
  /// `shard_life` is let go of behind the word to the shard.
  SessionLife(ShardActor home, DeviceUid device, std::shared_ptr<const void> shard_life)
      : home_(std::move(home)), device_(std::move(device)), shard_life_(std::move(shard_life)) {}
  ~SessionLife() { caf::anon_send(home_, SessionSettled{device_}); }
  SessionLife(const SessionLife&) = delete;
  SessionLife& operator=(const SessionLife&) = delete;

  const ShardActor& home() const noexcept { return home_; }
  const DeviceUid& device() const noexcept { return device_; }

 private:
  ShardActor home_;
  DeviceUid device_;
  std::shared_ptr<const void> shard_life_;
};
using SessionLifePtr = std::shared_ptr<const SessionLife>;

}  // namespace ff::network_server
