#include "net/udp/udp.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <string>

#include "net/runtime/manual_loop.hpp"
#include "net/udp/memory_network.hpp"

namespace ff::net {
namespace {

using std::chrono::milliseconds;

constexpr auto patience = std::chrono::seconds{20};

/// What a socket has received; any thread.
class Inbox {
 public:
  DatagramHandler handler() {
    return [this](std::span<const Datagram> batch) {
      std::lock_guard lock(mutex_);
      for (const auto& datagram : batch) list_.emplace_back(datagram.from, as_text(datagram.bytes));
      changed_.notify_all();
    };
  }
  using List = std::vector<std::pair<Endpoint, std::string>>;
  List wait(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, patience, [&] { return list_.size() >= count; });
    return list_;
  }
  List now() { return wait(0); }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  List list_;
};

struct UdpFixture {
  UdpFixture() : runtime(2), network(make_udp_network(runtime)) { runtime.start(); }
  std::unique_ptr<DatagramSocket> open(DatagramHandler handler, DatagramOptions options = {},
                                       const char* local = "127.0.0.1:0") {
    auto socket = network->open(*Endpoint::parse(local), options, std::move(handler));
    EXPECT_TRUE(socket.has_value());
    return socket ? std::move(*socket) : nullptr;
  }
  Runtime runtime;
  std::unique_ptr<DatagramNetwork> network;
};

TEST(Udp, AnswersEveryDatagramFromItsHandler) {
  UdpFixture fixture;
  Inbox inbox;
  std::unique_ptr<DatagramSocket> server;
  server = fixture.open([&](std::span<const Datagram> batch) {
    for (const auto& datagram : batch) server->send(datagram.from, datagram.bytes);
  });
  auto client = fixture.open(inbox.handler());
  std::multiset<std::string> expected;
  for (std::size_t i = 0; i < 300; ++i) {
    expected.insert(std::to_string(i));
    EXPECT_TRUE(client->send(server->local(), as_bytes(std::to_string(i))));
    inbox.wait(i + 1);
  }
  std::multiset<std::string> seen;
  for (const auto& [from, text] : inbox.now()) {
    EXPECT_EQ(from, server->local());
    seen.insert(text);
  }
  EXPECT_EQ(seen, expected);
  EXPECT_EQ(server->counters().received, 300U);
  EXPECT_EQ(client->counters().sent, 300U);
}

TEST(Udp, TooLongDatagramsAreDroppedAndCounted) {
  UdpFixture fixture;
  Inbox inbox;
  auto server = fixture.open(inbox.handler(), {.datagram_size_max = 4});
  auto client = fixture.open([](auto) {});
  client->send(server->local(), as_bytes("12345"));
  client->send(server->local(), as_bytes("1234"));
  EXPECT_EQ(inbox.wait(1), (Inbox::List{{client->local(), "1234"}}));
  EXPECT_EQ(server->counters().received_truncated, 1U);
}

TEST(Udp, DualStackSocketSeesIpv4PeersAsIpv4) {
  UdpFixture fixture;
  Inbox inbox;
  auto server = fixture.open(inbox.handler(), {}, "[::]:0");
  auto client = fixture.open([](auto) {});
  client->send(Endpoint::v4({127, 0, 0, 1}, server->local().port()), as_bytes("x"));
  EXPECT_EQ(inbox.wait(1), (Inbox::List{{client->local(), "x"}}));
}

TEST(Udp, PortsAreExclusiveUnlessReused) {
  UdpFixture fixture;
  auto first = fixture.open([](auto) {});
  auto second = fixture.network->open(first->local(), {}, [](auto) {});
  ASSERT_FALSE(second);
  EXPECT_TRUE(second.error().is(bind_failed));
  auto shared = fixture.open([](auto) {}, {.reuse_port = true});
  EXPECT_TRUE(fixture.network->open(shared->local(), {.reuse_port = true}, [](auto) {}));
}

TEST(Udp, SendErrorsAndFullQueuesAreCounted) {
  UdpFixture fixture;
  Inbox inbox;
  auto server = fixture.open(inbox.handler());
  auto client = fixture.open([](auto) {});
  client->send(server->local(), Bytes(70'000));  // Longer than UDP allows.
  client->send(server->local(), as_bytes("x"));
  EXPECT_EQ(inbox.wait(1).size(), 1U);
  EXPECT_EQ(client->counters().send_errors, 1U);
  auto none = fixture.open([](auto) {}, {.outgoing_max = 0});
  EXPECT_FALSE(none->send(server->local(), as_bytes("x")));
  EXPECT_EQ(none->counters().send_dropped, 1U);
}

struct MemoryFixture {
  explicit MemoryFixture(std::uint64_t seed = 1, DatagramFaults faults = {})
      : network(loop, seed, faults) {
    a = *network.open(*Endpoint::parse("10.0.0.1:1700"), {}, [](auto) {});
    b = *network.open(*Endpoint::parse("10.0.0.2:1700"), {}, inbox.handler());
  }
  std::vector<std::string> run(int count) {
    for (int i = 0; i < count; ++i) a->send(b->local(), as_bytes(std::to_string(i)));
    EXPECT_TRUE(loop.run_until_idle(std::chrono::hours{1}));
    std::vector<std::string> texts;
    for (const auto& item : inbox.now()) texts.push_back(item.second);
    return texts;
  }
  ManualLoop loop;
  Inbox inbox;
  MemoryDatagramNetwork network;
  std::unique_ptr<DatagramSocket> a, b;
};

TEST(MemoryDatagramNetwork, WithoutFaultsEverythingArrivesInOrder) {
  MemoryFixture fixture;
  EXPECT_EQ(fixture.run(3), (std::vector<std::string>{"0", "1", "2"}));
  EXPECT_EQ(fixture.b->counters().received, 3U);
  EXPECT_FALSE(fixture.network.open(fixture.a->local(), {}, [](auto) {}));
}

TEST(MemoryDatagramNetwork, FaultsFollowFromTheSeed) {
  DatagramFaults faults{
      .drop_permille = 200, .duplicate_permille = 200, .delay_max = milliseconds{50}};
  auto first = MemoryFixture(7, faults).run(1000);
  EXPECT_EQ(MemoryFixture(7, faults).run(1000), first);
  EXPECT_NE(MemoryFixture(8, faults).run(1000), first);
  std::set<std::string> unique(first.begin(), first.end());
  EXPECT_NEAR(static_cast<double>(unique.size()), 800, 60);
  EXPECT_NEAR(static_cast<double>(first.size()), 960, 80);
  EXPECT_FALSE(std::is_sorted(first.begin(), first.end()));
}

TEST(MemoryDatagramNetwork, DelayIsVirtualTime) {
  MemoryFixture fixture(1, {.delay_min = milliseconds{10}, .delay_max = milliseconds{10}});
  fixture.a->send(fixture.b->local(), as_bytes("x"));
  fixture.loop.advance(milliseconds{9});
  EXPECT_EQ(fixture.inbox.now().size(), 0U);
  EXPECT_EQ(fixture.network.in_flight(), 1U);
  fixture.loop.advance(milliseconds{1});
  EXPECT_EQ(fixture.inbox.now().size(), 1U);
}

}  // namespace
}  // namespace ff::net
