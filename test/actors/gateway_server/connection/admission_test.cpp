#include "actors/gateway_server/connection/admission.hpp"

#include <gtest/gtest.h>

#include "test/support/gateway_server/memory_gateway_registry.hpp"

namespace ff::gateway_server {
namespace {

using test::MemoryGatewayRegistry;

constexpr ErrorDef store_broken{"pkg/test", "broken", Code::internal, "broken"};

GatewaySettings registered() {
  GatewaySettings settings;
  settings.ids = {GatewayId{"gtw-1"}, GatewayEui{0xb827ebfffe123456}};
  settings.frequency_plan_ids = {"EU_863_870_TTN"};
  return settings;
}

ConnectRequest by_eui(const char* fallback = "EU_863_870_TTN") {
  ConnectRequest request;
  request.ids.eui = GatewayEui{0xb827ebfffe123456};
  request.fallback_plan_id = fallback;
  return request;
}

Result<GatewaySettings> unknown() {
  return fail(MemoryGatewayRegistry::not_found);
}

TEST(Admission, TakesARegisteredGatewayAsItIs) {
  EXPECT_EQ(*admit(by_eui(), registered(), {}), registered());
}

TEST(Admission, GivesAnUnregisteredGatewayTheFallbackPlan) {
  const auto settings = admit(by_eui(), unknown(), {});
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->ids.gateway_id.text(), "eui-b827ebfffe123456");
  EXPECT_EQ(settings->ids.eui, by_eui().ids.eui);
  EXPECT_EQ(settings->frequency_plan_ids, std::vector<std::string>{"EU_863_870_TTN"});
  EXPECT_TRUE(settings->enforce_duty_cycle);
  EXPECT_FALSE(settings->is_registered);
}

TEST(Admission, NamesWhyItRefuses) {
  GatewayServerConfig strict;
  strict.require_registered_gateways = true;
  auto by_id = by_eui();
  by_id.ids.gateway_id = GatewayId{"gtw-1"};
  EXPECT_TRUE(admit(ConnectRequest{}, registered(), {}).error().is(empty_identifiers));
  EXPECT_TRUE(admit(by_eui(), unknown(), strict).error().is(gateway_eui_not_registered));
  EXPECT_TRUE(admit(by_id, unknown(), strict).error().is(gateway_not_registered));
  EXPECT_TRUE(admit(by_eui(""), unknown(), {}).error().is(no_fallback_frequency_plan));
  EXPECT_TRUE(admit(by_eui(), fail(store_broken), {}).error().is(store_broken));
}

TEST(Admission, HonoursTheWishForAuthenticatedConnections) {
  auto settings = registered();
  settings.require_authenticated_connection = true;
  EXPECT_TRUE(admit(by_eui(), settings, {}).error().is(unauthenticated_gateway_connection));
  auto request = by_eui();
  request.authenticated = true;
  EXPECT_TRUE(admit(request, settings, {}));
}

TEST(Radio, RefusesPlansItCanNotUse) {
  const auto plans = region::FrequencyPlans::standard();
  const auto radio_of = [&](std::vector<std::string> ids) {
    auto settings = registered();
    settings.frequency_plan_ids = std::move(ids);
    return make_radio(settings, schedule::DutyCycleStyle::window, plans);
  };
  const auto good = radio_of({"EU_863_870_TTN"});
  ASSERT_TRUE(good);
  EXPECT_EQ(good->region->band_id, "EU_863_870");
  EXPECT_TRUE(radio_of({}).error().is(frequency_plan_not_configured));
  EXPECT_TRUE(radio_of({"NO_SUCH"}).error().is(frequency_plan_not_configured));
  EXPECT_TRUE(radio_of({"EU_863_870_TTN", "US_902_928_FSB_2"})
                  .error()
                  .is(frequency_plans_not_from_same_band));
  EXPECT_FALSE(radio_of(std::vector<std::string>(9, "EU_863_870_TTN")));
}

TEST(Settings, ReconnectForAnyChangeButAGpsPosition) {
  const auto before = registered();
  auto after = before;
  EXPECT_FALSE(needs_reconnect(before, after));
  after.antennas = {{0, Location{1, 2, 3, 0, LocationSource::gps}}};
  auto without = before;
  without.antennas = {{0, {}}};
  EXPECT_FALSE(needs_reconnect(without, after));
  after.antennas[0].gain_dbi = 3;
  EXPECT_TRUE(needs_reconnect(without, after));
  after = before;
  after.enforce_duty_cycle = false;
  EXPECT_TRUE(needs_reconnect(before, after));
}

}  // namespace
}  // namespace ff::gateway_server
