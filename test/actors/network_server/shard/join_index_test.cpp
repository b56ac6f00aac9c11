#include "actors/network_server/shard/join_index.hpp"

#include <gtest/gtest.h>

namespace ff::network_server {
namespace {

JoinIndex::DevicePtr device(const std::string& id) {
  return std::make_shared<const DeviceUid>(DeviceUid{ApplicationId("app"), DeviceId(id)});
}

TEST(JoinIndex, FindsTheDeviceOfAPair) {
  JoinIndex index;
  EXPECT_EQ(index.find({JoinEui{1}, DevEui{2}}), nullptr);
  const auto one = device("one");
  const auto two = device("two");
  index.set({JoinEui{1}, DevEui{2}}, one);
  index.set({JoinEui{9}, DevEui{2}}, two);
  EXPECT_EQ(index.find({JoinEui{1}, DevEui{2}}), one);
  EXPECT_EQ(index.find({JoinEui{9}, DevEui{2}}), two);
  EXPECT_EQ(index.find({JoinEui{1}, DevEui{3}}), nullptr);
  EXPECT_EQ(index.size(), 2U);
}

TEST(JoinIndex, APairStaysWithItsDevice) {
  JoinIndex index;
  const storage::JoinKey euis{JoinEui{1}, DevEui{2}};
  const auto one = device("one");
  const auto two = device("two");
  EXPECT_TRUE(index.set(euis, one));
  EXPECT_TRUE(index.set(euis, device("one"))) << "it has it already";
  EXPECT_FALSE(index.set(euis, two));
  index.erase(euis, *two);
  EXPECT_EQ(index.find(euis), one);
  index.erase(euis, *one);
  EXPECT_TRUE(index.set(euis, two));
  EXPECT_EQ(index.find(euis), two);
}

TEST(JoinIndex, FindsAllDevicesOfADevEui) {
  JoinIndex index;
  EXPECT_TRUE(index.find(DevEui{2}).empty());
  for (std::uint64_t i = 0; i < 2 * JoinIndex::same_dev_eui_max; ++i) {
    index.set({JoinEui{i}, DevEui{2}}, device("many"));
    index.set({JoinEui{i}, DevEui{i + 3}}, device("other"));
  }
  EXPECT_EQ(index.find(DevEui{2}).size(), JoinIndex::same_dev_eui_max);
  EXPECT_EQ(index.find(DevEui{3}).size(), 1U);
}

TEST(JoinIndex, ErasesThePairAlone) {
  JoinIndex index;
  index.set({JoinEui{1}, DevEui{2}}, device("one"));
  index.set({JoinEui{9}, DevEui{2}}, device("two"));
  index.erase({JoinEui{1}, DevEui{2}}, *device("one"));
  index.erase({JoinEui{5}, DevEui{2}}, *device("one"));
  EXPECT_EQ(index.find({JoinEui{1}, DevEui{2}}), nullptr);
  EXPECT_EQ(index.find(DevEui{2}).size(), 1U);
}

}  // namespace
}  // namespace ff::network_server
