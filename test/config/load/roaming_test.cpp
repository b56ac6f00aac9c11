#include "config/load/roaming.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace ff::config {
namespace {

constexpr std::string_view sample = R"(
net-id: "000013"
fqdn: ns.example.com
protocol: BI1.1
path: /bi
timeout: 3s
tls: {root-ca: ca.pem, certificate: cert.pem, key: key.pem}
sender-ns-id: ec656efffe000001
asynchronous: true
forward:
  join-euis: [70b3d57ed0000000/36]
  limits: {uplinks-per-minute: 10, downlinks-per-day: 5}
accept:
  joins: false
  dev-addr-prefixes: [04000000/8]
  lifetime: 10m
  kek-label: partner
)";

Result<RoamingPartner> read(std::string_view text) {
  return read_roaming_partner(text, "net13.yml", "/etc/ff");
}

TEST(RoamingFiles, AreReadAsWritten) {
  const auto partner = read(sample);
  ASSERT_TRUE(partner) << partner.error().message();
  EXPECT_EQ(partner->net_id, NetId{0x13});
  EXPECT_EQ(partner->access.fqdn, "ns.example.com");
  EXPECT_EQ(partner->access.root_ca, "/etc/ff/ca.pem");
  EXPECT_EQ(partner->access.sender_ns_id, "EC656EFFFE000001");
  EXPECT_EQ(partner->path, "bi");
  EXPECT_TRUE(partner->access.asynchronous);
  EXPECT_EQ(partner->timeout, std::chrono::seconds{3});
  EXPECT_TRUE(partner->forward.allowed);
  EXPECT_EQ(partner->forward.dev_addr_prefixes, std::vector{prefix_of(NetId{0x13})});
  EXPECT_EQ(partner->forward.join_euis.size(), 1U);
  EXPECT_EQ(partner->forward.limits,
            (RoamingLimits{.uplinks_per_minute = 10, .downlinks_per_day = 5}));
  EXPECT_TRUE(partner->accept.allowed);
  EXPECT_FALSE(partner->accept.joins);
  EXPECT_EQ(partner->accept.lifetime, std::chrono::minutes{10});
  EXPECT_EQ(partner->accept.kek_label, "partner");
  EXPECT_EQ(partner->accept.limits, RoamingLimits{});
}

TEST(RoamingFiles, APartnerMayHaveTheNameOfItsNetId) {
  const auto partner = read(
      "{net-id: '60050A', dns: netids.example.org, protocol: BI1.1, sender-ns-id: "
      "ec656efffe000001}");
  ASSERT_TRUE(partner) << partner.error().message();
  EXPECT_EQ(partner->access.fqdn, "60050a.netids.example.org");
  EXPECT_FALSE(read("{net-id: '60050A', dns: a, fqdn: b, protocol: BI1.0}"));
}

TEST(RoamingFiles, WhatIsLeftOutIsNotAllowed) {
  const auto partner = read("{net-id: '000013', fqdn: ns, protocol: BI1.0}");
  ASSERT_TRUE(partner) << partner.error().message();
  EXPECT_FALSE(partner->forward.allowed);
  EXPECT_FALSE(partner->accept.allowed);
}

TEST(RoamingFiles, WhatDoesNotFitIsRefused) {
  for (const auto* text :
       {"", "[]", "{fqdn: ns, protocol: BI1.0}", "{net-id: '13', fqdn: ns, protocol: BI1.0}",
        "{net-id: '000013', protocol: BI1.0}", "{net-id: '000013', fqdn: ns, protocol: BI3.0}",
        "{net-id: '000013', fqdn: ns, protocol: BI1.0, timeout: 1h}",
        "{net-id: '000013', fqdn: ns, protocol: BI1.0, accept: {lifetime: -1s}}",
        "{net-id: '000013', fqdn: ns, protocol: BI1.0, accept: {other: 1}}",
        "{net-id: '000013', fqdn: ns, protocol: BI1.0, forward: {dev-addr-prefixes: [x]}}",
        "{net-id: '000013', fqdn: ns, protocol: BI1.0, forward: {limits: {a: 1}}}",
        "{net-id: '000013', fqdn: a, protocol: BI1.0, forward: {limits: {uplinks-per-day: -1}}}"}) {
    EXPECT_FALSE(read(text)) << text;
  }
}

TEST(RoamingFiles, PartnersAreListedBesideJoinServers) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("ff_roaming_" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  const auto write = [&](const char* name, std::string_view text) {
    std::ofstream(folder / name) << text;
  };
  write("config.yml", "{join-servers: [], roaming-partners: [one.yml, two.yml]}");
  write("one.yml", sample);
  write("two.yml", "{net-id: '000014', fqdn: ns, protocol: BI1.0}");
  EXPECT_TRUE(load_interop_join_servers(folder));
  const auto partners = load_roaming_partners(folder);
  ASSERT_TRUE(partners) << partners.error().message();
  EXPECT_EQ(partners->size(), 2U);
  write("two.yml", "{net-id: '000013', fqdn: ns, protocol: BI1.0}");
  EXPECT_FALSE(load_roaming_partners(folder)) << "two with one NetID";
  write("config.yml", "{roaming-partners: [three.yml]}");
  EXPECT_FALSE(load_roaming_partners(folder));
  write("config.yml", "{join-servers: []}");
  EXPECT_TRUE(load_roaming_partners(folder)->empty());
  std::filesystem::remove_all(folder);
}

TEST(RoamingPartners, HaveNoAddressesOfOurs) {
  const std::vector<DevAddrPrefix> own{prefix_of(NetId{0x42})};
  const std::vector partners{*read(sample)};
  EXPECT_TRUE(check_roaming_partners(partners, NetId{0x42}, own));
  EXPECT_FALSE(check_roaming_partners(partners, NetId{0x13}, own)) << "ourselves";
  EXPECT_FALSE(check_roaming_partners(partners, NetId{0x42}, {{DevAddr{0x26010000}, 16}}));
  EXPECT_FALSE(check_roaming_partners(partners, NetId{0x42}, {{DevAddr{0}, 0}}));
}

}  // namespace
}  // namespace ff::config
