// ApplicationPubSubRegistry and farfield.v1.AsPubSubInspection over HTTP JSON.
#include "actors/application_server/integration/pubsub/errors.hpp"
#include "actors/application_server/integration/pubsub/target.hpp"
#include "test/app/api/services/api_fixture.hpp"

namespace ff::api::test {
namespace {

using namespace ttn::lorawan::v3;  // The tests name many rights.
namespace pubsub = application_server::pubsub;

const std::string path = "/as/pubsub/app-1/pubsub-1";

/// What the registry is asked, seen by the test after the answer.
struct Asked {
  std::map<pubsub::PubSubKey, pubsub::PubSubPtr> pubsubs;
  pubsub::IntegrationSnapshot snapshot;
};

auto registry_double(const std::shared_ptr<Asked>& asked) {
  return [asked](pubsub::PubSubsHandle::pointer) -> pubsub::PubSubsHandle::behavior_type {
    return {
        [asked](const pubsub::SetPubSub& set) {
          const auto found = asked->pubsubs.find(set.key);
          const bool exists = found != asked->pubsubs.end();
          auto next = set.change(exists ? found->second.get() : nullptr);
          if (!next) return set.reply(fail(next.error()));
          if (const auto good = pubsub::check(*next); !good) return set.reply(fail(good.error()));
          auto& stored = asked->pubsubs[set.key];
          stored = std::make_shared<const pubsub::PubSub>(*std::move(next));
          set.reply(stored);
        },
        [asked](const pubsub::DeletePubSub& erase) {
          if (asked->pubsubs.erase(erase.key) == 0)
            return erase.reply(fail(pubsub::pubsub_not_found));
          erase.reply({});
        },
        [asked](const pubsub::GetPubSub& get) {
          const auto found = asked->pubsubs.find(get.key);
          if (found == asked->pubsubs.end()) return get.reply(fail(pubsub::pubsub_not_found));
          get.reply(found->second);
        },
        [asked](const pubsub::ListPubSubs& list) {
          list.reply(pubsub::PubSubList(asked->pubsubs.begin(), asked->pubsubs.end()));
        },
        [asked](const pubsub::InspectPubSub& inspect) { inspect.reply(asked->snapshot); },
        [](const application_server::ForgetApplication&) {},
    };
  };
}

class PubSubsTest : public ApiFixture {
 protected:
  PubSubsTest() {
    rights["app-1"] = {RIGHT_APPLICATION_SETTINGS_BASIC, RIGHT_APPLICATION_TRAFFIC_READ,
                       RIGHT_APPLICATION_TRAFFIC_DOWN_WRITE};
    const auto registry = system->spawn(registry_double(asked));
    spawned.push_back(caf::actor_cast<caf::actor>(registry));
    deps.pubsubs.emplace().set(registry);
  }

  const std::shared_ptr<Asked> asked = std::make_shared<Asked>();
  const pubsub::PubSubKey key{ApplicationId("app-1"), "pubsub-1"};
};

const std::string whole = R"({"pubsub":{"format":"json","mqtt":{"server_url":"mqtts://h:8883",
  "client_id":"me","username":"u","password":"p","publish_qos":"AT_LEAST_ONCE","subscribe_qos":2,
  "use_tls":true,"tls_ca":"LS0tLS1CRUdJTiA=","headers":{"A":"b"}},"base_topic":"base",
  "downlink_push":{"topic":"push"},"uplink_message":{"topic":"up"},"join_accept":{}}})";

TEST_F(PubSubsTest, IsSetAndReadAsTheSameMessage) {
  const auto set = call("POST", "/as/pubsub/app-1",
                        R"({"pubsub":{"ids":{"pub_sub_id":"pubsub-1"},)" + whole.substr(11));
  ASSERT_EQ(set.status, 200) << boost::json::serialize(set.body);
  const auto& stored = *asked->pubsubs.at(key);
  EXPECT_EQ(stored.provider, pubsub::Provider::mqtt);
  EXPECT_EQ(stored.mqtt.publish_qos, 1);
  EXPECT_EQ(stored.mqtt.subscribe_qos, 2);
  EXPECT_EQ(stored.mqtt.tls_ca, "-----BEGIN ");
  EXPECT_EQ(stored.downlink_push, "push");
  EXPECT_EQ(stored.downlink_replace, std::nullopt);
  EXPECT_EQ(stored.topics, (std::map<application_server::UpKind, std::string>{
                               {application_server::UpKind::uplink, "up"},
                               {application_server::UpKind::join, ""}}));
  const auto got = call("GET", path +
                                   "?field_mask=base_topic,join_accept,service_data,"
                                   "provider.mqtt.server_url,provider.mqtt.publish_qos");
  EXPECT_EQ(boost::json::serialize(got.body),
            R"({"ids":{"application_ids":{"application_id":"app-1"},"pub_sub_id":"pubsub-1"},)"
            R"("mqtt":{"server_url":"mqtts://h:8883","publish_qos":"AT_LEAST_ONCE"},)"
            R"("base_topic":"base","join_accept":{}})");
}

