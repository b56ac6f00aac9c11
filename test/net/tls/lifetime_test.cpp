#include "net/tls/lifetime.hpp"

#include <gtest/gtest.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <cstdlib>

namespace ff::net::tls {
namespace {

constexpr int was_torn_down = 9;

void exit_with_openssl_in_use(bool is_kept) {
  if (is_kept) keep_openssl_until_process_ends();
  EVP_MD_free(EVP_MD_fetch(nullptr, "SHA256", nullptr));
  OPENSSL_atexit([] { _exit(was_torn_down); });
  std::exit(0);
}

class LifetimeDeathTest : public testing::Test {
 protected:
  // A new process, in which OpenSSL was not used yet.
  LifetimeDeathTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

TEST_F(LifetimeDeathTest, OpenSslOutlivesExit) {
  EXPECT_EXIT(exit_with_openssl_in_use(true), testing::ExitedWithCode(0), "");
}

TEST_F(LifetimeDeathTest, OpenSslEndsAtExitUnlessAsked) {
  EXPECT_EXIT(exit_with_openssl_in_use(false), testing::ExitedWithCode(was_torn_down), "");
}

}  // namespace
}  // namespace ff::net::tls
