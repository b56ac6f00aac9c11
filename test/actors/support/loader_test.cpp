#include "actors/support/loader.hpp"

#include <caf/send.hpp>

#include "storage/engine/errors.hpp"
#include "test/support/actors/actor_fixture.hpp"

namespace ff::actors {
namespace {

using storage::Family;

class LoaderTest : public test::ActorFixture {
 protected:
  LoaderTest() {
    storage::WriteBatch batch;
    for (const auto* key : {"a", "b"}) batch.put(Family::session, as_bytes(key), as_bytes(key));
    EXPECT_TRUE(engine.write(batch, storage::Durability::sync));
  }
  void load(const std::string& key) {
    LoadRow request{Family::session, to_owned(as_bytes(key)), {}};
    request.on_loaded = [this, key](const Result<std::optional<Bytes>>& row) {
      const auto found = !row ? row.error().name() : *row ? as_text(**row) : "none";
      log.push_back(key + " " + std::string(found));
    };
    caf::anon_send(deps.loader.get(), std::move(request));
  }
  void fail_reads(std::size_t times) {
    for (; times > 0; --times)
      engine.inject({.call = storage::MemoryCall::read, .error = Error(storage::io_failed)});
  }
  std::vector<std::string> log;
};

TEST_F(LoaderTest, AnswersEachForItself) {
  for (const auto* key : {"a", "c", "b"}) load(key);
  run();
  EXPECT_EQ(log, (std::vector<std::string>{"a a", "c none", "b b"}));
}

TEST_F(LoaderTest, ReadsRowsThatBelongTogether) {
  storage::WriteBatch batch;
  for (const auto* key : {"q2", "q1", "r"})
    batch.put(Family::downlink_queue, as_bytes(key), as_bytes("of " + std::string(key)));
  ASSERT_TRUE(engine.write(batch, storage::Durability::sync));
  const auto load_rows = [&] {
    caf::anon_send(deps.loader.get(), LoadRows{Family::downlink_queue, to_owned(as_bytes("q")),
                                               [this](const Result<LoadedRows>& rows) {
                                                 if (!rows)
                                                   return log.emplace_back(rows.error().name()),
                                                          void();
                                                 for (const auto& [key, value] : *rows)
                                                   log.push_back(std::string(as_text(key)) + " " +
                                                                 std::string(as_text(value)));
                                               }});
    run();
  };
  load_rows();
  fail_reads(1);
  load_rows();
  EXPECT_EQ(log, (std::vector<std::string>{"q1 of q1", "q2 of q2", "io_failed"}));
}

/// As RocksDB does when a block of one of the rows is damaged.
TEST_F(LoaderTest, ARowThatCanNotBeReadTakesNoOtherAlong) {
  fail_reads(2);  // all together, and the first of them
  for (const auto* key : {"a", "b"}) load(key);
  run();
  EXPECT_EQ(log, (std::vector<std::string>{"a io_failed", "b b"}));
}

}  // namespace
}  // namespace ff::actors
