// AppAs.Subscribe: what a client gets, what it does not, and when the stream ends.
#include <caf/typed_event_based_actor.hpp>

#include <future>

#include "app/api/services/mapping/messages.hpp"
#include "app/api/services/up_stream.hpp"
#include "protocol/application_json/writer.hpp"
#include "test/app/api/services/api_fixture.hpp"
#include "test/support/messages/random_message.hpp"
#include "ttn/lorawan/v3/applicationserver.grpc.pb.h"

namespace ff::api::test {
namespace {

namespace pb = ttn::lorawan::v3;
using namespace ttn::lorawan::v3;  // The tests name rights.
using application_server::LinksHandle;
using application_server::Subscriber;
using SubscriberPtr = std::shared_ptr<Subscriber>;

/// What a directory of links was asked.
struct Asked {
  std::promise<SubscriberPtr> subscribed;
  std::promise<SubscriberPtr> unsubscribed;
  bool has_left = false;
};

LinksHandle::behavior_type links_double(LinksHandle::pointer, Asked* asked) {
  using namespace application_server;
  return {
      [asked](const SubscribeUps& message) {
        message.subscribed();
        asked->subscribed.set_value(message.subscriber);
      },
      [asked](const UnsubscribeUps& message) {
        // Leaving twice is no harm.
        if (!std::exchange(asked->has_left, true))
          asked->unsubscribed.set_value(message.subscriber);
      },
      [](const InspectLinks&) {},
      [](const LinkIdle&) {},
  };
}

ff::ApplicationUp uplink(std::uint32_t f_cnt, std::size_t size = 3) {
  ApplicationUplink up;
  up.f_port = FPort{5};
  up.f_cnt = FCnt32{f_cnt};
  up.frm_payload = Bytes(size, 0xa5);
  up.received_at = UtcTime(std::chrono::seconds(1'700'000'000));
  up.settings.data_rate = LoraDataRate{7, 125'000, CodingRate::cr4_5};
  up.settings.frequency = Frequency::hz(868'100'000);
  return {.ids = {{ApplicationId("app-1"), DeviceId("dev-1")}, DevEui{1}, JoinEui{2}, {}},
          .correlation_ids = {"corr"},
          .received_at = UtcTime(std::chrono::seconds(1'700'000'001)),
          .up = up};
}

application_server::UpPublished published(const ff::ApplicationUp& up) {
  auto message = std::make_shared<application_server::OutboxMessage>();
  message->device_id = up.ids.uid.device_id;
  message->body = to_owned(as_bytes(application_json::to_json(up)));
  return {up.ids.uid.application_id, {}, {}, std::move(message)};
}

class SubscribeTest : public ApiFixture {
 protected:
  SubscribeTest() {
    auto handle = system->spawn(links_double, &asked);
    deps.ups.links.set(handle);
    deps.ups.slots = std::make_shared<actors::KeyedSlots>(1);
    deps.ups.unreadable = [this](const Error&) { ++unreadable; };
    spawned.push_back(caf::actor_cast<caf::actor>(handle));
    rights["app-1"] = {RIGHT_APPLICATION_TRAFFIC_READ};
  }
  ~SubscribeTest() override {
    context.TryCancel();
    subscriber.reset();
    reader.reset();
    tear_down();
  }

  void subscribe() {
    start();
    ApplicationIdentifiers ids;
    ids.set_application_id("app-1");
    context.AddMetadata("authorization", "Bearer x");
    reader = AppAs::NewStub(server->in_process_channel())->Subscribe(&context, ids);
  }
  void begin() {
    subscribe();
    reader->WaitForInitialMetadata();  // Sent when the link has the subscription.
    subscriber = asked.subscribed.get_future().get();
  }
  /// As a link does it: false when there is no room.
  bool deliver(const ff::ApplicationUp& up) {
    if (!subscriber->take_credit()) return false;
    subscriber->deliver(published(up));
    return true;
  }
  grpc::Status end() {
    pb::ApplicationUp message;
    while (reader->Read(&message)) {
    }
    return reader->Finish();
  }

  Asked asked;
  std::atomic<int> unreadable{0};
  grpc::ClientContext context;
  std::unique_ptr<grpc::ClientReader<pb::ApplicationUp>> reader;
  SubscriberPtr subscriber;
};

TEST_F(SubscribeTest, AMessageArrivesWithEverythingThatItsJsonHas) {
  begin();
  EXPECT_EQ(subscriber->protocol(), "grpc");
  ASSERT_TRUE(deliver(uplink(7)));
  pb::ApplicationUp message;
  ASSERT_TRUE(reader->Read(&message));
  pb::ApplicationUp expected;
  put_up(uplink(7), expected);
  EXPECT_EQ(ff::test::differences(expected, message), "");
}

TEST_F(SubscribeTest, MessagesStayInOrder) {
  begin();
  for (std::uint32_t i = 1; i <= 50; ++i) ASSERT_TRUE(deliver(uplink(i)));
  for (std::uint32_t i = 1; i <= 50; ++i) {
    pb::ApplicationUp message;
    ASSERT_TRUE(reader->Read(&message));
    EXPECT_EQ(message.uplink_message().f_cnt(), i);
  }
}

TEST_F(SubscribeTest, ASlowClientLosesMessagesAndGoesOnWhenItReads) {
  begin();
  // What the transport buffers is some of these; the window is reached soon after.
  std::uint32_t taken = 0;
  while (taken < 10 * UpStream::window && deliver(uplink(taken, 200'000))) ++taken;
  EXPECT_GE(taken, UpStream::window);
  EXPECT_LT(taken, 2 * UpStream::window);
  EXPECT_FALSE(deliver(uplink(0))) << "no room";
  pb::ApplicationUp message;
  for (std::uint32_t i = 0; i < taken; ++i) {
    ASSERT_TRUE(reader->Read(&message));
    EXPECT_EQ(message.uplink_message().f_cnt(), i);
  }
  ASSERT_TRUE(deliver(uplink(9999)));
  ASSERT_TRUE(reader->Read(&message));
  EXPECT_EQ(message.uplink_message().f_cnt(), 9999U);
}

TEST_F(SubscribeTest, AClientThatLeavesIsUnsubscribed) {
  begin();
  context.TryCancel();
  EXPECT_EQ(asked.unsubscribed.get_future().get(), subscriber);
  EXPECT_EQ(end().error_code(), grpc::StatusCode::CANCELLED);
  // The link may deliver once more.
  for (std::uint32_t i = 0; i < 2 * UpStream::window; ++i) EXPECT_TRUE(deliver(uplink(i)));
}

TEST_F(SubscribeTest, AStreamEndsBeforeTheFirstMessageThatItsClientMayNotRead) {
  begin();
  rights["app-1"] = {RIGHT_APPLICATION_INFO};
  ASSERT_TRUE(deliver(uplink(1)));
  pb::ApplicationUp message;
  EXPECT_FALSE(reader->Read(&message));
  const auto status = reader->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_NE(status.error_message().find("insufficient_application_rights"), std::string::npos);
  EXPECT_EQ(asked.unsubscribed.get_future().get(), subscriber);
  for (std::uint32_t i = 0; i < 2 * UpStream::window; ++i) EXPECT_TRUE(deliver(uplink(i)));
}

TEST_F(SubscribeTest, AMessageThatCanNotBeReadIsSkippedAndCounted) {
  begin();
  auto broken = published(uplink(1));
  auto message = std::make_shared<application_server::OutboxMessage>(*broken.message);
  message->body = to_owned(as_bytes("{\"received_at\":"));
  broken.message = message;
  for (std::uint32_t i = 1; i <= UpStream::window + 1; ++i) {
    ASSERT_TRUE(subscriber->take_credit());
    subscriber->deliver(broken);
    ASSERT_TRUE(deliver(uplink(i)));
    pb::ApplicationUp read;
    ASSERT_TRUE(reader->Read(&read));
    EXPECT_EQ(read.uplink_message().f_cnt(), i);
  }
  EXPECT_EQ(unreadable.load(), static_cast<int>(UpStream::window) + 1);
}

/// Whoever delivers is the committer: it only hands over.
TEST_F(SubscribeTest, NothingIsReadOfAMessageWhereItIsDelivered) {
  std::deque<std::function<void(Status)>> looks;
  auto stream = UpStream::Ups::make([](const Error&) { return grpc::Status::OK; });
  auto waits = std::make_shared<UpStream>(
      stream, [&](auto then) { looks.push_back(std::move(then)); }, nullptr,
      [this](const Error&) { ++unreadable; });
  auto broken = published(uplink(1));
  auto message = std::make_shared<application_server::OutboxMessage>(*broken.message);
  message->body = to_owned(as_bytes("{"));
  broken.message = message;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(waits->take_credit());
    waits->deliver(broken);
  }
  ASSERT_EQ(looks.size(), 1U);
  EXPECT_EQ(unreadable.load(), 0);
  looks[0]({});
  EXPECT_EQ(unreadable.load(), 1);
  ASSERT_EQ(looks.size(), 2U);
  looks[1]({});
  EXPECT_EQ(unreadable.load(), 3);
  // As gRPC ends a call.
  stream->reactor()->OnDone();
}

TEST_F(SubscribeTest, AnApplicationHasABoundedNumberOfStreams) {
  begin();
  grpc::ClientContext more;
  more.AddMetadata("authorization", "Bearer x");
  ApplicationIdentifiers ids;
  ids.set_application_id("app-1");
  auto refused = AppAs::NewStub(server->in_process_channel())->Subscribe(&more, ids);
  pb::ApplicationUp message;
  EXPECT_FALSE(refused->Read(&message));
  const auto status = refused->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_NE(status.error_message().find("too_many_streams"), std::string::npos);
  // A stream that has ended makes room.
  rights["app-1"] = {RIGHT_APPLICATION_INFO};
  ASSERT_TRUE(deliver(uplink(1)));
  EXPECT_FALSE(reader->Read(&message));
  EXPECT_TRUE(deps.ups.slots->take("app-1"));
}

TEST_F(SubscribeTest, WithoutRightsThereIsNoStream) {
  rights.clear();
  subscribe();
  EXPECT_EQ(end().error_code(), grpc::StatusCode::PERMISSION_DENIED);
}

TEST_F(SubscribeTest, WithoutAnApplicationServerThereIsNoStream) {
  deps.ups.links.clear();
  subscribe();
  EXPECT_EQ(end().error_code(), grpc::StatusCode::UNAVAILABLE);
}

}  // namespace
}  // namespace ff::api::test
