#include "actors/gateway_server/connection/certificate.hpp"

#include <gtest/gtest.h>

#include "net/tls/peer.hpp"

namespace ff::gateway_server {
namespace {

const GatewayEui eui{0x0016c001ff000000};

TEST(Certificate, ThereMayBeNone) {
  const net::tls::Peer nothing_shown;
  EXPECT_FALSE(shows_certificate(nullptr));
  EXPECT_FALSE(shows_certificate(&nothing_shown));
  EXPECT_FALSE(check_certificate(nullptr, eui));
  EXPECT_FALSE(check_certificate(&nothing_shown, eui));
}

TEST(Certificate, OfAnUnknownAuthorityIsRefusedWhateverItSays) {
  const net::tls::Peer stranger{.certificates = {{1, 2, 3}}, .verified = false};
  const auto status = check_certificate(&stranger, eui);
  ASSERT_TRUE(status);
  ASSERT_FALSE(*status);
  EXPECT_EQ(status->error().name(), "unauthenticated_gateway_connection");
}

TEST(Certificate, ThatDoesNotParseNamesNobody) {
  const net::tls::Peer garbage{.certificates = {{1, 2, 3}}, .verified = true};
  const auto status = check_certificate(&garbage, eui);
  ASSERT_TRUE(status);
  EXPECT_FALSE(*status);
}

}  // namespace
}  // namespace ff::gateway_server
