#include "actors/roaming/served.hpp"

#include <gtest/gtest.h>

namespace ff::roaming {
namespace {

using std::chrono::seconds;

constexpr MonoTime start{};
const DeviceUid one{ApplicationId("app"), DeviceId("one")};
const DeviceUid other{ApplicationId("app"), DeviceId("other")};

ServedSession session(const DeviceUid& device, std::uint32_t dev_addr, std::uint32_t partner,
                      int lifetime = 600) {
  return {device, DevAddr{dev_addr}, NetId{partner}, start + seconds{lifetime}};
}

TEST(Served, EndsADeviceAtAllItsPartners) {
  Served served;
  served.add(session(one, 1, 0x13), start);
  served.add(session(one, 1, 0x42), start);
  served.add(session(other, 1, 0x13), start);
  EXPECT_EQ(served.end(one, start).size(), 2U);
  EXPECT_TRUE(served.end(one, start).empty());
  EXPECT_EQ(served.size(), 1U) << "devices may share an address";
}

TEST(Served, ARenewalReplaces) {
  Served served;
  served.add(session(one, 1, 0x13, 10), start);
  served.add(session(one, 1, 0x13, 20), start);
  EXPECT_EQ(served.end(one, start + seconds{15}), std::vector{session(one, 1, 0x13, 20)});
}

TEST(Served, WhatHasEndedByItselfIsNotTold) {
  Served served;
  served.add(session(one, 1, 0x13, 10), start);
  EXPECT_TRUE(served.end(one, start + seconds{10}).empty());
  EXPECT_EQ(served.size(), 0U);
}

TEST(Served, ANewAddressEndsTheOldOneAlone) {
  Served served;
  served.add(session(one, 1, 0x13), start);
  served.add(session(one, 2, 0x42), start);
  EXPECT_EQ(served.end_others(one, DevAddr{2}, start), std::vector{session(one, 1, 0x13)});
  EXPECT_EQ(served.size(), 1U);
}

TEST(Served, IsBounded) {
  Served served(2);
  served.add(session(one, 1, 0x13, 10), start);
  served.add(session(other, 2, 0x13), start);
  served.add(session(one, 3, 0x13), start);
  EXPECT_EQ(served.size(), 2U) << "it ends with its lifetime";
  EXPECT_EQ(served.end(one, start).size(), 1U);
  served.add(session(one, 4, 0x13, 5), start);
  served.add(session(one, 5, 0x13, 20), start + seconds{5});
  EXPECT_EQ(served.end(one, start + seconds{5}), std::vector{session(one, 5, 0x13, 20)})
      << "what is over makes room";
}

}  // namespace
}  // namespace ff::roaming
