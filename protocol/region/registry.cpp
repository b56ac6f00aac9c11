// The list of bands. Not for values: a new band adds one row here, in the order of the names.
#include <algorithm>

#include "protocol/region/table.hpp"

namespace ff::region {
namespace {

struct Band {
  std::string_view id;
  std::span<const Region> (*revisions)() noexcept;  // oldest first
};

constexpr std::array bands = {
    Band{"AS_923", as_923},
    Band{"AS_923_2", as_923_2},
    Band{"AS_923_3", as_923_3},
    Band{"AS_923_4", as_923_4},
    Band{"AU_915_928", au_915_928},
    Band{"CN_470_510", cn_470_510},
    Band{"CN_470_510_20_A", cn_470_510_20_a},
    Band{"CN_470_510_20_B", cn_470_510_20_b},
    Band{"CN_470_510_26_A", cn_470_510_26_a},
    Band{"CN_470_510_26_B", cn_470_510_26_b},
    Band{"CN_779_787", cn_779_787},
    Band{"EU_433", eu_433},
    Band{"EU_863_870", eu_863_870},
    Band{"IN_865_867", in_865_867},
    Band{"ISM_2400", ism_2400},
    Band{"KR_920_923", kr_920_923},
    Band{"MA_869_870_DRAFT", ma_869_870_draft},
    Band{"RU_864_870", ru_864_870},
    Band{"US_902_928", us_902_928},
};
static_assert(std::ranges::is_sorted(bands, {}, &Band::id));

constexpr auto ids = [] {
  std::array<std::string_view, bands.size()> all;
  std::ranges::transform(bands, all.begin(), &Band::id);
  return all;
}();

}  // namespace

std::span<const Region> revisions(std::string_view band_id) noexcept {
  const auto band = std::ranges::lower_bound(bands, band_id, {}, &Band::id);
  if (band == bands.end() || band->id != band_id) return {};
  return band->revisions();
}

const Region* find(std::string_view band_id, PhyVersion version) noexcept {
  for (const Region& region : revisions(band_id)) {
    if (region.phy_version == version) return &region;
  }
  return nullptr;
}

const Region* find_latest(std::string_view band_id) noexcept {
  const auto all = revisions(band_id);
  return all.empty() ? nullptr : &all.back();
}

std::span<const std::string_view> band_ids() noexcept {
  return ids;
}

}  // namespace ff::region
