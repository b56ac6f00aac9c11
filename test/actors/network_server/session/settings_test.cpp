// Where a device's MAC settings are from, what a profile's change does to it, and what a reset
// leaves. [spec network-server §13, §20]
#include "actors/network_server/session/errors.hpp"
#include "actors/network_server/session/profile_row.hpp"
#include "storage/keys/keys.hpp"
#include "test/actors/network_server/session/rig.hpp"

namespace ff::network_server {
namespace {

using std::chrono::seconds;
using test::address;
using test::key;

const DeviceUid device_uid{ApplicationId("test-app"), DeviceId("dev-1")};

mac::MacSettings rx1(seconds delay) {
  mac::MacSettings settings;
  settings.rx1_delay = delay;
  return settings;
}

struct Rig : test::SessionRig {
  Rig() : SessionRig(device_uid, MacVersion::v1_0_3) {}

  Outcome change(std::function<void(Device&)> change) {
    ChangeDevice event{
        .change = [=](const Device* current) -> Result<Device> {
          auto next = *current;
          change(next);
          return next;
        },
        .reply = [this](const auto& result) { status = result ? Status() : fail(result.error()); }};
    return answered(handle(event));
  }
  Outcome apply(const char* profile, mac::MacSettings settings) {
    return answered(
        handle(ApplyProfile{profile, std::make_shared<const mac::MacSettings>(std::move(settings)),
                            [this](Status result) { status = std::move(result); }}));
  }
  /// With its answers given, as after its commit.
  static Outcome answered(Outcome out) {
    for (const auto& effect : out.effects)
      if (const auto* answer = std::get_if<Answer>(&effect)) answer->run();
    return out;
  }

  Outcome uplink(std::uint32_t f_cnt, phy::MType m_type = phy::MType::unconfirmed_up) {
    phy::DataFrame frame;
    frame.m_type = m_type;
    frame.f_port = FPort{1};
    frame.frm_payload = {1};
    RxMetadata metadata;
    metadata.gateway.gateway_id = GatewayId("gw-1");
    metadata.uplink_token = {1};
    metadata.channel_rssi_dbm = -80;
    return handle(matched(std::move(frame), f_cnt, std::move(metadata)));
  }

