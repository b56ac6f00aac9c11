// The client of other networks' join servers, with a scripted HTTP client.
#include <caf/send.hpp>

#include "actors/interop/actor.hpp"
#include "actors/interop/errors.hpp"
#include "actors/interop/exchange.hpp"
#include "actors/interop/hosts.hpp"
#include "actors/interop/selection.hpp"
#include "actors/support/breaker.hpp"
#include "protocol/backend_interfaces/message.hpp"
#include "test/support/actors/actor_fixture.hpp"

namespace ff::interop {
namespace {

namespace bi = backend_interfaces;
using net::http_client::ClientAnswer;
using net::http_client::ClientRequest;

constexpr JoinEui join_eui{0x70B3D57ED0000001};
constexpr DevEui dev_eui{0x0004A30B001C0530};

config::InteropJoinServer server_of(std::string name, std::uint8_t length) {
  config::InteropJoinServer out;
  out.name = std::move(name);
  out.join_euis = {{join_eui, length}};
  out.fqdn = out.name + ".example.com";
  out.protocol = config::InteropProtocol::bi_1_0;
  out.join_path = "join";
  out.rejoin_path = "rejoin";
  out.app_s_key_path = "keys/app";
  return out;
}

TEST(Select, TakesTheLongestPrefixAndAllThatHaveTheWholeEui) {
  const auto chosen = [](std::vector<std::uint8_t> lengths) {
    std::vector<config::InteropJoinServer> servers;
    servers.reserve(lengths.size());
    for (const auto length : lengths) servers.push_back(server_of("js", length));
    std::vector<const config::InteropJoinServer*> pointers;
    pointers.reserve(servers.size());
    for (const auto& server : servers) pointers.push_back(&server);
    return select(pointers, join_eui);
  };
  using Indices = std::vector<std::size_t>;
  EXPECT_EQ(chosen({}), Indices{});
  EXPECT_EQ(chosen({0}), Indices{0});
  EXPECT_EQ(chosen({0, 36, 24}), Indices{1});
  EXPECT_EQ(chosen({36, 36}), Indices{0});
  EXPECT_EQ(chosen({64, 36, 64}), (Indices{0, 2}));
  auto other = server_of("js", 36);
  other.join_euis = {{JoinEui{0}, 4}};
  EXPECT_EQ(select({&other}, join_eui), Indices{});
}

TEST(HostOf, ReversesTheNibblesBeforeASuffix) {
  auto server = server_of("js", 0);
  EXPECT_EQ(host_of(server, join_eui), "js.example.com");
  server.dns = "joineuis.example.org";
  EXPECT_EQ(host_of(server, join_eui), "1.0.0.0.0.0.0.d.e.7.5.d.3.b.0.7.joineuis.example.org");
}

TEST(Breaker, OpensAfterFailuresInARowAndTriesOnceAfterThePause) {
  actors::Breaker breaker(2, std::chrono::seconds{10});
  MonoTime now{};
  breaker.failed(now);
  breaker.succeeded();
  breaker.failed(now);
  EXPECT_TRUE(breaker.admit(now));
  breaker.failed(now);
  EXPECT_TRUE(breaker.is_open());
  EXPECT_FALSE(breaker.admit(now + std::chrono::seconds{9}));
  now += std::chrono::seconds{10};
  EXPECT_TRUE(breaker.admit(now));
  EXPECT_FALSE(breaker.admit(now)) << "one question shows how it is";
  breaker.failed(now);
  EXPECT_FALSE(breaker.admit(now + std::chrono::seconds{9}));
  EXPECT_TRUE(breaker.admit(now + std::chrono::seconds{10}));
  breaker.succeeded();
  EXPECT_TRUE(breaker.admit(now));
  EXPECT_TRUE(breaker.admit(now));
}

/// Holds questions until the test answers.
class ScriptedHttp final : public net::http_client::HttpClient {
 public:
  void send(ClientRequest request, Then then) override {
    requests.push_back(std::move(request));
    held.push_back(std::move(then));
  }
  net::http_client::ClientCounters counters() const override { return {}; }

