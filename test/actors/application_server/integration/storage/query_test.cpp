#include "actors/application_server/integration/storage/query.hpp"

#include <gtest/gtest.h>

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>
#include <map>

#include "actors/application_server/integration/storage/actor.hpp"
#include "actors/application_server/outbox/record.hpp"
#include "protocol/base/random.hpp"
#include "test/support/actors/actor_fixture.hpp"

namespace ff::application_server {
namespace {

using storage::Family;
using storage::OutboxSequence;
using storage::Shard;

const ApplicationId app("app-a");
const auto shards = *storage::ShardCount::make(4);

class StoredMessages : public test::ActorFixture {
 protected:
  /// Into its device's shard, as pipelines do.
  void publish(const std::string& device, int minute, UpKind kind = UpKind::uplink) {
    const auto shard = storage::shard_of(DeviceUid{app, DeviceId(device)}, shards);
    const auto sequence = ++newest[shard];
    const auto name = device + "@" + std::to_string(minute);
    OutboxMessage message{kind, DeviceId(device), at(minute), {}};
    message.body.assign(name.begin(), name.end());
    put(shard, sequence, encode_message(message));
  }
  void put(Shard shard, std::uint64_t sequence, const Bytes& row) {
    storage::WriteBatch batch;
    batch.put(Family::outbox, storage::outbox_key({shard, app, OutboxSequence{sequence}}), row);
    ASSERT_TRUE(engine.write(batch, storage::Durability::sync));
  }
  static UtcTime at(int minute) { return UtcTime{std::chrono::minutes{minute}}; }
  /// All pages, their messages' names.
  std::vector<std::string> all(StoredQuery query, std::size_t limit = 256,
                               std::size_t scan_max = 8192) {
    query.application_id = app;
    std::vector<std::string> names;
    std::optional<StoredWindows> windows;
    for (int pages = 0; pages < 10'000; ++pages) {
      const auto page = query_stored(engine, shards, {query, windows, limit, {}}, scan_max);
      EXPECT_TRUE(page);
      EXPECT_LE(page->messages.size(), limit);
      for (const auto& up : page->messages) names.emplace_back(as_text(up.message->body));
      if (page->rest.empty()) return names;
      windows = page->rest;
    }
    ADD_FAILURE() << "no end";
    return names;
  }
  std::map<Shard, std::uint64_t> newest;
};

using Names = std::vector<std::string>;

TEST_F(StoredMessages, ComeInTheOrderOfTimeWhateverTheirShard) {
  for (const auto* device : {"dev-a", "dev-b", "dev-c"}) publish(device, 0);
  for (int minute = 1; minute <= 9; ++minute)
    publish("dev-" + std::string(1, static_cast<char>('a' + minute % 3)), minute);
  const auto forward = all({});
  ASSERT_EQ(forward.size(), 12U);
  EXPECT_EQ(Names(forward.begin() + 3, forward.end()),
            (Names{"dev-b@1", "dev-c@2", "dev-a@3", "dev-b@4", "dev-c@5", "dev-a@6", "dev-b@7",
                   "dev-c@8", "dev-a@9"}));
  auto backward = all({.descending = true});
  EXPECT_EQ(backward.front(), "dev-a@9");
  EXPECT_EQ(backward.size(), 12U);
}

TEST_F(StoredMessages, AreChosenByDeviceKindAndTime) {
  for (int minute = 1; minute <= 4; ++minute) {
    publish("dev-a", minute);
    publish("dev-b", minute, UpKind::join);
  }
  EXPECT_EQ(all({.device_id = DeviceId("dev-a")}),
            (Names{"dev-a@1", "dev-a@2", "dev-a@3", "dev-a@4"}));
  EXPECT_EQ(all({.kind = UpKind::join, .after = at(2)}), (Names{"dev-b@3", "dev-b@4"}));
  EXPECT_EQ(all({.device_id = DeviceId("dev-a"), .after = at(1), .before = at(4)}),
            (Names{"dev-a@2", "dev-a@3"}));
  EXPECT_TRUE(all({.device_id = DeviceId("dev-x")}).empty());
  EXPECT_TRUE(all({.after = at(9)}).empty());
}

TEST_F(StoredMessages, AreReadInBoundedSteps) {
  for (int minute = 1; minute <= 100; ++minute)
    publish("dev-" + std::to_string(minute % 7) + "x", minute);
  const auto whole = all({});
  EXPECT_EQ(whole.size(), 100U);
  EXPECT_EQ(all({}, 1), whole);
  EXPECT_EQ(all({}, 256, 3), whole);
  EXPECT_EQ(all({.device_id = DeviceId("dev-3x")}, 2, 1).size(), 14U);
  const auto back = all({.descending = true}, 7, 5);
  EXPECT_EQ(Names(back.rbegin(), back.rend()), whole);
}

TEST_F(StoredMessages, WhatCanNotBeReadIsLeftOut) {
  publish("dev-a", 1);
  const auto shard = newest.begin()->first;
  for (int i = 0; i < 80; ++i) put(shard, ++newest[shard], {0xff});
  publish("dev-a", 2);
  EXPECT_EQ(all({}), (Names{"dev-a@1", "dev-a@2"}));
  EXPECT_EQ(all({.descending = true}), (Names{"dev-a@2", "dev-a@1"}));
}

TEST_F(StoredMessages, AClientThatStopsInThePageGoesOnBehindIt) {
  for (int minute = 1; minute <= 20; ++minute)
    publish("dev-" + std::to_string(minute % 5) + "x", minute);
  for (const bool descending : {false, true}) {
    const StoredQuery query{.application_id = app, .descending = descending};
    const auto page = query_stored(engine, shards, {query, {}, 256, {}}, 8192);
    auto windows = page->begin;
    Names names;
    for (std::size_t i = 0; i < 8; ++i) {
      pass(windows, query, page->messages[i]);
      names.emplace_back(as_text(page->messages[i].message->body));
    }
    const auto rest = query_stored(engine, shards, {query, windows, 256, {}}, 8192);
    for (const auto& up : rest->messages) names.emplace_back(as_text(up.message->body));
    EXPECT_EQ(names, all({.descending = descending}));
  }
}

TEST_F(StoredMessages, TheActorAnswers) {
  publish("dev-a", 1);
  const auto reader =
      spawn_storage(*system, {.store = &engine, .shards = shards, .own_thread = false});
  std::size_t got = 0;
  caf::anon_send(reader, QueryStored{{.application_id = app}, {}, 256, [&](const auto& page) {
                                       got = page->messages.size();
                                     }});
  run();
  EXPECT_EQ(got, 1U);
  caf::anon_send_exit(caf::actor_cast<caf::actor>(reader), caf::exit_reason::user_shutdown);
  run();
}

}  // namespace
}  // namespace ff::application_server
