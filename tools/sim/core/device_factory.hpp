// Makes devices from a seed, and keeps them as CSV: the same seed gives the same keys, so that a
// file need not be kept. Not registration (tools/sim/registration.hpp).
#pragma once

#include <string_view>
#include <vector>

#include "protocol/base/result.hpp"
#include "tools/sim/core/identity.hpp"

namespace ff::sim {

struct DeviceRange {
  std::uint64_t seed = 1;
  std::uint32_t count = 1;
  std::string id_prefix = "sim";  // `sim-000001`
  Activation activation = Activation::abp;
  DeviceClass device_class = DeviceClass::a;
  MacVersion mac_version = MacVersion::v1_0_3;
  PhyVersion phy_version = PhyVersion::rp001_v1_0_3_rev_a;
  std::string frequency_plan_id = "EU_863_870_TTN";
  DevEui first_dev_eui{0xFEFF'F000'0000'0001};
  JoinEui join_eui{0xFEFF'F100'0000'0000};
  DevAddr first_dev_addr{0x0100'0000};  // in the range of NetID 000000
};
/// Device n of a seed is the same whatever the count.
std::vector<DeviceIdentity> make_devices(const DeviceRange& range);

inline constexpr ErrorDef bad_device_file{"tools/sim", "bad_device_file", Code::invalid_argument,
                                          "device file, line {line}: {reason}"};

/// One header line with the names of the columns, then one line per device.
std::string write_device_csv(const std::vector<DeviceIdentity>& devices);
/// Columns in any order; unknown ones are ignored. Ids and plans are needed, all else may be empty
/// or missing.
Result<std::vector<DeviceIdentity>> read_device_csv(std::string_view text);

}  // namespace ff::sim
