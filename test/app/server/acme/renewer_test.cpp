#include "app/server/acme/renewer.hpp"

#include <sys/stat.h>

#include "net/runtime/manual_loop.hpp"
#include "net/tls/self_signed.hpp"
#include "test/protocol/acme/authority.hpp"

namespace ff::app {
namespace {

using acme::test::Authority;
using net::ManualLoop;
using net::http_client::ClientAnswer;
using net::http_client::ClientRequest;
namespace tls = net::tls;
using Fault = Authority::Fault;
using std::chrono::hours;
using std::chrono::minutes;

const UtcTime start = *parse_rfc3339("2025-02-11T00:00:00Z");
const std::vector<std::string> hosts{"lns.example.com", "api.example.com"};

/// The authority behind a port that answers at once, on the caller's thread.
class Http final : public net::http_client::HttpClient {
 public:
  void send(ClientRequest request, Then then) override {
    if (is_dead) return then(fail(net::http_client::timed_out));
    const auto answer = authority.answer(
        {request.url, request.body ? std::string(as_text(*request.body)) : std::string()});
    if (during) during();
    ClientAnswer out{answer.status, answer.body, true, {}};
    out.headers.add("Replay-Nonce", answer.nonce);
    out.headers.add("Location", answer.location);
    out.headers.add("Retry-After", answer.retry_after);
    then(std::move(out));
  }
  net::http_client::ClientCounters counters() const override { return {}; }

  Authority authority;
  bool is_dead = false;
  std::function<void()> during;
};

class AcmeRenewerTest : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::remove_all(config.directory);
    config.order = {.directory_url = "https://ca/directory", .email = {}, .hosts = hosts};
    http.authority.certificate = certificate(hosts, 90);
  }
  void TearDown() override {
    renewer.reset();
    std::filesystem::remove_all(config.directory);
  }
  std::string certificate(const std::vector<std::string>& names, int days) const {
    auto random = make_seeded_random(1);
    return tls::make_self_signed({.names = names, .lifetime = hours{24 * days}}, now(), *random)
        ->certificate_pem;
  }
  UtcTime now() const { return start + loop.now().time_since_epoch(); }
  void begin() {
    AcmeRenewerPorts ports{.http = http,
                           .utc_now = [this] { return now(); },
                           .random = make_seeded_random(1),
                           .challenges = challenges,
                           .use =
                               [this](const tls::KeyPair& pair) {
                                 used.push_back(pair);
                                 return Status();
                               },
                           .report = [this](const Status& status) { reports.push_back(status); }};
    renewer = std::make_unique<AcmeRenewer>(loop, config, std::move(ports));
    renewer->start();
    loop.run_ready();
  }
  std::size_t orders() const {
    return static_cast<std::size_t>(std::ranges::count(http.authority.asked, "https://ca/order"));
  }

  ManualLoop loop;
  Http http;
  AcmeRenewerConfig config{.order = {},
                           .directory = std::filesystem::temp_directory_path() /
                                        ("ff_acme_" + std::to_string(::getpid()))};
  std::shared_ptr<AcmeChallenges> challenges = std::make_shared<AcmeChallenges>();
  std::vector<tls::KeyPair> used;
  std::vector<Status> reports;
  std::unique_ptr<AcmeRenewer> renewer;
};

TEST_F(AcmeRenewerTest, ObtainsStoresAndRenewsInTheLastThird) {
  std::size_t answered = 0;
  http.during = [&] { answered += challenges->find("token-l").has_value() ? 1 : 0; };
  begin();
  loop.advance(minutes{1});
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_TRUE(reports[0]);
  ASSERT_EQ(used.size(), 1U);
  EXPECT_GT(answered, 0U) << "while it is looked at";
  EXPECT_FALSE(challenges->find("token-l")) << "and no longer";
  EXPECT_EQ(**stored_certificate(config), used[0]);
  for (const char* name : {"account.pem", "certificate.pem"}) {
    struct stat status {};
    ASSERT_EQ(::stat((config.directory / name).c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U) << name;
  }
  loop.advance(hours{24 * 58});
  EXPECT_EQ(orders(), 1U);
  http.authority.certificate = certificate(hosts, 90);
  loop.advance(hours{24 * 4});
  EXPECT_EQ(orders(), 2U);
  EXPECT_EQ(used.size(), 2U);
}

TEST_F(AcmeRenewerTest, AStoredCertificateIsNotAskedForAgain) {
  begin();
  loop.advance(minutes{1});
  begin();
  loop.advance(hours{24});
  EXPECT_EQ(orders(), 1U);
}

TEST_F(AcmeRenewerTest, OneForOtherHostsIs) {
  begin();
  loop.advance(minutes{1});
  config.order.hosts.emplace_back("more.example.com");
  EXPECT_FALSE(*stored_certificate(config));
  http.authority.certificate = certificate(config.order.hosts, 90);
  begin();
  loop.advance(minutes{1});
  EXPECT_EQ(orders(), 2U);
}

TEST_F(AcmeRenewerTest, TriesAgainEverLater) {
  http.is_dead = true;
  begin();
  EXPECT_EQ(reports.size(), 1U);
  // 1, 2, 4, 8 minutes and up to a tenth more.
  loop.advance(minutes{17});
  EXPECT_EQ(reports.size(), 5U);
  loop.advance(hours{24 * 10});
  EXPECT_LT(reports.size(), 45U) << "twice a day in the end";
  http.is_dead = false;
  loop.advance(hours{14});
  ASSERT_TRUE(reports.back());
  EXPECT_EQ(used.size(), 1U);
}

TEST_F(AcmeRenewerTest, OneThatCanNotBeStoredIsNotOrderedAgain) {
  const auto in_the_way = config.directory / "certificate.pem";
  std::filesystem::create_directories(in_the_way);
  begin();
  loop.advance(hours{1});
  EXPECT_EQ(orders(), 1U);
  ASSERT_EQ(used.size(), 1U);
  ASSERT_GT(reports.size(), 1U);
  for (const auto& report : reports) EXPECT_FALSE(report);
  std::filesystem::remove(in_the_way);
  loop.advance(hours{2});
  EXPECT_TRUE(reports.back());
  EXPECT_EQ(**stored_certificate(config), used[0]);
  EXPECT_EQ(orders(), 1U);
}

TEST_F(AcmeRenewerTest, EndsWithARequestUnderWay) {
  http.during = [&] { renewer.reset(); };
  begin();
  loop.advance(hours{1});
  EXPECT_TRUE(reports.empty());
}

TEST_F(AcmeRenewerTest, AFolderThatCanNotBeWrittenIsReported) {
  config.directory = "/proc/none";
  begin();
  ASSERT_FALSE(reports.empty());
  EXPECT_FALSE(reports[0]);
}

}  // namespace
}  // namespace ff::app
