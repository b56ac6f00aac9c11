#include "actors/identity_server/policy/password.hpp"

#include <gtest/gtest.h>

#include "actors/identity_server/policy/names.hpp"
#include "protocol/base/random.hpp"

namespace ff::identity_server {
namespace {

TEST(Password, FollowsTheRules) {
  PasswordRules special;
  special.min_special = 1;
  PasswordRules common;
  common.reject_common = true;
  PasswordRules none{0, 0, 0, 0, 0, false, false};
  struct Case {
    std::string name;
    PasswordRules rules;
    std::string password;
    const ErrorDef* refused;
  };
  const Case cases[] = {
      {"good", {}, "Secret99", nullptr},
      {"short", {}, "Secre99", &password_strength_min_length},
      {"bytes count, not letters",
       {},
       "\xC3\x84\xC3\x84\xC3\x84"
       "a1",
       nullptr},
      {"long", {}, std::string(999, 'a') + "A1", &password_strength_max_length},
      {"no upper case", {}, "secret99", &password_strength_uppercase},
      {"upper case beyond ASCII", {}, "\xC3\x84secret9", nullptr},
      {"no digit", {}, "Secretss", &password_strength_digits},
      {"no special", special, "Secret99", &password_strength_special},
      {"special", special, "Secret9!", nullptr},
      {"special beyond ASCII", special, "Secret9\xE2\x82\xAC", nullptr},
      {"letters beyond ASCII are not special", special, "Secret9\xC3\xA4",
       &password_strength_special},
      {"contains the id", {}, "Xada-4Secret", &password_contains_user_id},
      {"another case of the id", {}, "XADA-4secret", nullptr},
      {"common", common, "Password123", &common_password},
      {"no rules", none, "", nullptr},
  };
  for (const auto& row : cases) {
    const auto status = check_password(row.rules, "ada", row.password);
    EXPECT_EQ(status.has_value(), row.refused == nullptr) << row.name;
    if (!status && row.refused != nullptr) {
      EXPECT_TRUE(status.error().is(*row.refused)) << row.name << status.error().to_string();
    }
  }
}

TEST(Password, AnyBytesAreCounted) {
  auto random = make_seeded_random(3);
  for (int i = 0; i < 2000; ++i) {
    std::string text(random->below(40), '\0');
    for (auto& c : text) c = static_cast<char>(random->below(256));
    const auto first = check_password({}, "ada", text);
    EXPECT_EQ(first.has_value(), check_password({}, "ada", text).has_value());
  }
}

TEST(Names, SomeAreForNobody) {
  for (const auto* id : {"admin", "api", "console", "root", "test", "www", "localhost", "ttn",
                         "lorawan", "example-app"}) {
    const auto status = check_name(id);
    ASSERT_FALSE(status) << id;
    EXPECT_TRUE(status.error().is(forbidden_id)) << id;
  }
  for (const auto* id : {"my-app", "demo", "weather-station"}) EXPECT_TRUE(check_name(id)) << id;
}

}  // namespace
}  // namespace ff::identity_server
