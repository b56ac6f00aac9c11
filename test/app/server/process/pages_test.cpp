// Which pages are asked for by those that follow no redirects.
#include "app/server/process/pages.hpp"

#include <gtest/gtest.h>

namespace ff::app {
namespace {

TEST(Pages, HealthAndChallengesAreAskedWithoutTls) {
  EXPECT_TRUE(is_asked_without_tls("/healthz"));
  EXPECT_TRUE(is_asked_without_tls("/.well-known/acme-challenge/abc_-1"));
  for (const auto* path : {"/", "/healthz/x", "/metrics", "/api/v3/applications", "/oauth/login",
                           "/.well-known/acme-challenge/", "/.well-known/other"})
    EXPECT_FALSE(is_asked_without_tls(path)) << path;
}

}  // namespace
}  // namespace ff::app
