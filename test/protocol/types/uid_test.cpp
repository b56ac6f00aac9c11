#include "protocol/types/uid.hpp"

#include <gtest/gtest.h>

namespace ff {
namespace {

TEST(Uid, IsAnIdWithOrWithoutATenant) {
  EXPECT_EQ(entity_id_of_uid("gtw-1"), "gtw-1");
  EXPECT_EQ(entity_id_of_uid("gtw-1@ttn"), "gtw-1");
  for (const auto* other : {"", "gtw-1@", "gtw-1@T", "gtw-1@a@b", "@"})
    EXPECT_EQ(entity_id_of_uid(other), "") << other;
}

}  // namespace
}  // namespace ff
