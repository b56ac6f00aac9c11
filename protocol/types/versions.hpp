// LoRaWAN versions and device classes.
#pragma once

#include <cstdint>

namespace ff {

/// ON-WIRE and ON-DISK: numbers of ttn.lorawan.v3.MACVersion. Not ordered by age: compare with
/// `at_least`.
enum class MacVersion : std::uint8_t {
  unknown = 0,
  v1_0 = 1,
  v1_0_1 = 2,
  v1_0_2 = 3,
  v1_1 = 4,
  v1_0_3 = 5,
  v1_0_4 = 6,
};

/// ON-WIRE and ON-DISK: numbers of ttn.lorawan.v3.PHYVersion. `rp002_v1_0_5` is ours: the
/// reference's API ends before it (ADR 30).
enum class PhyVersion : std::uint8_t {
  unknown = 0,
  ts001_v1_0 = 1,
  ts001_v1_0_1 = 2,
  rp001_v1_0_2 = 3,
  rp001_v1_0_2_rev_b = 4,
  rp001_v1_1_rev_a = 5,
  rp001_v1_1_rev_b = 6,
  rp001_v1_0_3_rev_a = 7,
  rp002_v1_0_0 = 8,
  rp002_v1_0_1 = 9,
  rp002_v1_0_2 = 10,
  rp002_v1_0_3 = 11,
  rp002_v1_0_4 = 12,
  rp002_v1_0_5 = 13,
};

/// ON-WIRE and ON-DISK: numbers of ttn.lorawan.v3.Class.
enum class DeviceClass : std::uint8_t { a = 0, b = 1, c = 2 };

namespace detail {
constexpr int age(MacVersion version) noexcept {
  switch (version) {
    case MacVersion::v1_0:
      return 1;
    case MacVersion::v1_0_1:
      return 2;
    case MacVersion::v1_0_2:
      return 3;
    case MacVersion::v1_0_3:
      return 4;
    case MacVersion::v1_0_4:
      return 5;
    case MacVersion::v1_1:
      return 6;
    case MacVersion::unknown:
      break;
  }
  return 0;
}
}  // namespace detail

/// Whether `version` is `threshold` or newer, 1.1 counting as newer than 1.0.4 (the reference's
/// order).
constexpr bool at_least(MacVersion version, MacVersion threshold) noexcept {
  return detail::age(version) >= detail::age(threshold);
}

}  // namespace ff
