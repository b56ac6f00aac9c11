#include <gtest/gtest.h>

#include "net/tls/self_signed.hpp"
#include "protocol/base/random.hpp"
#include "test/net/stream/tcp_fixture.hpp"

namespace ff::net {
namespace {

/// Certificates of these tests are valid around the real time, which OpenSSL looks at.
UtcTime wall_clock() {
  return UtcTime(
      std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch()));
}

tls::KeyPair new_pair() {
  auto random = make_seeded_random(1);
  return *tls::make_self_signed({}, wall_clock(), *random);
}

struct TlsServer {
  TlsServer(TcpFixture& fixture, const tls::KeyPair& pair, tls::ServerOptions options = {},
            Duration handshake_timeout = patience) {
    context = *tls::ServerContext::create(pair, std::move(options));
    ListenOptions listen;
    listen.tls = context;
    listen.handshake_timeout = handshake_timeout;
    auto result = fixture.network->listen(
        TcpFixture::loopback(), listen, [shared = accepted](std::shared_ptr<Stream> stream) {
          auto raw = stream.get();
          auto echo = std::make_shared<Recorder>([raw](ByteView bytes) { raw->write(bytes); });
          shared->set({std::move(stream), echo});
          return echo;
        });
    if (result) listener = std::move(*result);
  }

