#include "protocol/base/free_with.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace ff {
namespace {

int freed = 0;
void free_int(int* object) {
  freed += *object;
}

TEST(FreeWith, CallsTheLibrarysFunctionOnceAndNotForNull) {
  using Owner = std::unique_ptr<int, FreeWith<&free_int>>;
  static_assert(sizeof(Owner) == sizeof(int*));
  int object = 7;
  { const Owner owner(&object); }
  EXPECT_EQ(freed, 7);
  { const Owner nothing; }
  EXPECT_EQ(freed, 7);
}

}  // namespace
}  // namespace ff
