// What needs no broker: who may be reached, and that every connection hears how it went. Brokers
// are in test/e2e/pubsub_test.py.
#include "net/broker_client/client.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <fstream>
#include <iterator>
#include <mutex>
#include <optional>

#include "net/address/socket_address.hpp"
#include "net/broker_client/pem_file.hpp"
#include "net/broker_client/worker_pool.hpp"

#include <unistd.h>

namespace ff::net::broker_client {
namespace {

/// The first thing that a connection tells.
class Hearing {
 public:
  Listen listen() {
    return [this](BrokerEvent event) {
      const std::scoped_lock lock(mutex_);
      if (!event_) event_ = std::move(event);
      heard_.notify_all();
    };
  }
  /// The name of the error.
  std::string failure() {
    std::unique_lock lock(mutex_);
    heard_.wait_for(lock, std::chrono::seconds{30}, [this] { return event_.has_value(); });
    if (!event_) return "nothing";
    const auto* failed = std::get_if<Failed>(&*event_);
    return failed != nullptr ? std::string(failed->error.name()) : "something else";
  }

 private:
  std::mutex mutex_;
  std::condition_variable heard_;
  std::optional<BrokerEvent> event_;
};

std::string failure_of(const std::string& url, http_client::TargetPolicy targets) {
  Hearing hearing;
  auto client = *make_broker_client({.targets = std::move(targets)});
  const auto connection = client->connect(
      {.url = *parse_broker_url(url), .mqtt = {}, .subscriptions = {}}, hearing.listen());
  return hearing.failure();
}

/// A port of the loopback interface that nobody listens to, as long as this value lives.
class SilentPort {
 public:
  SilentPort() : socket_(bind_socket(Endpoint::v4({127, 0, 0, 1}, 0), SOCK_STREAM, false)) {}
  SilentPort(const SilentPort&) = delete;
  SilentPort& operator=(const SilentPort&) = delete;
  ~SilentPort() { close(socket_.descriptor); }
  std::string text() const { return std::to_string(local_endpoint(socket_.descriptor).port()); }

 private:
  BoundSocket socket_;
};

TEST(BrokerClient, ReachesNoPrivateNetworkUnlessAllowed) {
  const SilentPort port;
  for (const auto* scheme : {"mqtt", "mqtts", "ws", "wss", "nats", "tls"}) {
    for (const auto* host : {"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"}) {
      const auto url = std::string(scheme) + "://" + host + ":" + port.text();
      EXPECT_EQ(failure_of(url, {}), "target_refused") << url;
    }
  }
}

TEST(BrokerClient, TellsThatNobodyIsThere) {
  const SilentPort port;
  const http_client::TargetPolicy loopback({*AddressBlock::parse("127.0.0.0/8")});
  for (const auto* scheme : {"mqtt", "mqtts", "ws", "nats", "tls"}) {
    const auto url = std::string(scheme) + "://127.0.0.1:" + port.text();
    EXPECT_EQ(failure_of(url, loopback), "connection") << url;
  }
}

TEST(BrokerClient, AnAuthorityThatCanNotBeReadIsAnError) {
  EXPECT_FALSE(make_broker_client({.ca_file = "/nowhere.pem"}));
}

TEST(PemFile, IsAFileThatCanBeReadAgainAndAgain) {
  const PemFile file("text");
  for (int i = 0; i < 2; ++i) {
    std::ifstream in(file.path());
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}), "text");
  }
  EXPECT_EQ(PemFile("").path(), "");
}

TEST(WorkerPool, RunsTheJobsOfAStrandInOrderAndAllOfThem) {
  constexpr int jobs = 500;
  std::vector<std::vector<int>> seen(4);
  {
    std::vector<WorkerPool::StrandPtr> strands;
    WorkerPool pool(3);
    for (std::size_t i = 0; i < seen.size(); ++i)
      strands.push_back(std::make_shared<WorkerPool::Strand>());
    for (int job = 0; job < jobs; ++job) {
      for (std::size_t i = 0; i < seen.size(); ++i)
        pool.post(strands[i], [&seen, i, job] { seen[i].push_back(job); });
    }
    // What a job posts runs too, also when the pool is about to end.
    pool.post(strands[0], [&] { pool.post(strands[0], [&] { seen[0].push_back(jobs); }); });
  }
  for (std::size_t i = 0; i < seen.size(); ++i) {
    EXPECT_TRUE(std::is_sorted(seen[i].begin(), seen[i].end()));
    EXPECT_EQ(seen[i].size(), static_cast<std::size_t>(jobs) + (i == 0 ? 1U : 0U));
  }
}

}  // namespace
}  // namespace ff::net::broker_client
