#include "protocol/device_repository/region.hpp"

#include <algorithm>
#include <array>

namespace ff::device_repository {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 17> regions{{
    {"EU863-870", "EU_863_870"},
    {"US902-928", "US_902_928"},
    {"AU915-928", "AU_915_928"},
    {"CN470-510", "CN_470_510"},
    {"CN470-510-20-A", "CN_470_510_20_A"},
    {"CN470-510-20-B", "CN_470_510_20_B"},
    {"CN470-510-26-A", "CN_470_510_26_A"},
    {"CN470-510-26-B", "CN_470_510_26_B"},
    {"CN779-787", "CN_779_787"},
    {"EU433", "EU_433"},
    {"AS923", "AS_923"},
    {"AS923-2", "AS_923_2"},
    {"AS923-3", "AS_923_3"},
    {"AS923-4", "AS_923_4"},
    {"KR920-923", "KR_920_923"},
    {"IN865-867", "IN_865_867"},
    {"RU864-870", "RU_864_870"},
}};

}  // namespace

std::string band_of_region(std::string_view region) {
  for (const auto& [name, band] : regions) {
    if (name == region) return std::string(band);
  }
  return {};
}

bool is_band(std::string_view band_id) noexcept {
  return std::ranges::any_of(regions, [&](const auto& row) { return row.second == band_id; });
}

}  // namespace ff::device_repository
