#include "protocol/mac/device_class.hpp"

namespace ff::mac {

bool knows_ping_slots(const MacState& state, const region::Region& region) noexcept {
  const bool frequency =
      state.current.ping_slot_frequency.is_set() || !region.ping_slot_frequencies.empty();
  return frequency && state.current.ping_slot_data_rate_index && state.ping_slot_periodicity;
}

DeviceClass class_after_uplink(const MacState& state, const DeviceProfile& profile,
                               bool class_b_bit) noexcept {
  if (class_b_bit) {
    const bool enters = profile.supports_class_b && knows_ping_slots(state, profile.region);
    return enters ? DeviceClass::b : state.device_class;
  }
  if (state.device_class != DeviceClass::b) return state.device_class;
  const bool returns_to_c =
      profile.supports_class_c && !at_least(state.lorawan_version, MacVersion::v1_1);
  return returns_to_c ? DeviceClass::c : DeviceClass::a;
}

EventName class_switch_event(DeviceClass into) noexcept {
  switch (into) {
    case DeviceClass::b:
      return EventName::class_switch_b;
    case DeviceClass::c:
      return EventName::class_switch_c;
    default:
      return EventName::class_switch_a;
  }
}

}  // namespace ff::mac
