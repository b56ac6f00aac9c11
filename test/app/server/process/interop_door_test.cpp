// Whose word on a client's certificate counts.
#include "app/server/process/interop_door.hpp"

#include <gtest/gtest.h>

#include "config/load/load.hpp"

namespace ff::app {
namespace {

TEST(CertificateProxies, ArePrivateNetworksOnlyIfTheOperatorSaysSo) {
  auto http = config::default_config().http;
  ASSERT_FALSE(http.trusted_proxies.empty()) << "they are believed on addresses";
  const auto by_default = certificate_proxies(http);
  ASSERT_TRUE(by_default);
  EXPECT_TRUE(by_default->empty());
  http.trusted_proxies = {"10.1.2.3"};
  const auto named = certificate_proxies(http);
  ASSERT_TRUE(named);
  ASSERT_EQ(named->size(), 1U);
  EXPECT_TRUE(net::holds(*named, *net::Endpoint::parse("10.1.2.3:4")));
  http.trusted_proxies = {"nonsense"};
  EXPECT_FALSE(certificate_proxies(http));
}

}  // namespace
}  // namespace ff::app
