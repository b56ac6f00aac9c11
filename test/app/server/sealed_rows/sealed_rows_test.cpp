// Rows with secrets as they lie in the store, and as they are read.
#include "app/server/sealed_rows/sealed_rows.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "protocol/base/hex.hpp"
#include "storage/engine/memory_engine.hpp"
#include "storage/keys/entity_keys.hpp"

namespace ff::app {
namespace {

using storage::EntityKind;
using storage::Family;

const Bytes kek = *parse_hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
const Bytes next_kek = *parse_hex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");

Bytes key_of(EntityKind kind, const std::string& id) {
  const auto count = storage::id_count(kind);
  if (count == 1) return storage::entity_key(kind, {id});
  return count == 2 ? storage::entity_key(kind, {"app", id})
                    : storage::entity_key(kind, {"app", "dev", id});
}
Bytes bytes(std::string_view text) {
  return to_owned(as_bytes(text));
}

class SealedRowsTest : public testing::Test {
 protected:
  SealedRowsTest() {
    auto engine = std::make_unique<storage::MemoryEngine>();
    raw = engine.get();
    rows = std::make_unique<SealedRows>(std::move(engine), vault, "own",
                                        [] { return make_seeded_random(7); });
  }
  static void put(storage::Engine& engine, Family family, const Bytes& key, const Bytes& value) {
    storage::WriteBatch batch;
    batch.put(family, key, value);
    ASSERT_TRUE(engine.write(batch, storage::Durability::sync));
  }
  static Bytes get(const storage::Reader& reader, Family family, const Bytes& key) {
    const auto value = reader.get(family, key);
    EXPECT_TRUE(value && *value);
    return value && *value ? **value : Bytes();
  }
  static bool has(const Bytes& value, std::string_view secret) {
    return std::string_view(as_text(value)).find(secret) != std::string_view::npos;
  }

