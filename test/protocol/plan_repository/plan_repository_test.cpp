#include "protocol/plan_repository/plan_repository.hpp"

#include <gtest/gtest.h>
#include <boost/json/serialize.hpp>

#include <map>

#include "protocol/plan_repository/plan_document.hpp"

namespace ff::plan_repository {
namespace {

using namespace std::chrono_literals;
using region::DwellTime;
using region::FrequencyPlans;

inline constexpr ErrorDef no_file{"test", "no_file", Code::not_found, "no `{name}`"};

/// A folder in memory.
struct Folder {
  std::string index;
  std::map<std::string, std::string> files;
  std::vector<std::string> read;

  Status add_to(FrequencyPlans& plans) {
    return add_repository(plans, index, [this](const std::string& name) -> Result<std::string> {
      read.push_back(name);
      const auto found = files.find(name);
      if (found == files.end()) return fail(no_file, {{"name", name}});
      return found->second;
    });
  }
};

const std::string eu_file = R"(band-id: EU_863_870
sub-bands:
- min-frequency: 863000000
  max-frequency: 870000000
  duty-cycle: 0.01
  max-eirp: 14.15
uplink-channels:
- frequency: 868100000
  min-data-rate: 0
  max-data-rate: 5
  radio: 1
- frequency: 867100000
  max-data-rate: 5
  dwell-time:
    enabled: true
    duration: 400ms
downlink-channels:
- {frequency: 868100000, min-data-rate: 0, max-data-rate: 5}
lora-standard-channel: {frequency: 868300000, data-rate: 6, radio: 1}
fsk-channel: {frequency: 868800000, data-rate: 7, radio: 1}
time-off-air: {fraction: 0.5, duration: 90ms}
dwell-time: {uplinks: true, downlinks: false, duration: 1s}
listen-before-talk: {rssi-target: -80, rssi-offset: -4, scan-time: 128000}
radios:
- enable: true
  chip-type: SX1257
  frequency: 867500000
  rssi-offset: -166
  tx: {min-frequency: 863000000, max-frequency: 870000000, notch-frequency: 129000}
- {enable: true, chip-type: SX1257, frequency: 868500000, rssi-offset: -166.5}
clock-source: 1
ping-slot: {frequency: 869525000, min-data-rate: 0, max-data-rate: 5}
ping-slot-default-data-rate: 3
rx2-channel: {frequency: 869525000, min-data-rate: 0, max-data-rate: 5}
rx2-default-data-rate: 3
max-eirp: 29.15
a-key-of-tomorrow: 7
)";

TEST(PlanRepository, AFileIsReadWhole) {
  Folder folder{R"(
- id: MINE
  band-id: EU_863_870
  name: Ours
  description: for people
  base-frequency: 868
  gateways: false
  country-codes: [no, de]
  file: mine.yml
)",
                {{"mine.yml", eu_file}},
                {}};
  FrequencyPlans plans;
  const auto added = folder.add_to(plans);
  ASSERT_TRUE(added) << added.error().to_string();
  const auto& plan = *plans.find("MINE");
  EXPECT_EQ(plan.name, "Ours");
  EXPECT_EQ(plan.band_id, "EU_863_870");
  EXPECT_EQ(plan.base_frequency_mhz, 868U);
  EXPECT_FALSE(plan.for_gateways);
  ASSERT_EQ(plan.uplink_channels.size(), 2U);
  EXPECT_EQ(plan.uplink_channels[0].frequency, Frequency::hz(868'100'000));
  EXPECT_EQ(plan.uplink_channels[0].max_data_rate, DataRateIndex{5});
  EXPECT_EQ(plan.uplink_channels[0].radio, 1);
  EXPECT_EQ(plan.uplink_channels[1].dwell_time, (region::ChannelDwellTime{DwellTime::on, 400ms}));
  EXPECT_EQ(plan.downlink_channels.size(), 1U);
  EXPECT_EQ(plan.lora_standard_channel->data_rate, DataRateIndex{6});
  EXPECT_EQ(plan.fsk_channel->frequency, Frequency::hz(868'800'000));
  EXPECT_EQ(plan.time_off_air.fraction, 0.5);
  EXPECT_EQ(plan.time_off_air.duration, 90ms);
  EXPECT_EQ(plan.dwell_time.uplinks, DwellTime::on);
  EXPECT_EQ(plan.dwell_time.downlinks, DwellTime::off);
  EXPECT_EQ(plan.dwell_time.duration, 1000ms);
  EXPECT_EQ(plan.listen_before_talk->scan_time, 128us);
  EXPECT_EQ(plan.listen_before_talk->rssi_target_dbm, -80);
  ASSERT_EQ(plan.radios.size(), 2U);
  EXPECT_EQ(plan.radios[0].chip_type, "SX1257");
  EXPECT_EQ(plan.radios[0].tx_notch, Frequency::hz(129'000));
  EXPECT_EQ(plan.radios[1].rssi_offset, -166.5F);
  EXPECT_EQ(plan.clock_source, 1U);
  EXPECT_EQ(plan.ping_slot->frequency, Frequency::hz(869'525'000));
  EXPECT_EQ(plan.default_ping_slot_data_rate, DataRateIndex{3});
  EXPECT_EQ(plan.rx2_channel->frequency, Frequency::hz(869'525'000));
  EXPECT_EQ(plan.default_rx2_data_rate, DataRateIndex{3});
  EXPECT_EQ(plan.max_eirp_dbm, 29.15F);
  EXPECT_EQ(plan.sub_bands.at(0).duty_cycle, 0.01);
  EXPECT_EQ(plan.sub_bands.at(0).max_eirp_dbm, 14.15F);
}

TEST(PlanRepository, AFileChangesItsBase) {
  Folder folder{R"(
- {id: LBT, base-id: BASE, name: with, file: lbt.yml}
- {id: QUIET, base-id: LBT, file: no-dwell.yml}
- {id: SAME, base-id: BASE}
- {id: BASE, band-id: EU_863_870, base-frequency: 868, file: base.yml}
- {id: OTHER, base-id: EU_863_870_TTN, file: no-dwell.yml}
)",
                {{"base.yml", eu_file},
                 {"lbt.yml",
                  "listen-before-talk: {rssi-target: -70}\nuplink-channels: []\n"
                  "radios:\nmax-eirp: 20\n"},
                 {"no-dwell.yml", "dwell-time: {uplinks: false, downlinks: false}\n"}},
                {}};
  auto plans = FrequencyPlans::standard();
  const auto added = folder.add_to(plans);
  ASSERT_TRUE(added) << added.error().to_string();
  const auto& base = *plans.find("BASE");
  const auto& lbt = *plans.find("LBT");
  EXPECT_EQ(lbt.base_id, "BASE");
  EXPECT_EQ(lbt.band_id, "EU_863_870");
  EXPECT_EQ(lbt.name, "with");
  EXPECT_EQ(lbt.listen_before_talk->rssi_target_dbm, -70);
  EXPECT_EQ(lbt.listen_before_talk->scan_time, 0us) << "as a whole";
  EXPECT_EQ(lbt.max_eirp_dbm, 20.0F);
  EXPECT_EQ(lbt.uplink_channels.size(), base.uplink_channels.size()) << "nothing replaces nothing";
  EXPECT_EQ(lbt.radios.size(), 2U);
  const auto& quiet = *plans.find("QUIET");
  EXPECT_EQ(quiet.dwell_time.uplinks, DwellTime::off);
  EXPECT_EQ(quiet.dwell_time.duration, 0ms);
  EXPECT_EQ(quiet.max_eirp_dbm, 20.0F) << "a base may have one itself";
  EXPECT_EQ(plans.find("SAME")->uplink_channels.size(), 2U);
  EXPECT_EQ(plans.find("OTHER")->uplink_channels.size(),
            plans.find("EU_863_870_TTN")->uplink_channels.size());
}

TEST(PlanRepository, APlanOfTheSameIdReplacesTheOneBuiltIn) {
  Folder folder{"- {id: EU_863_870, name: Ours, file: eu.yml}\n", {{"eu.yml", eu_file}}, {}};
  auto plans = FrequencyPlans::standard();
  const auto before = plans.all().size();
  ASSERT_TRUE(folder.add_to(plans));
  EXPECT_EQ(plans.all().size(), before);
  EXPECT_EQ(plans.find("EU_863_870")->name, "Ours");
  EXPECT_EQ(plans.find("EU_863_870")->band_id, "EU_863_870") << "of the file";
}

TEST(PlanRepository, AnEmptyIndexHasNoPlans) {
  Folder folder{"# none yet\n[]\n", {}, {}};
  FrequencyPlans plans;
  EXPECT_TRUE(folder.add_to(plans));
  EXPECT_TRUE(plans.all().empty());
}

struct BadRepository {
  const char* what;
  std::string index;
  std::string file;
  const char* error;
  std::vector<std::string> says;
};
const std::string entry = "- {id: X, band-id: EU_863_870, file: x.yml}\n";
const BadRepository bad_repositories[] = {
    {"no YAML", "- [", "", "read_list", {"line"}},
    {"nothing", "# none yet\n", "", "read_list", {}},
    {"a map", "id: X", "", "read_list", {"list"}},
    {"no id", "- {name: X, file: x.yml}", "", "read_list", {"entry 1", "`id`"}},
    {"an entry that is no map", "- X", "", "read_list", {"entry 1"}},
    {"neither file nor base", entry + "- {id: Y}", "", "read_list", {"entry 2", "`Y`"}},
    {"twice", entry + entry, "", "read_list", {"entry 2", "twice"}},
    {"a way out", "- {id: X, file: ../x.yml}", "", "read_list", {"`X`", "file"}},
    {"a hidden file", "- {id: X, file: .x}", "", "read_list", {"`X`"}},
    {"a ring", "- {id: X, base-id: Y}\n- {id: Y, base-id: X}\n", "", "read_list", {"`X`"}},
    {"its own base", "- {id: X, base-id: X}", "", "read_list", {"`X`"}},
    {"no base", "- {id: X, base-id: NOWHERE}", "", "read_base", {"NOWHERE", "X"}},
    {"no file", "- {id: X, band-id: EU_863_870, file: y.yml}", "", "read", {"`X`", "`y.yml`"}},
    {"a file that is no YAML", entry, "band-id: [", "parse_file", {"`X`", "`x.yml`", "line"}},
    {"a file that is no map", entry, "- 1", "parse_file", {"`X`", "`x.yml`"}},
    {"an empty file", entry, "", "parse_file", {"`X`"}},
    {"no band", "- {id: X, file: x.yml}", "max-eirp: 3", "invalid", {"`X`", "band_id"}},
    {"an unknown band", entry, "band-id: EU868", "invalid", {"`X`", "EU868"}},
    {"a wrong frequency",
     entry,
     "uplink-channels: [{frequency: 915000000}]",
     "invalid",
     {"`X`", "uplink_channels[0].frequency_hz"}},
    {"a text for a number",
     entry,
     "uplink-channels: [{frequency: high}]",
     "invalid",
     {"uplink_channels[0].frequency_hz"}},
    {"a number for a list", entry, "uplink-channels: 3", "invalid", {"uplink_channels"}},
    {"an element that is no map", entry, "uplink-channels: [3]", "invalid", {"uplink_channels[0]"}},
    {"a number for a map", entry, "dwell-time: 3", "invalid", {"dwell_time"}},
    {"no duration", entry, "dwell-time: {uplinks: true}", "invalid", {"dwell_time"}},
    {"a duration without unit",
     entry,
     "dwell-time: {duration: 4 hours}",
     "invalid",
     {"dwell_time.duration_ms"}},
    {"a name for gateways",
     "- {id: X, band-id: EU_863_870, gateways: maybe, file: x.yml}",
     "max-eirp: 3",
     "invalid",
     {"gateways"}},
};

TEST(PlanRepository, SaysWhatIsWrongAndAddsNothing) {
  for (const auto& row : bad_repositories) {
    SCOPED_TRACE(row.what);
    Folder folder{"- {id: GOOD, base-id: EU_863_870_TTN}\n" + row.index, {{"x.yml", row.file}}, {}};
    const std::string_view what = row.what;
    if (what == "no YAML" || what == "nothing" || what == "a map") folder.index = row.index;
    auto plans = FrequencyPlans::standard();
    const auto before = plans.all().size();
    const auto added = folder.add_to(plans);
    ASSERT_FALSE(added);
    EXPECT_EQ(added.error().def().name_space, "pkg/frequencyplans");
    EXPECT_EQ(added.error().name(), row.error) << added.error().to_string();
    auto says = row.says;
    for (auto& text : says) {
      // The first entry is the good one.
      if (text == "entry 2") text = "entry 3";
      if (text == "entry 1" && folder.index != row.index) text = "entry 2";
      EXPECT_NE(added.error().to_string().find(text), std::string::npos)
          << added.error().to_string();
    }
    EXPECT_EQ(plans.all().size(), before);
  }
}

TEST(PlanDocument, DurationsAreGosOrNanoseconds) {
  struct Row {
    const char* text;
    const char* milliseconds;  // as JSON
  };
  const Row rows[] = {{"400ms", "400"},       {"1s", "1000"},      {"1.5s", "1500"},
                      {"1m30s", "90000"},     {"0s", "0"},         {"1h", "3600000"},
                      {"400000000", "400"},   {"250us", "2.5E-1"}, {"\"5\u00b5s\"", "5E-3"},
                      {"5x", "\"5x\""},       {"s", "\"s\""},      {"-1s", "\"-1s\""},
                      {"\"1 s\"", "\"1 s\""}, {"[1]", "[1]"}};
  for (const auto& [text, milliseconds] : rows) {
    const auto document =
        read_plan_document("time-off-air: {duration: " + std::string(text) + "}\n");
    ASSERT_TRUE(document) << text;
    const auto& time = document->content.at("time_off_air").as_object();
    const auto* duration = time.if_contains("duration_ms");
    ASSERT_NE(duration, nullptr) << text;
    EXPECT_EQ(boost::json::serialize(*duration), milliseconds) << text;
  }
}

TEST(PlanDocument, PassesOverWhatItDoesNotKnow) {
  const auto document = read_plan_document(
      "band-id: EU_863_870\nnew: {a: [1, 2]}\nmax-eirp: 3\nradios:\n- {enable: true, colour: "
      "red}\n");
  ASSERT_TRUE(document);
  EXPECT_EQ(boost::json::serialize(document->content),
            R"({"radios":[{"enable":true}],"max_eirp_dbm":3})");
}

}  // namespace
}  // namespace ff::plan_repository
