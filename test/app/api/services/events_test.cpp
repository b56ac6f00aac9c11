// The stream of events over HTTP: what a client is told, and what it is not.
#include "test/app/api/services/api_fixture.hpp"

namespace ff::api::test {
namespace {

using namespace ttn::lorawan::v3;  // The tests name rights.

class EventsTest : public ApiFixture {
 protected:
  std::shared_ptr<RecordingSink> stream(const std::string& body) {
    if (!gateway) start();
    auto sink = std::make_shared<RecordingSink>();
    gateway->serve({"POST", "/api/v3/events", {{"Authorization", "Bearer x"}}, body}, sink);
    return sink;
  }
  static events::Event event(std::string_view name, const char* application) {
    return {name,
            {},
            DeviceIdentifiers{{ApplicationId(application), DeviceId("dev-1")}, {}, {}, {}},
            {"corr"},
            {}};
  }

  const std::string app_1 =
      R"({"identifiers":[{"application_ids":{"application_id":"app-1"}}],"tail":5})";
};

TEST_F(EventsTest, AClientIsToldOfTheDevicesOfItsApplicationAndOfNoOthers) {
  rights["app-1"] = {RIGHT_APPLICATION_TRAFFIC_READ};
  hub.publish(event("ns.up.data.receive", "app-1"));
  auto sink = stream(app_1);
  sink->wait_for_chunks(2);  // The start and the tail.
  hub.publish(event("ns.up.data.process", "app-2"));
  hub.publish(event("ns.end_device.update", "app-1"));
  hub.publish(event("as.up.data.forward", "app-1"));
  sink->wait_for_chunks(3);
  sink->disconnect();
  sink->wait();
  const auto& text = sink->text();
  EXPECT_NE(text.find("events.stream.start"), std::string::npos);
  EXPECT_NE(text.find("ns.up.data.receive"), std::string::npos);
  EXPECT_NE(text.find("as.up.data.forward"), std::string::npos);
  EXPECT_EQ(text.find("ns.up.data.process"), std::string::npos) << "another application's";
  EXPECT_EQ(text.find("ns.end_device.update"), std::string::npos) << "needs another right";
}

TEST_F(EventsTest, WithoutRightsOrIdentifiersThereIsNoStream) {
  auto refused = stream(app_1);
  refused->wait();
  EXPECT_NE(refused->text().find("no_application_rights"), std::string::npos) << refused->text();
  auto nobody = stream("{}");
  nobody->wait();
  EXPECT_NE(nobody->text().find("no_identifiers"), std::string::npos) << nobody->text();
}

}  // namespace
}  // namespace ff::api::test