  std::shared_ptr<key_vault::LiveKeyVault> vault =
      std::make_shared<key_vault::LiveKeyVault>(key_vault::KeyVault(key_vault::Keks{{"own", kek}}));
  storage::MemoryEngine* raw = nullptr;
  std::unique_ptr<SealedRows> rows;
  const Bytes webhook = key_of(EntityKind::webhook, "hook");
  const Bytes secret = bytes("\x01 the secret");
};

TEST_F(SealedRowsTest, ASecretLiesSealedAndIsReadInEveryWay) {
  put(*rows, Family::entity, webhook, secret);
  const auto stored = get(*raw, Family::entity, webhook);
  EXPECT_FALSE(has(stored, "the secret"));
  EXPECT_EQ(stored.front(), 0);
  EXPECT_EQ(get(*rows, Family::entity, webhook), secret);
  EXPECT_EQ(get(*rows->snapshot(), Family::entity, webhook), secret);
  const Bytes absent = key_of(EntityKind::webhook, "none");
  const std::vector<Bytes> keys{absent, webhook};
  for (const storage::Reader* reader : std::initializer_list<const storage::Reader*>{rows.get()}) {
    const auto values = reader->multi_get(Family::entity, keys);
    ASSERT_TRUE(values);
    EXPECT_FALSE((*values)[0]);
    EXPECT_EQ((*values)[1], secret);
    Bytes seen;
    ASSERT_TRUE(
        reader->scan({.family = Family::entity, .range = {}}, [&](ByteView, ByteView value) {
          seen = to_owned(value);
          return true;
        }));
    EXPECT_EQ(seen, secret);
  }
}

/// ON-DISK.
TEST_F(SealedRowsTest, TheBytesAreThese) {
  put(*rows, Family::entity, webhook, secret);
  const auto stored = get(*raw, Family::entity, webhook);
  const auto head = hex_lower(ByteView(stored).first(6));
  EXPECT_EQ(head, "0001036f776e");
  EXPECT_EQ(stored.size(), 6 + 12 + secret.size() + 16);
}

TEST_F(SealedRowsTest, RowsInClearAreReadAndSealedWhenWritten) {
  put(*raw, Family::entity, webhook, secret);
  EXPECT_EQ(get(*rows, Family::entity, webhook), secret);
  put(*rows, Family::entity, webhook, get(*rows, Family::entity, webhook));
  EXPECT_FALSE(has(get(*raw, Family::entity, webhook), "the secret"));
  EXPECT_EQ(get(*rows, Family::entity, webhook), secret);
}

TEST_F(SealedRowsTest, WhichRowsThatAre) {
  for (const auto kind : {EntityKind::gateway, EntityKind::webhook, EntityKind::pubsub,
                          EntityKind::package_association, EntityKind::package_default})
    EXPECT_TRUE(is_sealed(Family::entity, key_of(kind, "x")));
  EXPECT_TRUE(is_sealed(Family::join_nonce, bytes("any")));
  for (const auto kind : {EntityKind::user, EntityKind::end_device, EntityKind::api_key})
    EXPECT_FALSE(is_sealed(Family::entity, key_of(kind, "x")));
  EXPECT_FALSE(is_sealed(Family::entity, {}));
  EXPECT_FALSE(is_sealed(Family::session, bytes("any")));
}

TEST_F(SealedRowsTest, OtherChangesOfABatchStayAsTheyAre) {
  put(*rows, Family::entity, webhook, secret);
  put(*rows, Family::outbox, bytes("old"), bytes("\x01"));
  storage::WriteBatch batch;
  batch.put(Family::session, bytes("s"), bytes("\x01ses"));
  batch.extend(Family::session, bytes("s"), bytes("sion"));
  batch.put(Family::entity, key_of(EntityKind::gateway, "g"), secret);
  batch.erase(Family::entity, webhook);
  batch.erase_range(Family::outbox, bytes("o"), bytes("p"));
  ASSERT_TRUE(rows->write(batch, storage::Durability::sync));
  EXPECT_EQ(get(*raw, Family::session, bytes("s")), bytes("\x01session"));
  EXPECT_EQ(get(*rows, Family::entity, key_of(EntityKind::gateway, "g")), secret);
  EXPECT_FALSE(*rows->get(Family::entity, webhook));
  EXPECT_FALSE(*rows->get(Family::outbox, bytes("old")));
}

TEST_F(SealedRowsTest, NewRowsAreUnderTheNewestGenerationAndOldOnesStayReadable) {
  put(*rows, Family::entity, webhook, secret);
  ASSERT_TRUE(vault->add({{"own@2", next_kek}}));
  const auto other = key_of(EntityKind::pubsub, "new");
  put(*rows, Family::entity, other, secret);
  EXPECT_TRUE(has(get(*raw, Family::entity, other), "own@2"));
  EXPECT_EQ(get(*rows, Family::entity, webhook), secret);
  EXPECT_EQ(get(*rows, Family::entity, other), secret);
}

TEST_F(SealedRowsTest, ARowIsGoodInItsOwnPlaceAndWholeAlone) {
  put(*rows, Family::entity, webhook, secret);
  const auto stored = get(*raw, Family::entity, webhook);
  const auto moved = key_of(EntityKind::webhook, "other");
  put(*raw, Family::entity, moved, stored);
  EXPECT_TRUE(rows->get(Family::entity, moved).error().is(row_unsealable));
  auto changed = stored;
  changed.back() ^= 1U;
  put(*raw, Family::entity, webhook, changed);
  EXPECT_TRUE(rows->get(Family::entity, webhook).error().is(row_unsealable));
  EXPECT_FALSE(
      rows->scan({.family = Family::entity, .range = {}}, [](ByteView, ByteView) { return true; }));
  for (std::size_t size = 1; size < stored.size(); ++size) {
    put(*raw, Family::entity, webhook, to_owned(ByteView(stored).first(size)));
    EXPECT_FALSE(rows->get(Family::entity, webhook)) << size;
  }
}

TEST_F(SealedRowsTest, WithoutTheKeyNothingIsRead) {
  put(*rows, Family::entity, webhook, secret);
  auto copy = std::make_unique<storage::MemoryEngine>();
  put(*copy, Family::entity, webhook, get(*raw, Family::entity, webhook));
  const SealedRows others(std::move(copy), std::make_shared<key_vault::LiveKeyVault>(), "own",
                          [] { return make_seeded_random(7); });
  EXPECT_TRUE(others.get(Family::entity, webhook).error().is(key_vault::key_not_found));
}

}  // namespace
}  // namespace ff::app
