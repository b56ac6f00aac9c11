#include "actors/identity_server/gateway_settings/gateway_registry.hpp"

#include <caf/send.hpp>

#include "actors/identity_server/registry/actor.hpp"
#include "actors/identity_server/registry/errors.hpp"
#include "test/support/actors/actor_fixture.hpp"
#include "ttn/lorawan/v3/gateway.pb.h"

namespace ff::identity_server {
namespace {

namespace api = ttn::lorawan::v3;

constexpr GatewayEui eui{0xB827EBFFFE000001};
const storage::EntityKey key{storage::EntityKind::gateway, {"gw-1"}};

api::Gateway message() {
  api::Gateway gateway;
  gateway.mutable_ids()->set_gateway_id("gw-1");
  Bytes bytes;
  append_be<8>(bytes, eui.value());
  gateway.mutable_ids()->set_eui(std::string(as_text(bytes)));
  gateway.add_frequency_plan_ids("EU_863_870");
  auto& antenna = *gateway.add_antennas();
  antenna.set_gain(2.5);
  antenna.mutable_location()->set_latitude(52.5);
  antenna.mutable_location()->set_altitude(30);
  gateway.add_antennas();
  gateway.set_enforce_duty_cycle(true);
  gateway.mutable_schedule_anytime_delay()->set_nanos(530'000'000);
  gateway.set_downlink_path_constraint(api::DOWNLINK_PATH_CONSTRAINT_PREFER_OTHER);
  gateway.set_gateway_server_address("gs.example");
  (*gateway.mutable_attributes())["model"] = "kona";
  return gateway;
}

Entity entity(const api::Gateway& gateway) {
  return {.key = key, .message = to_owned(as_bytes(gateway.SerializeAsString()))};
}

TEST(GatewaySettings, AreReadFromTheApisMessage) {
  const auto settings = decode_gateway_settings(entity(message()));
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->ids.gateway_id.text(), "gw-1");
  EXPECT_EQ(settings->ids.eui, eui);
  EXPECT_EQ(settings->frequency_plan_ids, std::vector<std::string>{"EU_863_870"});
  ASSERT_EQ(settings->antennas.size(), 2U);
  EXPECT_EQ(settings->antennas[0].gain_dbi, 2.5F);
  EXPECT_EQ(settings->antennas[0].location->altitude_m, 30);
  EXPECT_FALSE(settings->antennas[1].location);
  EXPECT_TRUE(settings->enforce_duty_cycle);
  EXPECT_EQ(settings->schedule_anytime_delay, Duration{std::chrono::milliseconds{530}});
  EXPECT_EQ(settings->downlink_path_constraint, DownlinkPathConstraint::prefer_other);
  EXPECT_EQ(settings->gateway_server_address, "gs.example");
  EXPECT_EQ(settings->model, "kona");
  EXPECT_EQ(settings->firmware, "");
}

TEST(GatewaySettings, TakeTheDeprecatedPlanWhenThereIsNoOther) {
  auto gateway = message();
  gateway.clear_frequency_plan_ids();
  gateway.set_frequency_plan_id("US_902_928_FSB_2");
  EXPECT_EQ(decode_gateway_settings(entity(gateway))->frequency_plan_ids,
            std::vector<std::string>{"US_902_928_FSB_2"});
}

TEST(GatewaySettings, RefuseDamage) {
  EXPECT_FALSE(decode_gateway_settings({.key = key, .message = {0x0a, 0x7f}}));
}

class GatewayRegistryTest : public test::ActorFixture {
 protected:
  GatewayRegistryTest() {
    auto context = std::make_shared<const RegistryContext>(
        RegistryContext{.deps = deps, .store = &engine, .own_thread = false, .changed = {}});
    registry = spawn_registry(*system, context);
    writer.set(registry);
    route.set(spawn_registry_reader(*system, context));
    gateways = make_gateway_registry(route, writer);
  }
  ~GatewayRegistryTest() override {
    caf::anon_send_exit(registry, caf::exit_reason::user_shutdown);
    if (route.get()) caf::anon_send_exit(route.get(), caf::exit_reason::user_shutdown);
    run();
  }
  Draft draft(bool deleted) const {
    Draft out{.message = entity(message()).message, .unique = {}, .deleted = deleted};
    out.unique.push_back({storage::gateway_eui_index_key(eui), {}});
    return out;
  }
  void create() {
    caf::anon_send(
        registry,
        CreateEntity{key, [this](UtcTime) { return Result<Draft>(draft(false)); }, {}, {}});
    run();
  }
  Result<gateway_server::GatewaySettings> find(const GatewayIdentifiers& ids) {
    std::optional<Result<gateway_server::GatewaySettings>> out;
    gateways->find(
        ids, [&](Result<gateway_server::GatewaySettings> settings) { out = std::move(settings); });
    run();
    return *out;
  }

