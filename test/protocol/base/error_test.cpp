#include "protocol/base/error.hpp"

#include <gtest/gtest.h>

#include "protocol/base/result.hpp"

namespace ff {
namespace {

constexpr ErrorDef too_low{"pkg/networkserver", "f_cnt_too_low", Code::invalid_argument,
                           "FCnt `{f_cnt}` is lower than `{min_f_cnt}`"};
constexpr ErrorDef broken{"pkg/networkserver", "broken", Code::internal, "broken"};

Result<int> answer(bool good) {
  if (!good) return fail(too_low, {{"f_cnt", 3}, {"min_f_cnt", 5U}});
  return 42;
}

Result<int> doubled(bool good) {
  FF_TRY(const int value, answer(good));
  return value * 2;
}

TEST(Error, PrintsTheWireForm) {
  EXPECT_EQ(answer(false).error().to_string(),
            "error:pkg/networkserver:f_cnt_too_low (FCnt `3` is lower than `5`)");
}

TEST(Error, KeepsItsCauseAndComparesByDefinitionAndAttributes) {
  auto error = Error(broken).caused_by(answer(false).error());
  ASSERT_NE(error.cause(), nullptr);
  EXPECT_TRUE(error.cause()->is(too_low));
  EXPECT_EQ(error, Error(broken));
}

TEST(Error, MessagesAreFilledInAndNeverBreak) {
  struct Row {
    const char* format;
    std::vector<Attribute> attributes;
    const char* message;
  };
  const std::vector<std::string> list{"x", "y"};
  const Row rows[] = {
      {"plain", {}, "plain"},
      {"", {}, ""},
      {"{a}", {{"a", "text"}}, "text"},
      {"{a} and {b}", {{"b", 2}, {"a", 1}}, "1 and 2"},
      {"{a}{a}", {{"a", -3}}, "-3-3"},
      {"{a}", {{"a", 2.5}}, "2.5"},
      {"{a} {b}", {{"a", true}, {"b", false}}, "true false"},
      {"{a}", {{"a", list}}, "x, y"},
      {"[{a}]", {{"a", std::vector<std::string>{}}}, "[]"},
      {"{missing} stays", {{"a", 1}}, "{missing} stays"},
      {"open {a", {{"a", 1}}, "open {a"},
      {"close} {a}", {{"a", 1}}, "close} 1"},
      {"{}", {}, "{}"},
      {"{a}", {{"a", "{b}"}, {"b", 1}}, "{b}"},
  };
  for (const auto& [format, attributes, message] : rows) {
    const ErrorDef def{"pkg/x", "y", Code::unknown, format};
    EXPECT_EQ(Error(def, attributes).message(), message);
    EXPECT_EQ(Error(def, attributes).to_string(), std::string("error:pkg/x:y (") + message + ")");
  }
}

TEST(Error, IsItsDefinitionAndItsAttributes) {
  const ErrorDef same{"pkg/networkserver", "broken", Code::not_found, "other words"};
  EXPECT_TRUE(Error(broken).is(same)) << "the name is the API";
  EXPECT_FALSE(Error(broken).is(too_low));
  EXPECT_EQ(Error(too_low, {{"f_cnt", 1}}), Error(too_low, {{"f_cnt", 1}}));
  EXPECT_NE(Error(too_low, {{"f_cnt", 1}}), Error(too_low, {{"f_cnt", 2}}));
  EXPECT_NE(Error(too_low), Error(broken));
  EXPECT_TRUE(Error(too_low).attributes().empty());
  EXPECT_EQ(Error(too_low).code(), Code::invalid_argument);
  const auto chain = Error(too_low).caused_by(Error(broken).caused_by(Error(too_low)));
  EXPECT_TRUE(chain.cause()->cause()->is(too_low));
  EXPECT_EQ(chain.cause()->cause()->cause(), nullptr);
}

TEST(Result, TryReturnsTheErrorOrTheValue) {
  EXPECT_EQ(doubled(true).value(), 84);
  EXPECT_TRUE(doubled(false).error().is(too_low));
}

}  // namespace
}  // namespace ff
