// The application server's events as the API shows them, against the reference's table of events.
#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "actors/events/protobuf_data.hpp"
#include "app/api/services/mapping/events.hpp"
#include "app/api/services/mapping/values.hpp"
#include "ttn/lorawan/v3/applicationserver_integrations_alcsync.pb.h"
#include "ttn/lorawan/v3/applicationserver_pubsub.pb.h"

namespace ff::api {
namespace {

using events::EventData;
using events::protobuf_data;

constexpr ErrorDef failure{"pkg/x", "failure", Code::unknown, "failure"};
const DeviceIdentifiers device{{ApplicationId("app-1"), DeviceId("dev-1")}, {}, {}, {}};

struct Row {
  std::string data_type;
  std::vector<pb::Right> visibility;
};

std::vector<std::string> split(const std::string& line, char at) {
  std::vector<std::string> out(1);
  for (const char c : line) c == at ? out.emplace_back() : out.back() += c;
  return out;
}

std::map<std::string, Row> table() {
  std::map<std::string, Row> out;
  std::ifstream file(FF_GOLDEN_DIR "/events/as.tsv");
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    const auto cells = split(line, '\t');
    Row row{cells.at(2), {}};
    if (row.data_type == "google.protobuf.Value(list of strings)")
      row.data_type = "google.protobuf.Value";
    for (const auto& name : split(cells.at(3), ',')) {
      pb::Right right{};
      EXPECT_TRUE(pb::Right_Parse(name, &right)) << name;
      row.visibility.push_back(right);
    }
    out.emplace(cells.at(0), std::move(row));
  }
  return out;
}

EventData up_with(auto message) {
  return std::make_shared<const ApplicationUp>(
      ApplicationUp{.ids = device, .up = std::move(message)});
}

/// One of each, as the application server publishes it.
std::map<std::string, EventData> published() {
  const Error error(failure);
  const auto pubsub = protobuf_data(pb::ApplicationPubSubIdentifiers());
  return {
      {"as.application.subscribe", {}},
      {"as.application.unsubscribe", {}},
      {"as.down.data.ack.forward", up_with(DownlinkAcked())},
      {"as.down.data.decode.fail", error},
      {"as.down.data.decode.warning", up_with(DownlinkSent())},
      {"as.down.data.drop", error},
      {"as.down.data.encode.fail", error},
      {"as.down.data.encode.warning", up_with(DownlinkQueued())},
      {"as.down.data.failed.forward", up_with(DownlinkFailed{{}, error})},
      {"as.down.data.forward", up_with(DownlinkQueued())},
      {"as.down.data.nack.forward", up_with(DownlinkNacked())},
      {"as.down.data.queue.invalidated.forward", up_with(DownlinkQueueInvalidated())},
      {"as.down.data.receive", up_with(DownlinkQueued())},
      {"as.down.data.sent.forward", up_with(DownlinkSent())},
      {"as.end_device.batch.delete", protobuf_data(pb::EndDeviceIdentifiersList())},
      {"as.end_device.create", {}},
      {"as.end_device.delete", {}},
      {"as.end_device.update", events::FieldPaths{{"session"}}},
      {"as.mqtt.connect.fail", error},
      {"as.packages.alcsync.v1.fail", error},
      {"as.packages.alcsync.v1.time_correction.answer_enqueued",
       protobuf_data(pb::ALCSyncCommand::AppTimeAns())},
      {"as.packages.alcsync.v1.time_correction.cmd_received",
       protobuf_data(pb::ALCSyncCommand::AppTimeReq())},
      {"as.packages.loraclouddmsv1.fail", error},
      {"as.packages.loracloudglsv3.fail", error},
      {"as.pubsub.delete", pubsub},
      {"as.pubsub.fail", error},
      {"as.pubsub.set", pubsub},
      {"as.pubsub.start", pubsub},
      {"as.pubsub.stop", pubsub},
      {"as.up.data.decode.fail", error},
      {"as.up.data.decode.warning", up_with(ApplicationUplink())},
      {"as.up.data.drop", error},
      {"as.up.data.forward", up_with(ApplicationUplink())},
      {"as.up.data.normalize.warning", up_with(ApplicationUplink())},
      {"as.up.data.receive", {}},
      {"as.up.join.drop", error},
      {"as.up.join.forward", up_with(ApplicationJoinAccept())},
      {"as.up.join.receive", {}},
      {"as.up.location.forward", up_with(LocationSolved())},
      {"as.up.normalized.forward", up_with(UplinkNormalized())},
      {"as.up.service.forward", up_with(ServiceData())},
      {"as.webhook.fail", error},
  };
}

TEST(Events, SayWhoMadeThemHappen) {
  events::Event event{.name = "as.end_device.create",
                      .time = {},
                      .subject = device,
                      .correlation_ids = {},
                      .data = {}};
  EXPECT_FALSE(to_proto(event).has_authentication());
  event.caller = std::make_shared<const events::Caller>(events::Caller{
      .token_type = "APIKey", .token_id = "ID", .remote_ip = "192.0.2.1", .user_agent = "curl"});
  const auto shown = to_proto(event);
  EXPECT_EQ(shown.authentication().type(), "bearer");
  EXPECT_EQ(shown.authentication().token_type(), "APIKey");
  EXPECT_EQ(shown.authentication().token_id(), "ID");
  EXPECT_EQ(shown.remote_ip(), "192.0.2.1");
  EXPECT_EQ(shown.user_agent(), "curl");
  event.caller = std::make_shared<const events::Caller>();
  EXPECT_FALSE(to_proto(event).has_authentication()) << "a method that is open to everybody";
}

TEST(ApplicationServerEvents, CarryWhatTheTableSaysAndAreSeenByThoseItNames) {
  const auto rows = table();
  const auto all = published();
  ASSERT_EQ(all.size(), rows.size());
  for (const auto& [name, data] : all) {
    SCOPED_TRACE(name);
    ASSERT_TRUE(rows.contains(name));
    const auto event = to_proto({name, {}, device, {}, data});
    const auto& url = event.data().type_url();
    EXPECT_EQ(url.substr(url.find('/') + 1), rows.at(name).data_type);
    EXPECT_EQ(visibility({name, {}, device, {}, {}}), rows.at(name).visibility);
  }
}

}  // namespace
}  // namespace ff::api
