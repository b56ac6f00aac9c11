#include "protocol/join/root_keys.hpp"

#include <gtest/gtest.h>

namespace ff::join {
namespace {

Aes128Key key(std::uint8_t seed) {
  std::array<std::uint8_t, 16> bytes;
  bytes.fill(seed);
  return Aes128Key(bytes);
}
const Aes128Key app = key(1);
const Aes128Key nwk = key(2);
constexpr auto versions_1_0 = {MacVersion::v1_0, MacVersion::v1_0_1, MacVersion::v1_0_2,
                               MacVersion::v1_0_3, MacVersion::v1_0_4};

void expect_keys(const RootKeys& keys, MacVersion version, const Aes128Key& network,
                 const Aes128Key& application) {
  const auto selected = select_root_keys(keys, version);
  ASSERT_TRUE(selected);
  EXPECT_EQ(selected->network, network);
  EXPECT_EQ(selected->application, application);
}

TEST(SelectRootKeys, UsesTheAppKeyAloneBefore11) {
  for (const auto version : versions_1_0)
    expect_keys({"any", app, std::nullopt}, version, app, app);
}

TEST(SelectRootKeys, UsesTheNwkKeyForBothOfA11DeviceOn10) {
  for (const auto version : versions_1_0) expect_keys({"own", app, nwk}, version, nwk, nwk);
}

TEST(SelectRootKeys, IgnoresTheNwkKeyThatTheCliMadeUp) {
  for (const auto version : versions_1_0)
    expect_keys({"ttn-lw-cli-generated", app, nwk}, version, app, app);
}

TEST(SelectRootKeys, UsesBothIn11) {
  expect_keys({"own", app, nwk}, MacVersion::v1_1, nwk, app);
  expect_keys({"ttn-lw-cli-generated", app, nwk}, MacVersion::v1_1, nwk, app);
}

TEST(SelectRootKeys, NamesTheMissingKey) {
  EXPECT_TRUE(select_root_keys({"", app, std::nullopt}, MacVersion::v1_1).error().is(no_nwk_key));
  EXPECT_TRUE(select_root_keys({"", std::nullopt, nwk}, MacVersion::v1_1).error().is(no_app_key));
  EXPECT_TRUE(select_root_keys({}, MacVersion::v1_0_3).error().is(no_app_key));
  EXPECT_TRUE(select_root_keys({"", app, nwk}, MacVersion::unknown).error().is(mac_version));
}

}  // namespace
}  // namespace ff::join
