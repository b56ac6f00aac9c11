#include "net/websocket/server_connection.hpp"

#include <gtest/gtest.h>

#include "net/http/server.hpp"
#include "net/runtime/manual_loop.hpp"
#include "net/stream/memory.hpp"
#include "net/websocket/handshake.hpp"
#include "test/net/websocket/client.hpp"

namespace ff::websocket {
namespace {

using namespace std::chrono_literals;

/// The client: the HTTP answer, then frames.
class ClientEnd final : public net::StreamHandler {
 public:
  void on_data(ByteView bytes) override {
    if (answer.find("\r\n\r\n") == std::string::npos) {
      answer += as_text(bytes);
      const auto end = answer.find("\r\n\r\n");
      if (end == std::string::npos) return;
      const auto rest = answer.substr(end + 4);
      answer.resize(end + 4);
      ASSERT_TRUE(reader.feed(as_bytes(rest)));
      return;
    }
    ASSERT_TRUE(reader.feed(bytes));
  }
  void on_closed(net::CloseReason reason) override { closed = std::string(net::to_string(reason)); }

  std::string answer;
  FrameReader reader;
  std::string closed;
};

/// Sends back what it gets; `bye` closes.
class Echo final : public ConnectionOwner {
 public:
  explicit Echo(std::vector<std::string>& log) : log_(log) {}
  void on_message(ServerConnection& connection, Message message) override {
    const std::string text(as_text(message.payload));
    log_.push_back(text);
    if (text == "bye") return connection.close(CloseCode::normal, "bye");
    connection.send_text(text);
  }
  void on_ended(const Ended& end) override {
    log_.push_back("ended " + std::string(to_string(end.cause)));
  }

 private:
  std::vector<std::string>& log_;
};

class ServerConnectionTest : public testing::Test {
 protected:
  void open(const net::MemoryStreamOptions& how = {}, const net::StreamOptions& options = {}) {
    auto pair = net::make_stream_pair(loop, options, {}, how);
    server_stream = pair.a;
    stream = pair.b;
    stream->set_handler(client);
    server_stream->set_handler(http.accept(server_stream));
    stream->write(as_bytes(
        "GET /x HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
  }
  void send(const Bytes& bytes) {
    stream->write(bytes);
    loop.run_ready();
  }

  void upgrade(const net::http::Request& request, net::http::ResponseWriter& response) {
    auto judged = judge_upgrade(request);
    response.upgrade(judged.headers, [this](std::shared_ptr<net::Stream> taken) {
      connection = ServerConnection::make(std::move(taken), std::make_shared<Echo>(log), {},
                                          make_seeded_random(1));
      return connection;
    });
  }

  net::ManualLoop loop;
  std::vector<std::string> log;
  net::http::HttpServer http{{}, [this](const net::http::Request& request, const auto& response) {
                               upgrade(request, *response);
                             }};
  std::shared_ptr<ClientEnd> client = std::make_shared<ClientEnd>();
  std::shared_ptr<net::Stream> stream;
  std::shared_ptr<net::Stream> server_stream;
  std::shared_ptr<ServerConnection> connection;
};

TEST_F(ServerConnectionTest, TakesOverFromHttpAndEchoes) {
  open();
  // Sent before the answer has come: no byte is lost at the border.
  send(client_frame(Opcode::text, "early"));
  EXPECT_TRUE(client->answer.starts_with("HTTP/1.1 101 ")) << client->answer;
  EXPECT_NE(client->answer.find("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), std::string::npos);
  send(client_frame(Opcode::text, "bye"));
  ASSERT_EQ(client->reader.frames.size(), 2U);
  EXPECT_EQ(client->reader.frames[0].text(), "early");
  EXPECT_EQ(client->reader.frames[1].header.opcode, Opcode::close);
  EXPECT_EQ(client->closed, "");
  send(client_frame(Opcode::close, "\x03\xe8"));
  EXPECT_EQ(client->closed, "peer_closed");
  EXPECT_EQ(log, (std::vector<std::string>{"early", "bye", "ended closed_by_owner"}));
}

TEST_F(ServerConnectionTest, BytesMayComeOneByOne) {
  open({.piece_max = 1});
  send(client_frame(Opcode::text, "one"));
  EXPECT_EQ(log, (std::vector<std::string>{"one"}));
  ASSERT_EQ(client->reader.frames.size(), 1U);
}

TEST_F(ServerConnectionTest, OtherThreadsMaySendCloseAndPause) {
  open();
  loop.run_ready();
  connection->post_text("a");
  connection->post_text("b");
  connection->post_pause(true);
  loop.run_ready();
  send(client_frame(Opcode::text, "held"));
  EXPECT_TRUE(log.empty());
  connection->post_pause(false);
  connection->post_close(CloseCode::going_away, "new");
  loop.run_ready();
  ASSERT_GE(client->reader.frames.size(), 3U);
  EXPECT_EQ(client->reader.frames[1].text(), "b");
  loop.advance(5s);
  EXPECT_EQ(client->closed, "peer_closed");
  connection->post_text("nothing happens");
  loop.run_ready();
}

TEST_F(ServerConnectionTest, OtherThreadsMayHaveTheirWorkDoneOnTheLoop) {
  open();
  loop.run_ready();
  std::vector<std::string> done;
  connection->post([&](ServerConnection& at) {
    done.emplace_back("first");
    at.send_text("from a task");
  });
  connection->post([&](ServerConnection&) { done.emplace_back("second"); });
  EXPECT_TRUE(done.empty());
  loop.run_ready();
  EXPECT_EQ(done, (std::vector<std::string>{"first", "second"}));
  ASSERT_EQ(client->reader.frames.size(), 1U);
  EXPECT_EQ(client->reader.frames[0].text(), "from a task");
  stream->abort();
  loop.run_ready();
  connection->post([&](ServerConnection&) { done.emplace_back("too late"); });
  loop.run_ready();
  EXPECT_EQ(done.size(), 2U);
}

TEST_F(ServerConnectionTest, ASlowReaderIsCutOff) {
  open({}, {.outgoing_max = 10'000});
  loop.run_ready();
  stream->pause_reading(true);
  const std::string big(9'000, 'x');
  for (int i = 0; i < 20 && log.empty(); ++i) {
    connection->post_text(big);
    loop.run_ready();
  }
  EXPECT_EQ(log, (std::vector<std::string>{"ended slow_reader"}));
}

TEST_F(ServerConnectionTest, ABrokenStreamEndsIt) {
  open();
  loop.run_ready();
  stream->abort();
  loop.run_ready();
  EXPECT_EQ(log, (std::vector<std::string>{"ended connection_lost"}));
}

}  // namespace
}  // namespace ff::websocket
