// Server streams at their bounds: slow clients, clients that leave, late writers.
#include "app/api/reply.hpp"

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "app/api/status.hpp"
#include "ttn/lorawan/v3/events.grpc.pb.h"

namespace ff::api {
namespace {

using ttn::lorawan::v3::Event;
using ttn::lorawan::v3::Events;
using ttn::lorawan::v3::StreamEventsRequest;
using EventStream = Stream<Event>;

/// Gives the stream of each call to the test.
class OpenStreams final : public Events::CallbackService {
 public:
  std::promise<std::shared_ptr<EventStream>> opened;

  grpc::ServerWriteReactor<Event>* Stream(grpc::CallbackServerContext*,
                                          const StreamEventsRequest*) override {
    auto stream = EventStream::make([](const Error& error) { return to_grpc(error, ""); });
    opened.set_value(stream);
    return stream->reactor();
  }
};

class StreamTest : public testing::Test {
 protected:
  StreamTest() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    channel_ = grpc::CreateChannel("127.0.0.1:" + std::to_string(port_),
                                   grpc::InsecureChannelCredentials());
    reader_ = Events::NewStub(channel_)->Stream(&context_, {});
    stream_ = service_.opened.get_future().get();
  }

  int port_ = 0;
  OpenStreams service_;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<Event>> reader_;
  std::shared_ptr<EventStream> stream_;
};

Event large_event() {
  Event event;
  event.set_name(std::string(100'000, 'x'));
  return event;
}

TEST_F(StreamTest, AClientThatDoesNotReadIsCutOff) {
  // What the connection buffers is some messages; the queue's bound is reached soon after.
  std::size_t written = 0;
  while (stream_->write(large_event())) ++written;
  EXPECT_GE(written, EventStream::waiting_max);
  EXPECT_LT(written, 2 * EventStream::waiting_max);
  Event event;
  while (reader_->Read(&event)) {
  }
  EXPECT_EQ(reader_->Finish().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(StreamTest, WhatIsOfferedIsDroppedWhenThereIsNoRoomAndTheStreamGoesOn) {
  std::size_t taken = 0;
  while (stream_->offer(large_event()) == EventStream::Offered::taken) ++taken;
  EXPECT_GE(taken, EventStream::waiting_max);
  Event event;
  for (std::size_t i = 0; i < taken; ++i) ASSERT_TRUE(reader_->Read(&event));
  // There is room again when the last write has ended, which is told after the client has read it.
  while (stream_->offer(Event()) == EventStream::Offered::dropped) std::this_thread::yield();
  EXPECT_TRUE(reader_->Read(&event));
  stream_->finish({});
  EXPECT_EQ(stream_->offer(Event()), EventStream::Offered::over);
  EXPECT_FALSE(reader_->Read(&event));
  EXPECT_TRUE(reader_->Finish().ok());
}

TEST_F(StreamTest, AWriterHearsThatItsClientLeft) {
  std::promise<void> left;
  stream_->on_cancel([&] { left.set_value(); });
  context_.TryCancel();
  left.get_future().wait();
  EXPECT_FALSE(stream_->write(Event()));
  bool at_once = false;
  stream_->on_cancel([&] { at_once = true; });
  EXPECT_TRUE(at_once);
  EXPECT_EQ(reader_->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST_F(StreamTest, NothingFollowsTheEnd) {
  EXPECT_TRUE(stream_->write(Event()));
  stream_->finish({});
  stream_->finish(fail(no_answer));
  EXPECT_FALSE(stream_->write(Event()));
  Event event;
  EXPECT_TRUE(reader_->Read(&event));
  EXPECT_FALSE(reader_->Read(&event));
  EXPECT_TRUE(reader_->Finish().ok());
}

TEST_F(StreamTest, AClientHearsThatAStreamHasBegun) {
  stream_->open();
  stream_->open();
  reader_->WaitForInitialMetadata();
  EXPECT_TRUE(stream_->write(Event()));
  stream_->open();
  stream_->finish({});
  Event event;
  EXPECT_TRUE(reader_->Read(&event));
  EXPECT_FALSE(reader_->Read(&event));
  EXPECT_TRUE(reader_->Finish().ok());
  stream_->open();
}

TEST_F(StreamTest, AWriterHearsOfEachMessageThatItHasLeft) {
  constexpr int count = 50;
  std::atomic<int> left = 0;
  std::promise<void> all_left;
  std::promise<void> client_left;
  stream_->on_cancel([&] { client_left.set_value(); });
  for (int i = 0; i < count; ++i) {
    EXPECT_TRUE(stream_->write(large_event(), [&] {
      if (++left == count) all_left.set_value();
    }));
  }
  Event event;
  EXPECT_TRUE(reader_->Read(&event));
  context_.TryCancel();  // With most of them waiting.
  all_left.get_future().wait();
  client_left.get_future().wait();  // gRPC may count all as written before it says so.
  EXPECT_FALSE(stream_->write(Event(), [&] { ++left; }));
  EXPECT_EQ(left, count);
  EXPECT_EQ(reader_->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST(Reply, TheFirstAnswerCounts) {
  Event response;
  std::vector<Code> codes;
  {
    Reply<Event> reply(response, [&](const Status& status) {
      codes.push_back(status ? Code::ok : status.error().code());
    });
    auto copy = reply;
    Event event;
    event.set_name("first");
    copy(event);
    reply(fail(no_answer));
  }
  EXPECT_EQ(codes, std::vector{Code::ok});
  EXPECT_EQ(response.name(), "first");
}

TEST(Reply, ADroppedReplyIsAnInternalError) {
  Event response;
  std::vector<Code> codes;
  Reply<Event>(response, [&](const Status& status) { codes.push_back(status.error().code()); });
  EXPECT_EQ(codes, std::vector{Code::internal});
}

}  // namespace
}  // namespace ff::api
