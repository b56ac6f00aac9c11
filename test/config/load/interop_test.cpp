#include "config/load/interop.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace ff::config {
namespace {

constexpr std::string_view sample = R"(
fqdn: js.example.com
port: 8443
protocol: BI1.1
paths:
  join: /join
  rejoin: rejoin
  app-s-key: keys/app
  home-ns: home
headers:
  X-Key: value
basic-auth:
  username: user
  password: pass
tls:
  root-ca: ca.pem
  source: file
  certificate: cert.pem
  key: key.pem
sender-ns-id: ec656efffe000001
asynchronous: true
)";

Result<InteropJoinServer> read(std::string_view text) {
  return read_interop_join_server(text, "js.yml", "/etc/js");
}

TEST(InteropFiles, AreReadAsWritten) {
  const auto server = read(sample);
  ASSERT_TRUE(server) << server.error().message();
  EXPECT_EQ(server->fqdn, "js.example.com");
  EXPECT_EQ(server->port, 8443);
  EXPECT_EQ(server->scheme, "https");
  EXPECT_EQ(server->protocol, InteropProtocol::bi_1_1);
  EXPECT_EQ(server->join_path, "join");
  EXPECT_EQ(server->rejoin_path, "rejoin");
  EXPECT_EQ(server->app_s_key_path, "keys/app");
  EXPECT_EQ(server->headers.at("X-Key"), "value");
  EXPECT_EQ(server->username, "user");
  EXPECT_EQ(server->root_ca, "/etc/js/ca.pem");
  EXPECT_EQ(server->key, "/etc/js/key.pem");
  EXPECT_EQ(server->sender_ns_id, "EC656EFFFE000001");
  EXPECT_TRUE(server->asynchronous);
  const auto least = read("{dns: joineuis.example.org, protocol: BI1.0, scheme: http}");
  ASSERT_TRUE(least) << least.error().message();
  EXPECT_EQ(least->dns, "joineuis.example.org");
  EXPECT_EQ(least->port, 80);
  EXPECT_FALSE(least->asynchronous);
}

TEST(InteropFiles, WhatDoesNotFitIsRefused) {
  for (const auto* text :
       {"", "[]", "fqdn: js", "protocol: BI1.0", "{fqdn: js, dns: x, protocol: BI1.0}",
        "{fqdn: js, protocol: BI2.0}", "{fqdn: js, protocol: BI1.0, port: 70000}",
        "{fqdn: js, protocol: BI1.0, hello: 1}", "{fqdn: js, protocol: BI1.0, scheme: ftp}",
        "{fqdn: js, protocol: BI1.0, sender-ns-id: ec656efffe000001}",
        "{fqdn: js, protocol: BI1.1, sender-ns-id: ec}",
        "{fqdn: js, protocol: BI1.1, asynchronous: perhaps}",
        "{fqdn: js, protocol: BI1.0, tls: {key: k}}",
        "{fqdn: js, protocol: BI1.0, tls: {source: key-vault}}",
        "{fqdn: js, protocol: BI1.0, paths: {other: x}}", "{fqdn: [js], protocol: BI1.0}", "{"}) {
    const auto server = read(text);
    ASSERT_FALSE(server) << text;
    EXPECT_TRUE(server.error().is(malformed_interop)) << text;
  }
}

class Folder : public ::testing::Test {
 protected:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "ff_interop_XXXXXX").string();
    path = ::mkdtemp(pattern.data());
  }
  ~Folder() override { std::filesystem::remove_all(path); }
  void write(const std::string& name, std::string_view text) const {
    std::ofstream(path / name) << text;
  }
  std::filesystem::path path;
};

TEST_F(Folder, NamesJoinServersWithTheirJoinEuis) {
  write("js.yml", sample);
  write("config.yml",
        "join-servers:\n- file: ./js.yml\n  join-euis: [70b3d57ed0000000/36, 0000000000000000/0]\n"
        "- file: js.yml\n  components: [as]\n  join-euis: []\n");
  const auto servers = load_interop_join_servers(path);
  ASSERT_TRUE(servers) << servers.error().message();
  ASSERT_EQ(servers->size(), 2U);
  const auto& first = servers->front();
  ASSERT_EQ(first.join_euis.size(), 2U);
  EXPECT_EQ(first.join_euis[0], (JoinEuiPrefix{JoinEui{0x70B3D57ED0000000}, 36}));
  EXPECT_TRUE(first.for_network_server && first.for_application_server);
  EXPECT_FALSE(servers->back().for_network_server);
  EXPECT_TRUE(servers->back().for_application_server);
}

TEST_F(Folder, IsRefusedAsAWhole) {
  EXPECT_FALSE(load_interop_join_servers(path)) << "no list";
  for (const auto* text :
       {"join-servers: [{file: missing.yml}]", "servers: []", "- a",
        "join-servers: [{join-euis: []}]", "join-servers: [{file: js.yml, join-euis: [xyz/3]}]"}) {
    write("js.yml", sample);
    write("config.yml", text);
    EXPECT_FALSE(load_interop_join_servers(path)) << text;
  }
}

TEST_F(Folder, NamesSendersWithTheirAuthorities) {
  write("config.yml", "000013: ns.pem\nas-1: as.pem\n");
  const auto senders = load_interop_senders(path);
  ASSERT_TRUE(senders) << senders.error().message();
  EXPECT_EQ(senders->at("000013").authorities, path / "ns.pem");
  EXPECT_EQ(senders->at("as-1").authorities, path / "as.pem");
  EXPECT_FALSE(senders->at("as-1").answers);
}

TEST_F(Folder, NamesWhereAnswersOfASenderGo) {
  write("answers.yml",
        "{fqdn: ns.example.com, port: 8443, path: /answers, headers: {X-Key: a}, "
        "tls: {root-ca: ca.pem}}");
  write("config.yml", "'000013': {ca: ns.pem, answers: answers.yml}\nas-1: {ca: as.pem}\n");
  const auto senders = load_interop_senders(path);
  ASSERT_TRUE(senders) << senders.error().message();
  const auto& network = senders->at("000013");
  EXPECT_EQ(network.authorities, path / "ns.pem");
  ASSERT_TRUE(network.answers);
  EXPECT_EQ(network.answers->access.fqdn, "ns.example.com");
  EXPECT_EQ(network.answers->access.port, 8443);
  EXPECT_EQ(network.answers->access.headers.at("X-Key"), "a");
  EXPECT_EQ(network.answers->access.root_ca, path / "ca.pem");
  EXPECT_EQ(network.answers->path, "answers");
  EXPECT_FALSE(senders->at("as-1").answers);
}

TEST_F(Folder, OfSendersIsRefusedAsAWhole) {
  write("answers.yml", "{path: answers}");
  for (const auto* text :
       {"- a", "a: {answers: answers.yml}", "a: {ca: a.pem, answers: answers.yml}",
        "a: {ca: a.pem, answers: missing.yml}", "a: {ca: a.pem, other: 1}", "a: [b]"}) {
    write("config.yml", text);
    EXPECT_FALSE(load_interop_senders(path)) << text;
  }
}

}  // namespace
}  // namespace ff::config
