// The server of Backend Interfaces: joins, keys and homes, and who may ask.
#include "protocol/base/base64.hpp"
#include "test/app/interop/fake_http_client.hpp"
#include "test/app/interop/interop_server_fixture.hpp"

namespace ff::interop {
namespace {

namespace bi = backend_interfaces;
namespace js = join_server::test;
using ff::test::FakeHttpClient;
using net::http::Request;
using InteropServer = test::InteropServerFixture;

TEST_F(InteropServer, JoinsADeviceAndGivesItsAppSKeyToItsApplicationServer) {
  create(MacVersion::v1_0_3);
  const auto answer = ask(join(MacVersion::v1_0_3, 1));
  const auto& joined = std::get<bi::JoinAns>(*answer.body);
  ASSERT_EQ(joined.result.code, bi::ResultCode::success) << joined.result.description;
  EXPECT_EQ(joined.phy_payload.size(), 17U);
  EXPECT_TRUE(joined.nwk_s_key && joined.app_s_key);
  EXPECT_FALSE(joined.s_nwk_s_int_key);
  auto question =
      message(bi::MessageType::app_s_key_req, bi::AppSKeyReq{js::dev_eui, joined.session_key_id});
  EXPECT_EQ(code_of(ask(question)), bi::ResultCode::activation_disallowed)
      << "the network is not the application server";
  question.header.sender_id = "as-1";
  const auto key = ask(question);
  EXPECT_EQ(std::get<bi::AppSKeyAns>(*key.body).app_s_key, joined.app_s_key);
  std::get<bi::AppSKeyReq>(question.body).session_key_id = {1};
  EXPECT_EQ(code_of(ask(question)), bi::ResultCode::unknown_dev_eui);
}

TEST_F(InteropServer, GivesADevice11ThreeNetworkKeys) {
  create(MacVersion::v1_1);
  const auto answer = ask(join(MacVersion::v1_1, 1));
  const auto& joined = std::get<bi::JoinAns>(*answer.body);
  ASSERT_EQ(joined.result.code, bi::ResultCode::success) << joined.result.description;
  EXPECT_TRUE(joined.s_nwk_s_int_key && joined.f_nwk_s_int_key && joined.nwk_s_enc_key);
  EXPECT_FALSE(joined.nwk_s_key);
}

TEST_F(InteropServer, SaysWhyNot) {
  EXPECT_EQ(code_of(ask(join(MacVersion::v1_0_3, 1))), bi::ResultCode::unknown_dev_eui);
  create(MacVersion::v1_0_3);
  auto forged = join(MacVersion::v1_0_3, 1);
  std::get<bi::JoinReq>(forged.body).phy_payload.back() ^= 1;
  EXPECT_EQ(code_of(ask(forged)), bi::ResultCode::mic_failed);
  EXPECT_EQ(code_of(ask(join(MacVersion::v1_0_3, 1))), bi::ResultCode::success);
  EXPECT_EQ(code_of(ask(join(MacVersion::v1_0_3, 1))), bi::ResultCode::join_req_failed);
  auto short_frame = join(MacVersion::v1_0_3, 2);
  std::get<bi::JoinReq>(short_frame.body).phy_payload.pop_back();
  EXPECT_EQ(code_of(ask(short_frame)), bi::ResultCode::malformed);
  auto stranger = join(MacVersion::v1_0_3, 2);
  stranger.header.sender_id = "000042";
  EXPECT_EQ(code_of(ask(stranger)), bi::ResultCode::unknown_sender);
  auto application_server = join(MacVersion::v1_0_3, 2);
  application_server.header.sender_id = "as-1";
  EXPECT_EQ(code_of(ask(application_server)), bi::ResultCode::unknown_sender);
  EXPECT_EQ(code_of(ask(message(bi::MessageType::xmit_data_req, bi::OtherReq{}))),
            bi::ResultCode::malformed);
  const auto home = ask(message(bi::MessageType::home_ns_req, bi::HomeNsReq{js::dev_eui}));
  EXPECT_EQ(std::get<bi::HomeNsAns>(*home.body).h_net_id, NetId{0x13});
}

TEST_F(InteropServer, ADeviceThatIsRegisteredHereIsAtHomeHere) {
  create(MacVersion::v1_0_3);
  Result<std::optional<std::string>> found = std::optional<std::string>("ns.example.com");
  serve(*Senders::load({{"000013", file}}), {},
        [&found](const storage::JoinKey& euis, const auto& reply) {
          EXPECT_EQ(euis, (storage::JoinKey{js::join_eui, js::dev_eui}));
          reply(found);
        });
  auto question = message(bi::MessageType::home_ns_req, bi::HomeNsReq{js::dev_eui});
  const auto home = [&] {
    const auto answer = ask(question);
    return std::get<bi::HomeNsAns>(*answer.body);
  };
  EXPECT_EQ(home().h_net_id, NetId{0x42}) << "and not in the network of its join server's record";
  EXPECT_FALSE(home().h_ns_id) << "1.0 has no NSID";
  question.header.version = bi::Version::v1_1;
  question.header.sender_ns_id = "EC656EFFFE000001";
  EXPECT_EQ(home().h_ns_id, "EC656EFFFE000002");
  found = std::optional<std::string>();
  EXPECT_EQ(home().h_net_id, NetId{0x13});
  EXPECT_FALSE(home().h_ns_id) << "another network's is not known";
  found = fail(ErrorDef{"test", "silent", Code::unavailable, "silent"});
  EXPECT_EQ(home().h_net_id, NetId{0x13}) << "the join server answers nevertheless";
}

TEST_F(InteropServer, CertificatesOfProxiesCountWithoutTlsAndFromProxiesOnly) {
  create(MacVersion::v1_0_3);
  const auto body = bi::encode(message(bi::MessageType::home_ns_req, bi::HomeNsReq{js::dev_eui}));
  const auto der = net::tls::certificates_of_pem(pair.certificate_pem).at(0);
  std::string escaped;
  for (const char c : pair.certificate_pem)
    escaped += c == '\n' ? "%0A" : c == ' ' ? "%20" : c == '+' ? "%2B" : std::string(1, c);
  struct Row {
    const char* remote;
    const char* header;
    std::string value;
    bi::ResultCode code;
  };
  const Row rows[] = {
      {"127.0.0.1:9", "X-Forwarded-Tls-Client-Cert", base64_encode(der), bi::ResultCode::success},
      {"127.0.0.1:9", "X-Forwarded-Tls-Client-Cert", escaped, bi::ResultCode::success},
      {"127.0.0.1:9", "X-Forwarded-Client-Cert", "Hash=ab;Cert=\"" + escaped + "\";URI=x",
       bi::ResultCode::success},
      {"127.0.0.1:9", "X-Forwarded-Client-Cert", "Cert=\"x\",Chain=\"" + escaped + "\"",
       bi::ResultCode::success},
      {"127.0.0.1:9", "X-Forwarded-Tls-Client-Cert", "nonsense", bi::ResultCode::unknown_sender},
      {"127.0.0.1:9", "X-Forwarded-Client-Cert", "Cert=\"%\"", bi::ResultCode::unknown_sender},
      {"192.0.2.1:9", "X-Forwarded-Tls-Client-Cert", base64_encode(der),
       bi::ResultCode::unknown_sender},
      // Believed on addresses alone.
      {"10.0.0.1:9", "X-Forwarded-Tls-Client-Cert", base64_encode(der),
       bi::ResultCode::unknown_sender},
  };
  for (const auto& row : rows) {
    auto request = request_of(body);
    request.tls_peer = nullptr;
    request.remote = *net::Endpoint::parse_listen(row.remote);
    request.headers.add(row.header, row.value);
    const auto answer = bi::decode(post(std::move(request))->text);
    ASSERT_TRUE(answer);
    EXPECT_EQ(code_of(*answer), row.code) << row.header << " " << row.value.substr(0, 30);
  }
}

TEST_F(InteropServer, WhatIsNoMessageIsTurnedAway) {
  const auto status = [this](const std::function<void(Request&)>& change) {
    auto request = request_of("{}");
    change(request);
    return post(std::move(request))->status;
  };
  EXPECT_EQ(status([](Request&) {}), 400);
  EXPECT_EQ(status([](Request& r) { r.body.clear(); }), 400);
  EXPECT_EQ(status([](Request& r) { r.method = "GET"; }), 404);
  EXPECT_EQ(
      status([](Request& r) { r.headers.set("Content-Type", "application/json; charset=utf-8"); }),
      404);
}

TEST_F(InteropServer, AnswersASenderThatWantsItSoByARequestOfItsOwn) {
  create(MacVersion::v1_0_3);
  FakeHttpClient network;
  AnswerWay way;
  way.access.fqdn = "ns.example.com";
  way.access.port = 8443;
  way.access.headers.emplace("X-Key", "k");
  way.path = "answers";
  way.http = &network;
  serve(*Senders::load({{"000013", file}, {"as-1", file}}), {{"000013", way}});
  const auto question = join(MacVersion::v1_0_3, 1);
  const auto heard = post(request_of(bi::encode(question)));
  EXPECT_EQ(heard->status, 200);
  EXPECT_TRUE(heard->ended);
  EXPECT_EQ(heard->text, "");
  ASSERT_EQ(network.sent.size(), 1U);
  EXPECT_EQ(network.sent[0].request.url, "https://ns.example.com:8443/answers");
  EXPECT_EQ(network.sent[0].request.headers.value("X-Key"), "k");
  const auto answer = bi::decode(network.sent[0].body());
  ASSERT_TRUE(answer && answer->body);
  EXPECT_EQ(answer->header, bi::answer_header(question.header));
  EXPECT_EQ(code_of(*answer), bi::ResultCode::success);
  // Refusals go the same way; who is not who it says gets no request of ours.
  ask_late(join(MacVersion::v1_0_3, 1));
  ASSERT_EQ(network.sent.size(), 2U);
  EXPECT_EQ(code_of(*bi::decode(network.sent[1].body())), bi::ResultCode::join_req_failed);
  auto stranger = request_of(bi::encode(join(MacVersion::v1_0_3, 2)));
  stranger.tls_peer = nullptr;
  EXPECT_EQ(code_of(*bi::decode(post(std::move(stranger))->text)), bi::ResultCode::unknown_sender);
  EXPECT_EQ(network.sent.size(), 2U);
  auto other = join(MacVersion::v1_0_3, 2);
  other.header.sender_id = "as-1";
  EXPECT_EQ(code_of(ask(other)), bi::ResultCode::unknown_sender) << "in the response, as ever";
}

TEST_F(InteropServer, TakesAnswersToOurQuestionsFromTheOnesThatWereAsked) {
  FakeHttpClient http;
  const auto client = late->client_of(http, std::chrono::seconds{1});
  net::http_client::ClientRequest request;
  auto question = message(bi::MessageType::home_ns_req, bi::HomeNsReq{js::dev_eui});
  std::swap(question.header.sender_id, question.header.receiver_id);
  request.body = std::make_shared<const Bytes>(to_owned(as_bytes(bi::encode(question))));
  std::optional<std::string> got;
  client->send(std::move(request), [&](const auto& answer) { got = answer->body; });
  loop.run_ready();
  const auto answer =
      bi::encode({bi::answer_header(question.header), bi::HomeNsAns{{}, NetId{0x13}, {}, {}, {}}});
  auto forged = request_of(answer);
  forged.tls_peer = nullptr;
  EXPECT_EQ(post(std::move(forged))->status, 403);
  EXPECT_FALSE(got);
  const auto taken = post(request_of(answer));
  loop.run_ready();
  EXPECT_EQ(taken->status, 200);
  EXPECT_EQ(got, answer);
  const auto again = post(request_of(answer));
  loop.run_ready();
  EXPECT_EQ(again->status, 404) << "nobody waits any more";
}

TEST_F(InteropServer, CertificatesHaveTheirTime) {
  create(MacVersion::v1_0_3);
  const auto home = message(bi::MessageType::home_ns_req, bi::HomeNsReq{js::dev_eui});
  EXPECT_EQ(code_of(ask(home)), bi::ResultCode::success);
  clock->advance(std::chrono::hours{24 * 4000});
  EXPECT_EQ(code_of(ask(home)), bi::ResultCode::unknown_sender);
}

TEST_F(InteropServer, TakesAnswersFromEveryJoinEuiOfAPrefix) {
  serve(*Senders::load({{to_string(js::join_eui).substr(0, 8) + "00000000/32", file}}), {});
  const auto question = message(bi::MessageType::home_ns_req, bi::HomeNsReq{js::dev_eui});
  auto answer =
      bi::Message{bi::answer_header(question.header), bi::HomeNsAns{{}, NetId{0x13}, {}, {}, {}}};
  const auto status = [&] {
    const auto written = post(request_of(bi::encode(answer)));
    loop.run_ready();
    return written->status;
  };
  EXPECT_EQ(status(), 404) << "nobody waits, but it is who it says";
  answer.header.sender_id = to_string(JoinEui{js::join_eui.value() ^ (std::uint64_t{1} << 40U)});
  EXPECT_EQ(status(), 403) << "another's JoinEUI";
}

TEST_F(InteropServer, TheLongestPrefixOfAJoinEuiCountsAndAWholeOneBeforeAll) {
  const auto other_file = std::filesystem::path(file.string() + ".other");
  auto random = make_seeded_random(2);
  const auto other = *net::tls::make_self_signed({.names = {"js.example.com"}}, now(), *random);
  std::ofstream(other_file) << other.certificate_pem;
  const auto ours = net::tls::certificates_of_pem(pair.certificate_pem);
  const auto theirs = net::tls::certificates_of_pem(other.certificate_pem);
  const auto senders = Senders::load({{"0000000000000000/0", other_file},
                                      {"70b3d57ed0000000/36", file},
                                      {"70B3D57ED00000FF/56", other_file},
                                      {"70b3d57ed0000001", file}});
  ASSERT_TRUE(senders) << senders.error().message();
  const auto is_ours = [&](const std::string& sender) {
    EXPECT_NE(senders->authenticate(sender, ours, now()).has_value(),
              senders->authenticate(sender, theirs, now()).has_value())
        << sender;
    return senders->authenticate(sender, ours, now()).has_value();
  };
  EXPECT_FALSE(is_ours("0000000000000001")) << "the prefix of all";
  EXPECT_TRUE(is_ours("70B3D57ED0000100"));
  EXPECT_TRUE(is_ours("70b3d57edfffffff")) << "of 36 bits";
  EXPECT_FALSE(is_ours("70B3D57EE0000000")) << "not of them";
  EXPECT_FALSE(is_ours("70B3D57ED0000002")) << "of 56 bits, whatever its others are";
  EXPECT_TRUE(is_ours("70B3D57ED0000001")) << "the whole one";
  EXPECT_FALSE(senders->authenticate("000013", ours, now())) << "no JoinEUI";
  EXPECT_TRUE(Senders::load({{"70b3d57ed0000000/65", file}}).error().is(unusable_authority));
  EXPECT_TRUE(Senders::load({{"as.example.com/36", file}})) << "an AS-ID";
  std::filesystem::remove(other_file);
}

TEST(Senders, RefuseFilesThatAreNoAuthorities) {
  EXPECT_TRUE(Senders::load({{"000013", "/does/not/exist"}}).error().is(unusable_authority));
  EXPECT_TRUE(Senders::load({{"000013", "/dev/null"}}).error().is(unusable_authority));
}

}  // namespace
}  // namespace ff::interop