  std::shared_ptr<tls::ServerContext> context;
  std::shared_ptr<Awaited<Connected>> accepted = std::make_shared<Awaited<Connected>>();
  std::unique_ptr<Listener> listener;
};

ConnectOptions trusting(const tls::KeyPair& pair, tls::ClientOptions options = {}) {
  options.roots_pem = pair.certificate_pem;
  ConnectOptions connect;
  connect.host = "localhost";
  connect.tls = *tls::ClientContext::create(options);
  return connect;
}

TEST(TlsStream, EchoesLargeDataAndClosesInOrder) {
  TcpFixture fixture;
  auto pair = new_pair();
  TlsServer server(fixture, pair, {.alpn = {"mqtt", "http/1.1"}});
  auto client = fixture.connect(*server.listener, trusting(pair, {.alpn = {"http/1.1"}}));
  ASSERT_TRUE(client) << fixture.failure;
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += std::to_string(i);
  EXPECT_EQ(client->stream->write(as_bytes(text)), WriteResult::accepted);
  EXPECT_TRUE(client->recorder->wait_size(text.size()));
  EXPECT_EQ(client->recorder->text(), text);
  auto seen = client->stream->tls_peer();
  ASSERT_TRUE(seen);
  EXPECT_TRUE(seen->verified);
  EXPECT_EQ(seen->alpn, "http/1.1");
  EXPECT_EQ(seen->version, "TLSv1.3");
  EXPECT_EQ(seen->certificates.size(), 1U);
  auto at_server = server.accepted->wait();
  ASSERT_TRUE(at_server);
  EXPECT_EQ(at_server->stream->tls_peer()->server_name, "localhost");
  EXPECT_TRUE(at_server->stream->tls_peer()->certificates.empty());
  client->stream->close();
  EXPECT_EQ(client->recorder->wait_closed(), CloseReason::local_closed);
  EXPECT_EQ(at_server->recorder->wait_closed(), CloseReason::peer_closed);
}

TEST(TlsStream, AddressesOfTheCertificateAreAcceptedToo) {
  TcpFixture fixture;
  auto pair = new_pair();
  TlsServer server(fixture, pair);
  auto options = trusting(pair);
  options.host = "127.0.0.1";
  EXPECT_TRUE(fixture.connect(*server.listener, options)) << fixture.failure;
}

TEST(TlsStream, UntrustedServerIsRefused) {
  TcpFixture fixture;
  TlsServer server(fixture, new_pair());
  EXPECT_FALSE(fixture.connect(*server.listener, trusting(new_pair())));
  EXPECT_NE(fixture.failure.find("tls"), std::string::npos) << fixture.failure;
  tls::ClientOptions careless;
  careless.insecure_skip_verify = true;
  auto client = fixture.connect(*server.listener, trusting(new_pair(), careless));
  ASSERT_TRUE(client) << fixture.failure;
  EXPECT_FALSE(client->stream->tls_peer()->verified);
}

TEST(TlsStream, ClientCertificateIsReported) {
  struct Row {
    const char* name;
    tls::ClientCertificates mode;
    bool gives;
    bool trusted;
    bool echoes;
  };
  const Row rows[] = {
      {"request, none given", tls::ClientCertificates::request, false, true, true},
      {"request, unknown", tls::ClientCertificates::request, true, false, true},
      {"request, known", tls::ClientCertificates::request, true, true, true},
      {"verify, none given", tls::ClientCertificates::verify_if_given, false, true, true},
      {"verify, unknown", tls::ClientCertificates::verify_if_given, true, false, false},
      {"verify, known", tls::ClientCertificates::verify_if_given, true, true, true},
      {"require, none given", tls::ClientCertificates::require, false, true, false},
      {"require, known", tls::ClientCertificates::require, true, true, true},
  };
  TcpFixture fixture;
  auto pair = new_pair();
  auto own = new_pair();
  for (const auto& row : rows) {
    tls::ServerOptions options{
        .client_certificates = row.mode,
        .client_roots_pem = row.trusted ? own.certificate_pem : pair.certificate_pem};
    TlsServer server(fixture, pair, options);
    tls::ClientOptions client_options;
    if (row.gives) client_options.certificate = own;
    auto client = fixture.connect(*server.listener, trusting(pair, client_options));
    // In TLS 1.3 the client is done before the server has judged.
    if (!row.echoes) {
      EXPECT_TRUE(!client || client->recorder->wait_closed()) << row.name;
      continue;
    }
    ASSERT_TRUE(client) << row.name << fixture.failure;
    client->stream->write(as_bytes("x"));
    EXPECT_TRUE(client->recorder->wait_text("x")) << row.name;
    auto seen = server.accepted->wait()->stream->tls_peer();
    EXPECT_EQ(seen->certificates.size(), row.gives ? 1U : 0U) << row.name;
    EXPECT_EQ(seen->verified, row.gives && row.trusted) << row.name;
  }
}

TEST(TlsStream, NewConnectionsSeeAReplacedCertificate) {
  TcpFixture fixture;
  auto before = new_pair();
  auto after = new_pair();
  TlsServer server(fixture, before);
  auto old_client = fixture.connect(*server.listener, trusting(before));
  ASSERT_TRUE(old_client);
  ASSERT_TRUE(server.context->replace(after));
  EXPECT_TRUE(fixture.connect(*server.listener, trusting(after))) << fixture.failure;
  EXPECT_FALSE(fixture.connect(*server.listener, trusting(before)));
  old_client->stream->write(as_bytes("x"));
  EXPECT_TRUE(old_client->recorder->wait_text("x"));
  EXPECT_FALSE(server.context->replace({before.certificate_pem, after.key_pem}));
  EXPECT_TRUE(fixture.connect(*server.listener, trusting(after)));
}

TEST(TlsStream, SilentAndPlainClientsAreCutOff) {
  TcpFixture fixture;
  TlsServer server(fixture, new_pair(), {}, std::chrono::milliseconds{100});
  auto silent = fixture.connect(*server.listener);
  auto plain = fixture.connect(*server.listener);
  ASSERT_TRUE(silent && plain);
  plain->stream->write(as_bytes("GET / HTTP/1.1\r\n\r\n"));
  EXPECT_TRUE(plain->recorder->wait_closed());
  EXPECT_TRUE(silent->recorder->wait_closed());
  EXPECT_EQ(server.listener->counters().handshakes_failed, 2U);
  EXPECT_EQ(server.listener->counters().accepted, 0U);
}

}  // namespace
}  // namespace ff::net
