#include "net/address/network_of.hpp"

#include <gtest/gtest.h>

namespace ff::net {
namespace {

TEST(NetworkOf, IsTheAddressOrTheNetworkOfOneHost) {
  struct Row {
    const char* address;
    const char* network;
  };
  const Row rows[] = {
      {"192.0.2.1", "192.0.2.1"},
      {"::ffff:192.0.2.1", "192.0.2.1"},
      {"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
      {"2001:db8:1:2::", "2001:db8:1:2::/64"},
      {"2001:db8:1:3::1", "2001:db8:1:3::/64"},
      {"::1", "::/64"},
      {"fe80::1%2", "fe80::/64"},
      {"", ""},
      {"home", "home"},
      {"2001:db8::1]:1", "2001:db8::1]:1"},
  };
  EXPECT_EQ(network_of(Endpoint::parse("[2001:db8::1:2:3]:80").value()),
            Endpoint::parse("[2001:db8::]:0").value());
  EXPECT_EQ(network_of(Endpoint::parse("192.0.2.1:80").value()),
            Endpoint::parse("192.0.2.1:0").value());
  for (const auto& row : rows) EXPECT_EQ(network_of(row.address), row.network) << row.address;
}

}  // namespace
}  // namespace ff::net
