#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "net/runtime/manual_loop.hpp"
#include "net/tls/certificate.hpp"
#include "net/tls/engine.hpp"
#include "net/tls/reloader.hpp"
#include "net/tls/self_signed.hpp"
#include "protocol/base/base64.hpp"
#include "protocol/base/random.hpp"

namespace ff::net::tls {
namespace {

UtcTime wall_clock() {
  return UtcTime(
      std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch()));
}

Result<KeyPair> new_pair(SelfSignedOptions options = {}, UtcTime now = wall_clock()) {
  auto random = make_seeded_random(1);
  return make_self_signed(options, now, *random);
}

/// Two engines whose output is carried by hand.
struct Dialogue {
  Dialogue(const KeyPair& pair, const std::string& host, ClientOptions options = {}) {
    options.roots_pem = pair.certificate_pem;
    server = *Engine::server(*ServerContext::create(pair));
    client = *Engine::client(*ClientContext::create(options), host);
    client->receive({});
  }
  /// Carries until both are silent.
  void run() {
    while (true) {
      auto up = client->take_output();
      server->receive(up);
      auto down = server->take_output();
      client->receive(down);
      if (up.empty() && down.empty()) return;
    }
  }
  static std::string read(Engine& engine) {
    std::string text;
    Bytes buffer(100);
    while (auto count = engine.read(buffer)) text += as_text(ByteView(buffer).first(count));
    return text;
  }
  std::unique_ptr<Engine> server, client;
};

struct TempFolder {
  TempFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "ff_tls_XXXXXX").string();
    path = ::mkdtemp(pattern.data());
  }
  ~TempFolder() { std::filesystem::remove_all(path); }
  std::filesystem::path path;
};

void write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path) << text;
}

TEST(TlsEngine, CarriesBytesBothWaysAndEndsInOrder) {
  Dialogue dialogue(*new_pair(), "localhost");
  dialogue.run();
  ASSERT_EQ(dialogue.client->state(), Engine::State::open);
  ASSERT_EQ(dialogue.server->state(), Engine::State::open);
  std::string large(100'000, 'x');
  dialogue.client->write(as_bytes(large));
  dialogue.server->write(as_bytes("hello"));
  dialogue.run();
  EXPECT_EQ(Dialogue::read(*dialogue.server), large);
  EXPECT_EQ(Dialogue::read(*dialogue.client), "hello");
  dialogue.client->shutdown();
  dialogue.run();
  EXPECT_EQ(Dialogue::read(*dialogue.server), "");
  EXPECT_EQ(dialogue.server->state(), Engine::State::closed);
}

TEST(TlsEngine, ChecksTheNameOfTheServer) {
  auto pair = *new_pair({.names = {"lns.example.com", "192.0.2.7", "evil,IP:1.2.3.4"}});
  const std::pair<const char*, bool> rows[] = {
      {"localhost", true}, {"127.0.0.1", true}, {"::1", true},    {"lns.example.com", true},
      {"192.0.2.7", true}, {"1.2.3.4", false},  {"other", false}, {"192.0.2.8", false},
  };
  for (auto [host, good] : rows) {
    Dialogue dialogue(pair, host);
    dialogue.run();
    EXPECT_EQ(dialogue.client->state(), good ? Engine::State::open : Engine::State::failed) << host;
  }
}

TEST(TlsEngine, ExpiredCertificateFails) {
  auto pair = *new_pair({.lifetime = std::chrono::hours{1}}, wall_clock() - std::chrono::hours{48});
  Dialogue dialogue(pair, "localhost");
  dialogue.run();
  EXPECT_EQ(dialogue.client->state(), Engine::State::failed);
  EXPECT_NE(dialogue.client->failure(), "");
}

TEST(TlsEngine, GarbageFailsWithoutAnException) {
  auto context = *ServerContext::create(*new_pair());
  auto random = make_seeded_random(3);
  for (int i = 0; i < 200; ++i) {
    auto engine = *Engine::server(context);
    Bytes garbage(1 + random->below(200));
    random->fill(garbage);
    if (i % 2 == 0) garbage[0] = 0x16;  // A handshake record.
    engine->receive(garbage);
    EXPECT_NE(engine->state(), Engine::State::open);
  }
}

TEST(TlsCertificate, TellsItsCommonName) {
  const auto pair = *new_pair({.names = {"lns.example.com"}});
  std::string body;
  std::istringstream lines(pair.certificate_pem);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("-----")) body += line;
  }
  auto der = *base64_decode(body);
  EXPECT_EQ(common_name(der), "localhost");
  EXPECT_EQ(common_name({}), std::nullopt);
  for (auto& byte : der) {
    byte ^= 0x80;
    static_cast<void>(common_name(der));
    byte ^= 0x80;
  }
  EXPECT_EQ(common_name(ByteView(der).first(der.size() / 2)), std::nullopt);
}

