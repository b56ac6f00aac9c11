#include "app/cli/call/discovery.hpp"

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include "app/cli/call/grpc_api.hpp"
#include "test/net/dns/dns_server.hpp"
#include "ttn/lorawan/v3/application.pb.h"

namespace ff::cli {
namespace {

using net::dns::test::DnsServer;

Config config_of(const std::string& address) {
  Sources sources;
  for (const auto* component : {"identity-server", "network-server", "packet-broker-agent"})
    sources.flags[std::string(component) + "-grpc-address"] = address;
  sources.flags["insecure"] = "true";
  return load_config(sources)->config;
}

FindServices asking(const DnsServer& server) {
  return [resolver = server.resolver()](const std::string& name) {
    return net::dns::find_services(name, resolver);
  };
}

TEST(Discovery, AsksForTheRecordOfTheComponent) {
  DnsServer server;
  server.put("_ttn-v3-is-grpc._tcp.example.com",
             {{0, 5, 8884, "is.example.com"}, {1, 5, 443, "spare.example.com"}});
  server.put("_ttn-v3-ns-grpc._tcp.example.com", {{0, 5, 1884, "ns.example.com"}});
  const auto config = config_of("example.com");
  EXPECT_EQ(*addresses_of(config, Role::identity, asking(server)),
            (std::vector<std::string>{"is.example.com:8884", "spare.example.com:443"}));
  EXPECT_EQ(*addresses_of(config, Role::network, asking(server)),
            std::vector<std::string>{"ns.example.com:1884"});
}

TEST(Discovery, FallsBackToTheUsualPort) {
  DnsServer server;
  const auto config = config_of("example.com");
  EXPECT_EQ(*addresses_of(config, Role::identity, asking(server)),
            std::vector<std::string>{"example.com:1884"});
  EXPECT_EQ(server.asked().size(), 1U);
}

TEST(Discovery, DoesNotAskForWhatIsSaid) {
  DnsServer server;
  const auto find = asking(server);
  const std::pair<const char*, const char*> rows[] = {{"example.com:9000", "example.com:9000"},
                                                      {"localhost", "localhost:1884"},
                                                      {"192.0.2.1", "192.0.2.1:1884"},
                                                      {"[2001:db8::1]", "[2001:db8::1]:1884"}};
  for (const auto& [address, expected] : rows)
    EXPECT_EQ(*addresses_of(config_of(address), Role::identity, find),
              std::vector<std::string>{expected});
  EXPECT_EQ(*addresses_of(config_of("example.com"), Role::packet_broker, find),
            std::vector<std::string>{"example.com:1884"})
      << "it is not discoverable";
  EXPECT_TRUE(server.asked().empty());
}

TEST(Discovery, SaysThatALookUpFailed) {
  DnsServer server;
  server.refuse("_ttn-v3-is-grpc._tcp.example.com", DnsServer::Refusal::server_failure);
  const auto found = addresses_of(config_of("example.com"), Role::identity, asking(server));
  ASSERT_FALSE(found);
  EXPECT_TRUE(found.error().is(net::dns::lookup_failed));
}

/// A server that answers every call with Unimplemented: whoever reaches it is told so.
TEST(Discovery, IsWhereCallsGo) {
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  grpc::CallbackGenericService nothing;
  builder.RegisterCallbackGenericService(&nothing);
  const auto target = builder.BuildAndStart();
  DnsServer server;
  server.put("_ttn-v3-is-grpc._tcp.example.com",
             {{0, 5, 1, "127.0.0.1"},  // nobody is there
              {1, 5, static_cast<std::uint16_t>(port), "127.0.0.1"}});
  Cancel cancel;
  const auto config = config_of("example.com");
  const auto api = make_grpc_api(
      {.config = config, .token = "", .cancel = cancel, .find_services = asking(server)});
  ASSERT_TRUE(api);
  ttn::lorawan::v3::Application answer;
  for (int i = 0; i < 2; ++i) {
    const auto called =
        (*api)->call("ApplicationRegistry/Get", ttn::lorawan::v3::GetApplicationRequest(), answer);
    ASSERT_FALSE(called);
    EXPECT_EQ(called.error().code(), Code::unimplemented) << called.error().to_string();
  }
  EXPECT_EQ(server.asked().size(), 1U) << "once for all calls";
  target->Shutdown();
}

}  // namespace
}  // namespace ff::cli
