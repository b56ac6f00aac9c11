// Key-encryption keys that the configuration brings while the server runs.
#include "app/server/process/key_vault.hpp"

#include <gtest/gtest.h>

namespace ff::app {
namespace {

config::KeyVault settings(std::vector<std::pair<std::string, std::uint8_t>> keys) {
  config::KeyVault out;
  for (const auto& [label, octet] : keys) out.keks.push_back({label, Bytes(16, octet)});
  return out;
}

TEST(ConfiguredKeys, NewOnesAreAddedAndNoneIsTakenAway) {
  const auto vault = std::make_shared<key_vault::LiveKeyVault>();
  (*prepare_configured_keys(vault, settings({{"a", 1}})))();
  const auto more = prepare_configured_keys(vault, settings({{"b", 2}}));
  ASSERT_TRUE(more);
  EXPECT_FALSE(vault->current()->contains("b")) << "prepared is not in force";
  (*more)();
  EXPECT_TRUE(vault->current()->contains("a"));
  EXPECT_TRUE(vault->current()->contains("b"));
}

TEST(ConfiguredKeys, AnotherKeyForALabelIsRefused) {
  const auto vault = std::make_shared<key_vault::LiveKeyVault>();
  (*prepare_configured_keys(vault, settings({{"a", 1}})))();
  const auto refused = prepare_configured_keys(vault, settings({{"a", 9}, {"b", 2}}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().name(), "changed_key");
  EXPECT_FALSE(vault->current()->contains("b"));
}

}  // namespace
}  // namespace ff::app
