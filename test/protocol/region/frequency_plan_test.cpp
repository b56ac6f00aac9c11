// Frequency plans: the standard ones against their resolved golden values, and the rules.
#include "protocol/region/frequency_plan.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "test/protocol/region/golden.hpp"

namespace ff::region {
namespace {

namespace json = boost::json;
using golden::unsigned_of;
using std::chrono_literals::operator""ms;

/// Whether every key of `golden` was compared: `keys` are those that the comparison knows.
void expect_only(const json::object& golden, std::initializer_list<std::string_view> keys) {
  for (const auto& field : golden) {
    EXPECT_NE(std::find(keys.begin(), keys.end(), field.key()), keys.end()) << field.key();
  }
}

std::uint64_t number(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value == nullptr ? 0 : unsigned_of(*value);
}

std::optional<std::uint64_t> maybe_number(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr) return std::nullopt;
  return unsigned_of(*value);
}

template <class T>
std::optional<std::uint64_t> hz_of(const std::optional<T>& frequency) {
  if (!frequency) return std::nullopt;
  return frequency->hz();
}

void expect_channel(const PlanChannel& channel, const json::object& row) {
  expect_only(row, {"frequency_hz", "radio", "min_data_rate", "max_data_rate"});
  EXPECT_EQ(channel.frequency.hz(), number(row, "frequency_hz"));
  EXPECT_EQ(channel.radio, number(row, "radio"));
  EXPECT_EQ(channel.min_data_rate.value(), number(row, "min_data_rate"));
  EXPECT_EQ(channel.max_data_rate.value(), number(row, "max_data_rate"));
}

void expect_channels(const std::vector<PlanChannel>& channels, const json::value& rows) {
  ASSERT_EQ(channels.size(), rows.as_array().size());
  for (std::size_t i = 0; i < channels.size(); ++i) {
    expect_channel(channels[i], rows.as_array()[i].as_object());
  }
}

void expect_single(const std::optional<PlanSingleRateChannel>& channel, const json::value* golden) {
  ASSERT_EQ(channel.has_value(), golden != nullptr);
  if (!channel) return;
  expect_only(golden->as_object(), {"frequency_hz", "radio", "data_rate"});
  EXPECT_EQ(channel->frequency.hz(), number(golden->as_object(), "frequency_hz"));
  EXPECT_EQ(channel->radio, number(golden->as_object(), "radio"));
  EXPECT_EQ(channel->data_rate.value(), number(golden->as_object(), "data_rate"));
}

void expect_radios(const FrequencyPlan& plan, const json::object& golden) {
  const json::value* rows = golden.if_contains("radios");
  ASSERT_EQ(plan.radios.size(), rows == nullptr ? 0 : rows->as_array().size());
  for (std::size_t i = 0; i < plan.radios.size(); ++i) {
    const auto& row = rows->as_array()[i].as_object();
    expect_only(row, {"enable", "chip_type", "frequency_hz", "rssi_offset_db", "tx"});
    const PlanRadio& radio = plan.radios[i];
    EXPECT_EQ(radio.enable, row.at("enable").as_bool());
    EXPECT_EQ(radio.chip_type, row.at("chip_type").as_string());
    EXPECT_EQ(radio.frequency.hz(), number(row, "frequency_hz"));
    EXPECT_FLOAT_EQ(radio.rssi_offset, row.at("rssi_offset_db").to_number<float>());
    const json::object none;
    const json::object& tx = row.contains("tx") ? row.at("tx").as_object() : none;
    EXPECT_EQ(hz_of(radio.tx_min), maybe_number(tx, "min_frequency_hz"));
    EXPECT_EQ(hz_of(radio.tx_max), maybe_number(tx, "max_frequency_hz"));
    EXPECT_EQ(hz_of(radio.tx_notch), maybe_number(tx, "notch_frequency_hz"));
  }
  EXPECT_EQ(plan.clock_source, maybe_number(golden, "clock_source"));
}

void expect_limits(const FrequencyPlan& plan, const json::object& golden) {
  const json::value* bands = golden.if_contains("sub_bands");
  ASSERT_EQ(plan.sub_bands.size(), bands == nullptr ? 0 : bands->as_array().size());
  for (std::size_t i = 0; i < plan.sub_bands.size(); ++i) {
    const auto& row = bands->as_array()[i].as_object();
    expect_only(row, {"min_frequency_hz", "max_frequency_hz", "duty_cycle", "max_eirp_dbm"});
    EXPECT_EQ(plan.sub_bands[i].min.hz(), number(row, "min_frequency_hz"));
    EXPECT_EQ(plan.sub_bands[i].max.hz(), number(row, "max_frequency_hz"));
    const json::value* duty_cycle = row.if_contains("duty_cycle");
    const double listed = duty_cycle == nullptr ? 1 : duty_cycle->to_number<double>();
    EXPECT_DOUBLE_EQ(plan.sub_bands[i].duty_cycle, listed == 0 ? 1 : listed);
    EXPECT_EQ(plan.sub_bands[i].max_eirp_dbm.has_value(), row.contains("max_eirp_dbm"));
    if (const json::value* eirp = row.if_contains("max_eirp_dbm")) {
      EXPECT_FLOAT_EQ(*plan.sub_bands[i].max_eirp_dbm, eirp->to_number<float>());
    }
  }
  const json::value* eirp = golden.if_contains("max_eirp_dbm");
  ASSERT_EQ(plan.max_eirp_dbm.has_value(), eirp != nullptr);
  if (eirp != nullptr) {
    EXPECT_FLOAT_EQ(*plan.max_eirp_dbm, eirp->to_number<float>());
  }
}

DwellTime dwell_of(const json::object& rule, std::string_view key) {
  const json::value* state = rule.if_contains(key);
  if (state == nullptr) return DwellTime::unknown;
  return state->as_bool() ? DwellTime::on : DwellTime::off;
}

void expect_access(const FrequencyPlan& plan, const json::object& golden) {
  const json::object none;
  const auto part = [&](std::string_view key) -> const json::object& {
    return golden.contains(key) ? golden.at(key).as_object() : none;
  };
  const json::object& dwell = part("dwell_time");
  EXPECT_EQ(plan.dwell_time.uplinks, dwell_of(dwell, "uplinks"));
  EXPECT_EQ(plan.dwell_time.downlinks, dwell_of(dwell, "downlinks"));
  EXPECT_EQ(static_cast<std::uint64_t>(plan.dwell_time.duration.count()),
            number(dwell, "duration_ms"));
  ASSERT_EQ(plan.listen_before_talk.has_value(), golden.contains("listen_before_talk"));
  if (plan.listen_before_talk) {
    const json::object& listen = part("listen_before_talk");
    EXPECT_FLOAT_EQ(plan.listen_before_talk->rssi_target_dbm,
                    listen.at("rssi_target_dbm").to_number<float>());
    EXPECT_FLOAT_EQ(plan.listen_before_talk->rssi_offset_db,
                    listen.at("rssi_offset_db").to_number<float>());
    EXPECT_EQ(plan.listen_before_talk->scan_time.count(),
              listen.at("scan_time_us").to_number<double>() * 1000);
  }
  const auto rx2 = maybe_number(golden, "rx2_default_data_rate");
  ASSERT_EQ(plan.default_rx2_data_rate.has_value(), rx2.has_value());
  if (rx2) {
    EXPECT_EQ(plan.default_rx2_data_rate->value(), *rx2);
  }
  ASSERT_EQ(plan.rx2_channel.has_value(), golden.contains("rx2_channel"));
  if (plan.rx2_channel) expect_channel(*plan.rx2_channel, part("rx2_channel"));
}

TEST(StandardPlans, HaveTheResolvedValuesOfTheGoldenFile) {
  const auto file = golden::read("vectors/resolved_plans.json");
  const FrequencyPlans plans = FrequencyPlans::standard();
  EXPECT_EQ(plans.all().size(), file.as_object().size());
  for (const auto& [id, golden] : file.as_object()) {
    SCOPED_TRACE(std::string(id));
    const FrequencyPlan* plan = plans.find(id);
    ASSERT_NE(plan, nullptr);
    EXPECT_EQ(plan->name, golden.at("name").as_string());
    EXPECT_EQ(plan->band_id, golden.at("band_id").as_string());
    EXPECT_EQ(plan->base_frequency_mhz, unsigned_of(golden.at("base_frequency_mhz")));
    EXPECT_EQ(plan->for_gateways, golden.at("gateways").as_bool());
    const json::value* base = golden.as_object().if_contains("base_id");
    EXPECT_EQ(plan->base_id, base == nullptr ? "" : base->as_string());
    const auto& resolved = golden.at("resolved").as_object();
    expect_only(resolved,
                {"uplink_channels", "downlink_channels", "lora_standard_channel", "fsk_channel",
                 "radios", "clock_source", "sub_bands", "max_eirp_dbm", "dwell_time",
                 "listen_before_talk", "rx2_default_data_rate", "rx2_channel"});
    expect_channels(plan->uplink_channels, resolved.at("uplink_channels"));
    expect_channels(plan->downlink_channels, resolved.at("downlink_channels"));
    expect_single(plan->lora_standard_channel, resolved.if_contains("lora_standard_channel"));
    expect_single(plan->fsk_channel, resolved.if_contains("fsk_channel"));
    expect_radios(*plan, resolved);
    expect_limits(*plan, resolved);
    expect_access(*plan, resolved);
  }
}

TEST(StandardPlans, AreSortedAndUnknownIdsAreNotFound) {
  const FrequencyPlans plans = FrequencyPlans::standard();
  EXPECT_TRUE(std::ranges::is_sorted(plans.all(), {}, &FrequencyPlan::id));
  EXPECT_EQ(plans.find("EU_863_871"), nullptr);
  EXPECT_EQ(plans.find(""), nullptr);
  EXPECT_EQ(plans.find("eu_863_870"), nullptr);
}

/// The vectors' plans hold only what they are about; the rest of a plan file is added here.
std::string plan_file(std::string_view id, const json::value& plan, std::string_view base = "") {
  json::object content = plan.as_object();
  json::object file{{"id", id}, {"name", id}};
  if (const json::value* band = content.if_contains("band_id")) file["band_id"] = *band;
  if (!base.empty()) file["base_id"] = base;
  content.erase("band_id");
  file["plan"] = content;
  return json::serialize(file);
}

TEST(DwellTimeLimit, FollowsTheVectors) {
  for (const auto& vector : golden::vectors("frequency_plans.json", "dwell_time")) {
    SCOPED_TRACE(std::string(vector.at("id").as_string()));
    const auto& input = vector.at("input");
    // The vectors number their channels 1, 2, 3; a plan wants frequencies of its band.
    const auto moved = [](const json::value& index) {
      return 923'000'000 + 200'000 * unsigned_of(index);
    };
    json::value plan = input.at("plan");
    for (const char* table : {"uplink_channels", "downlink_channels"}) {
      for (auto& channel : plan.as_object()[table].as_array()) {
        channel.as_object()["frequency_hz"] = moved(channel.at("frequency_hz"));
      }
    }
    FrequencyPlans plans;
    const Status added = plans.add_json(plan_file("X", plan));
    ASSERT_TRUE(added.has_value()) << added.error().to_string();
    const auto direction = input.at("downlink").as_bool() ? Direction::downlink : Direction::uplink;
    const auto limit = plans.find("X")->dwell_time_limit(
        direction, Frequency::hz(moved(input.at("frequency_hz"))));
    const auto duration = std::chrono::milliseconds(input.at("duration_ms").as_int64());
    EXPECT_EQ(!limit || duration <= *limit, vector.at("expected").at("allowed").as_bool());
  }
}

TEST(PlanExtension, FollowsTheVectors) {
  for (const auto& vector : golden::vectors("frequency_plans.json", "extend")) {
    SCOPED_TRACE(std::string(vector.at("id").as_string()));
    FrequencyPlans plans;
    ASSERT_TRUE(plans.add_json(plan_file("BASE", vector.at("input").at("base"))));
    const Status added = plans.add_json(plan_file("X", vector.at("input").at("extension"), "BASE"));
    ASSERT_EQ(added.has_value(), vector.at("expected").at("valid").as_bool());
    if (!added) continue;
    const auto& resolved = vector.at("expected").at("resolved").as_object();
    const FrequencyPlan& plan = *plans.find("X");
    EXPECT_EQ(plan.band_id, resolved.at("band_id").as_string());
    expect_limits(plan, resolved);
    expect_access(plan, resolved);
    EXPECT_EQ(plan.clock_source.value_or(0), number(resolved, "clock_source"));
    if (const json::value* channels = resolved.if_contains("uplink_channels")) {
      const auto& row = channels->as_array()[0];
      EXPECT_EQ(plan.uplink_channels[0].frequency.hz(), unsigned_of(row.at("frequency_hz")));
      EXPECT_EQ(plan.uplink_channels[0].dwell_time, (ChannelDwellTime{DwellTime::on, 400ms}));
    }
  }
}

/// What a plan and a gateway's concentrator have in common; the rest of the concentrator's
/// configuration is test/app/api/services/mapping.
TEST(Concentrators, FindTheirValuesInThePlan) {
  for (const auto& vector : golden::vectors("frequency_plans.json", "concentrator")) {
    SCOPED_TRACE(std::string(vector.at("id").as_string()));
    json::value content = vector.at("input").at("plan");
    const auto& expected = vector.at("expected").as_object();
    // A plan's channels have data rates, and frequencies of their band.
    for (const char* table : {"uplink_channels", "downlink_channels"}) {
      if (auto* channels = content.as_object().if_contains(table)) {
        for (auto& channel : channels->as_array()) channel.as_object()["max_data_rate"] = 3;
      }
    }
    FrequencyPlans plans;
    const Status added = plans.add_json(plan_file("X", content));
    ASSERT_TRUE(added.has_value()) << added.error().to_string();
    const FrequencyPlan& plan = *plans.find("X");
    const auto is_at = [&](const auto& channel, const char* key) {
      const auto* wanted = expected.if_contains(key);
      ASSERT_EQ(channel.has_value(), wanted != nullptr) << key;
      if (!channel) return;
      EXPECT_EQ(channel->frequency.hz(), number(wanted->as_object(), "frequency_hz")) << key;
      EXPECT_EQ(channel->radio, number(wanted->as_object(), "radio")) << key;
    };
    is_at(plan.fsk_channel, "fsk_channel");
    is_at(plan.lora_standard_channel, "lora_standard_channel");
    is_at(plan.ping_slot, "ping_slot");
    if (const auto* standard = expected.if_contains("lora_standard_channel")) {
      const auto* region = find(plan.band_id, PhyVersion::rp001_v1_0_3_rev_a);
      const auto& rate = std::get<LoraDataRate>(
          region->data_rate(plan.lora_standard_channel->data_rate, Direction::uplink)->data_rate);
      EXPECT_EQ(rate.spreading_factor, number(standard->as_object(), "spreading_factor"));
      EXPECT_EQ(rate.bandwidth_hz, number(standard->as_object(), "bandwidth_hz"));
    }
    if (const auto* channels = expected.if_contains("channels")) {
      ASSERT_EQ(plan.uplink_channels.size(), channels->as_array().size());
      for (std::size_t i = 0; i < plan.uplink_channels.size(); ++i) {
        const auto& row = channels->as_array()[i].as_object();
        EXPECT_EQ(plan.uplink_channels[i].frequency.hz(), number(row, "frequency_hz"));
        EXPECT_EQ(plan.uplink_channels[i].radio, number(row, "radio"));
      }
    }
    ASSERT_EQ(plan.listen_before_talk.has_value(), expected.contains("listen_before_talk"));
    if (plan.listen_before_talk) {
      EXPECT_EQ(plan.listen_before_talk->scan_time, std::chrono::microseconds{32});
    }
    if (expected.contains("radios")) {
      EXPECT_EQ(plan.radios.size(), 2U);
      EXPECT_EQ(plan.clock_source, 1U);
    }
  }
}

/// A plan that can not be had is not there, and neither is what is built on it.
TEST(PlanStore, HasNoPlanWithoutItsFile) {
  FrequencyPlans plans;
  ASSERT_TRUE(plans.add_json(R"({"id":"AS_923","band_id":"AS_923"})"));
  ASSERT_TRUE(plans.add_json(R"({"id":"JP","base_id":"AS_923"})"));
  EXPECT_FALSE(plans.add_json(R"({"id":"US_915","band_id":7})")) << "no valid plan";
  const std::map<std::string, std::string> why{
      {"EU_863_870", "file of the plan missing"},
      {"US_915", "file is no valid plan"},
      {"SA", "base plan not in the index"},
      {"CA", "base plan is no valid plan"},
  };
  std::size_t seen = 0;
  for (const auto& vector : golden::vectors("frequency_plans.json", "store_error")) {
    const std::string id(vector.at("input").at("get").as_string());
    SCOPED_TRACE(id);
    ASSERT_EQ(why.at(id), vector.at("expected").at("error").as_string());
    const auto& base = vector.at("input").at("index").at(id);
    if (base.is_string()) {
      const Status added =
          plans.add_json(json::serialize(json::object{{"id", id}, {"base_id", base.as_string()}}));
      ASSERT_FALSE(added.has_value());
      EXPECT_EQ(added.error().name(), "read_base");
    }
    EXPECT_EQ(plans.find(id), nullptr);
    ++seen;
  }
  EXPECT_EQ(seen, why.size());
}

struct BadPlan {
  std::string plan;  // what follows `"plan":`
  std::string key;   // where the error points
};

TEST(PlanRules, NameThePlanAndTheKey) {
  const std::string channel = R"({"frequency_hz":868100000,"min_data_rate":0,"max_data_rate":5})";
  const BadPlan rows[] = {
      {R"([])", ""},
      {R"({"uplink_channels":7})", "uplink_channels"},
      {R"({"uplink_chanels":[]})", "uplink_chanels"},
      {R"({"uplink_channels":[{"frequency_hz":-1}]})", "uplink_channels[0].frequency_hz"},
      {R"({"uplink_channels":[{"frequency_hz":868.1}]})", "uplink_channels[0].frequency_hz"},
      {R"({"uplink_channels":[{"frequency_hz":8681000000}]})", "uplink_channels[0].frequency_hz"},
      {R"({"uplink_channels":[{"frequency_hz":868100001}]})", "uplink_channels[0].frequency_hz"},
      {R"({"uplink_channels":[{"frequency_hz":915200000}]})", "uplink_channels[0].frequency_hz"},
      {R"({"uplink_channels":[{}]})", "uplink_channels[0].frequency_hz"},
      {R"({"uplink_channels":[)" + channel + "," + channel + "]}",
       "uplink_channels[1].frequency_hz"},
      {R"({"uplink_channels":[{"frequency_hz":868100000,"min_data_rate":5,"max_data_rate":0}]})",
       "uplink_channels[0].max_data_rate"},
      {R"({"uplink_channels":[{"frequency_hz":868100000,"max_data_rate":14}]})",
       "uplink_channels[0].max_data_rate"},
      {R"({"radios":[{}],"downlink_channels":[{"frequency_hz":868100000,"radio":1}]})",
       "downlink_channels[0].radio"},
      {R"({"uplink_channels":[{"frequency_hz":868100000,"dwell_time":{"enabled":true}}]})",
       "uplink_channels[0].dwell_time"},
      {R"({"dwell_time":{"downlinks":true}})", "dwell_time"},
      {R"({"dwell_time":{"downlinks":1,"duration_ms":400}})", "dwell_time.downlinks"},
      {R"({"fsk_channel":{"frequency_hz":868800000,"data_rate":14}})", "fsk_channel.data_rate"},
      {R"({"fsk_channel":null})", "fsk_channel"},
      {R"({"rx2_default_data_rate":14})", "rx2_default_data_rate"},
      // LR-FHSS is for uplinks.
      {R"({"rx2_default_data_rate":8})", "rx2_default_data_rate"},
      {R"({"uplink_channels":[{"frequency_hz":868100000,"max_data_rate":12}]})",
       "uplink_channels[0].max_data_rate"},
      {R"({"repeater_compatible":1})", "repeater_compatible"},
      {R"({"rx2_channel":{"frequency_hz":434000000}})", "rx2_channel.frequency_hz"},
      {R"({"clock_source":2})", "clock_source"},
      {R"({"radios":[{"tx":{"min_frequency_hz":870000000,"max_frequency_hz":863000000}}]})",
       "radios[0].tx"},
      {R"({"radios":[{"chip_type":1257}]})", "radios[0].chip_type"},
      {R"({"sub_bands":[{"min_frequency_hz":868000000,"max_frequency_hz":867000000}]})",
       "sub_bands[0]"},
      {R"({"sub_bands":[{"min_frequency_hz":1,"max_frequency_hz":2,"duty_cycle":1.5}]})",
       "sub_bands[0].duty_cycle"},
      {R"({"time_off_air":{"fraction":-1}})", "time_off_air.fraction"},
      {R"({"max_eirp_dbm":"16"})", "max_eirp_dbm"},
  };
  for (const BadPlan& row : rows) {
    SCOPED_TRACE(row.plan);
    FrequencyPlans plans;
    const Status added =
        plans.add_json(R"({"id":"X","band_id":"EU_863_870","plan":)" + row.plan + "}");
    ASSERT_FALSE(added.has_value());
    EXPECT_EQ(added.error().name(), "invalid");
    const auto& attributes = added.error().attributes();
    EXPECT_EQ(attributes[0], Attribute("id", "X"));
    EXPECT_EQ(attributes[1], Attribute("key", row.key));
    EXPECT_TRUE(plans.all().empty());
  }
}

TEST(PlanRules, ChannelsMayHaveSf6AndSf5AndRoomForRepeaters) {
  FrequencyPlans plans = FrequencyPlans::standard();
  EXPECT_FALSE(plans.find("EU_863_870_TTN")->repeater_compatible);
  ASSERT_TRUE(plans.add_json(
      R"({"id":"X","base_id":"EU_863_870_TTN","plan":{"repeater_compatible":true,"uplink_channels":[)"
      R"({"frequency_hz":868100000,"max_data_rate":13},{"frequency_hz":867100000,"min_data_rate":12,"max_data_rate":12}]}})"));
  const auto& plan = *plans.find("X");
  EXPECT_TRUE(plan.repeater_compatible);
  EXPECT_EQ(plan.uplink_channels[0].max_data_rate, DataRateIndex(13));
  // What extends it has it too, unless it says otherwise.
  ASSERT_TRUE(plans.add_json(R"({"id":"Y","base_id":"X"})"));
  ASSERT_TRUE(plans.add_json(R"({"id":"Z","base_id":"X","plan":{"repeater_compatible":false}})"));
  EXPECT_TRUE(plans.find("Y")->repeater_compatible);
  EXPECT_FALSE(plans.find("Z")->repeater_compatible);
}

TEST(PlanRules, RefuseFilesThatAreNoPlan) {
  FrequencyPlans plans;
  EXPECT_EQ(plans.add_json("").error().name(), "parse_file");
  EXPECT_EQ(plans.add_json("{").error().name(), "parse_file");
  EXPECT_EQ(plans.add_json(std::string(100'000, '[')).error().name(), "parse_file");
  EXPECT_EQ(plans.add_json("[]").error().name(), "invalid");
  EXPECT_EQ(plans.add_json("{}").error().name(), "invalid");
  EXPECT_EQ(plans.add_json(R"({"id":"X","band_id":"EU_863"})").error().name(), "invalid");
  const Status no_base = plans.add_json(R"({"id":"SA","base_id":"AFRICA"})");
  EXPECT_EQ(no_base.error().name(), "read_base");
  EXPECT_TRUE(plans.all().empty());
}

TEST(Plans, AnAddedPlanReplacesTheOneWithItsId) {
  FrequencyPlans plans = FrequencyPlans::standard();
  const std::size_t count = plans.all().size();
  ASSERT_TRUE(plans.add_json(R"({"id":"EU_863_870","band_id":"EU_863_870","name":"ours"})"));
  EXPECT_EQ(plans.all().size(), count);
  EXPECT_EQ(plans.find("EU_863_870")->name, "ours");
  ASSERT_TRUE(
      plans.add_json(R"({"id":"MINE","base_id":"US_902_928_FSB_2","plan":{"max_eirp_dbm":20}})"));
  EXPECT_EQ(plans.all().size(), count + 1);
  EXPECT_EQ(plans.find("MINE")->uplink_channels.size(), 8U);
  EXPECT_FLOAT_EQ(*plans.find("MINE")->max_eirp_dbm, 20);
}

}  // namespace
}  // namespace ff::region
