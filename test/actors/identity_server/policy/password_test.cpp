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

TEST(Password, LettersDigitsAndTheRestAreUnicodes) {
  enum class Kind : std::uint8_t { upper, digit, special, other };
  struct Case {
    std::string text;
    Kind kind;
  };
  const Case cases[] = {
      {"Z", Kind::upper},
      {"\u0104", Kind::upper},      // Latin Extended-A: A with ogonek
      {"\u0218", Kind::upper},      // Latin Extended-B: S with comma below
      {"\u1E9E", Kind::upper},      // Latin Extended Additional: capital sharp s
      {"\u03A9", Kind::upper},      // Greek
      {"\u0416", Kind::upper},      // Cyrillic
      {"\u0531", Kind::upper},      // Armenian
      {"\u10A0", Kind::upper},      // Georgian
      {"\U00010400", Kind::upper},  // Deseret
      {"\u0105", Kind::other},
      {"\u01C5", Kind::other},  // a title-case letter is no upper-case one
      {"\u05D0", Kind::other},  // Hebrew has no cases
      {"\u4E2D", Kind::other},
      {"7", Kind::digit},
      {"\u0663", Kind::digit},  // Arabic-Indic
      {"\u096B", Kind::digit},  // Devanagari
      {"\u0E53", Kind::digit},  // Thai
      {"\uFF19", Kind::digit},  // full width
      {"\u00B2", Kind::other},  // a number, and no decimal digit
      {"\u2163", Kind::other},
      {" ", Kind::special},
      {"\u00A7", Kind::special},
      {"\u0301", Kind::special},  // a mark is neither letter nor number
      {"\u3002", Kind::special},
      {"\U0001F512", Kind::special},
      {"\xFF", Kind::special},
      {"\xC3", Kind::special},
  };
  const auto count_of = [](const std::string& text, std::uint32_t PasswordRules::*rule) {
    PasswordRules rules{0, 0, 0, 0, 0, false, false};
    rules.*rule = 1;
    return check_password(rules, "", text).has_value();
  };
  for (const auto& row : cases) {
    EXPECT_EQ(count_of(row.text, &PasswordRules::min_uppercase), row.kind == Kind::upper)
        << row.text;
    EXPECT_EQ(count_of(row.text, &PasswordRules::min_digits), row.kind == Kind::digit) << row.text;
    EXPECT_EQ(count_of(row.text, &PasswordRules::min_special), row.kind == Kind::special)
        << row.text;
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
