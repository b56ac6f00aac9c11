// The devices a shard has in memory: being read, at rest, or being written; with the requests that
// wait for each, and the least recently used ones leaving. Not what requests do (step.hpp).
#pragma once

#include <deque>
#include <list>
#include <map>
#include <optional>
#include <vector>

#include "actors/join_server/step.hpp"

namespace ff::join_server {

enum class Admission : std::uint8_t {
  serve,    // the device is here and at rest: serve the request now
  load,     // read the record; the request waits
  waits,    // behind others of its device
  refused,  // too many wait
};

/// Requests of one device are served one after another, each on the durable outcome of the one
/// before.
class DeviceTable {
 public:
  DeviceTable(std::size_t devices_max, std::size_t waiting_max)
      : devices_max_(devices_max), waiting_max_(waiting_max) {}

  /// Keeps a copy of `request` if it must wait.
  Admission admit(const storage::JoinKey& key, const Request& request);
  /// The device is at rest with this record: it has been read or written. Null: there is none.
  void settle(const storage::JoinKey& key, DevicePtr device);
  /// A write of the device at rest is under way.
  void hold(const storage::JoinKey& key);
  /// The next request that waits for a device at rest; when there is none, a device without a
  /// record is forgotten.
  std::optional<Request> next(const storage::JoinKey& key);
  /// Forgets the device, because nothing is known about its record any more; returns the requests
  /// that waited.
  std::deque<Request> forget(const storage::JoinKey& key);

  /// The record of a device at rest.
  const DevicePtr& device(const storage::JoinKey& key) const { return slots_.at(key).device; }
  std::size_t size() const noexcept { return slots_.size(); }
  /// Requests that wait, of all devices.
  std::size_t waiting() const noexcept { return waiting_; }

 private:
  using Order = std::list<storage::JoinKey>;
  struct Slot {
    DevicePtr device;
    std::deque<Request> requests;
    bool at_rest = false;
    Order::iterator used;
  };

  bool make_room();

  std::size_t devices_max_;
  std::size_t waiting_max_;
  std::size_t waiting_ = 0;
  std::map<storage::JoinKey, Slot> slots_;
  Order order_;  // least recently used first
};

}  // namespace ff::join_server
