// What uplinks tell of the device beside its frame. [spec application-server §4 steps 8-10]
#include "storage/keys/entity_keys.hpp"
#include "test/actors/application_server/pipeline/rig.hpp"

namespace ff::application_server {
namespace {

class DeviceFacts : public Rig {
 protected:
  void SetUp() override {
    Rig::SetUp();
    context->read_locations = [this](ByteView) {
      ++reads;
      return Locations{{"user", {.latitude = 51.5, .source = LocationSource::registry}}};
    };
  }
  void create_product() {
    ChangeAppDevice change{uid, {}, [](auto) {}};
    change.change = [this](const AppDevice*) {
      return AppDevice{
          .ids = ids(),
          .session = session(id_1, key_1, address_1),
          .formatters = javascript(),
          .version_ids = DeviceVersionIds{"brand", "model", "1.0", "1.1", "EU_863_870"}};
    };
    caf::anon_send(pipeline, change);
    run();
  }
  void register_device() {
    storage::WriteBatch batch;
    batch.put(storage::Family::entity,
              storage::entity_key(storage::EntityKind::end_device,
                                  {uid.application_id.text(), uid.device_id.text()}),
              Bytes{1});
    ASSERT_TRUE(engine.write(batch, storage::Durability::sync));
  }
  double counted(const std::string& what) {
    const auto text = metrics.text();
    const auto name = "\nttn_lw_as_metadata_" + what + "_total{metadata=\"location\"} ";
    const auto at = text.find(name);
    return at == std::string::npos ? -1 : std::stod(text.substr(at + name.size()));
  }
  int reads = 0;
};

TEST_F(DeviceFacts, AreTheRegisteredLocationsAndTheProduct) {
  register_device();
  create_product();
  EXPECT_EQ(reads, 1);
  accept({uplink(id_1, key_1, address_1, 1)});
  script_answers(0, {.text = R"({"data":{"t":1}})", .normalized = R"({"data":{"air":{"co2":1}}})"});
  ASSERT_EQ(published.size(), 2U);
  EXPECT_NE(text(0).find(R"("locations":{"user":{"latitude":51.5,"source":"SOURCE_REGISTRY"}},)"
                         R"("version_ids":{"brand_id":"brand","model_id":"model",)"
                         R"("hardware_version":"1.0","firmware_version":"1.1",)"
                         R"("band_id":"EU_863_870"},"network_ids")"),
            std::string::npos)
      << text(0);
  EXPECT_EQ(text(1).find("version_ids"), std::string::npos) << "a measurement was made before";
  EXPECT_EQ(text(1).find("locations"), std::string::npos);
  EXPECT_EQ(reads, 1) << "it is remembered";
  EXPECT_EQ(counted("cache_misses"), 1);
  EXPECT_EQ(counted("cache_hits"), 1);
  EXPECT_EQ(counted("registry_retrievals"), 1);
  EXPECT_EQ(counted("registry_updates"), 0);
}

TEST_F(DeviceFacts, AreReadAgainWhenTheyAreOld) {
  register_device();
  create_product();
  advance(context->config.location_age_max);
  accept({uplink(id_1, key_1, address_1, 1)});
  EXPECT_EQ(reads, 2);
  EXPECT_EQ(counted("cache_misses"), 2);
  EXPECT_EQ(counted("cache_hits"), 0);
}

TEST_F(DeviceFacts, IncludeTheLocationThatAPayloadTellsAsAMessageOfItsOwn) {
  create_with(javascript());
  accept({uplink(id_1, key_1, address_1, 1)});
  accept({uplink(id_1, key_1, address_1, 2)});
  script_answers(1, {.text = R"({"data":{"t":1}})"});
  script_answers(0, {.text = R"({"data":{"lat":51.5,"lng":5.25,"alt":31.9,"hdop":4}})"});
  ASSERT_EQ(published.size(), 3U);
  EXPECT_NE(text(0).find(R"("locations":{"frm-payload":{"latitude":51.5,"longitude":5.25,)"
                         R"("altitude":31,"accuracy":4,"source":"SOURCE_GPS"}})"),
            std::string::npos)
      << text(0);
  EXPECT_EQ(published[1].message->kind, UpKind::location_solved);
  EXPECT_NE(text(1).find(R"("service":"frm-payload")"), std::string::npos);
  EXPECT_TRUE(happened("as.up.location.forward"));
  EXPECT_EQ(published[2].message->kind, UpKind::uplink);
}

TEST_F(DeviceFacts, ThatTheRegistryHasNotBeenToldYetAreNotLostWhenItIsRead) {
  context->config.activity_interval = std::chrono::hours{1};
  caf::anon_send_exit(pipeline, caf::exit_reason::user_shutdown);
  run();
  pipeline = spawn_pipeline(*system, context, shard);
  register_device();
  create_product();
  auto solved = std::make_shared<ApplicationUp>();
  solved->ids = ids();
  solved->up = LocationSolved{"package", {.latitude = 1}};
  SimulateUp message{
      uid,
      ReadyUp{uid.application_id, make_message(*solved)},
      {"as.up.location.forward", {}, ids(), {}, std::shared_ptr<const ApplicationUp>(solved)},
      [](const Status&) {}};
  message.from_package = true;
  caf::anon_send(pipeline, std::move(message));
  advance(context->config.location_age_max);
  accept({uplink(id_1, key_1, address_1, 1)});
  EXPECT_EQ(reads, 2);
  accept({uplink(id_1, key_1, address_1, 2)});
  for (const std::size_t script : {0U, 1U}) script_answers(script, {.text = R"({"data":{}})"});
  ASSERT_EQ(published.size(), 3U);
  EXPECT_NE(text(2).find(R"("package":{"latitude":1})"), std::string::npos) << text(2);
  EXPECT_NE(text(2).find(R"("user":{"latitude":51.5)"), std::string::npos) << text(2);
}

}  // namespace
}  // namespace ff::application_server
