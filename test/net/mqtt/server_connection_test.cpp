#include "net/mqtt/server_connection.hpp"

#include <gtest/gtest.h>

#include "net/runtime/manual_loop.hpp"
#include "net/stream/memory.hpp"
#include "test/net/mqtt/codec/printers.hpp"
#include "test/net/mqtt/small_broker.hpp"

namespace ff::mqtt {
namespace {

using Words = std::vector<std::string>;

/// The client's end: packets received, as text.
class ClientEnd final : public net::StreamHandler {
 public:
  void on_data(ByteView bytes) override {
    decoder_.append(bytes);
    while (auto packet = decoder_.next()) {
      ASSERT_TRUE(*packet) << packet->error().what;
      packets.push_back(to_string(**packet));
    }
  }
  void on_closed(net::CloseReason reason) override { closed = std::string(net::to_string(reason)); }

  Words packets;
  std::string closed;

 private:
  Decoder decoder_{{}};
};

class ServerConnectionTest : public testing::Test {
 protected:
  struct Peer {
    std::shared_ptr<net::Stream> stream;
    std::shared_ptr<ClientEnd> end = std::make_shared<ClientEnd>();
  };

  Peer open(const net::MemoryStreamOptions& how = {}) {
    auto pair = net::make_stream_pair(loop_, {}, {}, how);
    pair.b->set_handler(broker_.accept(pair.b));
    server_ = pair.b;
    Peer peer{pair.a};
    peer.stream->set_handler(peer.end);
    return peer;
  }
  void send(const Peer& peer, const Packet& packet) {
    peer.stream->write(encode(packet, Version::v3_1_1).flat());
    loop_.run_ready();
  }
  Peer connected(const net::MemoryStreamOptions& how = {}) {
    auto peer = open(how);
    send(peer, Connect{.client_id = "c", .username = "app", .password = Bytes{'k', 'e', 'y'}});
    return peer;
  }

