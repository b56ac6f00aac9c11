#include "storage/codec/key_seal.hpp"

#include <gtest/gtest.h>

#include "protocol/base/hex.hpp"
#include "storage/codec/fields.hpp"

namespace ff::storage {
namespace {

using key_vault::Keks;
using key_vault::KeyVault;
using key_vault::LiveKeyVault;

const Aes128Key key = Aes128Key::from(*parse_hex("00112233445566778899AABBCCDDEEFF"));
const Bytes kek = *parse_hex("000102030405060708090A0B0C0D0E0F");

struct Holder {
  Aes128Key plain;
  std::optional<Aes128Key> maybe;
};
template <class Archive>
void fields(Archive& a, Holder& holder) {
  a(1, holder.plain);
  a(2, holder.maybe);
}
struct Outer {
  std::vector<Holder> holders;
};
template <class Archive>
void fields(Archive& a, Outer& outer) {
  a(1, outer.holders);
}

std::shared_ptr<LiveKeyVault> vault() {
  return std::make_shared<LiveKeyVault>(KeyVault(Keks{{"device", kek}}));
}

// ON-DISK. The wrapped key is RFC 3394's vector §4.1.
TEST(KeySeal, BytesAreOnDiskAndNeverChange) {
  EXPECT_EQ(hex_upper(KeySeal(vault(), "device").seal(key)),
            "0106646576696365"
            "1FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE5");
  EXPECT_EQ(KeySeal(vault(), "").seal(key), to_owned(key.bytes()));
}

TEST(KeySeal, OpensWhatItSealedAndWhatLiesInClear) {
  const KeySeal seal(vault(), "device");
  EXPECT_EQ(seal.open(seal.seal(key)).value(), key);
  EXPECT_EQ(seal.open(key.bytes()).value(), key) << "rows of before there were KEKs";
  EXPECT_EQ(KeySeal(vault(), "").open(seal.seal(key)).value(), key) << "no label any more";
}

TEST(KeySeal, SealsWithTheNewestGenerationAndOpensAll) {
  const auto live = vault();
  const KeySeal seal(live, "device");
  const auto old = seal.seal(key);
  ASSERT_TRUE(live->add({{"device@2", Bytes(32, 7)}}));
  EXPECT_NE(seal.seal(key), old);
  EXPECT_EQ(seal.open(old).value(), key);
  EXPECT_EQ(seal.open(seal.seal(key)).value(), key);
}

TEST(KeySeal, RefusesWhatIsNoSealedKey) {
  const KeySeal seal(vault(), "device");
  const auto good = seal.seal(key);
  for (std::size_t size = 0; size < good.size(); ++size) {
    if (size == Aes128Key::size) continue;
    EXPECT_FALSE(seal.open(ByteView(good).first(size))) << size;
  }
  for (std::size_t i = 0; i < good.size(); ++i) {
    auto bad = good;
    bad[i] ^= 1;
    EXPECT_FALSE(seal.open(bad)) << i;
  }
  const KeySeal without(std::make_shared<LiveKeyVault>(), "");
  EXPECT_TRUE(without.open(good).error().is(key_vault::key_not_found));
}

TEST(KeySeal, IsUsedForEveryKeyOfARecord) {
  const KeySeal seal(vault(), "device");
  const Outer outer{{{key, key}, {key, std::nullopt}}};
  const auto sealed = write_record(outer, {}, &seal);
  const auto plain = write_record(outer);
  const auto shows_key = [](const Bytes& row) {
    return as_text(row).find(as_text(key.bytes())) != std::string_view::npos;
  };
  EXPECT_FALSE(shows_key(sealed));
  EXPECT_TRUE(shows_key(plain));
  for (const auto& row : {sealed, plain}) {
    const auto read = read_record<Outer>(row, &seal);
    ASSERT_TRUE(read) << read.error().to_string();
    ASSERT_EQ(read->holders.size(), 2U);
    EXPECT_EQ(read->holders[0].plain, key);
    EXPECT_EQ(read->holders[0].maybe, key);
    EXPECT_FALSE(read->holders[1].maybe);
  }
  EXPECT_FALSE(read_record<Outer>(sealed)) << "without the vault the row is refused";
}

}  // namespace
}  // namespace ff::storage
