#include "net/address/endpoint.hpp"

#include <gtest/gtest.h>

#include <unordered_set>

namespace ff::net {
namespace {

struct Row {
  const char* text;
  const char* printed;  // Null: not an endpoint.
};

TEST(Endpoint, ParsesAndPrintsNumericAddresses) {
  const Row rows[] = {
      {"192.0.2.1:1700", "192.0.2.1:1700"},
      {"0.0.0.0:0", "0.0.0.0:0"},
      {"[::]:65535", "[::]:65535"},
      {"[2001:DB8:0:0::1]:1887", "[2001:db8::1]:1887"},
      {"[::ffff:192.0.2.1]:7", "192.0.2.1:7"},
      {"[fe80::1%3]:1700", "[fe80::1%3]:1700"},
      {"", nullptr},
      {":1700", nullptr},
      {"192.0.2.1", nullptr},
      {"192.0.2.1:", nullptr},
      {"192.0.2.1:65536", nullptr},
      {"192.0.2.1:-1", nullptr},
      {"192.0.2.1: 1", nullptr},
      {"192.0.2:1", nullptr},
      {"192.0.2.256:1", nullptr},
      {"2001:db8::1:1700", nullptr},
      {"[2001:db8::1:1700", nullptr},
      {"[2001:db8::1]", nullptr},
      {"[fe80::1%]:1", nullptr},
      {"[fe80::1%eth0]:1", nullptr},
      {"[]:1", nullptr},
      {"[:1", nullptr},
      {"localhost:1700", nullptr},
  };
  for (const auto& row : rows) {
    auto endpoint = Endpoint::parse(row.text);
    ASSERT_EQ(endpoint.has_value(), row.printed != nullptr) << row.text;
    if (!endpoint) {
      EXPECT_TRUE(endpoint.error().is(invalid_endpoint));
      continue;
    }
    EXPECT_EQ(endpoint->to_string(), row.printed);
    EXPECT_EQ(*Endpoint::parse(endpoint->to_string()), *endpoint);
  }
}

TEST(Endpoint, ParsesListenAddresses) {
  EXPECT_EQ(Endpoint::parse_listen(":1885")->to_string(), "[::]:1885");
  EXPECT_EQ(Endpoint::parse_listen("localhost:1885")->to_string(), "127.0.0.1:1885");
  EXPECT_EQ(Endpoint::parse_listen("10.0.0.1:1885")->to_string(), "10.0.0.1:1885");
  EXPECT_FALSE(Endpoint::parse_listen("1885"));
}

TEST(Endpoint, KnowsSpecialAddresses) {
  EXPECT_TRUE(Endpoint::parse("127.9.9.9:1")->is_loopback());
  EXPECT_TRUE(Endpoint::parse("[::1]:1")->is_loopback());
  EXPECT_FALSE(Endpoint::parse("[::]:1")->is_loopback());
  EXPECT_TRUE(Endpoint::parse("[::]:1")->is_any());
  EXPECT_TRUE(Endpoint::parse("0.0.0.0:1")->is_any());
  EXPECT_FALSE(Endpoint::parse("0.0.0.1:1")->is_any());
}

TEST(Endpoint, MappedAddressEqualsTheAddressItMaps) {
  EXPECT_EQ(*Endpoint::parse("[::ffff:10.0.0.1]:5"), Endpoint::v4({10, 0, 0, 1}, 5));
  EXPECT_NE(Endpoint::v4({10, 0, 0, 1}, 5), Endpoint::v4({10, 0, 0, 1}, 6));
}

TEST(Endpoint, HashTellsNeighboursApart) {
  std::unordered_set<std::size_t> seen;
  for (std::uint8_t host = 0; host < 100; ++host) {
    for (std::uint16_t port = 1000; port < 1100; ++port) {
      seen.insert(std::hash<Endpoint>()(Endpoint::v4({10, 0, 0, host}, port)));
    }
  }
  EXPECT_EQ(seen.size(), 10'000U);
}

}  // namespace
}  // namespace ff::net
