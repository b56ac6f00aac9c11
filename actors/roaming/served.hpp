// The serving network's memory: which partners may send a device's uplinks without asking, and
// until when. Pure. Not the forwarding network's contexts (visited.hpp). [TS002-1.1 §11.3]
#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "protocol/base/time.hpp"
#include "protocol/types/identifiers.hpp"

namespace ff::roaming {

/// A lifetime that a partner was given.
struct ServedSession {
  DeviceUid device;
  DevAddr dev_addr;
  NetId partner;
  MonoTime until;
  bool operator==(const ServedSession&) const = default;
};

class Served {
 public:
  explicit Served(std::size_t sessions_max = 65'536) : sessions_max_(sessions_max) {}

  /// Replaces the partner's of the same device and address. When there are too many it is left
  /// out, and ends with its lifetime.
  void add(const ServedSession& session, MonoTime now);
  /// Takes out the device's; those that have ended by themselves are not told.
  std::vector<ServedSession> end(const DeviceUid& device, MonoTime now);
  /// Takes out the device's with another address: it has joined since.
  std::vector<ServedSession> end_others(const DeviceUid& device, DevAddr dev_addr, MonoTime now);

  std::size_t size() const noexcept { return sessions_.size(); }

 private:
  template <class Match>
  std::vector<ServedSession> take(const DeviceUid& device, MonoTime now, Match match);

  std::size_t sessions_max_;
  std::multimap<DeviceUid, ServedSession> sessions_;
};

}  // namespace ff::roaming
