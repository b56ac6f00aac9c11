#include "tools/sim/core/identity.hpp"

#include <array>

namespace ff::sim {
namespace {

struct MacVersionRow {
  MacVersion version;
  std::string_view text;
  std::string_view api;
  PhyVersion phy_version;
};
constexpr std::array<MacVersionRow, 6> mac_versions{{
    {MacVersion::v1_0, "1.0", "MAC_V1_0", PhyVersion::ts001_v1_0},
    {MacVersion::v1_0_1, "1.0.1", "MAC_V1_0_1", PhyVersion::ts001_v1_0_1},
    {MacVersion::v1_0_2, "1.0.2", "MAC_V1_0_2", PhyVersion::rp001_v1_0_2_rev_b},
    {MacVersion::v1_0_3, "1.0.3", "MAC_V1_0_3", PhyVersion::rp001_v1_0_3_rev_a},
    {MacVersion::v1_0_4, "1.0.4", "MAC_V1_0_4", PhyVersion::rp002_v1_0_1},
    {MacVersion::v1_1, "1.1", "MAC_V1_1", PhyVersion::rp001_v1_1_rev_b},
}};

struct PhyVersionRow {
  PhyVersion version;
  std::string_view api;
};
constexpr std::array<PhyVersionRow, 13> phy_versions{{
    {PhyVersion::ts001_v1_0, "TS001_V1_0"},
    {PhyVersion::ts001_v1_0_1, "TS001_V1_0_1"},
    {PhyVersion::rp001_v1_0_2, "RP001_V1_0_2"},
    {PhyVersion::rp001_v1_0_2_rev_b, "RP001_V1_0_2_REV_B"},
    {PhyVersion::rp001_v1_1_rev_a, "RP001_V1_1_REV_A"},
    {PhyVersion::rp001_v1_1_rev_b, "RP001_V1_1_REV_B"},
    {PhyVersion::rp001_v1_0_3_rev_a, "RP001_V1_0_3_REV_A"},
    {PhyVersion::rp002_v1_0_0, "RP002_V1_0_0"},
    {PhyVersion::rp002_v1_0_1, "RP002_V1_0_1"},
    {PhyVersion::rp002_v1_0_2, "RP002_V1_0_2"},
    {PhyVersion::rp002_v1_0_3, "RP002_V1_0_3"},
    {PhyVersion::rp002_v1_0_4, "RP002_V1_0_4"},
    {PhyVersion::rp002_v1_0_5, "RP002_V1_0_5"},
}};

const MacVersionRow* find(MacVersion version) noexcept {
  for (const auto& row : mac_versions) {
    if (row.version == version) return &row;
  }
  return nullptr;
}

}  // namespace

std::string_view to_string(MacVersion version) noexcept {
  const auto* row = find(version);
  return row == nullptr ? "unknown" : row->text;
}

std::string_view api_name(MacVersion version) noexcept {
  const auto* row = find(version);
  return row == nullptr ? "MAC_UNKNOWN" : row->api;
}

std::string_view api_name(PhyVersion version) noexcept {
  for (const auto& row : phy_versions) {
    if (row.version == version) return row.api;
  }
  return "PHY_UNKNOWN";
}

MacVersion parse_mac_version(std::string_view text) noexcept {
  for (const auto& row : mac_versions) {
    if (row.text == text) return row.version;
  }
  return MacVersion::unknown;
}

std::string_view to_string(DeviceClass device_class) noexcept {
  switch (device_class) {
    case DeviceClass::a:
      return "A";
    case DeviceClass::b:
      return "B";
    case DeviceClass::c:
      return "C";
  }
  return "unknown";
}

std::optional<DeviceClass> parse_device_class(std::string_view text) noexcept {
  for (const auto device_class : {DeviceClass::a, DeviceClass::b, DeviceClass::c}) {
    if (to_string(device_class) == text) return device_class;
  }
  return std::nullopt;
}

PhyVersion parse_phy_version(std::string_view text) noexcept {
  for (const auto& row : phy_versions) {
    if (row.api == text) return row.version;
  }
  return PhyVersion::unknown;
}

PhyVersion usual_phy_version(MacVersion version) noexcept {
  const auto* row = find(version);
  return row == nullptr ? PhyVersion::unknown : row->phy_version;
}

}  // namespace ff::sim
