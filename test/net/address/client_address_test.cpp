#include "net/address/client_address.hpp"

#include <gtest/gtest.h>

namespace ff::net {
namespace {

/// Proxies in 10.0.0.0/8 and fd00::/8 are trusted.
struct Row {
  const char* name;
  const char* peer;
  std::vector<std::string_view> hops;
  const char* real_ip;
  const char* client;
};

const Row rows[] = {
    {"nobody says anything", "10.0.0.1", {}, "", "10.0.0.1"},
    {"a client's own invention", "203.0.113.9", {"198.51.100.1"}, "198.51.100.2", "203.0.113.9"},
    {"one proxy", "10.0.0.1", {"198.51.100.1"}, "", "198.51.100.1"},
    {"two proxies", "10.0.0.1", {"198.51.100.1, 10.0.0.2"}, "", "198.51.100.1"},
    {"two proxies, two headers", "10.0.0.1", {"198.51.100.1", "10.0.0.2"}, "", "198.51.100.1"},
    {"an invention before the proxy's", "10.0.0.1", {"1.2.3.4, 198.51.100.1"}, "", "198.51.100.1"},
    {"one in a header before", "10.0.0.1", {"1.2.3.4", "198.51.100.1"}, "", "198.51.100.1"},
    {"a proxy that nobody trusts", "10.0.0.1", {"1.2.3.4, 203.0.113.9"}, "", "203.0.113.9"},
    {"proxies alone", "10.0.0.1", {"10.0.0.3, 10.0.0.2"}, "", "10.0.0.3"},
    {"a word in the place of the last", "10.0.0.1", {"198.51.100.1, unknown"}, "", "10.0.0.1"},
    {"a word before a proxy", "10.0.0.1", {"198.51.100.1, x, 10.0.0.2"}, "", "10.0.0.2"},
    {"an end without address", "10.0.0.1", {"198.51.100.1,"}, "", "10.0.0.1"},
    {"commas", "10.0.0.1", {",,,"}, "", "10.0.0.1"},
    {"blanks", "10.0.0.1", {"\t 198.51.100.1 \t"}, "", "198.51.100.1"},
    {"an empty header", "10.0.0.1", {""}, "", "10.0.0.1"},
    {"a port", "10.0.0.1", {"198.51.100.1:4711"}, "", "198.51.100.1"},
    {"IPv6", "fd00::1", {"2001:db8::7, fd00::2"}, "", "2001:db8::7"},
    {"IPv6 in brackets", "10.0.0.1", {"[2001:db8::7]"}, "", "2001:db8::7"},
    {"IPv6 with a port", "10.0.0.1", {"[2001:db8::7]:4711"}, "", "2001:db8::7"},
    {"IPv4 in IPv6 is IPv4", "::ffff:10.0.0.1", {"::ffff:198.51.100.1"}, "", "198.51.100.1"},
    {"a block is no address", "10.0.0.1", {"198.51.100.0/24"}, "198.51.100.0/24", "10.0.0.1"},
    {"a line break", "10.0.0.1", {"198.51.100.1\r\nX: y"}, "", "10.0.0.1"},
    {"only the real address", "10.0.0.1", {}, "198.51.100.1", "198.51.100.1"},
    {"a real address that is none", "10.0.0.1", {}, "account:ada", "10.0.0.1"},
    {"both say the same", "10.0.0.1", {"1.2.3.4, 198.51.100.1"}, "198.51.100.1", "198.51.100.1"},
    {"one of both is invented", "10.0.0.1", {"198.51.100.1"}, "1.2.3.4", "10.0.0.1"},
    {"the real address is a proxy's",
     "10.0.0.1",
     {"198.51.100.1, 10.0.0.2"},
     "10.0.0.2",
     "198.51.100.1"},
    {"a peer that is no address", "unix:/run/x", {"198.51.100.1"}, "1.2.3.4", "unix:/run/x"},
};

TEST(ClientAddress, IsTheLastThatIsNoTrustedProxy) {
  const std::vector<AddressBlock> trusted{*AddressBlock::parse("10.0.0.0/8"),
                                          *AddressBlock::parse("fd00::/8")};
  for (const auto& row : rows) {
    EXPECT_EQ(client_address(row.peer, {row.hops, row.real_ip}, trusted), row.client) << row.name;
  }
}

TEST(ClientAddress, WithoutTrustedProxiesItIsThePeer) {
  for (const auto& row : rows)
    EXPECT_EQ(client_address(row.peer, {row.hops, row.real_ip}, {}), row.peer) << row.name;
}

}  // namespace
}  // namespace ff::net
