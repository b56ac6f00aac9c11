// What is reported of devices for their entries in the registry. [spec application-server §4]
#include "test/actors/application_server/pipeline/rig.hpp"

namespace ff::application_server {
namespace {

constexpr UtcTime noon{std::chrono::hours{12}};

class Activity : public Rig {
 protected:
  void SetUp() override {
    Rig::SetUp();
    SetUpReports();
  }
  void SetUpReports() {
    context->report_activity = [this](std::vector<DeviceActivity> activity) {
      reports.push_back(std::move(activity));
    };
  }
  void hear(std::uint32_t f_cnt, UtcTime at) {
    auto up = uplink(id_1, key_1, address_1, f_cnt);
    std::get<ApplicationUplink>(up.up).received_at = at;
    accept({std::move(up)});
  }
  void pass_an_interval() { advance(context->config.activity_interval); }

  std::vector<std::vector<DeviceActivity>> reports;
};

TEST_F(Activity, OfADeviceIsReportedOnceAnInterval) {
  create(session(id_1, key_1, address_1));
  hear(1, noon);
  hear(2, noon + std::chrono::seconds{2});
  hear(3, noon + std::chrono::seconds{1});  // a late one
  EXPECT_TRUE(reports.empty());
  pass_an_interval();
  ASSERT_EQ(reports.size(), 1U);
  ASSERT_EQ(reports[0].size(), 1U);
  EXPECT_EQ(reports[0][0].device, uid);
  EXPECT_EQ(reports[0][0].last_seen_at, noon + std::chrono::seconds{2});
  EXPECT_EQ(reports[0][0].activated_at, device().activated_at);
  pass_an_interval();
  EXPECT_EQ(reports.size(), 1U) << "nothing happened";
  hear(4, noon + std::chrono::seconds{30});
  pass_an_interval();
  ASSERT_EQ(reports.size(), 2U);
  EXPECT_FALSE(reports[1][0].activated_at) << "it has been told";
}

TEST_F(Activity, OfADeviceIncludesItsJoins) {
  create(session(id_1, key_1, address_1));
  const ApplicationJoinAccept join{
      .session_key_id = id_2, .app_s_key = KeyEnvelope{key_2, {}, {}}, .received_at = noon};
  accept({{.ids = ids(address_2), .up = join}});
  pass_an_interval();
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0].at(0).last_seen_at, noon);
  EXPECT_FALSE(reports[0].at(0).activated_at) << "that takes an uplink";
}

TEST_F(Activity, IsToldWhenThePipelineEnds) {
  create(session(id_1, key_1, address_1));
  hear(1, noon);
  caf::anon_send_exit(pipeline, caf::exit_reason::user_shutdown);
  run();
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0].at(0).last_seen_at, noon);
  EXPECT_TRUE(reports[0].at(0).activated_at);
}

TEST_F(Activity, IncludesTheActivationWithTheFirstUplinkAfterADeviceIsLoaded) {
  create(session(id_1, key_1, address_1));
  hear(1, noon);
  // Of a crash nobody hears.
  context->report_activity = nullptr;
  caf::anon_send_exit(pipeline, caf::exit_reason::kill);
  run();
  SetUpReports();
  pipeline = spawn_pipeline(*system, context, shard);
  for (std::uint32_t f_cnt = 2; f_cnt < 4; ++f_cnt) {
    hear(f_cnt, noon + std::chrono::seconds{f_cnt});
    pass_an_interval();
  }
  ASSERT_EQ(reports.size(), 2U);
  EXPECT_EQ(reports[0].at(0).activated_at, device().activated_at);
  EXPECT_TRUE(reports[0].at(0).activated_at);
  EXPECT_FALSE(reports[1].at(0).activated_at);
}

TEST_F(Activity, OfADeviceThatIsMadeAnewIncludesItsOwnActivation) {
  create(session(id_1, key_1, address_1));
  hear(1, noon);
  pass_an_interval();
  caf::anon_send(pipeline, DeleteAppDevice{uid, [](const Status&) {}});
  create(session(id_2, key_2, address_1));
  accept({uplink(id_2, key_2, address_1, 1)});
  pass_an_interval();
  ASSERT_EQ(reports.size(), 2U);
  EXPECT_EQ(reports[1].at(0).activated_at, device().activated_at);
}

TEST_F(Activity, HoldsTheLocationThatAPayloadTells) {
  create(session(id_1, key_1, address_1));
  ApplicationUp up{.ids = ids(), .up = LocationSolved{"frm-payload", {.latitude = 51.5}}};
  up.simulated = false;
  accept({up});
  pass_an_interval();
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0][0].locations.at("frm-payload").latitude, 51.5);
  EXPECT_NE(
      metrics.text().find("\nttn_lw_as_metadata_registry_updates_total{metadata=\"location\"} 1\n"),
      std::string::npos);
  EXPECT_FALSE(reports[0][0].last_seen_at);
}

TEST_F(Activity, HoldsTheLocationThatAPackageHasSolvedAndUplinksHaveItToo) {
  create(session(id_1, key_1, address_1));
  auto solved = std::make_shared<ApplicationUp>();
  solved->ids = ids();
  solved->up = LocationSolved{"package", {.latitude = 51.5}};
  SimulateUp message{
      uid,
      ReadyUp{uid.application_id, make_message(*solved)},
      {"as.up.location.forward", {}, ids(), {}, std::shared_ptr<const ApplicationUp>(solved)},
      [](const Status&) {}};
  message.from_package = true;
  caf::anon_send(pipeline, std::move(message));
  run();
  hear(1, noon);
  ASSERT_EQ(published.size(), 2U);
  EXPECT_EQ(published[0].message->kind, UpKind::location_solved);
  EXPECT_NE(text(1).find(R"("locations":{"package":{"latitude":51.5}})"), std::string::npos)
      << text(1);
  pass_an_interval();
  EXPECT_EQ(reports.at(0).at(0).locations.at("package").latitude, 51.5);
}

TEST_F(Activity, OfASimulationIsNone) {
  create(session(id_1, key_1, address_1));
  auto up = uplink(id_1, key_1, address_1);
  up.simulated = true;
  caf::anon_send(pipeline, SimulateUp{uid, std::move(up), {}, [](const Status&) {}});
  run();
  EXPECT_EQ(published.size(), 1U);
  pass_an_interval();
  EXPECT_TRUE(reports.empty());
}

class ActivityWithoutLastSeen : public Activity {
 protected:
  void SetUp() override {
    Activity::SetUp();
    caf::anon_send_exit(pipeline, caf::exit_reason::user_shutdown);
    context->config.tells_last_seen = false;
    pipeline = spawn_pipeline(*system, context, shard);
  }
};

TEST_F(ActivityWithoutLastSeen, IsActivationAndLocations) {
  create(session(id_1, key_1, address_1));
  hear(1, noon);
  accept({{.ids = ids(), .up = LocationSolved{"frm-payload", {.latitude = 51.5}}}});
  pass_an_interval();
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0].at(0).activated_at, device().activated_at);
  EXPECT_TRUE(reports[0].at(0).activated_at);
  EXPECT_EQ(reports[0].at(0).locations.at("frm-payload").latitude, 51.5);
  EXPECT_FALSE(reports[0].at(0).last_seen_at);
  hear(2, noon);
  pass_an_interval();
  EXPECT_EQ(reports.size(), 1U) << "nothing else happened";
}

}  // namespace
}  // namespace ff::application_server
