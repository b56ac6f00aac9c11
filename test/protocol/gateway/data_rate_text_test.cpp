// Data rates as Semtech's forwarders write them: all that any band has, and what is none.
#include "protocol/gateway/data_rate_text.hpp"

#include <gtest/gtest.h>

#include <set>

#include "protocol/region/region.hpp"

namespace ff::gateway {
namespace {

/// Of every band and revision, SF5 and SF6 of RP002-1.0.5 among them.
std::set<DataRate> all_rates() {
  std::set<DataRate> rates;
  for (const auto band : region::band_ids()) {
    for (const auto& region : region::revisions(band)) {
      for (const auto& entry : region.data_rates) rates.insert(entry.data_rate);
    }
  }
  return rates;
}

TEST(DataRateText, OfEveryLoraRateOfEveryBandIsReadAgain) {
  std::set<int> spreading_factors;
  for (const auto& rate : all_rates()) {
    const auto* lora = std::get_if<LoraDataRate>(&rate);
    if (lora == nullptr) continue;
    spreading_factors.insert(lora->spreading_factor);
    EXPECT_EQ(parse_lora(to_string(rate), to_string(lora->coding_rate)), *lora) << to_string(rate);
  }
  EXPECT_EQ(spreading_factors, (std::set{5, 6, 7, 8, 9, 10, 11, 12}));
}

TEST(DataRateText, OfEveryLrFhssRateOfEveryBandIsReadAgain) {
  std::size_t rates = 0;
  for (const auto& rate : all_rates()) {
    const auto* lr_fhss = std::get_if<LrFhssDataRate>(&rate);
    if (lr_fhss == nullptr) continue;
    ++rates;
    EXPECT_EQ(parse_lr_fhss(to_string(rate), to_string(lr_fhss->coding_rate)), *lr_fhss)
        << to_string(rate);
    // Concentrators have their own words for the codes.
    const auto* codr = lr_fhss->coding_rate == CodingRate::cr1_3 ? "2/6" : "4/6";
    EXPECT_EQ(parse_lr_fhss(to_string(rate), codr), *lr_fhss);
  }
  EXPECT_GT(rates, 4U);
}

TEST(DataRateText, BandwidthsMayHaveDecimals) {
  struct Row {
    const char* datr;
    std::uint32_t hz;
  };
  for (const auto& [datr, hz] :
       {Row{"SF7BW41.7", 41'700}, Row{"SF7BW62.5", 62'500}, Row{"SF7BW20.83", 20'830},
        Row{"SF7BW7.812", 7'812}, Row{"SF7BW125.0", 125'000}, Row{"SF7BW0.1", 100}}) {
    const auto rate = parse_lora(datr, "");
    ASSERT_TRUE(rate) << datr;
    EXPECT_EQ(rate->bandwidth_hz, hz) << datr;
    EXPECT_EQ(rate->coding_rate, CodingRate::cr4_5) << "unless it is said";
  }
}

TEST(DataRateText, RefusesEverythingElse) {
  for (const char* datr : {"", "SF", "SF7", "SF7BW", "7BW125", "SF4BW125", "SF13BW125",
                           "SF007BW125", "SF7BW0", "SF7BW125x", "SF7BW125.", "SF7BW1.2345",
                           "SF7BW123456", "sf7bw125", "SF7 BW125", "SF-7BW125"})
    EXPECT_FALSE(parse_lora(datr, "4/5")) << datr;
  for (const char* codr : {"4/9", "5/4", "4", "OFF"})
    EXPECT_FALSE(parse_lora("SF7BW125", codr)) << codr;
  for (const char* datr : {"", "M", "M0", "M0CW", "MCW137", "M256CW137", "M0CW137x", "M0BW137"})
    EXPECT_FALSE(parse_lr_fhss(datr, "1/3")) << datr;
  for (const char* codr : {"", "4/5", "3/1"}) EXPECT_FALSE(parse_lr_fhss("M0CW137", codr)) << codr;
}

}  // namespace
}  // namespace ff::gateway