  RegistryHandle registry;
  actors::Route<RegistryHandle> writer;
  actors::Route<RegistryReaderHandle> route;
  std::shared_ptr<gateway_server::GatewayRegistry> gateways;
};

TEST_F(GatewayRegistryTest, FindsByIdAndByEui) {
  create();
  EXPECT_EQ(find({GatewayId("gw-1"), {}})->ids.eui, eui);
  EXPECT_EQ(find({GatewayId(), eui})->ids.gateway_id.text(), "gw-1");
}

TEST_F(GatewayRegistryTest, SaysWhatItDoesNotKnow) {
  for (const auto& ids : {GatewayIdentifiers{GatewayId("gw-2"), {}},
                          GatewayIdentifiers{GatewayId(), eui}, GatewayIdentifiers{}}) {
    const auto found = find(ids);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code(), Code::not_found);
  }
}

TEST_F(GatewayRegistryTest, HidesADeletedGateway) {
  create();
  caf::anon_send(
      registry,
      ChangeEntity{key, [this](const Entity&, UtcTime) { return Result<Draft>(draft(true)); }, {}});
  run();
  EXPECT_FALSE(find({GatewayId("gw-1"), {}}));
  EXPECT_FALSE(find({GatewayId(), eui}));
}

TEST_F(GatewayRegistryTest, WritesWhatAGatewaySaysOfItself) {
  create();
  const auto before = find({GatewayId("gw-1"), {}})->antennas;
  const Location here{50.5, 8.5, 100, 3, LocationSource::unknown};
  const Location there{50.6, 8.6, 101, 4, LocationSource::unknown};
  gateways->update_locations(GatewayId("gw-1"), std::vector<Location>(before.size(), here));
  run();
  auto antennas = find({GatewayId("gw-1"), {}})->antennas;
  ASSERT_EQ(antennas.size(), before.size());
  EXPECT_EQ(antennas[0].gain_dbi, before[0].gain_dbi);
  EXPECT_EQ(antennas[0].location->latitude, 50.5);
  EXPECT_EQ(antennas[0].location->source, LocationSource::gps);

  gateways->update_locations(GatewayId("gw-1"), std::vector<Location>(before.size() + 1, there));
  gateways->update_versions(GatewayId("gw-1"), "kona", "2.0");
  run();
  const auto found = find({GatewayId(), eui});
  ASSERT_TRUE(found) << "its EUI is lost";
  EXPECT_EQ(found->antennas.size(), before.size() + 1);
  EXPECT_EQ(found->antennas.back().location->altitude_m, 101);
  EXPECT_EQ(found->model, "kona");
  EXPECT_EQ(found->firmware, "2.0");
}

TEST_F(GatewayRegistryTest, AnswersAlsoWithoutARegistry) {
  caf::anon_send_exit(route.get(), caf::exit_reason::user_shutdown);
  route.clear();
  const auto found = find({GatewayId("gw-1"), {}});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code(), Code::unavailable);
}

}  // namespace
}  // namespace ff::identity_server
