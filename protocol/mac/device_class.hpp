// When a device changes between class A, B and C because of an uplink. DeviceModeInd is
// command/device_mode.cpp's.
#pragma once

#include "protocol/mac/event.hpp"
#include "protocol/mac/profile.hpp"
#include "protocol/mac/state.hpp"

namespace ff::mac {

/// The class after an uplink whose FCtrl says that the device listens to ping slots, or not. A
/// device enters class B only if its ping slots are known; leaving B it is in C if it supports that
/// and can not say so itself (before 1.1), else in A. [spec network-server §3.10; TS001-1.0.4 §10]
DeviceClass class_after_uplink(const MacState& state, const DeviceProfile& profile,
                               bool class_b_bit) noexcept;

/// The event of a device that has come into this class.
EventName class_switch_event(DeviceClass into) noexcept;

/// Whether frequency, data rate and periodicity of the ping slots are known.
bool knows_ping_slots(const MacState& state, const region::Region& region) noexcept;

}  // namespace ff::mac
