// When the network may speak first: downlinks of classes B and C, which follow no uplink. Pure; not
// the windows of class A (downlink.cpp). [spec network-server §11.2, §15]
#pragma once

#include <optional>

#include "actors/network_server/session/device.hpp"
#include "protocol/base/time.hpp"
#include "protocol/mac/profile.hpp"

namespace ff::network_server {

/// Gateways are asked so long before an emission at an exact time, and not earlier than
/// exact_lead_max before it. [spec network-server §11.2]
inline constexpr Duration exact_lead = std::chrono::milliseconds{5200};
inline constexpr Duration exact_lead_max = std::chrono::milliseconds{5400};

/// When the first item of the queue can go.
struct NetworkSlot {
  DeviceClass device_class = DeviceClass::c;
  /// Start of the emission: exactly then (a ping slot, or the application's wish), or from then on.
  UtcTime at;
  bool is_exact = false;
  /// The application's time has passed, or can not be kept.
  bool has_expired = false;

  /// When gateways are asked.
  UtcTime ask_at() const noexcept { return is_exact ? at - exact_lead : at; }
  bool is_due(UtcTime now) const noexcept {
    return is_exact ? at - now <= exact_lead_max : at <= now;
  }
};

/// Nothing while the device is in class A, has no session or an empty queue, or it is not known
/// where it listens. `not_before`: no emission before it, but for those at a time of their own.
std::optional<NetworkSlot> next_network_slot(const Device& device,
                                             const mac::DeviceProfile& profile, UtcTime now,
                                             UtcTime not_before);

/// The time at which the application wanted it sent has passed.
bool has_expired(const ApplicationDownlink& item, UtcTime now) noexcept;

/// A confirmed downlink has been sent, and nobody knows what became of it.
bool awaits_acknowledgement(const mac::MacState& state) noexcept;
/// When a confirmed downlink of class B or C counts as not acknowledged; nothing when none is
/// waited for.
std::optional<UtcTime> acknowledgement_due(const Device& device, const mac::DeviceProfile& profile);

/// Whether something has to happen without anybody asking: kept in the store, so that it does after
/// a start too.
bool waits_for_network(const Device& device) noexcept;

}  // namespace ff::network_server
