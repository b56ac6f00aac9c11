// What TLS starts with before an authority has given anything.
#include "app/server/process/acme.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "net/tls/certificate.hpp"

namespace ff::app {
namespace {

class AcmeCertificateTest : public testing::Test {
 protected:
  AcmeCertificateTest() {
    tls.source = config::TlsSource::acme;
    tls.acme.directory = std::filesystem::path(testing::TempDir()) / "ff-acme-certificate-test";
    std::filesystem::remove_all(tls.acme.directory);
  }
  ~AcmeCertificateTest() override { std::filesystem::remove_all(tls.acme.directory); }

  Result<net::tls::KeyPair> certificate() const {
    return acme_certificate(tls, UtcTime(std::chrono::hours{24} * 365 * 50));
  }

  config::Tls tls;
};

TEST_F(AcmeCertificateTest, IsForTheDefaultHostAndTheOthers) {
  tls.acme.hosts = {"b.example.com"};
  tls.acme.default_host = "a.example.com";
  const auto pair = certificate();
  ASSERT_TRUE(pair) << pair.error().message();
  const auto validity = net::tls::validity_of(pair->certificate_pem);
  ASSERT_TRUE(validity);
  for (const auto* host : {"a.example.com", "b.example.com"})
    EXPECT_EQ(std::ranges::count(validity->dns_names, host), 1) << host;
}

TEST_F(AcmeCertificateTest, ADefaultHostIsEnough) {
  tls.acme.default_host = "a.example.com";
  EXPECT_TRUE(certificate());
}

TEST_F(AcmeCertificateTest, WithoutAHostOrADirectoryThereIsNone) {
  const auto without_host = certificate();
  ASSERT_FALSE(without_host);
  EXPECT_NE(without_host.error().message().find("tls.acme.hosts"), std::string::npos);
  tls.acme.hosts = {"a.example.com"};
  tls.acme.directory.clear();
  const auto without_directory = certificate();
  ASSERT_FALSE(without_directory);
  EXPECT_NE(without_directory.error().message().find("tls.acme.dir"), std::string::npos);
}

}  // namespace
}  // namespace ff::app
