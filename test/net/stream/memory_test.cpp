#include "net/stream/memory.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "net/runtime/manual_loop.hpp"

namespace ff::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Seen final : StreamHandler {
  void on_data(ByteView bytes) override {
    text += as_text(bytes);
    ++pieces;
  }
  void on_drained() override { ++drained; }
  void on_closed(CloseReason reason) override { closed = reason; }

  std::string text;
  int pieces = 0;
  int drained = 0;
  std::optional<CloseReason> closed;
};

struct PairFixture {
  explicit PairFixture(StreamOptions options = {}, MemoryStreamOptions memory = {})
      : pair(make_stream_pair(loop, options, options, memory)) {
    pair.a->set_handler(a);
    pair.b->set_handler(b);
  }
  ManualLoop loop;
  std::shared_ptr<Seen> a = std::make_shared<Seen>();
  std::shared_ptr<Seen> b = std::make_shared<Seen>();
  StreamPair pair;
};

TEST(MemoryStream, DeliversAfterItsLatencyInPieces) {
  PairFixture fixture({}, {.latency = milliseconds{10}, .piece_max = 2});
  fixture.pair.a->write(as_bytes("hello"));
  fixture.loop.advance(milliseconds{9});
  EXPECT_EQ(fixture.b->text, "");
  fixture.loop.advance(milliseconds{1});
  EXPECT_EQ(fixture.b->text, "hello");
  EXPECT_EQ(fixture.b->pieces, 3);
  EXPECT_EQ(fixture.a->drained, 1);
}

TEST(MemoryStream, CloseDeliversEverythingThenTellsBoth) {
  PairFixture fixture({}, {.window = 10});
  std::string text(1000, 'x');
  fixture.pair.a->write(as_bytes(text));
  fixture.pair.a->close();
  EXPECT_EQ(fixture.pair.a->write(as_bytes("x")), WriteResult::closed);
  fixture.loop.run_ready();
  EXPECT_EQ(fixture.b->text, text);
  EXPECT_EQ(fixture.a->closed, CloseReason::local_closed);
  EXPECT_EQ(fixture.b->closed, CloseReason::peer_closed);
}

TEST(MemoryStream, AbortLosesWhatWaits) {
  PairFixture fixture;
  fixture.pair.b->pause_reading(true);
  fixture.pair.a->write(as_bytes("x"));
  fixture.pair.a->abort();
  fixture.loop.run_ready();
  EXPECT_EQ(fixture.a->closed, CloseReason::aborted);
  EXPECT_EQ(fixture.b->closed, CloseReason::failed);
  EXPECT_EQ(fixture.b->text, "");
}

TEST(MemoryStream, PausedReaderFillsTheWindowThenTheBuffer) {
  StreamOptions options;
  options.outgoing_max = 100;
  options.cut_off_slow_reader = false;
  PairFixture fixture(options, {.window = 50});
  fixture.pair.b->pause_reading(true);
  EXPECT_EQ(fixture.pair.a->write(Bytes(120)), WriteResult::accepted);
  fixture.loop.run_ready();
  EXPECT_EQ(fixture.pair.a->outgoing_size(), 70U);
  EXPECT_EQ(fixture.pair.a->write(Bytes(31)), WriteResult::overflow);
  EXPECT_EQ(fixture.pair.a->write(Bytes(30)), WriteResult::accepted);
  fixture.pair.b->pause_reading(false);
  fixture.loop.run_ready();
  EXPECT_EQ(fixture.b->text.size(), 150U);
  EXPECT_FALSE(fixture.a->closed);
}

TEST(MemoryStream, TimeoutsEndIt) {
  StreamOptions options;
  options.write_timeout = seconds{3};
  PairFixture slow(options, {.window = 1});
  slow.pair.b->pause_reading(true);
  slow.pair.a->write(Bytes(2));
  slow.loop.advance(seconds{3});
  EXPECT_EQ(slow.a->closed, CloseReason::write_timeout);
  PairFixture idle;
  idle.pair.a->set_idle_timeout(seconds{10});
  idle.loop.advance(seconds{9});
  idle.pair.b->write(as_bytes("x"));
  idle.loop.advance(seconds{9});
  EXPECT_FALSE(idle.a->closed);
  idle.loop.advance(seconds{1});
  EXPECT_EQ(idle.a->closed, CloseReason::idle_timeout);
  PairFixture closing(options, {.window = 1});
  closing.pair.b->pause_reading(true);
  closing.pair.a->write(Bytes(2));
  closing.pair.a->close();
  closing.loop.advance(seconds{5});
  EXPECT_TRUE(closing.a->closed);
}

struct NetworkFixture {
  NetworkFixture() : network(loop) {
    ListenOptions options;
    options.connections_max = 2;
    listener = *network.listen(*Endpoint::parse("127.0.0.1:0"), options, [this](auto stream) {
      at_server = std::move(stream);
      return server;
    });
  }
  /// The error text; empty on success.
  std::string connect(std::string host = "localhost") {
    std::string error = "no answer";
    network.connect({.host = std::move(host), .port = listener->local().port()},
                    [&](Result<std::shared_ptr<Stream>> stream) {
                      error = stream ? "" : stream.error().to_string();
                      if (stream) at_client = *stream;
                      return client;
                    });
    loop.run_ready();
    return error;
  }
  ManualLoop loop;
  MemoryStreamNetwork network;
  std::unique_ptr<Listener> listener;
  std::shared_ptr<Seen> server = std::make_shared<Seen>();
  std::shared_ptr<Seen> client = std::make_shared<Seen>();
  std::shared_ptr<Stream> at_server, at_client;
};

TEST(MemoryStreamNetwork, ConnectsByNameAndAddress) {
  NetworkFixture fixture;
  EXPECT_EQ(fixture.connect(), "");
  EXPECT_EQ(fixture.connect("127.0.0.1"), "");
  EXPECT_EQ(fixture.at_server->remote(), fixture.at_client->local());
  fixture.at_client->write(as_bytes("hello"));
  fixture.loop.run_ready();
  EXPECT_EQ(fixture.server->text, "hello");
  EXPECT_NE(fixture.connect("127.0.0.1"), "") << "above the bound";
  EXPECT_EQ(fixture.listener->counters().refused, 1U);
  EXPECT_EQ(fixture.listener->counters().open, 2U);
  EXPECT_NE(fixture.connect("10.0.0.1"), "");
}

TEST(MemoryStreamNetwork, BreaksAndRefusesOnDemand) {
  NetworkFixture fixture;
  ASSERT_EQ(fixture.connect(), "");
  fixture.network.break_connections();
  fixture.loop.run_ready();
  EXPECT_EQ(fixture.server->closed, CloseReason::failed);
  EXPECT_EQ(fixture.client->closed, CloseReason::failed);
  EXPECT_EQ(fixture.listener->counters().open, 0U);
  fixture.network.refuse_connections(true);
  EXPECT_NE(fixture.connect(), "");
  fixture.network.refuse_connections(false);
  EXPECT_EQ(fixture.connect(), "");
  fixture.listener.reset();
}

}  // namespace
}  // namespace ff::net
