#include "storage/keys/shard.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ff::storage {
namespace {

ShardCount count(std::uint32_t value) {
  return *ShardCount::make(value);
}
DeviceUid uid(std::string application, std::string device) {
  return {ApplicationId(std::move(application)), DeviceId(std::move(device))};
}

TEST(ShardCount, IsAPowerOfTwoUpTo32768) {
  EXPECT_EQ(ShardCount().value(), 64U);
  for (std::uint32_t good : {1U, 2U, 64U, 32768U}) EXPECT_EQ(count(good).value(), good);
  for (std::uint32_t bad : {0U, 3U, 63U, 65U, 65536U, 0xFFFFFFFFU}) {
    EXPECT_FALSE(ShardCount::make(bad)) << bad;
  }
}

// The numbers come from an implementation in another language, written from FORMAT.md.
TEST(Shard, IsOnDiskAndNeverChanges) {
  struct Row {
    std::uint32_t count;
    std::vector<int> shards;
  };
  const Row rows[] = {
      {64, {16, 33, 50, 34, 14, 4, 4}},
      {1024, {400, 353, 50, 354, 910, 68, 68}},
      {32768, {17808, 23905, 4146, 32098, 2958, 3140, 11332}},
  };
  const JoinKey join_key{JoinEui{0x70B3D57ED0000000}, DevEui{0x0004A30B001A2B3C}};
  for (const auto& row : rows) {
    auto s = count(row.count);
    EXPECT_EQ((std::vector<int>{
                  shard_of(uid("app1", "dev1"), s).value(),
                  shard_of(uid("weather", "station-7"), s).value(),
                  shard_of(ApplicationId("app1"), s).value(),
                  shard_of(DevAddr{0x26011234}, s).value(), shard_of(join_key, s).value(),
                  shard_of(GatewayId("gw-1"), s).value(), shard_of(join_key.dev_eui, s).value()}),
              row.shards);
  }
}

TEST(Shard, IdsDoNotRunIntoEachOther) {
  EXPECT_NE(shard_of(uid("ab", "c"), count(32768)), shard_of(uid("a", "bc"), count(32768)));
}

TEST(Shard, ConsecutiveNamesAndAddressesSpreadEvenly) {
  std::vector<int> devices(64);
  std::vector<int> addresses(64);
  constexpr int per_shard = 1000;
  for (int i = 0; i < 64 * per_shard; ++i) {
    ++devices[shard_of(uid("application", "device-" + std::to_string(i)), ShardCount()).value()];
    ++addresses[shard_of(DevAddr{0x26000000U + static_cast<std::uint32_t>(i)}, ShardCount())
                    .value()];
  }
  for (int shard = 0; shard < 64; ++shard) {
    EXPECT_NEAR(devices[static_cast<std::size_t>(shard)], per_shard, 150) << shard;
    EXPECT_NEAR(addresses[static_cast<std::size_t>(shard)], per_shard, 150) << shard;
  }
}

TEST(Shard, SmallerCountsAreTheLowBits) {
  for (std::uint32_t address = 0; address < 1000; ++address) {
    EXPECT_EQ(shard_of(DevAddr{address}, count(16)).value(),
              shard_of(DevAddr{address}, count(4096)).value() % 16);
  }
}

}  // namespace
}  // namespace ff::storage