TEST_F(PubSubsTest, AMaskChangesWhatItNames) {
  ASSERT_EQ(call("PUT", path, whole).status, 200);
  ASSERT_EQ(call("PUT", path, R"({"pubsub":{"base_topic":"other","uplink_message":{"topic":"x"}},
                                  "field_mask":"uplink_message,join_accept"})")
                .status,
            200);
  EXPECT_EQ(asked->pubsubs.at(key)->base_topic, "base");
  EXPECT_EQ(asked->pubsubs.at(key)->topics, (std::map<application_server::UpKind, std::string>{
                                                {application_server::UpKind::uplink, "x"}}));
  // Another provider takes the place of the one before.
  ASSERT_EQ(call("PUT", path, R"({"pubsub":{"nats":{"server_url":"nats://h"}},
                                  "field_mask":"provider"})")
                .status,
            200);
  EXPECT_EQ(asked->pubsubs.at(key)->provider, pubsub::Provider::nats);
}

TEST_F(PubSubsTest, ListsAndDeletes) {
  ASSERT_EQ(call("PUT", path, whole).status, 200);
  EXPECT_EQ(call("GET", "/as/pubsub/app-1?field_mask=format").at("/pubsubs/0/format"), "json");
  EXPECT_EQ(call("DELETE", path).status, 200);
  EXPECT_EQ(call("DELETE", path).error(), "pkg/applicationserver/io/pubsub:pubsub_not_found");
  EXPECT_EQ(call("GET", path).status, 404);
}

TEST_F(PubSubsTest, NonsenseIsRefusedWithItsName) {
  const auto refused = [&](const std::string& pubsub) {
    return call("PUT", path, R"({"pubsub":)" + pubsub + "}").error();
  };
  EXPECT_EQ(refused(R"({"format":"xml","nats":{"server_url":"nats://h"}})"),
            "pkg/applicationserver/io/pubsub:format_not_found");
  EXPECT_EQ(refused(R"({"format":"json","aws_iot":{"region":"eu-west-1"}})"),
            "pkg/applicationserver/io/pubsub/provider:provider_not_implemented");
  EXPECT_EQ(refused(R"({"format":"json","nats":{"server_url":"mqtt://h"}})"),
            "pkg/applicationserver/io/pubsub:invalid_setting");
}

TEST_F(PubSubsTest, RightsAreNeeded) {
  rights["app-1"] = {RIGHT_APPLICATION_TRAFFIC_READ};
  EXPECT_EQ(call("PUT", path, whole).status, 403);
  EXPECT_EQ(call("DELETE", path).status, 403);
  EXPECT_EQ(call("GET", path).status, 404);
  rights["app-1"] = {RIGHT_APPLICATION_SETTINGS_BASIC};
  EXPECT_EQ(call("GET", path).status, 403);
  EXPECT_EQ(call("GET", "/farfield" + path + "/status").status, 403);
}

TEST_F(PubSubsTest, FormatsAreListed) {
  const auto got = call("GET", "/as/pubsub-formats");
  EXPECT_EQ(got.at("/formats/json"), "JSON");
}

TEST_F(PubSubsTest, TheStateIsShown) {
  asked->snapshot = {
      .phase = pubsub::Phase::waiting,
      .retry_in = std::chrono::seconds{5},
      .failures = 3,
      .last_failure = Error(pubsub::connect_failed).caused_by(Error(pubsub::not_connected)),
      .held = 2,
      .behind = 7};
  const auto got = call("GET", "/farfield" + path + "/status");
  EXPECT_EQ(got.at("/state"), "WAITING");
  EXPECT_EQ(got.at("/failures"), "3");
  EXPECT_EQ(got.at("/last_failure/name"), "connect_failed");
  EXPECT_EQ(got.at("/last_failure/cause/name"), "not_connected");
  EXPECT_EQ(got.at("/behind"), "7");
}

}  // namespace
}  // namespace ff::api::test
