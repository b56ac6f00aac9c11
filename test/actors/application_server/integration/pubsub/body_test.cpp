#include "actors/application_server/integration/pubsub/body.hpp"

#include <gtest/gtest.h>

#include "protocol/api_json/api_json.hpp"
#include "ttn/lorawan/v3/messages.pb.h"

namespace ff::application_server::pubsub {
namespace {

const ApplicationId app{"food-safety"};

ByteView bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// [spec message-formats §5.2]
const std::string request = R"({"end_device_ids": {"device_id": "cold-room-07",
  "application_ids": {"application_id": "food-safety"}},
  "downlinks": [{"f_port": 15, "frm_payload": "AwA8", "priority": "HIGHEST"}, {"f_port": 16}]})";

TEST(PubSubBody, DownlinksAreReadInBothFormats) {
  ttn::lorawan::v3::DownlinkQueueRequest message;
  ASSERT_TRUE(api_json::from_json(request, message));
  const auto binary = message.SerializeAsString();
  for (const auto& [format, body] :
       {std::pair{Format::json, request}, {Format::protobuf, binary}}) {
    const auto parsed = parse_downlinks(format, app, bytes(body));
    ASSERT_TRUE(parsed) << parsed.error().to_string();
    EXPECT_EQ(parsed->device, (DeviceUid{app, DeviceId("cold-room-07")}));
    ASSERT_EQ(parsed->downlinks.size(), 2U);
    EXPECT_EQ(parsed->downlinks[0].f_port.value(), 15);
  }
}

TEST(PubSubBody, ClearingIsAnEmptyList) {
  const auto parsed = parse_downlinks(
      Format::json, app,
      bytes(
          R"({"end_device_ids":{"device_id":"dev-1","application_ids":{"application_id":"food-safety"}},
               "downlinks":[]})"));
  ASSERT_TRUE(parsed);
  EXPECT_TRUE(parsed->downlinks.empty());
}

TEST(PubSubBody, NobodySendsToAnotherApplication) {
  const auto parsed = parse_downlinks(Format::json, ApplicationId("other"), bytes(request));
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().name(), "foreign_application");
}

TEST(PubSubBody, NonsenseIsRefused) {
  for (
      const auto* text :
      {"", "nonsense", "{", R"({"downlinks":[{"f_port":1}]})",
       R"({"end_device_ids":{"application_ids":{"application_id":"food-safety"}},"downlinks":[]})",
       R"({"end_device_ids":{"device_id":"Not An Id","application_ids":{"application_id":"food-safety"}}})",
       R"({"end_device_ids":{"device_id":"dev-1","application_ids":{"application_id":"food-safety"}},
            "downlinks":[{"f_port":300}]})"}) {
    EXPECT_FALSE(parse_downlinks(Format::json, app, bytes(text))) << text;
    EXPECT_FALSE(parse_downlinks(Format::protobuf, app, bytes(text))) << text;
  }
}

TEST(PubSubBody, UplinksArePublishedAsTheyLieOrInProtobuf) {
  const std::string json =
      R"({"end_device_ids":{"device_id":"dev-1"},"received_at":"2025-01-01T00:00:00Z"})";
  const auto message = std::make_shared<const OutboxMessage>(
      OutboxMessage{UpKind::uplink, DeviceId("dev-1"), {}, {json.begin(), json.end()}});
  const auto same = render(Format::json, message);
  ASSERT_TRUE(same);
  EXPECT_EQ(same->get(), &message->body);
  const auto binary = render(Format::protobuf, message);
  ASSERT_TRUE(binary);
  ttn::lorawan::v3::ApplicationUp up;
  ASSERT_TRUE(up.ParseFromArray((*binary)->data(), static_cast<int>((*binary)->size())));
  EXPECT_EQ(up.end_device_ids().device_id(), "dev-1");
}

}  // namespace
}  // namespace ff::application_server::pubsub