  bi::Decoded asked(std::size_t i = 0) const { return *bi::decode(as_text(*requests.at(i).body)); }
  void answer(Result<ClientAnswer> answer) {
    auto then = std::move(held.front());
    held.pop_front();
    then(std::move(answer));
  }
  /// Of the oldest question.
  void answer_with(bi::Body body) {
    auto header = bi::answer_header(asked(requests.size() - held.size()).header);
    answer(ClientAnswer{200, bi::encode({header, std::move(body)}), true});
  }

  std::deque<ClientRequest> requests;
  std::deque<Then> held;
};

bi::JoinAns join_ans() {
  bi::JoinAns out;
  out.phy_payload = Bytes(17, 0x20);
  out.nwk_s_key = bi::Key{"", Bytes(16, 1)};
  out.app_s_key = bi::Key{"as", Bytes(24, 2)};
  out.session_key_id = {9, 9};
  return out;
}
bi::JoinAns refusal(bi::ResultCode code) {
  bi::JoinAns out;
  out.result = {code, "why"};
  return out;
}

class Client : public test::ActorFixture {
 protected:
  void start(std::vector<config::InteropJoinServer> servers) {
    ClientConfig given;
    given.sender_id = "000013";
    given.sender_ns_id = "EC656EFFFE000001";
    given.vault = vault;
    given.breaker_failures = 2;
    given.requests_max = 2;
    given.deps = deps;
    for (auto& server : servers) {
      http.push_back(std::make_unique<ScriptedHttp>());
      given.peers.push_back({std::move(server), http.back().get()});
    }
    client = spawn_client(*system, std::move(given));
    run();
  }
  void TearDown() override {
    caf::anon_send_exit(client, caf::exit_reason::kill);
    run();
  }
  using JoinSlot = std::optional<Result<network_server::JoinAnswer>>;
  std::shared_ptr<JoinSlot> join(Bytes frame = Bytes(23, 0), JoinEui of = join_eui) {
    auto slot = std::make_shared<JoinSlot>();
    join_server::HandleJoin question;
    question.join_request = std::move(frame);
    question.join_eui = of;
    question.dev_eui = dev_eui;
    question.dev_addr = DevAddr{0x26000001};
    question.mac_version = MacVersion::v1_0_3;
    question.reply = [slot](Result<network_server::JoinAnswer> answer) {
      *slot = std::move(answer);
    };
    caf::anon_send(client, std::move(question));
    run();
    return slot;
  }
  double metric(const std::string& server, const std::string& result) {
    return metrics
        .counter("farfield_interop_client_requests_total", "",
                 {{"client", "interop_client"}, {"server", server}, {"result", result}})
        .Value();
  }

