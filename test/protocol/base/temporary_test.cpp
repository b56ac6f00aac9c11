#include "protocol/base/temporary.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace ff {
namespace {

TEST(Temporary, ThreeCodesMayPassByThemselves) {
  constexpr Code passing[] = {Code::unavailable, Code::resource_exhausted, Code::deadline_exceeded};
  for (auto number = static_cast<int>(Code::ok); number <= static_cast<int>(Code::unauthenticated);
       ++number) {
    const ErrorDef def{"test", "error", static_cast<Code>(number), "message"};
    EXPECT_EQ(is_temporary(Error(def)), std::ranges::count(passing, def.code) == 1) << number;
  }
}

}  // namespace
}  // namespace ff
