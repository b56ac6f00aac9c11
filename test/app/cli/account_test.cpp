#include <gtest/gtest.h>

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "app/cli/account/credentials.hpp"
#include "app/cli/account/login.hpp"
#include "app/cli/account/oauth.hpp"
#include "app/cli/call/grpc_api.hpp"

namespace ff::cli {
namespace {

using std::chrono::seconds;

class Cache : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) / ("cli-cache-" + std::to_string(getpid()));
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path folder_;
};

TEST_F(Cache, KeepsASlotForEachCluster) {
  const CredentialsFile file(folder_ / "cli" / "cache");
  EXPECT_EQ(file.read(""), Credentials());
  const Credentials one{"KEY", {}, {"a.example.com"}};
  const Credentials two{
      {}, OAuthToken{"access", "refresh", "bearer", UtcTime(seconds{1'800'000'000})}, {}};
  ASSERT_TRUE(file.write("", one));
  ASSERT_TRUE(file.write("b.example.com", two));
  EXPECT_EQ(file.read(""), one);
  EXPECT_EQ(file.read("b.example.com"), two);
  EXPECT_EQ(file.read("b.example.com").bearer(), "access");
  ASSERT_TRUE(file.write("", {}));
  EXPECT_EQ(file.read("").bearer(), "");
  EXPECT_EQ(file.read("b.example.com"), two);
}

TEST_F(Cache, CanBeReadByItsOwnerAlone) {
  const auto path = folder_ / "cli" / "cache";
  ASSERT_TRUE(CredentialsFile(path).write("", {"KEY", {}, {}}));
  struct stat status {};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  ASSERT_EQ(stat(path.parent_path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0700U);
}

TEST_F(Cache, ThatIsDamagedIsEmpty) {
  std::filesystem::create_directories(folder_);
  std::ofstream(folder_ / "cache") << "{\"api_key\":";
  EXPECT_EQ(CredentialsFile(folder_ / "cache").read(""), Credentials());
}

TEST(OAuth, AsksForWhatTheCommandLineIsRegisteredWith) {
  const OAuthServer server{"https://example.com/oauth", ""};
  EXPECT_EQ(authorize_url(server, "local-callback", "a b"),
            "https://example.com/oauth/authorize?client_id=cli&redirect_uri=local-callback"
            "&response_type=code&state=a%20b");
}

TEST(OAuth, TokensEndWhenTheServerSays) {
  const UtcTime now(seconds{1'700'000'000});
  const auto token = parse_token(
      R"({"access_token":"A","refresh_token":"R","token_type":"bearer","expires_in":3600})", now);
  ASSERT_TRUE(token);
  EXPECT_EQ(*token, (OAuthToken{"A", "R", "bearer", now + seconds{3600}}));
  EXPECT_FALSE(parse_token(R"({"message":"no"})", now));
  EXPECT_FALSE(parse_token("<html>", now));
  EXPECT_FALSE(parse_token(R"({"access_token":"A"})", now)->expiry);
}

TEST(OAuth, QueriesOfACallbackAreDecoded) {
  EXPECT_EQ(query_value("code=a%2Bb&state=x+y", "code"), "a+b");
  EXPECT_EQ(query_value("code=a%2Bb&state=x+y", "state"), "x y");
  EXPECT_EQ(query_value("code=a", "state"), "");
  EXPECT_EQ(query_value("code=%zz%4", "code"), "%zz%4");
  EXPECT_EQ(query_value("", "code"), "");
}

TEST(UnknownHost, IsOneThatWasNotThereAtLogin) {
  Config config;
  config.addresses.fill("a.example.com:8884");
  config.enabled.fill(true);
  config.oauth_server_address = "https://a.example.com/oauth";
  Credentials stored;
  stored.hosts = hosts_of(config);
  EXPECT_FALSE(first_unknown_host(config, stored));
  config.addresses[static_cast<std::size_t>(Role::join)] = "b.example.com:8884";
  EXPECT_EQ(first_unknown_host(config, stored), "b.example.com");
  config.enabled[static_cast<std::size_t>(Role::join)] = false;
  EXPECT_FALSE(first_unknown_host(config, stored));
}

TEST(RetryWait, IsWhatTheServerSaysOrElseConfigured) {
  const auto random = make_seeded_random(1);
  Retry retry;
  retry.default_timeout = std::chrono::milliseconds{100};
  EXPECT_EQ(retry_wait(retry, "", *random), std::chrono::milliseconds{100});
  EXPECT_EQ(retry_wait(retry, "7", *random), seconds{7});
  EXPECT_EQ(retry_wait(retry, "soon", *random), std::chrono::milliseconds{100});
  retry.enable_metadata = false;
  EXPECT_EQ(retry_wait(retry, "7", *random), std::chrono::milliseconds{100});
  retry.jitter = 0.5;
  for (int i = 0; i < 100; ++i) {
    const auto wait = retry_wait(retry, "", *random);
    EXPECT_GE(wait, std::chrono::milliseconds{50});
    EXPECT_LE(wait, std::chrono::milliseconds{150});
  }
}

}  // namespace
}  // namespace ff::cli