  Status status;
};

std::optional<storage::Change> change_of(const Outcome& out, storage::Family family,
                                         const Bytes& row) {
  for (const auto& change : out.records)
    if (change.family == family && to_owned(change.key) == row) return change.change;
  return std::nullopt;
}
std::optional<storage::Change> listed(const Outcome& out, const std::string& profile) {
  return change_of(out, storage::Family::entity_index, profile_user_key(device_uid, profile));
}
std::optional<storage::Change> stored(const Outcome& out) {
  const auto shard = storage::shard_of(device_uid, *storage::ShardCount::make(4));
  return change_of(out, storage::Family::session, storage::device_key({shard, device_uid}));
}
const IndexedSession* indexed(const Outcome& out) {
  for (const auto& effect : out.effects)
    if (const auto* update = std::get_if<UpdateIndex>(&effect)) return update->entry.session.get();
  return nullptr;
}

void start_again(Device& device) {
  device.mac_state.reset();
}

/// [shared/api/errors.tsv]
TEST(SessionSettings, ADeviceThatDoesNotFitItsPlanIsRefusedByName) {
  struct Row {
    const char* name;
    const char* plan;
    PhyVersion version;
    const char* band;
    const char* error;
    const char* cause;
  };
  constexpr auto version = PhyVersion::rp001_v1_0_3_rev_a;
  const Row rows[] = {
      {"no plan", "NOWHERE", version, "", "pkg/frequencyplans:not_found", ""},
      {"no band of that version", "AS_923_2", PhyVersion::ts001_v1_0, "",
       "pkg/networkserver/internal:no_band_version", ""},
      {"another band than the plan's", "EU_863_870_TTN", version, "US_902_928",
       "pkg/networkserver:field_value", "device_and_frequency_plan_band_mismatch"},
      {"the plan's band", "EU_863_870_TTN", version, "EU_863_870", "", ""},
      {"a plan of another band", "US_902_928_FSB_2", version, "EU_863_870",
       "pkg/networkserver:field_value", "device_and_frequency_plan_band_mismatch"},
  };
  Rig rig;
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    rig.change([&](Device& device) {
      device.frequency_plan_id = row.plan;
      device.lorawan_phy_version = row.version;
      device.version_ids.emplace().band_id = row.band;
    });
    if (std::string_view(row.error).empty()) {
      EXPECT_TRUE(rig.status);
      continue;
    }
    ASSERT_FALSE(rig.status);
    const auto& error = rig.status.error();
    EXPECT_NE(error.to_string().find(row.error), std::string::npos) << error.to_string();
    const auto* const cause = error.cause();
    EXPECT_EQ(cause ? cause->name() : std::string_view(), row.cause);
  }
}

TEST(SessionSettings, AreTheProfilesThenTheNetworksThenTheBands) {
  struct Row {
    const char* name;
    std::optional<seconds> profile;
    std::optional<seconds> network;
    seconds current;
  };
  const Row rows[] = {{"profile", seconds{3}, seconds{4}, seconds{3}},
                      {"network", std::nullopt, seconds{4}, seconds{4}},
                      {"band", std::nullopt, std::nullopt, seconds{1}}};
  for (const auto& row : rows) {
    Rig rig;
    rig.config.default_mac_settings.rx1_delay = row.network;
    rig.device.mac_settings_profile_id = "pro";
    mac::MacSettings settings;
    settings.rx1_delay = row.profile;
    rig.apply("pro", settings);
    rig.change(start_again);
    ASSERT_TRUE(rig.status) << row.name;
    EXPECT_EQ(rig.session().device()->mac_state->current.rx1_delay, row.current) << row.name;
    EXPECT_EQ(rig.session().device()->mac_state->desired.rx1_delay, seconds{5}) << row.name;
  }
}

TEST(SessionSettings, AProfileDecidesWhetherTheDeviceIsAnswered) {
  Rig rig;
  rig.want_nothing();
  rig.device.mac_settings_profile_id = "pro";
  mac::MacSettings silent;
  silent.schedule_downlinks = false;
  rig.apply("pro", silent);
  rig.uplink(1, phy::MType::confirmed_up);
  const auto decisions = rig.session().decisions();
  const auto* reason = std::get_if<DownlinkNotSent>(&decisions.back().value);
  ASSERT_NE(reason, nullptr);
  EXPECT_EQ(reason->reason, NoDownlink::disabled_by_settings);
}

TEST(SessionSettings, AProfilesChangeIsStoredAndTheDeviceStaysAsItIs) {
  Rig rig;
  rig.device.mac_settings_profile_id = "pro";
  const auto before = rig.device;
  const auto out = rig.apply("pro", rx1(seconds{7}));
  EXPECT_TRUE(rig.status);
  EXPECT_EQ(stored(out), storage::Change::put);
  auto expected = before;
  expected.mac_settings = rx1(seconds{7});
  EXPECT_EQ(*rig.session().device(), expected);
  EXPECT_EQ(stored(rig.apply("pro", rx1(seconds{7}))), std::nullopt) << "nothing new";
}

TEST(SessionSettings, AnotherProfilesChangeDoesNothing) {
  for (const char* own : {"", "other"}) {
    Rig rig;
    rig.device.mac_settings_profile_id = own;
    EXPECT_TRUE(rig.apply("pro", rx1(seconds{7})).records.empty());
    EXPECT_TRUE(rig.status);
    EXPECT_EQ(rig.session().device()->mac_settings, mac::MacSettings());
  }
}

TEST(SessionSettings, AProfilesChangeThatDoesNotFitLeavesTheOld) {
  Rig rig;
  rig.device.mac_settings_profile_id = "pro";
  rig.device.mac_settings = rx1(seconds{3});
  auto bad = rx1(seconds{7});
  bad.rx2_data_rate_index = DataRateIndex{15};
  EXPECT_TRUE(rig.apply("pro", bad).records.empty());
  ASSERT_FALSE(rig.status);
  EXPECT_TRUE(rig.status.error().is(field_value));
  EXPECT_EQ(rig.session().device()->mac_settings, rx1(seconds{3}));
}

TEST(SessionSettings, TheAddressIndexLearnsHowFramesMatchFromTheProfile) {
  Rig rig;
  rig.device.mac_settings_profile_id = "pro";
  EXPECT_EQ(indexed(rig.apply("pro", rx1(seconds{7}))), nullptr) << "not its business";
  auto settings = rx1(seconds{7});
  settings.resets_f_cnt = true;
  const auto out = rig.apply("pro", settings);
  ASSERT_NE(indexed(out), nullptr);
  EXPECT_TRUE(indexed(out)->resets_f_cnt);
}

TEST(SessionSettings, AnOrdinaryUplinkOfADeviceWithAProfileOnlyAddsToItsRow) {
  Rig rig;
  rig.want_nothing();
  rig.device.mac_settings_profile_id = "a-profile-with-a-long-name";
  rig.uplink(1);
  EXPECT_EQ(stored(rig.uplink(2)), storage::Change::extend);
}

TEST(SessionSettings, TheListOfAProfilesDevicesGoesWithTheDevice) {
  Rig rig;
  auto out = rig.change([](Device& device) { device.mac_settings_profile_id = "pro"; });
  EXPECT_EQ(listed(out, "pro"), storage::Change::put);
  out = rig.change([](Device& device) { device.supports_class_c = true; });
  EXPECT_EQ(listed(out, "pro"), std::nullopt) << "nothing that settings must fit";
  out = rig.change([](Device& device) { device.frequency_plan_id = "EU_863_870"; });
  EXPECT_EQ(listed(out, "pro"), storage::Change::put);
  out = rig.change([](Device& device) { device.mac_settings_profile_id = "other"; });
  EXPECT_EQ(listed(out, "pro"), storage::Change::erase);
  EXPECT_EQ(listed(out, "other"), storage::Change::put);
  out = rig.handle(DeleteDevice{[](const auto&) {}});
  EXPECT_EQ(listed(out, "other"), storage::Change::erase);
}

TEST(SessionSettings, ADeviceThatLeavesItsProfileLeavesTheList) {
  Rig rig;
  rig.device.mac_settings_profile_id = "pro";
  rig.device.mac_settings = rx1(seconds{3});
  const auto out = rig.change([](Device& device) { device.mac_settings_profile_id.clear(); });
  EXPECT_EQ(listed(out, "pro"), storage::Change::erase);
  EXPECT_EQ(rig.session().device()->mac_settings, rx1(seconds{3}));
}

TEST(SessionSettings, OnesThatDoNotFitAreRefused) {
  Rig rig;
  const auto out = rig.change(
      [](Device& device) { device.mac_settings.rx2_data_rate_index = DataRateIndex{15}; });
  EXPECT_TRUE(out.records.empty());
  ASSERT_FALSE(rig.status);
  EXPECT_NE(rig.status.error().to_string().find("mac_settings.rx2_data_rate_index.value"),
            std::string::npos);
}

TEST(SessionSettings, OnesOfLongAgoDoNotStandInTheWayOfOtherChanges) {
  Rig rig;
  rig.device.mac_settings.rx2_data_rate_index = DataRateIndex{15};
  rig.change([](Device& device) { device.supports_class_c = true; });
  EXPECT_TRUE(rig.status);
  EXPECT_TRUE(rig.session().device()->supports_class_c);
}

TEST(SessionReset, TheIndexFindsADeviceThatCountsFromZeroAgain) {
  Rig rig;
  rig.device.session->last_f_cnt_up = FCnt32{500};
  const auto out = rig.change([](Device& device) {
    start_again(device);
    device.session->last_f_cnt_up = FCnt32{};
  });
  ASSERT_NE(indexed(out), nullptr);
  EXPECT_EQ(indexed(out)->last_f_cnt_up, FCnt32{});
}

TEST(SessionReset, AnAnswerUnderWayDoesNotBringTheOldStateBack) {
  Rig rig;
  rig.uplink(1, phy::MType::confirmed_up);
  rig.passed += seconds{1};
  std::optional<std::uint64_t> attempt;
  for (const auto& effect : rig.handle(Wake{}).effects)
    if (const auto* sent = std::get_if<SendTransmission>(&effect)) attempt = sent->attempt;
  ASSERT_TRUE(attempt);
  rig.change(start_again);
  const auto fresh = *rig.session().device();
  rig.handle(DownlinkScheduled{*attempt, ScheduledDownlink{GatewayId("gw-1"), 1, seconds{1}}});
  EXPECT_EQ(*rig.session().device(), fresh);
}

}  // namespace
}  // namespace ff::network_server
