// ApplicationUpStorage over HTTP JSON, with the real reader on a store in memory.
#include "actors/application_server/integration/storage/actor.hpp"
#include "actors/application_server/outbox/record.hpp"
#include "storage/engine/memory_engine.hpp"
#include "test/app/api/services/api_fixture.hpp"

namespace ff::api::test {
namespace {

using namespace ttn::lorawan::v3;  // The tests name many rights.
using application_server::OutboxMessage;
using application_server::UpKind;

const std::string base = "/as/applications/app-1";
const auto shards = *storage::ShardCount::make(4);
const ApplicationId app("app-1");

class UpStorageTest : public ApiFixture {
 protected:
  UpStorageTest() {
    rights["app-1"] = {RIGHT_APPLICATION_TRAFFIC_READ};
    const auto reader =
        application_server::spawn_storage(*system, {.store = &engine, .shards = shards});
    spawned.push_back(caf::actor_cast<caf::actor>(reader));
    deps.storage.emplace().set(reader);
  }
  ~UpStorageTest() override { tear_down(); }

  void publish(const std::string& device, int second, int f_port = 1,
               UpKind kind = UpKind::uplink) {
    const auto shard = storage::shard_of(DeviceUid{app, DeviceId(device)}, shards);
    const UtcTime time{std::chrono::seconds{second}};
    const auto inner = kind == UpKind::uplink
                           ? R"("uplink_message":{"f_port":)" + std::to_string(f_port) + "}"
                           : std::string(R"("join_accept":{})");
    const auto json = R"({"end_device_ids":{"device_id":")" + device + R"("},"received_at":")" +
                      to_rfc3339(time) + R"(",)" + inner + "}";
    OutboxMessage message{kind, DeviceId(device), time, Bytes(json.begin(), json.end())};
    storage::WriteBatch batch;
    batch.put(storage::Family::outbox,
              storage::outbox_key({shard, app, storage::OutboxSequence{++newest[shard]}}),
              application_server::encode_message(message));
    ASSERT_TRUE(engine.write(batch, storage::Durability::sync));
  }
  /// `device@second` of each message of the last answer.
  std::string got(const std::string& path) {
    call("GET", base + path);
    std::string out;
    std::istringstream lines(last->text());
    for (std::string line; std::getline(lines, line);) {
      const auto value = boost::json::parse(line);
      const auto* ids = value.is_object() ? value.as_object().if_contains("result") : nullptr;
      if (ids == nullptr) return line;
      const auto time =
          parse_rfc3339(std::string(ids->at("received_at").as_string()))->time_since_epoch();
      out += std::string(ids->at("end_device_ids").at("device_id").as_string()) + "@" +
             std::to_string(std::chrono::duration_cast<std::chrono::seconds>(time).count()) + " ";
    }
    return out;
  }
  std::string token() const { return last->header("X-Continuation-Token"); }

  storage::MemoryEngine engine;
  std::map<storage::Shard, std::uint64_t> newest;
};

TEST_F(UpStorageTest, GivesThePastInOrder) {
  for (int second = 1; second <= 6; ++second)
    publish(second % 2 == 0 ? "dev-even" : "dev-odd", second, second);
  publish("dev-odd", 7, 1, UpKind::join);
  EXPECT_EQ(got("/packages/storage/uplink_message"),
            "dev-odd@1 dev-even@2 dev-odd@3 dev-even@4 dev-odd@5 dev-even@6 ");
  EXPECT_EQ(token(), "");
  EXPECT_EQ(got("/packages/storage/join_accept"), "dev-odd@7 ");
  EXPECT_EQ(got("/devices/dev-even/packages/storage/uplink_message?order=-received_at"),
            "dev-even@6 dev-even@4 dev-even@2 ");
  EXPECT_EQ(got("/packages/storage/uplink_message?f_port=3"), "dev-odd@3 ");
  EXPECT_EQ(got("/packages/storage/uplink_message?after=1970-01-01T00:00:02Z&before=1970-01-01T00:"
                "00:05Z"),
            "dev-odd@3 dev-even@4 ");
  EXPECT_EQ(got("/packages/storage/service_data"), "");
}

TEST_F(UpStorageTest, TheLastWhileEndsNow) {
  deps.now = [] { return UtcTime{std::chrono::seconds{10}}; };
  for (int second = 5; second <= 10; ++second) publish("dev-1x", second);
  EXPECT_EQ(got("/packages/storage/uplink_message?last=2s"), "dev-1x@9 dev-1x@10 ");
  EXPECT_EQ(got("/devices/dev-1x/packages/storage/uplink_message?last=1.5s"),
            "dev-1x@9 dev-1x@10 ");
  EXPECT_EQ(
      call("GET", base + "/packages/storage/uplink_message/count?last=2s").at("/count/dev-1x"),
      "2");
  // The narrower of both.
  EXPECT_EQ(got("/packages/storage/uplink_message?last=2s&after=1970-01-01T00:00:09Z"),
            "dev-1x@10 ");
  EXPECT_EQ(got("/packages/storage/uplink_message?last=3600s&before=1970-01-01T00:00:06Z"),
            "dev-1x@5 ");
}

