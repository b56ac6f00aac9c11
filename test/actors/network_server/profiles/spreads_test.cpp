#include "actors/network_server/profiles/spreads.hpp"

#include <gtest/gtest.h>

namespace ff::network_server {
namespace {

using std::chrono::seconds;

const ProfileKey a{ApplicationId("app"), "pro-a"};
const ProfileKey b{ApplicationId("app"), "pro-b"};
const MonoTime start{seconds{100}};
const MonoTime later = start + seconds{30};
using Keys = std::vector<ProfileKey>;

SettingsPtr settings(int rx1_delay) {
  mac::MacSettings settings;
  settings.rx1_delay = seconds{rx1_delay};
  return std::make_shared<const mac::MacSettings>(settings);
}

TEST(ProfileUses, AreCountedByProfileUntilTheyEnd) {
  ProfileUses uses;
  const auto first = uses.begin(a, settings(1));
  const auto second = uses.begin(a, settings(1));
  uses.begin(b, settings(1));
  EXPECT_EQ(uses.count(a), 2U);
  uses.end(first);
  uses.end(first);
  EXPECT_EQ(uses.count(a), 1U);
  uses.end(second);
  EXPECT_EQ(uses.count(a), 0U);
  EXPECT_EQ(uses.count(b), 1U);
}

TEST(ProfileUses, OnlyUsesOfOtherSettingsAreWaitedFor) {
  ProfileUses uses;
  const auto old = uses.begin(a, settings(1));
  uses.begin(a, settings(2));
  EXPECT_TRUE(uses.has_other(a, *settings(2)));
  EXPECT_FALSE(uses.has_other(b, *settings(2)));
  uses.end(old);
  EXPECT_FALSE(uses.has_other(a, *settings(2)));
}

TEST(Spreads, GoPageByPageAndAreDoneAfterTheLast) {
  Spreads spreads;
  EXPECT_TRUE(spreads.due(start).empty());
  spreads.begin(a);
  ASSERT_EQ(spreads.due(start), Keys{a});
  EXPECT_TRUE(spreads.from(a).empty());
  spreads.telling(a, {1});
  EXPECT_TRUE(spreads.due(start).empty()) << "one page at a time";
  EXPECT_FALSE(spreads.told(false, later));
  ASSERT_EQ(spreads.due(start), Keys{a});
  EXPECT_EQ(spreads.from(a), Bytes{1});
  spreads.telling(a, {});
  EXPECT_FALSE(spreads.is_done(a));
  EXPECT_EQ(spreads.told(false, later), a);
  EXPECT_TRUE(spreads.is_done(a));
  EXPECT_TRUE(spreads.due(start).empty());
  spreads.settled(a);
  EXPECT_FALSE(spreads.is_done(a));
}

TEST(Spreads, OneThatFailedAnywhereBeginsAgainLater) {
  Spreads spreads;
  spreads.begin(a);
  spreads.telling(a, {1});
  EXPECT_FALSE(spreads.told(true, later));
  spreads.telling(a, {});
  EXPECT_FALSE(spreads.told(false, later));
  EXPECT_TRUE(spreads.waits());
  EXPECT_TRUE(spreads.due(start).empty());
  ASSERT_EQ(spreads.due(later), Keys{a});
  EXPECT_TRUE(spreads.from(a).empty());
  spreads.telling(a, {});
  EXPECT_FALSE(spreads.waits());
  EXPECT_EQ(spreads.told(false, later), a) << "the failure is forgotten";
}

TEST(Spreads, AChangeOnTheWayBeginsWithTheFirstDeviceAgain) {
  Spreads spreads;
  spreads.begin(a);
  spreads.telling(a, {1});
  spreads.begin(a);
  EXPECT_TRUE(spreads.due(start).empty()) << "the page is still being told";
  EXPECT_FALSE(spreads.told(false, later));
  ASSERT_EQ(spreads.due(start), Keys{a});
  EXPECT_TRUE(spreads.from(a).empty());
}

TEST(Spreads, AChangeAfterTheLastPageUndoesThatAllKnow) {
  Spreads spreads;
  spreads.begin(a);
  spreads.telling(a, {});
  ASSERT_EQ(spreads.told(false, later), a);
  spreads.begin(a);
  EXPECT_FALSE(spreads.is_done(a));
  EXPECT_EQ(spreads.due(start), Keys{a});
}

TEST(Spreads, ADeletedProfileIsForgotten) {
  Spreads spreads;
  spreads.begin(a);
  spreads.begin(b);
  spreads.telling(a, {1});
  spreads.drop(a);
  EXPECT_FALSE(spreads.told(false, later));
  EXPECT_EQ(spreads.due(start), Keys{b});
}

}  // namespace
}  // namespace ff::network_server
