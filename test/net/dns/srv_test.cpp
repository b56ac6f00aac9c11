#include "net/dns/srv.hpp"

#include <gtest/gtest.h>

#include <set>

#include "test/net/dns/dns_server.hpp"

namespace ff::net::dns {
namespace {

using test::DnsServer;

const std::string name = "_ttn-v3-is-grpc._tcp.example.com";

TEST(FindServices, AsksTheServerForTheName) {
  DnsServer server;
  const std::vector<Service> services = {{10, 5, 8884, "is.example.com"},
                                         {20, 0, 443, "spare.example.net"}};
  server.put(name, services);
  const auto found = find_services(name, server.resolver());
  ASSERT_TRUE(found) << found.error().message();
  EXPECT_EQ(*found, services);
  EXPECT_EQ(server.asked(), std::vector<std::string>{name});
}

TEST(FindServices, FindsNoneWhereThereIsNone) {
  DnsServer server;
  server.put("_empty._tcp.example.com", {});
  server.put("_none._tcp.example.com", {{0, 0, 0, ""}});  // the root: not available
  for (const auto* other :
       {"_unknown._tcp.example.com", "_empty._tcp.example.com", "_none._tcp.example.com"}) {
    const auto found = find_services(other, server.resolver());
    ASSERT_TRUE(found) << other << found.error().message();
    EXPECT_TRUE(found->empty()) << other;
  }
}

TEST(FindServices, SaysThatAServerFailsOrIsSilent) {
  DnsServer server;
  server.refuse(name, DnsServer::Refusal::server_failure);
  EXPECT_TRUE(find_services(name, server.resolver()).error().is(lookup_failed));
  server.refuse(name, DnsServer::Refusal::silence);
  EXPECT_TRUE(find_services(name, server.resolver()).error().is(lookup_failed));
}

TEST(ServicesIn, RefuseWhatIsNoAnswer) {
  EXPECT_TRUE(services_in({}).error().is(malformed_answer));
  EXPECT_TRUE(services_in(as_bytes("HTTP/1.1 200 OK\r\n\r\n")).error().is(malformed_answer));
}

TEST(InOrder, TheLowestPriorityIsFirst) {
  const auto random = make_seeded_random(1);
  const auto sorted = in_order({{20, 1, 1, "c"}, {10, 1, 1, "b"}, {5, 0, 1, "a"}}, *random);
  EXPECT_EQ(sorted.at(0).host, "a");
  EXPECT_EQ(sorted.at(1).host, "b");
  EXPECT_EQ(sorted.at(2).host, "c");
}

TEST(InOrder, WeightSaysHowOftenOneIsFirst) {
  const auto random = make_seeded_random(1);
  std::map<std::string, int> first;
  for (int i = 0; i < 1000; ++i) {
    const auto sorted =
        in_order({{1, 0, 1, "never"}, {1, 10, 1, "some"}, {1, 30, 1, "most"}}, *random);
    ASSERT_EQ(sorted.size(), 3U);
    std::set<std::string> hosts;
    for (const auto& one : sorted) hosts.insert(one.host);
    ASSERT_EQ(hosts.size(), 3U) << "each once";
    ++first[sorted.front().host];
  }
  EXPECT_LT(first["never"], 60);
  EXPECT_NEAR(first["some"], 250, 60);
  EXPECT_NEAR(first["most"], 730, 60);
}

}  // namespace
}  // namespace ff::net::dns