TEST_F(UpStorageTest, ATokenGoesOnWhereALimitEnded) {
  for (int second = 1; second <= 5; ++second)
    publish("dev-" + std::to_string(second % 3) + "x", second);
  const std::string path = "/packages/storage/uplink_message";
  EXPECT_EQ(got(path + "?limit=2"), "dev-1x@1 dev-2x@2 ");
  const auto first = token();
  ASSERT_FALSE(first.empty());
  const auto escaped = [](std::string text) {
    for (std::size_t at = 0; (at = text.find('+', at)) != std::string::npos; at += 3)
      text.replace(at, 1, "%2B");
    return text;
  };
  EXPECT_EQ(got(path + "?continuation_token=" + escaped(first)), "dev-0x@3 dev-1x@4 ");
  EXPECT_EQ(got(path + "?continuation_token=" + escaped(token())), "dev-2x@5 ");
  EXPECT_EQ(token(), "");
  // For another application, or no token at all.
  rights["app-2"] = rights["app-1"];
  const auto other =
      call("GET", "/as/applications/app-2" + path + "?continuation_token=" + escaped(first));
  EXPECT_EQ(other.status, 400);
  EXPECT_EQ(call("GET", base + path + "?continuation_token=nonsense").status, 400);
}

TEST_F(UpStorageTest, MoreThanAClientsWindowIsStreamed) {
  for (int second = 1; second <= 3000; ++second) publish("dev-1x", second);
  EXPECT_EQ(got("/packages/storage/uplink_message").size(), 3000 * 12 - 9 * 3 - 90 * 2 - 900);
  EXPECT_EQ(got("/packages/storage/uplink_message?limit=2500").size(),
            2500 * 12 - 9 * 3 - 90 * 2 - 900);
  EXPECT_EQ(token(), "");
}

TEST_F(UpStorageTest, AMaskKeepsIdsAndTimes) {
  publish("dev-1x", 1, 7);
  call("GET", base + "/packages/storage/uplink_message?field_mask=up.uplink_message.f_cnt");
  EXPECT_EQ(last->text(), R"({"result":{"end_device_ids":{"device_id":"dev-1x"},)"
                          R"("received_at":"1970-01-01T00:00:01Z","uplink_message":{}}})"
                          "\n");
}

TEST_F(UpStorageTest, CountsByDevice) {
  for (int second = 1; second <= 600; ++second)
    publish(second % 3 == 0 ? "dev-1x" : "dev-2x", second, second % 2);
  EXPECT_EQ(
      boost::json::serialize(call("GET", base + "/packages/storage/uplink_message/count").body),
      R"({"count":{"dev-1x":200,"dev-2x":400}})");
  EXPECT_EQ(call("GET", base + "/devices/dev-1x/packages/storage/uplink_message/count?f_port=1")
                .at("/count/dev-1x"),
            "100");
}

TEST_F(UpStorageTest, IsForThoseWhoMayReadTraffic) {
  publish("dev-1x", 1);
  rights["app-1"] = {RIGHT_APPLICATION_INFO};
  EXPECT_EQ(call("GET", base + "/packages/storage/uplink_message").status, 403);
  EXPECT_EQ(call("GET", base + "/packages/storage/uplink_message/count").status, 403);
  EXPECT_EQ(call("GET", base + "/packages/storage/nonsense").status, 400);
}

TEST_F(UpStorageTest, IsATableForWhoAcceptsOne) {
  publish("dev-1", 10);
  publish("dev-2", 20, 1, UpKind::join);
  start();
  const auto get = [&](const std::string& path) {
    auto sink = std::make_shared<RecordingSink>();
    gateway->serve({"GET",
                    "/api/v3" + base + path,
                    {{"Authorization", "Bearer x"}, {"Accept", "text/csv"}},
                    ""},
                   sink);
    return sink->wait().text();
  };
  const std::string head =
      "received_at,application_id,device_id,dev_eui,join_eui,dev_addr,type,simulated,f_port,"
      "f_cnt,confirmed,frm_payload,decoded_payload,gateways,gateway_id,rssi,snr,frequency,"
      "spreading_factor,bandwidth,message\r\n";
  EXPECT_EQ(get("/packages/storage/uplink_message"),
            head + "1970-01-01T00:00:10Z,,dev-1,,,,uplink_message,false,1,0,false,,,0,,,,0,,,\r\n");
  EXPECT_EQ(get("/packages/storage/join_accept"),
            head + "1970-01-01T00:00:20Z,,dev-2,,,,join_accept,false,,,,,,,,,,,,,{}\r\n");
  EXPECT_EQ(get("/packages/storage/service_data"), head);
}

}  // namespace
}  // namespace ff::api::test
