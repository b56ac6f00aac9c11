#include "net/http_client/target_policy.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ff::net::http_client {
namespace {

Endpoint at(const std::string& address) {
  const bool is_v6 = address.find(':') != std::string::npos;
  return *Endpoint::parse(is_v6 ? "[" + address + "]:443" : address + ":443");
}

TEST(TargetPolicy, KnowsWhatIsNotThePublicInternet) {
  for (const auto* address : {"127.0.0.1",
                              "127.255.255.255",
                              "0.0.0.0",
                              "10.1.2.3",
                              "172.16.0.1",
                              "172.31.255.255",
                              "192.168.1.1",
                              "169.254.169.254",
                              "100.64.0.1",
                              "100.127.255.255",
                              "192.0.0.8",
                              "192.0.2.1",
                              "198.18.0.1",
                              "198.19.255.255",
                              "198.51.100.7",
                              "203.0.113.9",
                              "224.0.0.1",
                              "239.255.255.250",
                              "240.0.0.1",
                              "255.255.255.255",
                              "::",
                              "::1",
                              "::7f00:1",
                              "fe80::1",
                              "fd00::1",
                              "fc00::1",
                              "ff02::1",
                              "fec0::1",
                              "2001:db8::1",
                              "2001::1",
                              "100::1",
                              "64:ff9b::7f00:1",
                              "64:ff9b::a00:1",
                              "64:ff9b:1::1",
                              "2002:7f00:1::1",
                              "2002:c0a8:101::1",
                              "::ffff:127.0.0.1",
                              "::ffff:10.0.0.1",
                              "4000::1",
                              "8000::1"})
    EXPECT_FALSE(is_public(at(address))) << address;
}

TEST(TargetPolicy, KnowsThePublicInternet) {
  for (const auto* address :
       {"1.1.1.1", "8.8.8.8", "172.15.255.255", "172.32.0.1", "100.63.255.255", "100.128.0.1",
        "192.0.1.1", "198.17.255.255", "198.20.0.1", "223.255.255.255", "2606:4700::1111",
        "2a00:1450::1", "64:ff9b::808:808", "2002:808:808::1", "::ffff:8.8.8.8"})
    EXPECT_TRUE(is_public(at(address))) << address;
}

TEST(TargetPolicy, AllowsWhatTheOperatorNames) {
  const TargetPolicy policy({*AddressBlock::parse("10.1.0.0/17"), *AddressBlock::parse("::1")});
  EXPECT_TRUE(policy.allows(at("10.1.127.255")));
  EXPECT_FALSE(policy.allows(at("10.1.128.0")));
  EXPECT_TRUE(policy.allows(at("::1")));
  EXPECT_FALSE(policy.allows(at("::2")));
  EXPECT_FALSE(policy.allows(at("127.0.0.1")));
  EXPECT_TRUE(policy.allows(at("8.8.8.8")));
}

}  // namespace
}  // namespace ff::net::http_client
