// Statistics of gateways over HTTP JSON, with a gateway server that knows two gateways.
#include <caf/typed_event_based_actor.hpp>

#include "actors/gateway_server/connection/errors.hpp"
#include "actors/support/caf_error.hpp"
#include "test/app/api/services/api_fixture.hpp"

namespace ff::api::test {
namespace {

using gateway_server::ConnectionStats;
using gateway_server::RouterHandle;

ConnectionStats stats_of(const GatewayId& id) {
  ConnectionStats stats;
  stats.uplink_count = id.text() == "gtw-1" ? 1 : 2;
  stats.downlink_count = 7;
  stats.connected_at = UtcTime{std::chrono::seconds{1'700'000'000}};
  return stats;
}

RouterHandle::behavior_type router_double(RouterHandle::pointer) {
  using namespace gateway_server;
  return {[](const ScheduleDownlink&) {},
          [](const GetGatewayStats& message) {
            const auto& id = message.gateway_id;
            if (id.text() == "gtw-broken") return message.reply(fail(actors::receiver_down));
            if (id.text() == "gtw-3")
              return message.reply(fail(not_connected, {{"gateway_uid", id.text()}}));
            message.reply(stats_of(id));
          },
          [](const InspectGateway&) {},
          [](const FindStationControl&) {},
          [](const InspectRouter&) {},
          [](const GatewayChanged&) {},
          [](const GatewayRightsChanged&) {},
          [](const KnowConnection&) {},
          [](const ForgetConnection&) {},
          [](const PathAnswered&) {}};
}

class GsTest : public ApiFixture {
 protected:
  GsTest() {
    for (const auto* id : {"gtw-1", "gtw-2", "gtw-3", "gtw-broken"})
      rights[id] = {ttn::lorawan::v3::RIGHT_GATEWAY_STATUS_READ};
    auto router = system->spawn(router_double);
    spawned.push_back(caf::actor_cast<caf::actor>(router));
    deps.gateway_router.emplace().set(router);
  }
  Answer batch(const std::string& ids, const std::string& mask = "") {
    return call("POST", "/gs/gateways/connection/stats",
                R"({"gateway_ids":[)" + ids + "]" + mask + "}");
  }
  static std::string id(const std::string& text) { return R"({"gateway_id":")" + text + R"("})"; }
};

TEST_F(GsTest, TellsAboutOneGateway) {
  const auto answer = call("GET", "/gs/gateways/gtw-1/connection/stats");
  EXPECT_EQ(answer.at("/uplink_count"), "1");
  EXPECT_EQ(call("GET", "/gs/gateways/gtw-3/connection/stats").error(),
            "pkg/gatewayserver:not_connected");
  EXPECT_EQ(call("GET", "/gs/gateways/other/connection/stats").status, 403);
}

TEST_F(GsTest, TellsAboutManyAndLeavesOutThoseItDoesNotKnow) {
  const auto answer = batch(id("gtw-1") + "," + id("gtw-2") + "," + id("gtw-3"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.at("/entries/gtw-1/uplink_count"), "1");
  EXPECT_EQ(answer.at("/entries/gtw-2/uplink_count"), "2");
  EXPECT_EQ(answer.at("/entries/gtw-2/downlink_count"), "7");
  EXPECT_EQ(answer.at("/entries/gtw-3"), "");
}

TEST_F(GsTest, TellsWhatWasAskedFor) {
  const auto answer =
      batch(id("gtw-1"), R"(,"field_mask":{"paths":["uplink_count","connected_at"]})");
  EXPECT_EQ(answer.at("/entries/gtw-1/uplink_count"), "1");
  EXPECT_EQ(answer.at("/entries/gtw-1/connected_at"), "2023-11-14T22:13:20Z");
  EXPECT_EQ(answer.at("/entries/gtw-1/downlink_count"), "");
  EXPECT_EQ(batch(id("gtw-1"), R"(,"field_mask":{"paths":["nonsense"]})").status, 400);
}

TEST_F(GsTest, AsksForTheRightOnEachAndForSomeGateway) {
  EXPECT_EQ(batch(id("gtw-1") + "," + id("other")).status, 403);
  EXPECT_EQ(batch("").status, 400);
  std::string many = id("gtw-1");
  for (int i = 0; i < 100; ++i) many += "," + id("gtw-1");
  EXPECT_EQ(batch(many).status, 400);
  EXPECT_EQ(batch(id("gtw-1") + "," + id("gtw-broken")).status, 503);
}

}  // namespace
}  // namespace ff::api::test