TEST(TlsContext, BrokenPairsAreErrors) {
  auto a = *new_pair();
  auto b = *new_pair();
  const KeyPair rows[] = {{},
                          {a.certificate_pem, ""},
                          {"", a.key_pem},
                          {a.certificate_pem, b.key_pem},
                          {"text", "text"}};
  for (const auto& row : rows) {
    auto context = ServerContext::create(row);
    ASSERT_FALSE(context);
    EXPECT_TRUE(context.error().is(certificate_invalid));
  }
  EXPECT_FALSE(ServerContext::create(a, {.client_roots_pem = "text"}));
  EXPECT_FALSE(ClientContext::create({.roots_pem = "text"}));
}

TEST(SelfSigned, IsMadeOnceAndStoredPrivately) {
  TempFolder folder;
  auto random = make_seeded_random(1);
  auto directory = folder.path / "deep" / "tls";
  auto first = load_or_make_self_signed(directory, {}, wall_clock(), *random);
  auto second = load_or_make_self_signed(directory, {}, wall_clock(), *random);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(*first, *second);
  for (auto name : {"cert.pem", "key.pem"}) {
    struct stat status {};
    ASSERT_EQ(::stat((directory / name).c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U) << name;
  }
  EXPECT_TRUE(ServerContext::create(*second));
}

TEST(SelfSigned, UnusableFolderIsAnError) {
  TempFolder folder;
  write(folder.path / "file", "");
  auto random = make_seeded_random(1);
  auto pair = load_or_make_self_signed(folder.path / "file" / "x", {}, wall_clock(), *random);
  ASSERT_FALSE(pair);
  EXPECT_TRUE(pair.error().is(self_signed_failed));
}

TEST(CertificateReloader, UsesChangedFilesAndKeepsTheOldOnErrors) {
  TempFolder folder;
  CertificateFiles files{folder.path / "c", folder.path / "k"};
  auto store = [&](const KeyPair& pair) {
    write(files.certificate, pair.certificate_pem);
    write(files.key, pair.key_pem);
  };
  auto first = *new_pair();
  store(first);
  auto context = *ServerContext::create(first);
  ManualLoop loop;
  std::vector<bool> reports;
  CertificateReloader reloader(
      loop, files, std::chrono::minutes{1},
      [&](const KeyPair& pair) { return context->replace(pair); },
      [&](const Status& status) { reports.push_back(status.has_value()); });
  reloader.start();
  loop.advance(std::chrono::minutes{5});
  EXPECT_TRUE(reports.empty());
  auto second = *new_pair();
  write(files.certificate, second.certificate_pem);  // Half a change.
  loop.advance(std::chrono::minutes{2});
  EXPECT_EQ(reports, (std::vector<bool>{false}));
  store(second);
  loop.advance(std::chrono::minutes{2});
  EXPECT_EQ(reports, (std::vector<bool>{false, true}));
  std::filesystem::remove(files.key);
  loop.advance(std::chrono::minutes{5});
  EXPECT_EQ(reports, (std::vector<bool>{false, true, false}));
  store(second);
  EXPECT_FALSE(reloader.check());
}

}  // namespace
}  // namespace ff::net::tls
