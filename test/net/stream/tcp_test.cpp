#include "net/stream/tcp.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <future>
#include <optional>
#include <vector>

#include "net/address/socket_address.hpp"
#include "test/net/stream/tcp_fixture.hpp"

namespace ff::net {
namespace {

using std::chrono::milliseconds;

/// Accepts and hands the server's end to the test.
struct Server {
  explicit Server(TcpFixture& fixture, ListenOptions options = {}) {
    auto result = fixture.network->listen(TcpFixture::loopback(), std::move(options),
                                          [shared = accepted](std::shared_ptr<Stream> stream) {
                                            auto recorder = std::make_shared<Recorder>();
                                            shared->set({std::move(stream), recorder});
                                            return recorder;
                                          });
    EXPECT_TRUE(result.has_value());
    if (result) listener = std::move(*result);
  }

  std::shared_ptr<Awaited<Connected>> accepted = std::make_shared<Awaited<Connected>>();
  std::unique_ptr<Listener> listener;
};

TEST(TcpStream, CarriesBytesBothWays) {
  TcpFixture fixture;
  Server server(fixture);
  auto client = fixture.connect(*server.listener);
  ASSERT_TRUE(client) << fixture.failure;
  auto at_server = server.accepted->wait();
  ASSERT_TRUE(at_server);
  EXPECT_EQ(client->stream->write(as_bytes("hello")), WriteResult::accepted);
  EXPECT_EQ(at_server->stream->write(as_bytes("world")), WriteResult::accepted);
  EXPECT_TRUE(at_server->recorder->wait_text("hello"));
  EXPECT_TRUE(client->recorder->wait_text("world"));
  EXPECT_EQ(client->stream->remote(), server.listener->local());
  EXPECT_EQ(client->stream->local(), at_server->stream->remote());
  EXPECT_EQ(client->stream->tls_peer(), nullptr);
  EXPECT_EQ(server.listener->counters().accepted, 1U);
  EXPECT_EQ(server.listener->counters().open, 1U);
}

TEST(TcpStream, KeepsTheOrderOfManyWritesFromAnotherThread) {
  TcpFixture fixture;
  ListenOptions options;
  options.stream.outgoing_max = 64U << 20U;
  Server server(fixture, options);
  auto client = fixture.connect(*server.listener);
  ASSERT_TRUE(client);
  auto at_server = server.accepted->wait();
  std::string expected;
  for (int i = 0; i < 20'000; ++i) {
    auto line = std::to_string(i) + "\n";
    expected += line;
    ASSERT_EQ(at_server->stream->write(as_bytes(line)), WriteResult::accepted);
  }
  EXPECT_TRUE(client->recorder->wait_size(expected.size()));
  EXPECT_EQ(client->recorder->text(), expected);
}

TEST(TcpStream, GracefulCloseSendsEverythingFirst) {
  TcpFixture fixture;
  Server server(fixture);
  auto client = fixture.connect(*server.listener);
  ASSERT_TRUE(client);
  auto at_server = server.accepted->wait();
  std::string large(5'000'000, 'x');
  EXPECT_EQ(at_server->stream->write(as_bytes(large)), WriteResult::accepted);
  at_server->stream->close();
  EXPECT_EQ(at_server->stream->write(as_bytes("late")), WriteResult::closed);
  EXPECT_EQ(client->recorder->wait_closed(), CloseReason::peer_closed);
  EXPECT_EQ(client->recorder->text().size(), large.size());
  EXPECT_EQ(at_server->recorder->wait_closed(), CloseReason::local_closed);
}

TEST(TcpStream, AbortIsSeenByBothEnds) {
  TcpFixture fixture;
  Server server(fixture);
  auto client = fixture.connect(*server.listener);
  ASSERT_TRUE(client);
  auto at_server = server.accepted->wait();
  at_server->stream->abort();
  EXPECT_EQ(at_server->recorder->wait_closed(), CloseReason::aborted);
  EXPECT_TRUE(client->recorder->wait_closed());
}

TEST(TcpStream, PausedReaderMakesTheWriterOverflow) {
  TcpFixture fixture;
  ListenOptions options;
  options.stream.outgoing_max = 100'000;
  Server server(fixture, options);
  auto client = fixture.connect(*server.listener);
  ASSERT_TRUE(client);
  auto at_server = server.accepted->wait();
  std::promise<void> paused;
  client->stream->loop().post([&] {
    client->stream->pause_reading(true);
    paused.set_value();
  });
  paused.get_future().get();
  Bytes chunk(50'000);
  auto result = WriteResult::accepted;
  for (int i = 0; i < 100'000 && result == WriteResult::accepted; ++i)
    result = at_server->stream->write(ByteView(chunk));
  EXPECT_EQ(result, WriteResult::overflow);
  EXPECT_EQ(at_server->recorder->wait_closed(), CloseReason::slow_reader);
}

TEST(TcpStream, OverflowWithoutCutOffLeavesTheStreamUsable) {
  TcpFixture fixture;
  ListenOptions options;
  options.stream.outgoing_max = 1000;
  options.stream.cut_off_slow_reader = false;
  Server server(fixture, options);
  auto client = fixture.connect(*server.listener);
  ASSERT_TRUE(client);
  auto at_server = server.accepted->wait();
  std::promise<std::pair<WriteResult, WriteResult>> results;
  at_server->stream->loop().post([&] {
    auto first = at_server->stream->write(Bytes(1000));
    results.set_value({first, at_server->stream->write(Bytes(1))});
  });
  EXPECT_EQ(results.get_future().get(), std::pair(WriteResult::accepted, WriteResult::overflow));
  EXPECT_TRUE(client->recorder->wait_size(1000));
  client->stream->close();
  EXPECT_EQ(at_server->recorder->wait_closed(), CloseReason::peer_closed);
}

TEST(TcpStream, IdleTimeoutAndWriteTimeoutEndIt) {
  TcpFixture fixture;
  ListenOptions options;
  options.stream.write_timeout = milliseconds{20};
  options.stream.outgoing_max = 100U << 20U;
  Server server(fixture, options);
  auto client = fixture.connect(*server.listener);
  ASSERT_TRUE(client);
  auto at_server = server.accepted->wait();
  client->stream->loop().post([stream = client->stream] { stream->pause_reading(true); });
  at_server->stream->write(Bytes(50U << 20U));
  EXPECT_EQ(at_server->recorder->wait_closed(), CloseReason::write_timeout);

  auto second = fixture.connect(*server.listener);
  ASSERT_TRUE(second);
  second->stream->loop().post(
      [stream = second->stream] { stream->set_idle_timeout(milliseconds{10}); });
  EXPECT_EQ(second->recorder->wait_closed(), CloseReason::idle_timeout);
}

TEST(TcpListener, HoldsItsBoundsOfConnections) {
  TcpFixture fixture;
  ListenOptions options;
  options.connections_per_address_max = 1;
  Server server(fixture, options);
  auto first = fixture.connect(*server.listener);
  ASSERT_TRUE(first);
  ASSERT_TRUE(server.accepted->wait());
  auto second = fixture.connect(*server.listener);
  ASSERT_TRUE(second) << "the kernel has accepted it before we see it";
  EXPECT_TRUE(second->recorder->wait_closed());
  EXPECT_EQ(server.listener->counters().refused, 1U);
  first->stream->close();
  EXPECT_EQ(first->recorder->wait_closed(), CloseReason::local_closed);
}

/// Whoever connects must not take the descriptors that the store needs.
TEST(TcpListener, LeavesDescriptorsToFiles) {
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const auto restore =
      std::shared_ptr<void>(nullptr, [&before](void*) { setrlimit(RLIMIT_NOFILE, &before); });
  TcpFixture fixture;
  const int next = ::dup(STDERR_FILENO);
  ASSERT_GE(next, 0);
  ::close(next);
  // Three quarters are for connections, which have two descriptors each here.
  auto low = before;
  low.rlim_cur = (static_cast<rlim_t>(next) + 24) * 4 / 3;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &low), 0);
  Server server(fixture);
  std::vector<std::optional<Connected>> connections;
  for (int i = 0; i < 14; ++i) {
    connections.push_back(fixture.connect(*server.listener));
    ASSERT_TRUE(connections.back()) << i;
  }
  EXPECT_TRUE(connections.back()->recorder->wait_closed());
  EXPECT_GT(server.listener->counters().refused, 0U);
  const int file = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  EXPECT_GE(file, 0) << std::strerror(errno);
  ::close(file);
}

TEST(TcpListener, RefusesAnAddressInUse) {
  TcpFixture fixture;
  Server server(fixture);
  auto again = fixture.network->listen(server.listener->local(), {}, [](auto) { return nullptr; });
  ASSERT_FALSE(again);
  EXPECT_TRUE(again.error().is(listen_failed));
}

TEST(TcpListener, RefusedByItsHandlerMeansClosed) {
  TcpFixture fixture;
  auto listener = fixture.network->listen(TcpFixture::loopback(), {}, [](auto) { return nullptr; });
  ASSERT_TRUE(listener);
  auto client = fixture.connect(**listener);
  ASSERT_TRUE(client);
  EXPECT_TRUE(client->recorder->wait_closed());
}

TEST(TcpListener, ClosedListenerLeavesItsStreams) {
  TcpFixture fixture;
  Server server(fixture);
  auto client = fixture.connect(*server.listener);
  ASSERT_TRUE(client);
  auto at_server = server.accepted->wait();
  server.listener.reset();
  client->stream->write(as_bytes("still here"));
  EXPECT_TRUE(at_server->recorder->wait_text("still here"));
}

TEST(TcpConnect, FailsWithAnErrorWhereNobodyListens) {
  TcpFixture fixture;
  // Bound, so that nobody else takes the port, and not listening.
  auto socket = bind_socket(TcpFixture::loopback(), SOCK_STREAM, false);
  auto port = local_endpoint(socket.descriptor).port();
  Awaited<Error> error;
  fixture.network->connect(
      {.host = "127.0.0.1", .port = port},
      [&](Result<std::shared_ptr<Stream>> stream) -> std::shared_ptr<StreamHandler> {
        if (!stream) error.set(stream.error());
        return nullptr;
      });
  auto seen = error.wait();
  ASSERT_TRUE(seen);
  EXPECT_TRUE(seen->is(connect_failed)) << seen->to_string();
  ::close(socket.descriptor);
}

TEST(TcpConnect, ResolvesNames) {
  TcpFixture fixture;
  Server server(fixture);
  auto client = fixture.connect(*server.listener, {.host = "localhost"});
  EXPECT_TRUE(client) << fixture.failure;
}

TEST(Runtime, StopTellsOpenStreamsAndTheyMayOutliveIt) {
  std::optional<Connected> client;
  std::optional<Connected> at_server;
  {
    TcpFixture fixture;
    Server server(fixture);
    client = fixture.connect(*server.listener);
    ASSERT_TRUE(client);
    at_server = server.accepted->wait();
    fixture.runtime.stop();
  }
  EXPECT_TRUE(client->recorder->wait_closed());
  EXPECT_TRUE(at_server->recorder->wait_closed());
  EXPECT_EQ(client->stream->write(as_bytes("x")), WriteResult::closed);
  client->stream->abort();
  client->stream->close();
}

}  // namespace
}  // namespace ff::net
