#include "app/api/account/external_users.hpp"

#include <gtest/gtest.h>

#include "app/api/services/identity/users.hpp"

namespace ff::api::account {
namespace {

using identity_server::EntityRows;

const auto login = external_user_key("https://id.example.org", "1");
constexpr UtcTime now{std::chrono::seconds{1'700'000'000}};

Status created(const std::string& user_id, const OidcClaims& claims) {
  const auto change = create_external_user(login, user_id, claims, false);
  EntityRows rows(change.keys);
  return change.decide(rows, now);
}

TEST(CreateExternalUser, KeepsWhatTheProviderSays) {
  const auto change = create_external_user(login, "ada",
                                           {.subject = "1",
                                            .email = "ada@example.org",
                                            .email_verified = true,
                                            .name = "Ada",
                                            .username = ""},
                                           true);
  EntityRows rows(change.keys);
  ASSERT_TRUE(change.decide(rows, now));
  ASSERT_TRUE(rows.rows().at(0).next);
  pb::User user;
  const auto& bytes = rows.rows()[0].next->message;
  ASSERT_TRUE(user.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
  EXPECT_EQ(user.name(), "Ada");
  EXPECT_EQ(user.primary_email_address(), "ada@example.org");
  EXPECT_TRUE(user.has_primary_email_address_validated_at());
  EXPECT_EQ(user.state(), pb::STATE_REQUESTED);
}

TEST(CreateExternalUser, WantsWhatTheApiWantsOfAUser) {
  struct Row {
    const char* user_id;
    std::string email;
    std::string name;
  };
  const Row bad[] = {
      {"ada", "", "Ada"},
      {"ada", "no address", "Ada"},
      {"ada", "ada@example.org\r\nBcc: all@example.org", "Ada"},
      {"ada", "ada@example.org, all@example.org", "Ada"},
      {"ada", "ada@example.org", std::string(51, 'a')},
      {"a", "ada@example.org", "Ada"},
      {"Ada!", "ada@example.org", "Ada"},
  };
  for (const auto& row : bad) {
    const auto done = created(
        row.user_id, {.subject = "1", .email = row.email, .name = row.name, .username = ""});
    ASSERT_FALSE(done) << row.user_id << " " << row.email;
    EXPECT_EQ(done.error().code(), Code::invalid_argument) << done.error().to_string();
  }
  EXPECT_TRUE(
      created("ada", {.subject = "1", .email = "a@example.org", .name = "", .username = ""}));
}

}  // namespace
}  // namespace ff::api::account
