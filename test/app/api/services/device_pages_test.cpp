#include "app/api/services/identity/device_pages.hpp"

#include <gtest/gtest.h>

#include <set>

#include "actors/identity_server/registry/entity.hpp"
#include "protocol/base/random.hpp"
#include "storage/engine/memory_engine.hpp"

namespace ff::api {
namespace {

using identity_server::Entity;
using identity_server::PageWish;

using storage::EntityKey;
using storage::EntityKind;

/// A store that counts the records that are visited.
class Counting final : public storage::Reader {
 public:
  explicit Counting(const storage::Reader& store) : store_(store) {}
  Result<std::optional<Bytes>> get(storage::Family family, ByteView key) const override {
    ++visited;
    return store_.get(family, key);
  }
  Result<std::vector<std::optional<Bytes>>> multi_get(storage::Family family,
                                                      std::span<const Bytes> keys) const override {
    visited += keys.size();
    return store_.multi_get(family, keys);
  }
  Result<std::size_t> scan(const storage::Scan& scan,
                           const storage::Visitor& visit) const override {
    return store_.scan(scan, [&](ByteView key, ByteView value) {
      ++visited;
      return visit(key, value);
    });
  }
  mutable std::size_t visited = 0;

 private:
  const storage::Reader& store_;
};

class DevicePagesTest : public testing::Test {
 protected:
  static EntityKey device(const std::string& application, int number) {
    auto text = std::to_string(number);
    return {EntityKind::end_device, {application, "d" + std::string(6 - text.size(), '0') + text}};
  }
  void create(const EntityKey& key) {
    write(key, [&](storage::WriteBatch& batch) {
      const Entity entity{key, {1}, {}, {}, {}, {}};
      batch.put(storage::Family::entity, identity_server::encode_key(key), encode_entity(entity));
    });
  }
  void erase(const EntityKey& key) {
    write(key, [&](storage::WriteBatch& batch) {
      batch.erase(storage::Family::entity, identity_server::encode_key(key));
    });
  }
  void write(const EntityKey& key, const std::function<void(storage::WriteBatch&)>& put) {
    storage::WriteBatch batch;
    put(batch);
    ASSERT_TRUE(engine_.write(batch, storage::Durability::sync));
    pages_.touch(key);
  }
  /// The same page by reading everything.
  void expect_same(const std::string& application, const PageWish& wish) {
    const auto page = pages_.page(engine_, application, wish);
    const auto expected =
        identity_server::page_of_kind(engine_, EntityKind::end_device, {application}, wish);
    ASSERT_TRUE(page && expected);
    EXPECT_EQ(page->total, expected->total) << application;
    ASSERT_EQ(page->entities.size(), expected->entities.size()) << application << wish.skip;
    for (std::size_t i = 0; i < page->entities.size(); ++i)
      EXPECT_EQ(page->entities[i]->key, expected->entities[i]->key) << wish.skip;
  }

  storage::MemoryEngine engine_;
  DevicePages pages_{8};
};

TEST_F(DevicePagesTest, OfAnEmptyStoreAreEmpty) {
  ASSERT_TRUE(pages_.build(engine_));
  expect_same("app", {});
  create(device("app", 1));
  expect_same("app", {});
}

TEST_F(DevicePagesTest, KnowWhatCameWhileTheyWereBuilt) {
  EXPECT_FALSE(pages_.is_ready());
  create(device("app", 1));
  ASSERT_TRUE(pages_.build(engine_));
  pages_.touch(device("app", 1));
  expect_same("app", {});
}

TEST_F(DevicePagesTest, AreThoseOfReadingEverythingWhateverChanges) {
  const auto random = make_seeded_random(7);
  const std::string applications[] = {"a", "app", "b", "zz"};
  ASSERT_TRUE(pages_.build(engine_));
  std::set<std::pair<std::string, int>> present;
  for (int step = 0; step < 3000; ++step) {
    const auto& application = applications[random->below(4)];
    const auto number = static_cast<int>(random->below(200));
    // First there are more and more, then fewer and fewer.
    const bool creates = random->below(10) < (step < 1500 ? 8U : 2U);
    if (creates && present.emplace(application, number).second) create(device(application, number));
    if (!creates && present.erase({application, number}) > 0) erase(device(application, number));
    if (step % 5 != 0) continue;
    PageWish wish;
    wish.skip = random->below(120);
    wish.limit = 1 + random->below(40);
    wish.descending = random->below(2) == 1;
    expect_same(applications[random->below(4)], wish);
  }
}

TEST_F(DevicePagesTest, DoNotReadWhatIsNotShown) {
  for (int i = 0; i < 20'000; ++i) create(device("app", i));
  DevicePages pages(64);
  ASSERT_TRUE(pages.build(engine_));
  for (const std::uint64_t skip : {0U, 9'950U, 19'950U}) {
    for (const bool descending : {false, true}) {
      const Counting store(engine_);
      PageWish wish;
      wish.skip = skip;
      wish.limit = 50;
      wish.descending = descending;
      const auto page = pages.page(store, "app", wish);
      ASSERT_TRUE(page);
      EXPECT_EQ(page->total, 20'000U);
      EXPECT_EQ(page->entities.size(), 50U);
      EXPECT_LT(store.visited, 500U) << skip;
    }
  }
  // A change costs its chunk.
  erase(device("app", 5000));
  pages.touch(device("app", 5000));
  const Counting store(engine_);
  EXPECT_EQ(pages.page(store, "app", {})->total, 19'999U);
  EXPECT_LT(store.visited, 600U);
}

}  // namespace
}  // namespace ff::api