  std::shared_ptr<key_vault::LiveKeyVault> vault = std::make_shared<key_vault::LiveKeyVault>();
  std::vector<std::unique_ptr<ScriptedHttp>> http;
  ClientHandle client;
};

TEST_F(Client, AsksAndGivesTheKeysOn) {
  auto server = server_of("js", 36);
  server.headers = {{"X-Key", "value"}};
  server.username = "user";
  server.password = "pass";
  start({server});
  const auto slot = join();
  ASSERT_EQ(http[0]->requests.size(), 1U);
  const auto& request = http[0]->requests[0];
  EXPECT_EQ(request.url, "https://js.example.com:443/join");
  EXPECT_EQ(request.headers.value("Content-Type"), "application/json");
  EXPECT_EQ(request.headers.value("X-Key"), "value");
  EXPECT_EQ(request.headers.value("Authorization"), "Basic dXNlcjpwYXNz");
  const auto asked = http[0]->asked();
  EXPECT_EQ(asked.header.sender_id, "000013");
  EXPECT_EQ(asked.header.receiver_id, "70B3D57ED0000001");
  EXPECT_FALSE(asked.header.sender_ns_id);
  EXPECT_EQ(std::get<bi::JoinReq>(*asked.body).dev_addr, DevAddr{0x26000001});
  EXPECT_FALSE(*slot);
  http[0]->answer_with(join_ans());
  run();
  ASSERT_TRUE(*slot);
  ASSERT_TRUE(**slot) << (*slot)->error().to_string();
  const auto& keys = (**slot)->keys;
  EXPECT_EQ(keys.session_key_id, (SessionKeyId{9, 9}));
  EXPECT_EQ(keys.f_nwk_s_int_key, Aes128Key::from(Bytes(16, 1)));
  EXPECT_EQ(keys.nwk_s_enc_key, keys.f_nwk_s_int_key);
  EXPECT_EQ(keys.app_s_key, (KeyEnvelope{{}, "as", Bytes(24, 2)}));
  EXPECT_EQ(metric("js", "answered"), 1);
}

TEST_F(Client, SpeaksVersion11WithAnNsid) {
  auto server = server_of("js", 36);
  server.protocol = config::InteropProtocol::bi_1_1;
  start({server});
  join(Bytes(24, 0xC0));
  EXPECT_EQ(http[0]->requests[0].url, "https://js.example.com:443/rejoin");
  const auto asked = http[0]->asked();
  EXPECT_EQ(asked.header.type, bi::MessageType::rejoin_req);
  EXPECT_EQ(asked.header.sender_ns_id, "EC656EFFFE000001");
}

TEST_F(Client, UnwrapsNetworkKeysWithItsVault) {
  start({server_of("js", 36)});
  const auto key = Aes128Key::from(Bytes(16, 0x55));
  ASSERT_TRUE(vault->add({{"ns", Bytes(16, 3)}}));
  auto answer = join_ans();
  answer.nwk_s_key = bi::Key{"ns", vault->current()->wrap(key, "ns")->encrypted_key};
  answer.session_key_id.clear();
  const auto slot = join();
  http[0]->answer_with(answer);
  run();
  ASSERT_TRUE(**slot);
  EXPECT_EQ((**slot)->keys.f_nwk_s_int_key, key);
  EXPECT_TRUE(is_generated((**slot)->keys.session_key_id));
  const auto unknown = join();
  answer.nwk_s_key->kek_label = "nobody's";
  http[0]->answer_with(answer);
  run();
  EXPECT_TRUE((*unknown)->error().is(key_vault::key_not_found));
}

TEST_F(Client, NobodyIsAskedForAJoinEuiThatNobodyHas) {
  start({});
  EXPECT_TRUE((*join())->error().is(not_registered));
}

TEST_F(Client, ARefusalIsTheJoinServersWordAndNoFailure) {
  start({server_of("js", 36)});
  for (int i = 0; i < 5; ++i) {
    const auto slot = join();
    http[0]->answer_with(refusal(bi::ResultCode::mic_failed));
    run();
    ASSERT_TRUE(*slot);
    EXPECT_EQ((*slot)->error().name(), "mic");
  }
  EXPECT_EQ(metric("js", "refused"), 5);
  EXPECT_EQ(metric("js", "failed"), 0);
}

TEST_F(Client, NonsenseIsRefusedWhateverItIs) {
  const ClientAnswer cases[] = {
      {500, "", true},
      {200, "", true},
      {200, "[]", true},
      {200, std::string(1000, '{'), true},
      {200, bi::encode({{}, join_ans()}), true},  // of another transaction
      {200, "{}", false},
  };
  for (const auto& answer : cases) {
    start({server_of("js", 36)});
    const auto slot = join();
    http.back()->answer(answer);
    run();
    ASSERT_TRUE(*slot);
    EXPECT_TRUE(is_servers_fault((*slot)->error())) << (*slot)->error().to_string();
    TearDown();
  }
}

TEST_F(Client, AJoinAnswerWithoutItsPartsIsRefused) {
  start({server_of("js", 36)});
  auto without_key = join_ans();
  without_key.nwk_s_key.reset();
  auto without_frame = join_ans();
  without_frame.phy_payload.clear();
  for (const auto& body : {without_key, without_frame}) {
    const auto slot = join();
    http[0]->answer_with(body);
    run();
    EXPECT_TRUE((*slot)->error().is(unusable_answer));
    clock->advance(std::chrono::seconds{20});
  }
}

TEST_F(Client, AsksAgainOnlyIfItWasNotHeard) {
  start({server_of("js", 36)});
  auto slot = join();
  http[0]->answer(fail(net::http_client::not_connected));
  run();
  EXPECT_FALSE(*slot);
  ASSERT_EQ(http[0]->requests.size(), 2U);
  http[0]->answer_with(join_ans());
  run();
  EXPECT_TRUE(**slot);
  EXPECT_EQ(metric("js", "retried"), 1);
  EXPECT_TRUE(http[0]->requests[0].once);
  for (const auto* def : {&net::http_client::timed_out, &net::http_client::connection_failed}) {
    const auto asked = http[0]->requests.size() + 1;
    slot = join();
    http[0]->answer(fail(*def));
    run();
    EXPECT_TRUE((*slot)->error().is(*def)) << "it may have spent the nonce";
    EXPECT_EQ(http[0]->requests.size(), asked);
    clock->advance(std::chrono::seconds{10});
  }
}

TEST_F(Client, AllTriesOfAQuestionShareItsTime) {
  start({server_of("js", 36)});
  auto slot = join();
  EXPECT_EQ(http[0]->requests[0].timeout, std::chrono::seconds{2});
  clock->advance(std::chrono::milliseconds{1500});
  http[0]->answer(fail(net::http_client::host_not_found));
  run();
  ASSERT_EQ(http[0]->requests.size(), 2U);
  EXPECT_EQ(http[0]->requests[1].timeout, std::chrono::milliseconds{500});
  http[0]->answer_with(join_ans());
  run();
  EXPECT_TRUE(**slot);
  slot = join();
  clock->advance(std::chrono::seconds{2});
  http[0]->answer(fail(net::http_client::not_connected));
  run();
  EXPECT_TRUE((*slot)->error().is(net::http_client::not_connected)) << "no time is left";
  EXPECT_EQ(http[0]->requests.size(), 3U);
}

TEST_F(Client, LeavesAFailingServerAloneForAWhile) {
  start({server_of("js", 36)});
  for (int i = 0; i < 2; ++i) {
    join();
    http[0]->answer(fail(net::http_client::timed_out));
    run();
  }
  EXPECT_TRUE((*join())->error().is(paused));
  EXPECT_EQ(http[0]->requests.size(), 2U);
  EXPECT_EQ(metric("js", "paused"), 1);
  clock->advance(std::chrono::seconds{10});
  const auto slot = join();
  http[0]->answer_with(join_ans());
  run();
  EXPECT_TRUE(**slot);
  join();
  EXPECT_EQ(http[0]->requests.size(), 4U);
}

/// Devices with made-up JoinEUIs, and answers about one device, harm nobody else's.
TEST_F(Client, WithDnsEveryHostIsForItself) {
  auto server = server_of("js", 0);
  server.dns = "joineuis.example.org";
  start({server});
  const auto fail_joins_of = [&](JoinEui eui) {
    for (int i = 0; i < 2; ++i) {
      join(Bytes(23, 0), eui);
      http[0]->answer(fail(net::http_client::timed_out));
      run();
    }
    return join(Bytes(23, 0), eui);
  };
  EXPECT_TRUE((*fail_joins_of(JoinEui{1}))->error().is(paused));
  EXPECT_TRUE((*fail_joins_of(JoinEui{2}))->error().is(paused));
  EXPECT_EQ(metrics
                .gauge("farfield_interop_client_breaker_open", "",
                       {{"client", "interop_client"}, {"server", "js"}})
                .Value(),
            2);
  const auto slot = join();
  EXPECT_TRUE((*join())->error().is(overloaded)) << "one of two places is for others";
  http[0]->answer_with(join_ans());
  run();
  EXPECT_TRUE(**slot);
}

TEST_F(Client, AnHttpRefusalIsTheJoinServersWordAndNoFailure) {
  start({server_of("js", 36)});
  for (const int status : {404, 404, 403}) {
    const auto slot = join();
    http[0]->answer(ClientAnswer{status, "", true});
    run();
    EXPECT_TRUE((*slot)->error().is(http_refused));
  }
  EXPECT_EQ(metric("js", "refused"), 3);
  for (const int status : {408, 503}) {
    const auto slot = join();
    http[0]->answer(ClientAnswer{status, "", true});
    run();
    EXPECT_TRUE((*slot)->error().is(http_status));
  }
  EXPECT_TRUE((*join())->error().is(paused));
}

TEST(Hosts, RemembersThoseAskedLast) {
  Hosts hosts({.breaker_failures = 1, .breaker_pause = std::chrono::hours{1}, .under_way_max = 2});
  const auto ask = [&](std::size_t number, bool fails) {
    const auto name = std::to_string(number);
    if (!hosts.admit(name, "js", MonoTime{})) return false;
    hosts.ended(name);
    if (fails) hosts.failed(name, MonoTime{});
    return true;
  };
  EXPECT_TRUE(ask(0, true));
  EXPECT_FALSE(ask(0, true));
  ASSERT_TRUE(hosts.admit("busy", "js", MonoTime{}));
  for (std::size_t i = 1; i <= 2 * Hosts::remembered_max; ++i) EXPECT_TRUE(ask(i, i % 2 == 0));
  EXPECT_EQ(hosts.size(), Hosts::remembered_max);
  EXPECT_NEAR(static_cast<double>(hosts.open()), Hosts::remembered_max / 2.0, 1);
  EXPECT_TRUE(ask(0, false)) << "forgotten";
  EXPECT_TRUE(hosts.admit("busy", "js", MonoTime{}));
  EXPECT_FALSE(hosts.admit("busy", "js", MonoTime{})) << "what is under way is not forgotten";
  hosts.ended("busy");
  EXPECT_TRUE(hosts.admit("busy", "js", MonoTime{}));
}

TEST_F(Client, RefusesMoreThanItsBound) {
  start({server_of("js", 36)});
  join();
  join();
  EXPECT_TRUE((*join())->error().is(overloaded));
  EXPECT_EQ(metric("js", "overloaded"), 1);
}

TEST_F(Client, TheFirstSuccessOfSeveralCounts) {
  start({server_of("a", 64), server_of("b", 64)});
  auto slot = join();
  http[0]->answer_with(refusal(bi::ResultCode::unknown_dev_eui));
  run();
  EXPECT_FALSE(*slot);
  http[1]->answer_with(join_ans());
  run();
  EXPECT_TRUE(**slot);
  slot = join();
  http[1]->answer(fail(net::http_client::timed_out));
  http[0]->answer_with(refusal(bi::ResultCode::unknown_dev_eui));
  run();
  EXPECT_EQ((*slot)->error().name(), "unknown_dev_eui") << "a word counts more than silence";
  slot = join();
  http[0]->answer_with(join_ans());
  run();
  EXPECT_TRUE(**slot);
  http[1]->answer_with(join_ans());
  run();
  EXPECT_EQ(metric("b", "answered"), 2);
}

TEST_F(Client, FetchesAppSKeysThatAJoinServerCanKnow) {
  start({server_of("js", 36)});
  std::optional<Result<KeyEnvelope>> slot;
  const auto ask = [&](SessionKeyId id) {
    caf::anon_send(client, join_server::GetAppSKey{
                               join_eui, dev_eui, std::move(id), {}, [&](Result<KeyEnvelope> key) {
                                 slot = key;
                               }});
    run();
  };
  ask({1, 2});
  EXPECT_EQ(http[0]->requests[0].url, "https://js.example.com:443/keys/app");
  EXPECT_EQ(std::get<bi::AppSKeyReq>(*http[0]->asked().body).session_key_id, (Bytes{1, 2}));
  http[0]->answer_with(bi::AppSKeyAns{{}, dev_eui, bi::Key{"", Bytes(16, 7)}, {1, 2}});
  run();
  EXPECT_EQ((*slot)->key, Aes128Key::from(Bytes(16, 7)));
  ask(to_owned(as_bytes("ttn-lw-interop-generated:x")));
  EXPECT_TRUE(slot->error().is(not_registered));
  EXPECT_EQ(http[0]->requests.size(), 1U);
}

}  // namespace
}  // namespace ff::interop
