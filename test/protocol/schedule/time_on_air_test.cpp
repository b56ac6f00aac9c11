#include "protocol/schedule/time_on_air.hpp"

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <fstream>
#include <sstream>
#include <string>

namespace ff::schedule {
namespace {

namespace json = boost::json;

const json::array& vectors() {
  static const json::value file = [] {
    std::ifstream stream(FF_GOLDEN_DIR "/lorawan/time_on_air.json");
    std::stringstream text;
    text << stream.rdbuf();
    return json::parse(text.str());
  }();
  return file.as_object().at("vectors").as_array();
}

struct Vector {
  std::string id;
  json::object input;
  json::object expected;

  std::size_t payload() const { return input.at("payload_octets").to_number<std::size_t>(); }
  CodingRate coding_rate() const { return parse_coding_rate(input.at("coding_rate").as_string()); }
  LoraDataRate lora() const {
    return {input.at("spreading_factor").to_number<std::uint8_t>(),
            input.at("bandwidth_hz").to_number<std::uint32_t>(), coding_rate()};
  }
  Duration us() const {
    return std::chrono::microseconds{expected.at("us").to_number<std::int64_t>()};
  }
};

std::vector<Vector> of_kind(std::string_view kind) {
  std::vector<Vector> found;
  for (const auto& value : vectors()) {
    const auto& object = value.as_object();
    if (object.at("kind").as_string() != kind) continue;
    found.push_back({std::string(object.at("id").as_string()), object.at("input").as_object(),
                     object.at("expected").as_object()});
  }
  EXPECT_FALSE(found.empty()) << kind;
  return found;
}

TEST(TimeOnAir, MatchesEveryLoraVectorBelowOneGigahertz) {
  for (const auto& vector : of_kind("lora")) {
    LoraFraming framing;
    if (const auto* ldro = vector.input.if_contains("ldro"))
      framing.low_data_rate_optimization = ldro->as_bool();
    const auto airtime = lora_time_on_air(vector.payload(), vector.lora(), framing);
    ASSERT_TRUE(airtime) << vector.id;
    EXPECT_EQ(*airtime, vector.us()) << vector.id;
  }
}

TEST(TimeOnAir, MatchesEveryVectorAtTwoPointFourGigahertz) {
  for (const auto& vector : of_kind("lora_2g4")) {
    // No region uses 4/7LI and the API's coding rates do not name it.
    if (vector.input.at("coding_rate").as_string() == "4/7LI") continue;
    const auto airtime = time_on_air(vector.payload(), vector.lora(), Frequency::hz(2'422'000'000),
                                     vector.input.at("crc").as_bool());
    ASSERT_TRUE(airtime) << vector.id;
    EXPECT_NEAR(static_cast<double>(airtime->count()), vector.expected.at("ns").to_number<double>(),
                vector.expected.at("tolerance_ns").to_number<double>())
        << vector.id;
  }
}

TEST(TimeOnAir, MatchesTheFskVectors) {
  for (const auto& vector : of_kind("fsk")) {
    const FskDataRate rate{vector.input.at("bit_rate_bps").to_number<std::uint32_t>()};
    EXPECT_EQ(time_on_air(vector.payload(), rate, Frequency::hz(868'800'000)), vector.us())
        << vector.id;
  }
}

TEST(TimeOnAir, MatchesEveryLrFhssVector) {
  for (const auto& vector : of_kind("lr_fhss")) {
    const LrFhssDataRate rate{137'000, vector.coding_rate(), 0};
    EXPECT_EQ(time_on_air(vector.payload(), rate, Frequency::hz(868'100'000)), vector.us())
        << vector.id;
  }
}

TEST(TimeOnAir, NamesTheInvalidField) {
  for (const auto& vector : of_kind("lora_invalid")) {
    const auto frequency =
        Frequency::hz(vector.input.at("frequency_hz").to_number<std::uint64_t>());
    const auto airtime = time_on_air(vector.payload(), vector.lora(), frequency);
    ASSERT_FALSE(airtime) << vector.id;
    auto field = std::string(vector.expected.at("field").as_string());
    std::replace(field.begin(), field.end(), ' ', '_');
    EXPECT_EQ(airtime.error().name(), field) << vector.id;
    EXPECT_EQ(airtime.error().code(), Code::invalid_argument) << vector.id;
  }
}

TEST(TimeOnAir, RefusesAnUnsetFrequencyAndAnEmptyBitRate) {
  EXPECT_TRUE(time_on_air(10, LoraDataRate{7, 125'000, CodingRate::cr4_5}, Frequency{})
                  .error()
                  .is(invalid_frequency));
  EXPECT_FALSE(time_on_air(10, FskDataRate{0}, Frequency::hz(868'800'000)));
  EXPECT_TRUE(
      time_on_air(10, LrFhssDataRate{137'000, CodingRate::cr4_5, 0}, Frequency::hz(868'100'000))
          .error()
          .is(invalid_coding_rate));
}

TEST(TimeOnAir, CountsSymbolsAsTheVectorsDo) {
  for (const auto& vector : of_kind("lora_payload_symbols")) {
    LoraFraming framing;
    framing.explicit_header = vector.input.at("explicit_header").as_bool();
    framing.low_data_rate_optimization = vector.input.at("ldro").as_bool();
    EXPECT_EQ(lora_payload_symbols(vector.payload(),
                                   vector.input.at("spreading_factor").to_number<std::uint8_t>(),
                                   vector.coding_rate(), framing),
              vector.expected.at("symbols").to_number<std::uint32_t>())
        << vector.id;
  }
}

/// The difference that one more preamble symbol makes is the symbol's time.
TEST(TimeOnAir, KnowsSymbolAndPreambleTimes) {
  const auto with_preamble = [](LoraDataRate rate, std::uint16_t symbols) {
    LoraFraming framing;
    framing.preamble_symbols = symbols;
    return *lora_time_on_air(10, rate, framing);
  };
  for (const auto& vector : of_kind("lora_symbol")) {
    const LoraDataRate rate{vector.input.at("spreading_factor").to_number<std::uint8_t>(),
                            vector.input.at("bandwidth_hz").to_number<std::uint32_t>(),
                            CodingRate::cr4_5};
    EXPECT_EQ(with_preamble(rate, 9) - with_preamble(rate, 8), vector.us()) << vector.id;
  }
  for (const auto& vector : of_kind("lora_preamble")) {
    const LoraDataRate rate{12, 125'000, CodingRate::cr4_5};
    LoraFraming framing;
    framing.low_data_rate_optimization = true;
    const auto payload_symbols = *lora_payload_symbols(10, 12, CodingRate::cr4_5, framing);
    EXPECT_EQ(with_preamble(rate, 8) - payload_symbols * Duration{32'768'000}, vector.us())
        << vector.id;
  }
}

TEST(TimeOnAir, GrowsWithThePayload) {
  for (std::uint8_t sf = 5; sf <= 12; ++sf) {
    Duration last{0};
    for (std::size_t size = 0; size <= 255; ++size) {
      const auto airtime = *time_on_air(size, LoraDataRate{sf, 125'000, CodingRate::cr4_5},
                                        Frequency::hz(868'100'000));
      EXPECT_GE(airtime, last);
      last = airtime;
    }
  }
}

struct BandRate {
  const char* band;
  std::uint8_t index;
  DataRate rate;
};

LoraDataRate lora(std::uint8_t sf, std::uint32_t bandwidth) {
  return {sf, bandwidth, CodingRate::cr4_5};
}

/// Data rates of the vectors' bands, LoRa down to the narrowest case; regions have their own tests.
const std::vector<BandRate> band_rates = {
    {"EU_863_870", 0, lora(12, 125'000)},
    {"EU_863_870", 1, lora(11, 125'000)},
    {"EU_863_870", 2, lora(10, 125'000)},
    {"EU_863_870", 3, lora(9, 125'000)},
    {"EU_863_870", 4, lora(8, 125'000)},
    {"EU_863_870", 5, lora(7, 125'000)},
    {"EU_863_870", 6, lora(7, 250'000)},
    {"EU_863_870", 7, FskDataRate{50'000}},
    {"EU_863_870", 8, LrFhssDataRate{137'000, CodingRate::cr1_3, 0}},
    {"EU_863_870", 9, LrFhssDataRate{137'000, CodingRate::cr2_3, 0}},
    {"EU_863_870", 10, LrFhssDataRate{336'000, CodingRate::cr1_3, 0}},
    {"EU_863_870", 11, LrFhssDataRate{336'000, CodingRate::cr2_3, 0}},
    {"US_902_928", 0, lora(10, 125'000)},
    {"US_902_928", 1, lora(9, 125'000)},
    {"US_902_928", 2, lora(8, 125'000)},
    {"US_902_928", 3, lora(7, 125'000)},
    {"US_902_928", 4, lora(8, 500'000)},
    {"US_902_928", 8, lora(12, 500'000)},
    {"US_902_928", 9, lora(11, 500'000)},
    {"US_902_928", 10, lora(10, 500'000)},
    {"US_902_928", 11, lora(9, 500'000)},
    {"US_902_928", 12, lora(8, 500'000)},
    {"US_902_928", 13, lora(7, 500'000)},
    {"AS_923", 0, lora(12, 125'000)},
    {"AS_923", 1, lora(11, 125'000)},
    {"AS_923", 2, lora(10, 125'000)},
    {"AS_923", 3, lora(9, 125'000)},
    {"AS_923", 4, lora(8, 125'000)},
    {"AS_923", 5, lora(7, 125'000)},
    {"AS_923", 6, lora(7, 250'000)},
    {"AS_923", 7, FskDataRate{50'000}},
    {"CN_470_510_20_A", 1, lora(11, 125'000)},
    {"CN_470_510_20_A", 2, lora(10, 125'000)},
    {"CN_470_510_20_A", 3, lora(9, 125'000)},
    {"CN_470_510_20_A", 4, lora(8, 125'000)},
    {"CN_470_510_20_A", 5, lora(7, 125'000)},
    {"CN_470_510_20_A", 6, lora(7, 500'000)},
    {"CN_470_510_20_A", 7, FskDataRate{50'000}},
    {"AU_915_928", 0, lora(12, 125'000)},
    {"AU_915_928", 1, lora(11, 125'000)},
    {"AU_915_928", 2, lora(10, 125'000)},
    {"AU_915_928", 3, lora(9, 125'000)},
    {"AU_915_928", 4, lora(8, 125'000)},
    {"AU_915_928", 5, lora(7, 125'000)},
    {"AU_915_928", 6, lora(8, 500'000)},
    {"AU_915_928", 7, LrFhssDataRate{1'523'000, CodingRate::cr1_3, 0}},
    {"US_902_928", 5, LrFhssDataRate{1'523'000, CodingRate::cr1_3, 0}},
    {"US_902_928", 6, LrFhssDataRate{1'523'000, CodingRate::cr2_3, 0}},
    {"AU_915_928", 8, lora(12, 500'000)},
    {"AU_915_928", 9, lora(11, 500'000)},
    {"AU_915_928", 10, lora(10, 500'000)},
    {"AU_915_928", 11, lora(9, 500'000)},
    {"AU_915_928", 12, lora(8, 500'000)},
    {"AU_915_928", 13, lora(7, 500'000)},
};

TEST(TimeOnAir, MatchesEveryDataRateOfTheBands) {
  for (const auto& vector : of_kind("data_rate")) {
    const auto row = std::find_if(band_rates.begin(), band_rates.end(), [&](const BandRate& rate) {
      return vector.input.at("band").as_string() == rate.band &&
             vector.input.at("data_rate").to_number<int>() == rate.index;
    });
    ASSERT_NE(row, band_rates.end()) << vector.id << json::serialize(vector.input);
    EXPECT_EQ(time_on_air(vector.payload(), row->rate, Frequency::hz(868'100'000)), vector.us())
        << vector.id;
  }
}

TEST(TimeOnAir, AgreesWithTheDwellTimePayloadLimits) {
  for (const auto& vector : of_kind("dwell_limit")) {
    const auto limit = std::chrono::milliseconds{vector.input.at("limit_ms").to_number<int>()};
    const auto row = std::find_if(band_rates.begin(), band_rates.end(), [&](const BandRate& rate) {
      return vector.input.at("band").as_string() == rate.band &&
             vector.input.at("data_rate").to_number<int>() == rate.index;
    });
    ASSERT_NE(row, band_rates.end()) << vector.id;
    const auto table = vector.expected.at("max_mac_payload_table").to_number<std::size_t>();
    constexpr std::size_t mhdr_and_mic = 5;
    constexpr std::size_t smallest_frame = 12;
    const auto size = table == 0 ? smallest_frame : table + mhdr_and_mic;
    EXPECT_EQ(*time_on_air(size, row->rate, Frequency::hz(923'200'000)) <= limit, table != 0)
        << vector.id;
  }
}

}  // namespace
}  // namespace ff::schedule
