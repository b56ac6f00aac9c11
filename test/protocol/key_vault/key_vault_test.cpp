#include "protocol/key_vault/key_vault.hpp"

#include <gtest/gtest.h>

#include "protocol/base/hex.hpp"
#include "protocol/crypto/key_wrap.hpp"

namespace ff::key_vault {
namespace {

const Aes128Key key = Aes128Key::from(Bytes(16, 0x42));

KeyVault vault() {
  return KeyVault({{"device", Bytes(16, 1)},
                   {"device@2", Bytes(24, 2)},
                   {"device@10", Bytes(32, 3)},
                   {"device@x", Bytes(16, 4)},
                   {"devices", Bytes(16, 5)},
                   {"as", Bytes(16, 6)}});
}

// RFC 3394 §4.1: 128 bits of key data with a 128-bit KEK.
TEST(KeyVault, WrapsAsTheVectorOfTheRfc) {
  const KeyVault one({{"k", *parse_hex("000102030405060708090A0B0C0D0E0F")}});
  const auto wrapped =
      one.wrap(Aes128Key::from(*parse_hex("00112233445566778899AABBCCDDEEFF")), "k");
  ASSERT_TRUE(wrapped);
  EXPECT_EQ(hex_upper(wrapped->encrypted_key), "1FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE5");
  EXPECT_FALSE(wrapped->key);
}

TEST(KeyVault, WrapsWithTheNewestGenerationAndUnwrapsWithAll) {
  EXPECT_EQ(vault().newest("device"), "device@10");
  EXPECT_EQ(vault().newest("as"), "as");
  EXPECT_EQ(vault().newest("none"), "");
  EXPECT_EQ(vault().newest("dev"), "");
  const auto wrapped = vault().wrap(key, "device");
  ASSERT_TRUE(wrapped);
  EXPECT_EQ(wrapped->kek_label, "device@10");
  EXPECT_EQ(vault().unwrap(*wrapped).value(), key);
  for (const auto* label : {"device", "device@2"}) {
    const auto bytes = vault().keks().find(label)->second;
    const KeyEnvelope old{{}, label, *crypto::wrap_key(key.bytes(), bytes)};
    EXPECT_EQ(vault().unwrap(old).value(), key) << label;
  }
}

TEST(KeyVault, TakesKeysInClearFromEitherField) {
  EXPECT_EQ(vault().unwrap({key, {}, {}}).value(), key);
  EXPECT_EQ(vault().unwrap({{}, {}, to_owned(key.bytes())}).value(), key);
  EXPECT_FALSE(vault().unwrap({{}, {}, Bytes(15)}));
}

TEST(KeyVault, SaysWhichKeyIsMissingAndRefusesDamage) {
  const auto missing = vault().wrap(key, "nobody");
  ASSERT_FALSE(missing);
  EXPECT_TRUE(missing.error().is(key_not_found));
  auto wrapped = *vault().wrap(key, "as");
  wrapped.encrypted_key[3] ^= 1;
  EXPECT_TRUE(vault().unwrap(wrapped).error().is(crypto::corrupt_key));
  wrapped.kek_label = "gone";
  EXPECT_TRUE(vault().unwrap(wrapped).error().is(key_not_found));
}

TEST(LiveKeyVault, AddsAndNeverTakesAwayOrChanges) {
  LiveKeyVault live(vault());
  const auto before = live.current();
  EXPECT_EQ(live.add({{"device@11", Bytes(16, 9)}, {"as", Bytes(16, 6)}}).value(), 1U);
  EXPECT_EQ(live.current()->newest("device"), "device@11");
  EXPECT_TRUE(live.current()->contains("devices"));
  EXPECT_EQ(before->newest("device"), "device@10") << "who holds the old one keeps it";
  const auto changed = live.add({{"as", Bytes(16, 7)}, {"new", Bytes(16, 8)}});
  ASSERT_FALSE(changed);
  EXPECT_TRUE(changed.error().is(changed_key));
  EXPECT_FALSE(live.current()->contains("new"));
}

TEST(ParseKeks, ReadsLinesAndHidesWrongOnes) {
  const auto keks = parse_keks(
      "# for tests\n\ndevice: 000102030405060708090a0b0c0d0e0f\r\n"
      "\"ns:000013:ns.example.com\" : '000102030405060708090a0b0c0d0e0f0001020304050607'\n");
  ASSERT_TRUE(keks) << keks.error().to_string();
  EXPECT_EQ(keks->size(), 2U);
  EXPECT_EQ(keks->at("ns:000013:ns.example.com").size(), 24U);
  for (const auto* wrong :
       {"label", ": 000102030405060708090a0b0c0d0e0f", "a: 0011", "a: xyz",
        "\na: ", "a: 000102030405060708090a0b0c0d0e0f\na: 000102030405060708090a0b0c0d0e0f"}) {
    const auto parsed = parse_keks(wrong);
    ASSERT_FALSE(parsed) << wrong;
    EXPECT_TRUE(parsed.error().is(malformed_keys));
    EXPECT_EQ(parsed.error().to_string().find("0011"), std::string::npos);
  }
}

TEST(ComponentLabel, JoinsTheParts) {
  EXPECT_EQ(component_label("ns", "000013", "ns.example.com:8884"), "ns:000013:ns.example.com");
  EXPECT_EQ(component_label("ns", "", "https://ns.example.com:443/x"), "ns:ns.example.com");
  EXPECT_EQ(component_label("as", "", "[::1]:1884"), "as:__1");
  EXPECT_EQ(component_label("as", "", ""), "as");
}

}  // namespace
}  // namespace ff::key_vault
