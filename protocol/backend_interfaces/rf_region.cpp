#include <algorithm>
#include <array>

#include "protocol/backend_interfaces/roaming.hpp"

namespace ff::backend_interfaces {
namespace {

struct Row {
  std::string_view band_id;
  std::string_view name;
};
// Where a band has several names, the first is written: that of the regional parameters. The others
// are those of TS002-1.0. [RP002-1.0.4 §2.1, TS002-1.0 §17.3]
constexpr std::array<Row, 19> rows{{{"EU_863_870", "EU868"},
                                    {"US_902_928", "US915"},
                                    {"US_902_928", "US902"},
                                    {"CN_779_787", "CN779"},
                                    {"CN_779_787", "China779"},
                                    {"EU_433", "EU433"},
                                    {"AU_915_928", "AU915"},
                                    {"AU_915_928", "Australia915"},
                                    {"CN_470_510", "CN470"},
                                    {"CN_470_510", "China470"},
                                    {"AS_923", "AS923"},
                                    {"AS_923", "AS923-1"},
                                    {"AS_923_2", "AS923-2"},
                                    {"AS_923_3", "AS923-3"},
                                    {"AS_923_4", "AS923-4"},
                                    {"KR_920_923", "KR920"},
                                    {"IN_865_867", "IN865"},
                                    {"RU_864_870", "RU864"},
                                    {"ISM_2400", "ISM2400"}}};

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

std::string_view rf_region_of(std::string_view band_id) noexcept {
  const auto found = std::ranges::find(rows, band_id, &Row::band_id);
  return found == rows.end() ? std::string_view() : found->name;
}

std::string_view band_of(std::string_view rf_region) noexcept {
  const auto found = std::ranges::find_if(rows, [rf_region](const Row& row) {
    return std::ranges::equal(row.name, rf_region, {}, lower, lower);
  });
  return found == rows.end() ? std::string_view() : found->band_id;
}

}  // namespace ff::backend_interfaces
