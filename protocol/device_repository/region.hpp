// Regions as profiles name them, and bands as the API does. [spec devices-repository-templates-qr
// §1.4]
#pragma once

#include <string>
#include <string_view>

namespace ff::device_repository {

/// `EU863-870` → `EU_863_870`; empty for an unknown region.
std::string band_of_region(std::string_view region);
bool is_band(std::string_view band_id) noexcept;

}  // namespace ff::device_repository
