// What the tables say against what the radio does: sizes of frames and dwell times, data rates and
// their speed, powers and sub-bands. A number that was copied wrongly rarely fits the others.
// [RP002-1.0.4 §2.x; lorawan/regions/common.json, payload_size_rule]
#include <gtest/gtest.h>

#include <algorithm>

#include "protocol/region/region.hpp"
#include "protocol/schedule/time_on_air.hpp"

namespace ff::region {
namespace {

/// MHDR and MIC, which the limits do not count.
constexpr std::size_t around_mac_payload = 5;

template <class Check>
void for_each_region(Check check) {
  for (const auto id : band_ids()) {
    for (const auto& region : revisions(id)) {
      SCOPED_TRACE(std::string(id) + " revision " +
                   std::to_string(static_cast<int>(region.phy_version)));
      check(region);
    }
  }
}

Duration airtime(const Region& region, const DataRateEntry& entry, std::size_t mac_payload) {
  const auto found = schedule::time_on_air(mac_payload + around_mac_payload, entry.data_rate,
                                           region.rx2_frequency);
  EXPECT_TRUE(found) << +entry.index.value();
  return found.value_or(Duration{0});
}

TEST(Physics, NoFrameOfTheLargestSizeIsLongerThanTheDwellTime) {
  std::size_t limited = 0;
  for_each_region([&](const Region& region) {
    if (region.dwell_time_limit.count() == 0 || !region.has_tx_param_setup) return;
    for (const auto& entry : region.data_rates) {
      if (entry.max_mac_payload.dwell_on == 0 || entry.direction == Direction::downlink) continue;
      if (std::holds_alternative<LrFhssDataRate>(entry.data_rate)) continue;  // its hops are short
      EXPECT_LE(airtime(region, entry, entry.max_mac_payload.dwell_on), region.dwell_time_limit)
          << +entry.index.value();
      ++limited;
    }
  });
  EXPECT_GT(limited, 50U);
}

TEST(Physics, ADataRateWithoutRoomIsOneThatNoFrameFits) {
  constexpr std::size_t smallest = 8;  // FHDR and FPort
  for_each_region([&](const Region& region) {
    if (region.dwell_time_limit.count() == 0 || !region.has_tx_param_setup) return;
    for (const auto& entry : region.data_rates) {
      if (entry.max_mac_payload.dwell_on != 0 || entry.max_mac_payload.dwell_off == 0) continue;
      EXPECT_GT(airtime(region, entry, smallest), region.dwell_time_limit) << +entry.index.value();
    }
  });
}

TEST(Physics, SizesAreThoseOfFramesAndOfRadios) {
  for_each_region([](const Region& region) {
    for (const auto& entry : region.data_rates) {
      const auto& sizes = entry.max_mac_payload;
      for (const auto size :
           {sizes.dwell_off, sizes.dwell_on, sizes.dwell_off_repeater, sizes.dwell_on_repeater}) {
        EXPECT_TRUE(size == 0 || size >= 8) << size;
        EXPECT_LE(size + around_mac_payload, 255U);
      }
      EXPECT_LE(sizes.dwell_on, sizes.dwell_off);
      EXPECT_LE(sizes.dwell_on_repeater, sizes.dwell_off_repeater);
    }
  });
}

/// Among the rates of one modulation and direction, of which a higher one never carries less.
TEST(Physics, AFasterRateCarriesNoLess) {
  for_each_region([](const Region& region) {
    for (const auto& slow : region.data_rates) {
      for (const auto& fast : region.data_rates) {
        const auto* a = std::get_if<LoraDataRate>(&slow.data_rate);
        const auto* b = std::get_if<LoraDataRate>(&fast.data_rate);
        if (a == nullptr || b == nullptr || slow.direction != fast.direction) continue;
        if (a->bandwidth_hz != b->bandwidth_hz || a->spreading_factor <= b->spreading_factor)
          continue;
        EXPECT_LE(slow.max_mac_payload.dwell_off, fast.max_mac_payload.dwell_off)
            << +slow.index.value() << ' ' << +fast.index.value();
        EXPECT_LT(airtime(region, fast, 20), airtime(region, slow, 20));
      }
    }
  });
}

TEST(Physics, EveryModulationIsOneThatARadioHas) {
  for_each_region([](const Region& region) {
    for (const auto& entry : region.data_rates) {
      if (const auto* lora = std::get_if<LoraDataRate>(&entry.data_rate)) {
        EXPECT_GE(lora->spreading_factor, 5);
        EXPECT_LE(lora->spreading_factor, 12);
        const auto widths = {125'000U, 250'000U, 500'000U, 812'000U};
        EXPECT_NE(std::ranges::find(widths, lora->bandwidth_hz), widths.end());
      } else if (const auto* fsk = std::get_if<FskDataRate>(&entry.data_rate)) {
        EXPECT_TRUE(fsk->bit_rate_bps == 50'000 || fsk->bit_rate_bps == 150'000);
      } else {
        EXPECT_EQ(entry.direction, Direction::uplink);
      }
    }
  });
}

TEST(Physics, AnRx1OffsetNeverMakesADownlinkFaster) {
  // Offsets 6 and 7 of some bands are negative ones.
  constexpr std::uint8_t last = 5;
  for_each_region([&](const Region& region) {
    for (const auto& uplink : region.data_rates) {
      if (uplink.direction == Direction::downlink) continue;
      auto before = Duration{0};
      for (std::uint8_t offset = 0; offset <= std::min(last, region.max_rx1_data_rate_offset);
           ++offset) {
        const auto index =
            region.rx1_data_rate(uplink.index, DataRateOffset(offset), DwellTime::off);
        if (!index) continue;
        const auto* entry = region.data_rate(*index, Direction::downlink);
        ASSERT_NE(entry, nullptr);
        const auto now = airtime(region, *entry, 20);
        EXPECT_GE(now, before) << +uplink.index.value() << '/' << +offset;
        before = now;
      }
    }
  });
}

TEST(Physics, SubBandsAreRangesInOrderWithinTheirFractions) {
  for_each_region([](const Region& region) {
    for (std::size_t i = 0; i < region.sub_bands.size(); ++i) {
      const auto& band = region.sub_bands[i];
      EXPECT_LT(band.min, band.max);
      EXPECT_GT(band.duty_cycle, 0);
      EXPECT_LE(band.duty_cycle, 1);
      if (i > 0) {
        EXPECT_LE(region.sub_bands[i - 1].max, band.min);
      }
      EXPECT_EQ(region.sub_band(band.max) != nullptr && region.sub_band(band.min) != nullptr, true);
    }
  });
}

TEST(Physics, EveryFrequencyOfATableIsWithinItsBand) {
  for_each_region([](const Region& region) {
    if (region.sub_bands.empty()) return;
    const auto inside = [&](Frequency frequency) {
      EXPECT_NE(region.sub_band(frequency), nullptr) << frequency.hz();
      EXPECT_EQ(frequency.hz() % region.frequency_step_hz, 0U) << frequency.hz();
    };
    for (const auto& channel : region.default_uplink_channels) inside(channel.frequency);
    for (const auto& channel : region.default_downlink_channels) inside(channel.frequency);
    for (const auto frequency : region.beacon_frequencies) inside(frequency);
    for (const auto frequency : region.ping_slot_frequencies) inside(frequency);
    for (const auto& channel : region.join_channels) {
      inside(channel.uplink);
      inside(channel.rx1);
      inside(channel.rx2);
    }
    inside(region.rx2_frequency);
  });
}

TEST(Physics, NoTwoChannelsAreOne) {
  for_each_region([](const Region& region) {
    const auto rows = region.default_uplink_channels;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      for (std::size_t k = i + 1; k < rows.size(); ++k)
        EXPECT_NE(rows[i].frequency, rows[k].frequency) << i << ' ' << k;
    }
  });
}

}  // namespace
}  // namespace ff::region
