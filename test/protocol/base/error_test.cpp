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

TEST(Result, TryReturnsTheErrorOrTheValue) {
  EXPECT_EQ(doubled(true).value(), 84);
  EXPECT_TRUE(doubled(false).error().is(too_low));
}

}  // namespace
}  // namespace ff
