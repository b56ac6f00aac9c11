#include "app/api/account/form.hpp"

#include <gtest/gtest.h>

namespace ff::api::account {
namespace {

constexpr const char* urlencoded = "application/x-www-form-urlencoded";

TEST(ParseForm, TakesFormsAndFlatJson) {
  const auto form = parse_form(urlencoded, "user_id=ada&password=a%2Bb+c&user_id=bob&empty=");
  ASSERT_TRUE(form);
  EXPECT_EQ(form->value("user_id"), "ada") << "the first counts";
  EXPECT_EQ(form->value("password"), "a+b c");
  EXPECT_EQ(form->value("nothing"), "");
  EXPECT_TRUE(form->has("empty"));
  EXPECT_FALSE(form->has("nothing"));
  const auto json =
      parse_form("application/json; charset=utf-8", R"({"a":"x","n":5,"t":true,"o":{},"l":[1]})");
  ASSERT_TRUE(json);
  EXPECT_EQ(json->value("a"), "x");
  EXPECT_EQ(json->value("n"), "5");
  EXPECT_EQ(json->value("t"), "true");
  EXPECT_FALSE(json->has("o"));
  EXPECT_TRUE(parse_form("", ""));
}

TEST(ParseForm, RefusesWhatIsNoneOrTooMuch) {
  EXPECT_FALSE(parse_form(urlencoded, "a=%zz"));
  EXPECT_FALSE(parse_form("application/json", ""));
  EXPECT_FALSE(parse_form("application/json", "[1]"));
  EXPECT_FALSE(parse_form("application/json", R"({"a":)"));
  EXPECT_FALSE(parse_form("application/json", std::string(100, '[')));
  EXPECT_FALSE(parse_form(urlencoded, std::string(form_size_max + 1, 'a')));
  std::string many;
  for (std::size_t i = 0; i <= form_fields_max; ++i) many += "a=1&";
  EXPECT_FALSE(parse_form(urlencoded, many));
}

}  // namespace
}  // namespace ff::api::account
