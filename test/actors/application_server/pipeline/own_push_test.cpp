// Downlinks that the application server pushes again by itself: none is lost in a crash.
#include "actors/application_server/pipeline/own_push.hpp"

#include "protocol/base/hex.hpp"
#include "storage/keys/push_keys.hpp"
#include "test/actors/application_server/pipeline/rig.hpp"

namespace ff::application_server {
namespace {

OwnPush example() {
  return {.device = {ApplicationId("app"), DeviceId("dev")},
          .items = {{.session_key_id = {},
                     .f_port = FPort{15},
                     .frm_payload = {7, 8},
                     .confirmed = true,
                     .correlation_ids = {"mine"},
                     .confirmed_retry = ConfirmedRetry{2, 5}}},
          .target = {PushTarget::Kind::only, {1}},
          .received_at = UtcTime{std::chrono::nanoseconds{1}}};
}

TEST(OwnPush, BytesAreOnDiskAndComeBackAsTheyWere) {
  const auto row = encode_own_push(example());
  EXPECT_EQ(hex_lower(row),
            "01"
            "0a0a0a036170701203646576"
            "1214100f220207082801"
            "42046d696e654a0408021005"
            "1801"
            "220101"
            "2802");
  EXPECT_EQ(*decode_own_push(row), example());
  for (std::size_t size = 0; size < row.size(); ++size)
    ignore(decode_own_push(ByteView(row).first(size)), "any outcome is fine");
  EXPECT_FALSE(decode_own_push(Bytes{}));
  EXPECT_FALSE(decode_own_push(Bytes{9}));
}

class OwnPushes : public Rig {
 protected:
  std::size_t rows() {
    return *engine.scan({storage::Family::entity, storage::own_push_range(shard)},
                        [](ByteView, ByteView) { return true; });
  }
  /// Of memory nothing is left; the store is as it is.
  void crash() {
    caf::anon_send_exit(pipeline, caf::exit_reason::kill);
    run();
    to_session.clear();
    pipeline = spawn_pipeline(*system, context, shard);
    run();
  }
  ApplicationUp nacked() const {
    auto downlink = item();
    downlink.confirmed = true;
    downlink.session_key_id = id_1;
    downlink.f_cnt = FCnt32{4};
    downlink.frm_payload = crypted(key_1, address_1, 4, phy::Direction::down, {7, 8});
    return {.ids = ids(), .up = DownlinkNacked{downlink}};
  }
  ApplicationUp invalidated() const {
    DownlinkQueueInvalidated invalid{.last_f_cnt_down = FCnt32{9}, .session_key_id = id_1};
    auto downlink = item(16);
    downlink.session_key_id = id_1;
    downlink.f_cnt = FCnt32{4};
    downlink.frm_payload = crypted(key_1, address_1, 4, phy::Direction::down, {7, 8});
    invalid.downlinks = {downlink};
    return {.ids = ids(), .up = invalid};
  }
  ApplicationUp joined() const {
    ApplicationJoinAccept accept{.session_key_id = id_2, .app_s_key = KeyEnvelope{key_2, {}, {}}};
    auto downlink = item(17);
    downlink.session_key_id = id_1;
    downlink.f_cnt = FCnt32{4};
    downlink.frm_payload = crypted(key_1, address_1, 4, phy::Direction::down, {7, 8});
    accept.invalidated_downlinks = {downlink};
    return {.ids = ids(address_2), .up = accept};
  }
};

TEST_F(OwnPushes, AreMadeAgainAfterACrashBetweenTheTwoCommits) {
  struct Row {
    const char* name;
    ApplicationUp up;
    FPort port;
    Bytes session;
  };
  for (const auto& row :
       {Row{"nack", nacked(), FPort{15}, id_1}, Row{"invalidated", invalidated(), FPort{16}, id_1},
        Row{"join", joined(), FPort{17}, id_2}}) {
    SCOPED_TRACE(row.name);
    create(session(id_1, key_1, address_1));
    accept({row.up}, row.name);
    EXPECT_TRUE(stored(row.name)) << "the network server knows nothing of the item any more";
    ASSERT_EQ(to_session.size(), 1U);
    EXPECT_EQ(rows(), 1U);
    crash();
    ASSERT_EQ(to_session.size(), 1U);
    ASSERT_EQ(last_push().downlinks.size(), 1U);
    EXPECT_EQ(last_push().downlinks[0].f_port, row.port);
    EXPECT_EQ(last_push().downlinks[0].session_key_id, row.session);
    network_answers({});
    EXPECT_EQ(rows(), 0U);
    crash();
    EXPECT_TRUE(to_session.empty()) << "once is enough";
  }
}

TEST_F(OwnPushes, KeepTheirPlaceBehindThoseThatCrashedEarlier) {
  create(session(id_1, key_1, address_1));
  accept({nacked()});
  accept({invalidated()});
  EXPECT_EQ(rows(), 2U);
  crash();
  crash();
  ASSERT_EQ(to_session.size(), 1U);
  EXPECT_EQ(last_push().downlinks[0].f_port, FPort{15});
  network_answers({});
  ASSERT_EQ(to_session.size(), 2U);
  EXPECT_EQ(last_push().downlinks[0].f_port, FPort{16});
  network_answers({});
  EXPECT_EQ(rows(), 0U);
}

TEST_F(OwnPushes, ThatFailAreToldAndForgotten) {
  create(session(id_1, key_1, address_1));
  accept({nacked()});
  network_answers(fail(buffer_full));
  EXPECT_EQ(rows(), 0U);
  EXPECT_TRUE(happened("as.down.data.drop"));
  EXPECT_EQ(published.back().message->kind, UpKind::downlink_failed);
}

TEST_F(OwnPushes, OfADeviceThatIsNoMoreAreForgotten) {
  create(session(id_1, key_1, address_1));
  accept({nacked()});
  caf::anon_send(pipeline, DeleteAppDevice{uid, [](const Status&) {}});
  run();
  crash();
  EXPECT_TRUE(to_session.empty());
  EXPECT_EQ(rows(), 0U);
}

TEST_F(OwnPushes, WithoutASessionToMoveToAreForgotten) {
  create(std::nullopt);
  storage::WriteBatch batch;
  auto push = example();
  push.device = uid;
  push.target.kind = PushTarget::Kind::except;
  batch.put(storage::Family::entity, storage::own_push_key(shard, 3), encode_own_push(push));
  batch.put(storage::Family::entity, storage::own_push_key(shard, 2), Bytes{9});  // damaged
  ASSERT_TRUE(engine.write(batch, storage::Durability::sync));
  crash();
  EXPECT_TRUE(to_session.empty());
  EXPECT_EQ(rows(), 1U);
}

TEST_F(OwnPushes, WaitForARowThatCanNotBeReadNow) {
  create(session(id_1, key_1, address_1));
  accept({nacked()});
  caf::anon_send_exit(pipeline, caf::exit_reason::kill);
  run();
  to_session.clear();
  auto row = *engine.get(storage::Family::device, storage::device_key({shard, uid}));
  storage::WriteBatch batch;
  batch.put(storage::Family::device, storage::device_key({shard, uid}), Bytes{9});
  ASSERT_TRUE(engine.write(batch, storage::Durability::sync));
  pipeline = spawn_pipeline(*system, context, shard);
  run();
  EXPECT_TRUE(to_session.empty());
  EXPECT_EQ(rows(), 1U);
  batch.clear();
  batch.put(storage::Family::device, storage::device_key({shard, uid}), *row);
  ASSERT_TRUE(engine.write(batch, storage::Durability::sync));
  caf::anon_send(pipeline, GetAppDevice{uid, [](const auto&) {}});
  run();
  ASSERT_EQ(to_session.size(), 1U);
  EXPECT_EQ(last_push().downlinks.at(0).f_port, FPort{15});
}

}  // namespace
}  // namespace ff::application_server