  net::ManualLoop loop_;
  Words events_;
  int drained_ = 0;
  SmallBroker broker_{[this](const std::string& event) {
    if (event == "drained") {
      ++drained_;
    } else {
      events_.push_back(event);
    }
  }};
  std::shared_ptr<net::Stream> server_;
};

TEST_F(ServerConnectionTest, CountsOctets) {
  const auto size = [](const Packet& packet) { return encode(packet, Version::v3_1_1).size(); };
  const Connect connect{.client_id = "c", .username = "app", .password = Bytes{'k', 'e', 'y'}};
  const Publish publish{.topic = "t/1",
                        .payload = Payload(std::string(5000, 'x')),
                        .qos = QoS::at_least_once,
                        .packet_id = 7};
  auto peer = open();
  send(peer, connect);
  EXPECT_EQ(broker_.octets_received, size(connect));
  EXPECT_EQ(broker_.octets_sent, size(Connack{}));
  send(peer, publish);
  EXPECT_EQ(broker_.octets_received, size(connect) + size(publish));
  EXPECT_EQ(broker_.octets_sent, size(Connack{}) + size(Puback{.packet_id = 7}));
}

TEST_F(ServerConnectionTest, CarriesMessagesBetweenClients) {
  auto a = connected();
  auto b = connected();
  send(a,
       Subscribe{.packet_id = 1, .subscriptions = {{.filter = "t/+", .qos = QoS::at_least_once}}});
  send(b, Publish{
              .topic = "t/1", .payload = Payload("hi"), .qos = QoS::at_least_once, .packet_id = 7});
  send(a, Puback{.packet_id = 1});
  send(a, Unsubscribe{.packet_id = 2, .filters = {"t/+", "x"}});
  send(b, Publish{.topic = "t/1"});
  EXPECT_EQ(a.end->packets, (Words{"CONNACK reason=success", "SUBACK id=1 reason=granted_qos_1",
                                   "PUBLISH topic=\"t/1\" bytes=2 qos=1 id=1", "UNSUBACK id=2"}));
  EXPECT_EQ(b.end->packets, (Words{"CONNACK reason=success", "PUBACK id=7 reason=success"}));
  EXPECT_EQ(std::ranges::count(events_, "acknowledged"), 1);
}

TEST_F(ServerConnectionTest, BytesMayComeOneByOne) {
  auto peer = connected({.piece_max = 1});
  send(peer, Pingreq{});
  send(peer, Disconnect{});
  EXPECT_EQ(peer.end->packets, (Words{"CONNACK reason=success", "PINGRESP"}));
  EXPECT_EQ(events_.back(), "ended client_disconnected");
  EXPECT_EQ(peer.end->closed, "peer_closed");
}

TEST_F(ServerConnectionTest, ASilentClientIsClosedAfterTenSeconds) {
  auto peer = open();
  loop_.advance(std::chrono::milliseconds(9'999));
  EXPECT_TRUE(events_.empty());
  loop_.advance(std::chrono::milliseconds(1));
  EXPECT_EQ(events_, (Words{"ended connect_timeout"}));
  loop_.run_ready();
  EXPECT_EQ(peer.end->closed, "peer_closed");
}

TEST_F(ServerConnectionTest, KeepAliveIsMovedByPackets) {
  auto peer = open();
  send(
      peer,
      Connect{
          .keep_alive = 10, .client_id = "c", .username = "app", .password = Bytes{'k', 'e', 'y'}});
  for (int i = 0; i < 5; ++i) {
    loop_.advance(std::chrono::seconds(14));
    send(peer, Pingreq{});
  }
  EXPECT_EQ(events_, (Words{"connected"}));
  loop_.advance(std::chrono::seconds(15));
  EXPECT_EQ(events_.back(), "ended keep_alive_timeout");
}

TEST_F(ServerConnectionTest, ARefusedClientIsToldAndClosed) {
  auto peer = open();
  send(peer, Connect{.client_id = "c", .username = "app", .password = Bytes{'n', 'o'}});
  EXPECT_EQ(peer.end->packets, (Words{"CONNACK reason=not_authorized"}));
  EXPECT_EQ(peer.end->closed, "peer_closed");
  EXPECT_EQ(events_, (Words{"refused", "ended refused"}));
}

TEST_F(ServerConnectionTest, ABrokenStreamPublishesTheWill) {
  auto peer = open();
  send(peer, Connect{.client_id = "c",
                     .will = Will{.topic = "w", .payload = Payload("gone")},
                     .username = "app",
                     .password = Bytes{'k', 'e', 'y'}});
  peer.stream->abort();
  loop_.run_ready();
  EXPECT_EQ(events_, (Words{"connected", "will w gone", "ended connection_lost"}));
}

TEST_F(ServerConnectionTest, ASlowReaderLosesMessagesAndNotItsConnection) {
  auto peer = connected();
  send(peer, Subscribe{.packet_id = 1, .subscriptions = {{.filter = "#"}}});
  peer.stream->pause_reading(true);
  Message message{.topic = "t", .payload = Payload(Bytes(10'000, 'x'))};
  for (int i = 0; i < 200; ++i) {
    broker_.publish(message, QoS::at_most_once);
    loop_.run_ready();
  }
  auto discarded = std::ranges::count(events_, "discarded slow_reader");
  EXPECT_GT(discarded, 100);
  EXPECT_LT(discarded, 190);
  auto drained_before = drained_;
  peer.stream->pause_reading(false);
  loop_.run_ready();
  EXPECT_EQ(drained_, drained_before + 1);
  EXPECT_EQ(static_cast<std::ptrdiff_t>(peer.end->packets.size()), 2 + 200 - discarded);
  broker_.publish(message, QoS::at_most_once);
  loop_.run_ready();
  EXPECT_EQ(static_cast<std::ptrdiff_t>(peer.end->packets.size()), 2 + 201 - discarded);
  EXPECT_EQ(peer.end->closed, "");
}

TEST_F(ServerConnectionTest, ManyMessagesInOnePieceAreAllAnswered) {
  auto peer = connected();
  Bytes burst;
  for (std::uint16_t id = 1; id <= 500; ++id) {
    append(burst, encode(Publish{.topic = "t", .qos = QoS::at_least_once, .packet_id = id},
                         Version::v3_1_1)
                      .flat());
  }
  peer.stream->write(burst);
  loop_.run_ready();
  ASSERT_EQ(peer.end->packets.size(), 501U);
  for (std::size_t id = 1; id <= 500; ++id) {
    ASSERT_EQ(peer.end->packets[id], "PUBACK id=" + std::to_string(id) + " reason=success");
  }
}

}  // namespace
}  // namespace ff::mqtt
