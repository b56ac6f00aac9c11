// The server of Backend Interfaces over a real join server shard, without sockets: requests as
// values, for its tests.
#pragma once

#include <caf/send.hpp>

#include <fstream>

#include "actors/join_server/actor.hpp"
#include "actors/join_server/device.hpp"
#include "app/interop/server.hpp"
#include "net/runtime/manual_loop.hpp"
#include "net/tls/self_signed.hpp"
#include "protocol/backend_interfaces/message.hpp"
#include "test/actors/join_server/sample.hpp"
#include "test/support/actors/actor_fixture.hpp"

namespace ff::interop::test {

namespace bi = backend_interfaces;
namespace js = join_server::test;
using net::http::Request;

/// Keeps the answer.
class Written final : public net::http::ResponseWriter {
 public:
  void head(int code, net::http::Headers) override { status = code; }
  net::WriteResult body(ByteView chunk) override {
    text += as_text(chunk);
    return net::WriteResult::accepted;
  }
  void end() override { ended = true; }
  void on_disconnect(net::Task) override {}
  std::size_t outgoing_size() const noexcept override { return 0; }
  void when_room(net::Task task) override { task(); }
  void preset(std::string_view, std::string_view) override {}
  void upgrade(net::http::Headers, net::AcceptHandler) override {}

  int status = 0;
  std::string text;
  bool ended = false;
};

class InteropServerFixture : public ff::test::ActorFixture {
 protected:
  void SetUp() override {
    // A certificate of itself: its own authority.
    auto random = make_seeded_random(1);
    pair = *net::tls::make_self_signed({.names = {"ns.example.com"}}, now(), *random);
    file = std::filesystem::temp_directory_path() /
           ("ff_interop_" + std::to_string(::getpid()) + ".pem");
    std::ofstream(file) << pair.certificate_pem;
    auto context = std::make_shared<join_server::Context>();
    context->deps = deps;
    context->publish = [](events::Event) {};
    context->config.vault = vault;
    shard = join_server::spawn_shard(*system, std::move(context), storage::Shard{0});
    shards.route(storage::Shard{0}).set(shard);
    auto senders = Senders::load({{"000013", file}, {"as-1", file}});
    ASSERT_TRUE(senders) << senders.error().message();
    serve(*senders, {});
  }
  using FindDevice = decltype(ServerPorts::find_device);
  void serve(Senders senders, AnswerWays ways, FindDevice find_device = nullptr) {
    handler =
        make_interop_handler({.senders = std::move(senders),
                              .trusted_proxies = {*net::AddressBlock::parse("127.0.0.0/8"),
                                                  *net::AddressBlock::parse("10.0.0.0/8")},
                              .certificate_proxies = {*net::AddressBlock::parse("127.0.0.0/8")},
                              .join_servers = shards,
                              .asker = api::Asker({}, std::chrono::seconds{5}),
                              .net_id = NetId{0x42},
                              .ns_id = "EC656EFFFE000002",
                              .find_device = std::move(find_device),
                              .vault = vault,
                              .now = [this] { return now(); },
                              .metrics = &metrics,
                              .answer_ways = std::move(ways),
                              .late_answers = late});
  }
  void TearDown() override {
    handler = nullptr;
    shards.route(storage::Shard{0}).clear();
    caf::anon_send_exit(shard, caf::exit_reason::kill);
    shard = nullptr;
    run();
    std::filesystem::remove(file);
  }
  UtcTime now() const { return clock->now().utc; }

  using Adjust = std::function<void(join_server::JoinDevice&)>;
  void create(
      MacVersion version, Adjust adjust = [](auto&) {}) {
    auto make = [version, adjust](const join_server::JoinDevice*) {
      auto device = js::device();
      device.net_id = NetId{0x13};
      device.application_server_id = "as-1";
      if (version == MacVersion::v1_1) device.nwk_key = js::plain(js::key_of_byte(0x22));
      adjust(device);
      return Result<join_server::JoinDevice>(device);
    };
    caf::anon_send(shard,
                   join_server::ChangeJoinDevice{js::join_eui, js::dev_eui, make, [](auto) {}});
    run();
  }
  Request request_of(const std::string& body) const {
    Request out;
    out.method = "POST";
    out.target = "/anything";
    out.headers.add("Content-Type", "application/json");
    out.body = to_owned(as_bytes(body));
    auto peer = std::make_shared<net::tls::Peer>();
    peer->certificates = net::tls::certificates_of_pem(pair.certificate_pem);
    out.tls_peer = std::move(peer);
    out.remote = *net::Endpoint::parse_listen("192.0.2.1:1000");
    return out;
  }
  std::shared_ptr<Written> post(Request request) {
    auto out = std::make_shared<Written>();
    handler(std::move(request), out);
    run();
    return out;
  }
  static bi::Message message(bi::MessageType type, bi::Body body) {
    bi::Header header;
    header.version = bi::Version::v1_0;
    header.transaction_id = 5;
    header.type = type;
    header.sender_id = "000013";
    header.receiver_id = to_string(js::join_eui);
    return {header, std::move(body)};
  }
  bi::Decoded ask(const bi::Message& sent) {
    const auto written = post(request_of(bi::encode(sent)));
    EXPECT_EQ(written->status, 200);
    EXPECT_TRUE(written->ended);
    auto answer = bi::decode(written->text);
    EXPECT_TRUE(answer) << written->text;
    EXPECT_EQ(answer->header, bi::answer_header(sent.header));
    EXPECT_TRUE(answer->body) << written->text;
    return *answer;
  }
  /// Of one that gets its answer later.
  void ask_late(const bi::Message& sent) {
    EXPECT_EQ(post(request_of(bi::encode(sent)))->text, "");
  }
  static bi::Message join(MacVersion version, std::uint16_t nonce) {
    const auto asked = js::join(version, nonce);
    return message(
        bi::MessageType::join_req,
        bi::JoinReq{
            version, asked.join_request, js::dev_eui, asked.dev_addr, asked.dl_settings, 5, {}});
  }
  static bi::Message rejoin(phy::RejoinType type, std::uint16_t count) {
    const auto asked = js::rejoin(type, count);
    auto out = join(MacVersion::v1_1, 0);
    out.header.type = bi::MessageType::rejoin_req;
    std::get<bi::JoinReq>(out.body).phy_payload = asked.join_request;
    return out;
  }
  static bi::ResultCode code_of(const bi::Decoded& answer) {
    return std::visit(
        [](const auto& body) {
          if constexpr (requires { body.result; }) return body.result.code;
          return bi::ResultCode::other;
        },
        *answer.body);
  }

  net::tls::KeyPair pair;
  std::filesystem::path file;
  std::shared_ptr<key_vault::LiveKeyVault> vault = std::make_shared<key_vault::LiveKeyVault>();
  join_server::ShardActor shard;
  actors::Sharded<join_server::ShardHandle> shards{*storage::ShardCount::make(1)};
  net::ManualLoop loop;
  std::shared_ptr<LateAnswers> late = std::make_shared<LateAnswers>(loop, 8);
  net::http::HttpHandler handler;
};

}  // namespace ff::interop::test
