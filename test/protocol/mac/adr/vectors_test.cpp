// Every `tts_*` vector of test/golden/lorawan/adr.json against the step it belongs to.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "protocol/mac/adr/adr.hpp"
#include "protocol/mac/adr/demodulation.hpp"
#include "protocol/mac/adr/steps.hpp"
#include "test/protocol/mac/fixture.hpp"
#include "test/protocol/mac/golden.hpp"

namespace ff::mac::adr {
namespace {

namespace json = boost::json;
using ff::test::integer;
using ff::test::text;
using mac::test::dr;
using mac::test::power;

std::vector<json::object> vectors(std::string_view kind) {
  return ff::test::vectors("adr.json", kind);
}

const region::Region& region_of(const json::object& input) {
  auto version = PhyVersion::rp001_v1_0_2_rev_b;
  const region::Region* region = region::find(text(input.at("band")), version);
  EXPECT_NE(region, nullptr);
  return *region;
}

std::vector<DataRateIndex> data_rates(const json::value& list) {
  std::vector<DataRateIndex> rates;
  for (const auto& index : list.as_array()) rates.push_back(dr(static_cast<int>(integer(index))));
  return rates;
}
std::vector<TxPowerIndex> powers(const json::value& list) {
  std::vector<TxPowerIndex> indexes;
  for (const auto& index : list.as_array())
    indexes.push_back(power(static_cast<int>(integer(index))));
  return indexes;
}

std::optional<std::uint8_t> small(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value == nullptr ? std::nullopt
                          : std::optional(static_cast<std::uint8_t>(integer(*value)));
}

template <class Index>
std::optional<Index> index(const json::object& object, std::string_view key) {
  const auto value = small(object, key);
  return value ? std::optional(Index{*value}) : std::nullopt;
}

AdrDynamic settings(const json::value& value) {
  AdrDynamic settings;
  if (!value.is_object()) return settings;
  const auto& object = value.as_object();
  settings.min_data_rate_index = index<DataRateIndex>(object, "min_data_rate");
  settings.max_data_rate_index = index<DataRateIndex>(object, "max_data_rate");
  settings.min_tx_power_index = index<TxPowerIndex>(object, "min_tx_power");
  settings.max_tx_power_index = index<TxPowerIndex>(object, "max_tx_power");
  settings.nb_trans = {small(object, "min_nb_trans"), small(object, "max_nb_trans")};
  if (const auto* overrides = object.if_contains("overrides")) {
    for (const auto& [rate, bounds] : overrides->as_object()) {
      settings.nb_trans_overrides[std::stoul(std::string(rate))] = {
          small(bounds.as_object(), "min_nb_trans"), small(bounds.as_object(), "max_nb_trans")};
    }
  }
  if (const auto* steering = object.if_contains("channel_steering")) {
    settings.channel_steering =
        text(*steering) == "lora_narrow" ? ChannelSteering::lora_narrow : ChannelSteering::disabled;
  }
  return settings;
}

/// Counters oldest first, as the vectors list them, to a history newest first.
std::vector<RecentUplink> history(const json::value& counters) {
  std::vector<RecentUplink> uplinks;
  for (const auto& counter : counters.as_array()) {
    RecentUplink uplink;
    uplink.f_cnt = FCnt32{static_cast<std::uint32_t>(integer(counter))};
    uplinks.insert(uplinks.begin(), uplink);
  }
  return uplinks;
}

std::vector<RecentUplink> received(const json::value& list) {
  std::vector<RecentUplink> uplinks;
  for (const auto& entry : list.as_array()) {
    RecentUplink uplink;
    uplink.adr = true;
    uplink.f_cnt = FCnt32{static_cast<std::uint32_t>(integer(entry.at("fcnt")))};
    uplink.max_snr_db = static_cast<float>(entry.at("max_snr_db").to_number<double>());
    uplinks.insert(uplinks.begin(), uplink);
  }
  return uplinks;
}

float number(const json::value& value) {
  return static_cast<float>(value.to_number<double>());
}

TEST(AdrVectors, LossRate) {
  int seen = 0;
  for (const auto& vector : vectors("tts_loss_rate")) {
    EXPECT_NEAR(loss_rate(history(vector.at("input").at("fcnt"))),
                number(vector.at("expected").at("loss_rate")), 1e-6)
        << text(vector.at("id"));
    ++seen;
  }
  EXPECT_EQ(seen, 9);
}

TEST(AdrVectors, DemodulationFloorStep) {
  for (const auto& vector : vectors("tts_demodulation_floor_step")) {
    const auto& input = vector.at("input").as_object();
    const auto step = demodulation_floor_step(
        region_of(input), dr(static_cast<int>(integer(input.at("from_data_rate")))),
        dr(static_cast<int>(integer(input.at("to_data_rate")))));
    ASSERT_TRUE(step) << text(vector.at("id"));
    EXPECT_FLOAT_EQ(*step, number(vector.at("expected").at("step_db"))) << text(vector.at("id"));
  }
}

TEST(AdrVectors, DemodulationFloors) {
  const auto document = json::parse(ff::test::read_golden("adr.json"));
  const auto& table = document.at("conventions").at("tts").at("demodulation_floor_db").as_object();
  EXPECT_EQ(table.size(), 7U);
  for (const auto& [factor, by_bandwidth] : table) {
    for (const auto& [bandwidth, floor] : by_bandwidth.as_object()) {
      const LoraDataRate rate{static_cast<std::uint8_t>(std::stoi(std::string(factor))),
                              static_cast<std::uint32_t>(std::stoul(std::string(bandwidth)))};
      EXPECT_EQ(demodulation_floor_db(rate), number(floor));
    }
  }
}

TEST(AdrVectors, ClampDataRate) {
  for (const auto& vector : vectors("tts_clamp_data_rate")) {
    const auto& input = vector.at("input").as_object();
    const auto bounds = clamp_data_rates(
        settings(input.at("device_settings")),
        {*index<DataRateIndex>(input, "min"), *index<DataRateIndex>(input, "max")});
    const auto& expected = vector.at("expected").as_object();
    EXPECT_EQ(bounds.min, *index<DataRateIndex>(expected, "min")) << text(vector.at("id"));
    EXPECT_EQ(bounds.max, *index<DataRateIndex>(expected, "max")) << text(vector.at("id"));
  }
}

TEST(AdrVectors, ClampTxPower) {
  for (const auto& vector : vectors("tts_clamp_tx_power")) {
    const auto& input = vector.at("input").as_object();
    const auto bounds =
        clamp_tx_powers(settings(input.at("device_settings")),
                        {*index<TxPowerIndex>(input, "min"), *index<TxPowerIndex>(input, "max")});
    const auto& expected = vector.at("expected").as_object();
    EXPECT_EQ(bounds.min, *index<TxPowerIndex>(expected, "min")) << text(vector.at("id"));
    EXPECT_EQ(bounds.max, *index<TxPowerIndex>(expected, "max")) << text(vector.at("id"));
  }
}

TEST(AdrVectors, ClampNbTrans) {
  for (const auto& vector : vectors("tts_clamp_nb_trans")) {
    const auto& input = vector.at("input").as_object();
    EXPECT_EQ(clamp_nb_trans(settings(input.at("device_settings")),
                             *index<DataRateIndex>(input, "data_rate"), *small(input, "nb_trans")),
              integer(vector.at("expected").at("nb_trans")))
        << text(vector.at("id"));
  }
}

TEST(AdrVectors, HistoryIsWhatBelongsToTheCurrentParameters) {
  for (const auto& vector : vectors("tts_adr_uplinks")) {
    const auto& input = vector.at("input").as_object();
    const region::Region& region = region_of(input);
    const auto read = [&](const json::value& list) {
      std::vector<RecentUplink> uplinks;
      for (const auto& entry : list.as_array()) {
        RecentUplink uplink;
        uplink.is_data = text(entry.at("mtype")) != "JOIN_REQUEST";
        uplink.f_cnt = FCnt32{static_cast<std::uint32_t>(integer(entry.at("fcnt")))};
        const LoraDataRate rate{static_cast<std::uint8_t>(integer(entry.at("spreading_factor"))),
                                static_cast<std::uint32_t>(integer(entry.at("bandwidth_hz")))};
        uplink.data_rate_index = region.uplink_data_rate_index(rate).value();
        uplinks.insert(uplinks.begin(), uplink);
      }
      return uplinks;
    };
    MacState state;
    state.current.adr_data_rate_index = *index<DataRateIndex>(input, "current_data_rate");
    state.last_adr_change_f_cnt_up =
        FCnt32{static_cast<std::uint32_t>(integer(input.at("last_adr_change_fcnt_up")))};
    state.recent_uplinks = read(input.at("uplinks"));
    const auto found = history_of(state).current;
    EXPECT_EQ(std::vector(found.begin(), found.end()), read(vector.at("expected").at("uplinks")))
        << text(vector.at("id"));
  }
}

TEST(AdrVectors, DataRateRange) {
  for (const auto& vector : vectors("tts_data_rate_range")) {
    SCOPED_TRACE(text(vector.at("id")));
    const auto& input = vector.at("input").as_object();
    std::vector<Channel> channels;
    for (const auto& entry : input.at("channels").as_array()) {
      Channel channel;
      channel.min_data_rate_index = *index<DataRateIndex>(entry.as_object(), "min_data_rate");
      channel.max_data_rate_index = *index<DataRateIndex>(entry.as_object(), "max_data_rate");
      channel.enabled = entry.at("enabled").as_bool();
      channels.push_back(channel);
    }
    // The vector without a band has no channel either.
    const auto& region =
        input.at("band").is_string() ? region_of(input) : *region::find_latest("EU_863_870");
    const auto carried = channel_data_rates(channels, region);
    const auto& expected = vector.at("expected").as_object();
    if (expected.contains("error")) {
      EXPECT_TRUE(carried.empty());
      continue;
    }
    Rejected rejected;
    rejected.adr_data_rate_indexes = data_rates(input.at("rejected_data_rates"));
    const auto allowed =
        allowed_data_rates(carried, settings(input.at("device_settings")), rejected, region);
    ASSERT_EQ(!allowed.empty(), expected.at("ok").as_bool());
    if (allowed.empty()) continue;
    EXPECT_EQ(allowed, data_rates(expected.at("allowed")));
    EXPECT_EQ(allowed.front(), *index<DataRateIndex>(expected, "min"));
    EXPECT_EQ(allowed.back(), *index<DataRateIndex>(expected, "max"));
  }
}

TEST(AdrVectors, TxPowerRange) {
  for (const auto& vector : vectors("tts_tx_power_range")) {
    SCOPED_TRACE(text(vector.at("id")));
    const auto& input = vector.at("input").as_object();
    Rejected rejected;
    rejected.adr_tx_power_indexes = powers(input.at("rejected_tx_powers"));
    const auto bounds =
        allowed_tx_powers(settings(input.at("device_settings")), rejected, region_of(input));
    const auto& expected = vector.at("expected").as_object();
    ASSERT_EQ(!bounds.empty(), expected.at("ok").as_bool());
    if (bounds.empty()) continue;
    EXPECT_EQ(bounds.min, *index<TxPowerIndex>(expected, "min"));
    EXPECT_EQ(bounds.max, *index<TxPowerIndex>(expected, "max"));
  }
}

TEST(AdrVectors, Margin) {
  for (const auto& vector : vectors("tts_margin")) {
    const auto& input = vector.at("input").as_object();
    RecentUplink uplink;
    uplink.max_snr_db = number(input.at("max_snr_db"));
    const std::vector<RecentUplink> uplinks(
        static_cast<std::size_t>(integer(input.at("uplink_count"))), uplink);
    const LoraDataRate rate{static_cast<std::uint8_t>(integer(input.at("spreading_factor"))),
                            static_cast<std::uint32_t>(integer(input.at("bandwidth_hz")))};
    const auto margin = link_margin_db(uplinks, demodulation_floor_db(rate), default_margin_db);
    const auto& expected = vector.at("expected").as_object();
    ASSERT_EQ(margin.has_value(), expected.contains("ok")) << text(vector.at("id"));
    if (!margin) continue;
    EXPECT_FLOAT_EQ(*margin, number(expected.at("margin_db"))) << text(vector.at("id"));
    EXPECT_EQ(uplinks.size() >= optimal_uplinks, expected.at("optimal").as_bool());
  }
}

TEST(AdrVectors, AdaptDataRate) {
  for (const auto& vector : vectors("tts_adapt_data_rate")) {
    SCOPED_TRACE(text(vector.at("id")));
    const auto& input = vector.at("input").as_object();
    const auto& current = input.at("current").as_object();
    const Choice choice =
        adapt_data_rate({*index<DataRateIndex>(current, "data_rate"),
                         *index<TxPowerIndex>(current, "tx_power"), number(input.at("margin_db"))},
                        data_rates(input.at("allowed_data_rates")),
                        *index<TxPowerIndex>(input, "min_tx_power"), region_of(input));
    const auto& desired = vector.at("expected").at("desired").as_object();
    EXPECT_EQ(choice.data_rate, *index<DataRateIndex>(desired, "data_rate"));
    EXPECT_EQ(choice.tx_power, *index<TxPowerIndex>(desired, "tx_power"));
    EXPECT_FLOAT_EQ(choice.margin_db, number(vector.at("expected").at("margin_db")));
  }
}

TEST(AdrVectors, AdaptTxPower) {
  for (const auto& vector : vectors("tts_adapt_tx_power")) {
    SCOPED_TRACE(text(vector.at("id")));
    const auto& input = vector.at("input").as_object();
    const auto rejected = powers(input.at("rejected_tx_powers"));
    // The field `optimal` of these vectors is false throughout; the names say which row has enough
    // samples.
    const bool optimal = text(vector.at("name")).find("; optimal") != std::string::npos;
    const Choice choice = adapt_tx_power(
        {dr(5), *index<TxPowerIndex>(input, "desired_tx_power"), number(input.at("margin_db"))},
        {{*index<TxPowerIndex>(input, "min_tx_power"), *index<TxPowerIndex>(input, "max_tx_power")},
         rejected,
         optimal},
        region_of(input));
    EXPECT_EQ(choice.tx_power.value(), integer(vector.at("expected").at("tx_power")));
    EXPECT_FLOAT_EQ(choice.margin_db, number(vector.at("expected").at("margin_db")));
  }
}

TEST(AdrVectors, IsNarrow) {
  for (const auto& vector : vectors("tts_is_narrow")) {
    const auto& input = vector.at("input").as_object();
    const auto narrow = is_narrow(region_of(input), *index<DataRateIndex>(input, "data_rate"));
    const auto& expected = vector.at("expected").as_object();
    EXPECT_EQ(narrow.has_value(), expected.at("is_lora").as_bool());
    EXPECT_EQ(narrow.value_or(false), expected.at("is_narrow").as_bool());
  }
}

TEST(AdrVectors, SteerChannels) {
  for (const auto& vector : vectors("tts_steer_channels")) {
    SCOPED_TRACE(text(vector.at("id")));
    const auto& input = vector.at("input").as_object();
    const region::Region& region =
        input.at("band").is_string() ? region_of(input) : *region::find_latest("EU_863_870");
    Choice choice{dr(6), power(1), number(input.at("margin_db"))};
    if (input.at("current").is_object()) {
      choice.data_rate = *index<DataRateIndex>(input.at("current").as_object(), "data_rate");
    }
    const auto steered = steer(choice, data_rates(input.at("allowed")),
                               settings(input.at("device_settings")).channel_steering, region);
    const auto& expected = vector.at("expected").as_object();
    ASSERT_EQ(steered.has_value(), expected.at("steered").as_bool());
    if (!steered) continue;
    const auto& desired = expected.at("desired").as_object();
    EXPECT_EQ(steered->data_rate, *index<DataRateIndex>(desired, "data_rate"));
    EXPECT_EQ(steered->tx_power, *index<TxPowerIndex>(desired, "tx_power"));
    EXPECT_FLOAT_EQ(steered->margin_db, number(expected.at("margin_db")));
  }
}

TEST(AdrVectors, AdaptNbTrans) {
  int seen = 0;
  for (const auto& vector : vectors("tts_adapt_nb_trans")) {
    const auto& input = vector.at("input").as_object();
    EXPECT_EQ(adapt_nb_trans(history(input.at("fcnt")), *small(input, "current_nb_trans"),
                             AdrDynamic{}, dr(0)),
              integer(vector.at("expected").at("nb_trans")))
        << text(vector.at("id"));
    ++seen;
  }
  EXPECT_EQ(seen, 10);
}

// Rows chirpstack_*: another network server's algorithm. Its table of transmissions is the one we
// have too. Its loss is counted per uplink heard, ours per uplink sent, as the reference does; its
// ideal rate and power step together, the reference's data rate first (tts_adapt_* above).
TEST(AdrVectors, TransmissionsOfTheOtherAlgorithm) {
  // Twenty that were heard, and as many lost before them as the row's loss says.
  const auto lossy = [](double percent) {
    std::vector<RecentUplink> uplinks(20);
    const auto heard = static_cast<double>(uplinks.size());
    // loss = lost / (lost + heard)
    const auto lost = static_cast<std::uint32_t>(heard * percent / (100 - percent) + 0.5);
    std::uint32_t f_cnt = static_cast<std::uint32_t>(uplinks.size()) + lost;
    for (auto& uplink : uplinks) uplink.f_cnt = FCnt32{f_cnt--};
    if (lost > 0) uplinks.back().f_cnt = FCnt32{1};
    return uplinks;
  };
  int seen = 0;
  for (const auto& vector : vectors("chirpstack_nb_trans")) {
    const auto& input = vector.at("input").as_object();
    const auto percent = input.at("loss_percent").to_number<double>();
    EXPECT_EQ(adapt_nb_trans(lossy(percent), *small(input, "current"), AdrDynamic{}, dr(0)),
              integer(vector.at("expected").at("nb_trans")))
        << text(vector.at("id"));
    ++seen;
  }
  EXPECT_EQ(seen, 3);
}

TEST(AdrVectors, LossOfTheOtherAlgorithmIsAnotherNumber) {
  for (const auto& vector : vectors("chirpstack_loss")) {
    const auto ours = loss_rate(history(vector.at("input").at("fcnt")));
    EXPECT_NEAR(ours, 2.0 / 22, 1e-6) << "2 of 22 sent";
    EXPECT_NEAR(number(vector.at("expected").at("loss_percent")), 100 * 2.0 / 20, 1e-4)
        << "2 beside 20 heard";
  }
  EXPECT_EQ(vectors("chirpstack_ideal").size(), 8U) << "not run: steps of power and rate together";
}

void set_current(MacState& state, const json::object& current) {
  state.current.adr_data_rate_index = *index<DataRateIndex>(current, "data_rate");
  state.current.adr_tx_power_index = *index<TxPowerIndex>(current, "tx_power");
  state.current.adr_nb_trans = *small(current, "nb_trans");
}

TEST(AdrVectors, WholeAlgorithm) {
  for (const char* kind : {"tts_adapt", "tts_adapt_us915"}) {
    for (const auto& vector : vectors(kind)) {
      SCOPED_TRACE(text(vector.at("id")));
      const auto& input = vector.at("input").as_object();
      const bool us = text(input.at("band")) == "US_902_928";
      mac::test::Device device = us ? mac::test::us_device() : mac::test::Device{};
      device.region = &region_of(input);
      MacState state = device.state();
      if (!us) state.desired.channels = state.current.channels;  // `EU868Current`
      set_current(state, input.at("current").as_object());
      if (input.contains("rejected_data_rates")) {
        state.rejected.adr_data_rate_indexes = data_rates(input.at("rejected_data_rates"));
        state.rejected.adr_tx_power_indexes = powers(input.at("rejected_tx_powers"));
      }
      AdrDynamic dynamic;
      dynamic.margin_db = number(input.at("adr_margin_db"));
      const auto uplinks = received(input.at("uplinks"));
      const Decision decision =
          reference_adr({uplinks, uplinks}, limits_of(state, dynamic, *device.region));
      const auto& expected = vector.at("expected").as_object();
      const auto& desired = expected.at("desired").as_object();
      EXPECT_EQ(decision.reason, Reason::adapted);
      EXPECT_EQ(decision.data_rate_index, *index<DataRateIndex>(desired, "data_rate"));
      EXPECT_EQ(decision.tx_power_index, *index<TxPowerIndex>(desired, "tx_power"));
      EXPECT_EQ(decision.nb_trans, *small(desired, "nb_trans"));
      EXPECT_EQ(decision.uplinks, uplinks.size());
      if (us) {
        EXPECT_NEAR(decision.margin_db, number(expected.at("margin_db")), 1e-4);
        EXPECT_NEAR(decision.loss_rate, number(expected.at("loss_rate")), 1e-5);
      }
    }
  }
}

TEST(AdrVectors, PowerSettlesInsteadOfSwinging) {
  for (const auto& vector : vectors("tts_stability_sequence")) {
    const auto& input = vector.at("input").as_object();
    mac::test::Device device;
    device.region = &region_of(input);
    MacState state = device.settled();
    set_current(state, input.at("current").as_object());
    const auto& expected = vector.at("expected").as_object();
    const auto& powers_after = expected.at("tx_power_after_each_uplink").as_array();
    float penalty = 0;
    for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(integer(input.at("uplink_count")));
         ++i) {
      RecentUplink uplink;
      uplink.adr = true;
      uplink.f_cnt = FCnt32{i};
      uplink.data_rate_index = dr(5);
      uplink.max_snr_db = number(input.at("base_snr_db")) - penalty;
      auto adapted = record_uplink(state, uplink, device.profile());
      state = std::move(adapted.next);
      if (state.desired.adr_tx_power_index != state.current.adr_tx_power_index) {
        penalty += tx_power_step(*device.region, state.current.adr_tx_power_index,
                                 state.desired.adr_tx_power_index);
        state.current = state.desired;
        state.last_adr_change_f_cnt_up = FCnt32{i + 1};
      }
      EXPECT_EQ(state.current.adr_tx_power_index.value(), integer(powers_after.at(i))) << i;
      EXPECT_EQ(state.current.adr_data_rate_index.value(), integer(expected.at("data_rate")));
      EXPECT_EQ(state.current.adr_nb_trans, integer(expected.at("nb_trans")));
    }
  }
}

}  // namespace
}  // namespace ff::mac::adr
