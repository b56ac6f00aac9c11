// Accepted frames on their way to applications. [spec application-server §3-§5, §7.4, §7.5]
#include "test/actors/application_server/pipeline/rig.hpp"

namespace ff::application_server {
namespace {

// As the join server answers.
constexpr ErrorDef unknown_device{"pkg/joinserver", "device_not_found", Code::not_found,
                                  "device not found"};
constexpr ErrorDef euis_of_another{"pkg/joinserver", "duplicate_identifiers", Code::already_exists,
                                   "duplicate identifiers"};

class Uplinks : public Rig {
 protected:
  /// Other networks' join servers, which remember what they are asked.
  static interop::ClientHandle::behavior_type others(
      interop::ClientHandle::pointer, std::vector<join_server::GetAppSKey>* asked_elsewhere) {
    return {
        [](const join_server::HandleJoin&) {},
        [asked_elsewhere](const join_server::GetAppSKey& ask) { asked_elsewhere->push_back(ask); },
        [](const interop::FindHomeNetwork&) {}, [](const interop::PeerAnswered&) {}};
  }
};

TEST_F(Uplinks, AreDecryptedWithTheFullCounterStoredAndPublishedAfterTheCommit) {
  create(session(id_1, key_1, address_1));
  accept({uplink(id_1, key_1, address_1, 70'000)}, "row");
  ASSERT_EQ(published.size(), 1U);
  EXPECT_NE(text(0).find(R"("f_cnt":70000,"frm_payload":"AQID")"), std::string::npos) << text(0);
  EXPECT_EQ(published[0].sequence.value(), 1U);
  EXPECT_EQ(released, 1);
  EXPECT_TRUE(stored("row"));
  const auto row =
      engine.get(storage::Family::outbox,
                 storage::outbox_key({shard, uid.application_id, published[0].sequence}));
  ASSERT_TRUE(row && *row);
  EXPECT_EQ(*decode_message(**row), *published[0].message);
  EXPECT_TRUE(device().activated_at);
  EXPECT_TRUE(happened("as.up.data.receive") && happened("as.up.data.forward"));
}

TEST_F(Uplinks, OfUnknownDevicesAreDroppedAndTheNetworkServersRecordsCommitted) {
  accept({uplink(id_1, key_1, address_1)}, "row");
  EXPECT_TRUE(published.empty());
  EXPECT_EQ(released, 1);
  EXPECT_TRUE(stored("row"));
  EXPECT_TRUE(happened("as.up.data.drop"));
}

TEST_F(Uplinks, PromoteThePendingSession) {
  create(session(id_1, key_1, address_1), session(id_2, key_2, address_2));
  accept({uplink(id_2, key_2, address_2)});
  EXPECT_EQ(published.size(), 1U);
  EXPECT_EQ(device().session->session_key_id, id_2);
  EXPECT_FALSE(device().pending_session);
  EXPECT_EQ(device().ids.dev_addr, address_2);
}

TEST_F(Uplinks, WaitForTheKeyOfAnUnknownSessionInOrder) {
  create(session(id_1, key_1, address_1));
  accept({uplink(id_3, key_2, address_2, 1)}, "first");
  accept({uplink(id_3, key_2, address_2, 2)}, "second");
  accept({}, "third");
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(released, 0);
  EXPECT_FALSE(stored("third")) << "a later commit must not overtake";
  asked[0].reply(KeyEnvelope{key_2, {}, {}});
  run();
  EXPECT_EQ(released, 3);
  ASSERT_EQ(published.size(), 2U);
  EXPECT_NE(text(0).find(R"("f_cnt":1,"frm_payload":"AQID")"), std::string::npos) << text(0);
  EXPECT_EQ(device().session->session_key_id, id_3);
  EXPECT_EQ(asked.size(), 1U);
}

TEST_F(Uplinks, AskElsewhereForTheKeyUnlessTheEuisAreAnotherDevicesHere) {
  std::vector<join_server::GetAppSKey> asked_elsewhere;
  const auto client = system->spawn(others, &asked_elsewhere);
  context->interop.set(client);
  create(session(id_1, key_1, address_1));
  accept({uplink(id_3, key_2, address_2, 1)});
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked[0].device, uid);
  asked[0].reply(fail(unknown_device));
  run();
  ASSERT_EQ(asked_elsewhere.size(), 1U);
  EXPECT_EQ(asked_elsewhere[0].session_key_id, id_3);
  asked_elsewhere[0].reply(KeyEnvelope{key_2, {}, {}});
  run();
  EXPECT_EQ(published.size(), 1U);

  accept({uplink(id_2, key_2, address_2, 2)});
  ASSERT_EQ(asked.size(), 2U);
  asked[1].reply(fail(Error(unknown_device).caused_by(Error(euis_of_another))));
  run();
  EXPECT_EQ(asked_elsewhere.size(), 1U);
  EXPECT_EQ(published.size(), 1U);
  EXPECT_TRUE(happened("as.up.data.drop"));
  context->interop.clear();
  caf::anon_send_exit(client, caf::exit_reason::user_shutdown);
}

TEST_F(Uplinks, WhoseKeyDoesNotComeAreDroppedAfterTheTimeOut) {
  create(session(id_1, key_1, address_1));
  accept({uplink(id_3, key_2, address_2, 1)}, "first");
  advance(std::chrono::seconds{4});
  EXPECT_EQ(released, 1);
  EXPECT_TRUE(stored("first"));
  EXPECT_TRUE(published.empty());
  EXPECT_EQ(device().session->session_key_id, id_1);
  const auto drop = std::ranges::find(told, "as.up.data.drop", &events::Event::name);
  ASSERT_NE(drop, told.end());
  const auto* cause = std::get<Error>(drop->data).cause();
  ASSERT_NE(cause, nullptr);
  EXPECT_EQ(*cause, Error(join_server_unavailable, {{"join_eui", "A81758FFFE000001"}}));
}

TEST_F(Uplinks, StayEncryptedWhenTheKeyIsNotOursAndTheDeviceSaysSo) {
  auto wrapped = session(id_1, key_1, address_1);
  wrapped.app_s_key = KeyEnvelope{{}, "customer", {1, 2}};
  wrapped.last_a_f_cnt_down = FCnt32{12};
  create(wrapped);
  caf::anon_send(pipeline, ChangeAppDevice{uid,
                                           [](const AppDevice* old) {
                                             auto next = *old;
                                             next.skip_payload_crypto_override = true;
                                             return next;
                                           },
                                           [](auto) {}});
  accept({uplink(id_1, key_1, address_1)});
  ASSERT_EQ(published.size(), 1U);
  EXPECT_NE(
      text(0).find(
          R"("app_s_key":{"kek_label":"customer","encrypted_key":"AQI="},"last_a_f_cnt_down":12)"),
      std::string::npos);
  EXPECT_EQ(text(0).find("AQID"), std::string::npos);
}

TEST_F(Uplinks, StayEncryptedWhenTheApplicationSaysSoAndTheDeviceDoesNotObject) {
  context->link_settings.put(uid.application_id, make_link({{}, true}, uid.application_id));
  create(session(id_1, key_1, address_1));
  accept({uplink(id_1, key_1, address_1, 1)});
  EXPECT_NE(text(0).find("AQID"), std::string::npos) << "the key is ours";
  auto wrapped = session(id_1, key_1, address_1);
  wrapped.app_s_key = KeyEnvelope{{}, "customer", {1, 2}};
  create(wrapped);
  accept({uplink(id_1, key_1, address_1, 2)});
  ASSERT_EQ(published.size(), 2U);
  EXPECT_NE(text(1).find(R"("kek_label":"customer")"), std::string::npos) << text(1);
  caf::anon_send(pipeline, ChangeAppDevice{uid,
                                           [](const AppDevice* old) {
                                             auto next = *old;
                                             next.skip_payload_crypto_override = false;
                                             return next;
                                           },
                                           [](auto) {}});
  accept({uplink(id_1, key_1, address_1, 3)});
  EXPECT_EQ(published.size(), 2U);
  EXPECT_TRUE(happened("as.up.data.drop"));
}

TEST_F(Uplinks, AFailedCommitPublishesNothingAndEndsThePipeline) {
  create(session(id_1, key_1, address_1));
  engine.inject({.error = Error(storage::io_failed)});
  accept({uplink(id_1, key_1, address_1)});
  EXPECT_TRUE(published.empty());
  EXPECT_EQ(failed, 1);
  EXPECT_EQ(released, 0);
  EXPECT_FALSE(happened("as.up.data.forward"));
}

TEST_F(Uplinks, SequencesGoOnAfterARestart) {
  create(session(id_1, key_1, address_1));
  accept({uplink(id_1, key_1, address_1)});
  caf::anon_send_exit(pipeline, caf::exit_reason::kill);
  run();
  pipeline = spawn_pipeline(*system, context, shard);
  accept({uplink(id_1, key_1, address_1)});
  ASSERT_EQ(published.size(), 2U);
  EXPECT_EQ(published[1].sequence.value(), 2U);
}

TEST_F(Uplinks, OneBadMessageDoesNotHoldUpTheOthers) {
  create(session({}, key_1, address_1));
  auto bad = uplink({}, key_1, address_1);
  std::get<ApplicationUplink>(bad.up).session_key_id = id_3;  // a session no join server knows
  accept({uplink({}, key_1, address_1), bad, uplink({}, key_1, address_1)}, "row");
  asked.at(0).reply(fail(join_server_unavailable));
  run();
  EXPECT_EQ(published.size(), 2U);
  EXPECT_TRUE(stored("row"));
}

TEST_F(Uplinks, AJoinAcceptMakesThePendingSessionAndMovesTheQueue) {
  create(session(id_1, key_1, address_1));
  auto queued = item();
  queued.session_key_id = id_1;
  queued.f_cnt = FCnt32{9};
  queued.frm_payload = crypted(key_1, address_1, 9, phy::Direction::down, {7, 8});
  const ApplicationJoinAccept join{.session_key_id = id_2,
                                   .app_s_key = KeyEnvelope{key_2, {}, {}},
                                   .invalidated_downlinks = {queued}};
  accept({{.ids = ids(address_2), .up = join}});
  ASSERT_EQ(published.size(), 1U);
  EXPECT_EQ(text(0).find("app_s_key"), std::string::npos);
  EXPECT_EQ(device().session->session_key_id, id_1);
  EXPECT_EQ(device().pending_session->session_key_id, id_2);
  ASSERT_EQ(to_session.size(), 1U);
  ASSERT_EQ(last_push().downlinks.size(), 1U);
  EXPECT_EQ(last_push().downlinks[0].session_key_id, id_2);
  EXPECT_EQ(last_push().downlinks[0].frm_payload,
            crypted(key_2, address_2, 1, phy::Direction::down, {7, 8}));
  network_answers({});
  EXPECT_EQ(published.size(), 1U) << "the application is not told again that it is queued";
}

TEST_F(Uplinks, AnInvalidatedQueueIsNumberedAgain) {
  create(session(id_1, key_1, address_1));
  auto queued = item();
  queued.session_key_id = id_1;
  queued.f_cnt = FCnt32{5};
  queued.frm_payload = crypted(key_1, address_1, 5, phy::Direction::down, {7, 8});
  accept({{.ids = ids(), .up = DownlinkQueueInvalidated{{queued}, FCnt32{22}, id_1}}});
  EXPECT_TRUE(published.empty());
  ASSERT_EQ(to_session.size(), 1U);
  EXPECT_EQ(last_push().downlinks[0].f_cnt, FCnt32{23});
  EXPECT_EQ(last_push().downlinks[0].frm_payload,
            crypted(key_1, address_1, 23, phy::Direction::down, {7, 8}));
  EXPECT_EQ(device().session->last_a_f_cnt_down, FCnt32{23});
}

TEST_F(Uplinks, ANackIsForwardedAndRepeatedUntilItsLimit) {
  create(session(id_1, key_1, address_1));
  auto downlink = item();
  downlink.session_key_id = id_1;
  downlink.f_cnt = FCnt32{1};
  downlink.confirmed = true;
  downlink.confirmed_retry = ConfirmedRetry{1, 2};
  downlink.frm_payload = crypted(key_1, address_1, 1, phy::Direction::down, {7, 8});
  accept({{.ids = ids(), .up = DownlinkNacked{downlink}}});
  ASSERT_EQ(published.size(), 1U);
  EXPECT_NE(text(0).find(R"("frm_payload":"Bwg=","confirmed":true)"), std::string::npos) << text(0);
  EXPECT_NE(text(0).find(R"("attempt":2)"), std::string::npos);
  EXPECT_EQ(to_session.size(), 1U);
  network_answers({});
  downlink.confirmed_retry->attempt = 2;
  accept({{.ids = ids(), .up = DownlinkNacked{downlink}}});
  EXPECT_EQ(to_session.size(), 1U);
  ASSERT_EQ(published.size(), 3U);
  EXPECT_NE((text(1) + text(2)).find("max_retries_reached"), std::string::npos);
}

TEST_F(Uplinks, SentAndAckedAreDecryptedAndUnknownSessionsDropped) {
  create(session(id_1, key_1, address_1));
  auto downlink = item();
  downlink.session_key_id = id_1;
  downlink.f_cnt = FCnt32{1};
  downlink.frm_payload = crypted(key_1, address_1, 1, phy::Direction::down, {7, 8});
  accept({{.ids = ids(), .up = DownlinkSent{downlink}},
          {.ids = ids(), .up = DownlinkAcked{downlink}}});
  EXPECT_EQ(published.size(), 2U);
  EXPECT_NE(text(1).find("Bwg="), std::string::npos);
  downlink.session_key_id = id_3;
  accept({{.ids = ids(), .up = DownlinkSent{downlink}}});
  EXPECT_EQ(published.size(), 2U);
  EXPECT_TRUE(happened("as.down.data.drop"));
}

TEST_F(Uplinks, AreNotAcceptedWhileTheDevicesRowCanNotBeRead) {
  create(session(id_1, key_1, address_1));
  caf::anon_send_exit(pipeline, caf::exit_reason::user_shutdown);
  run();
  pipeline = spawn_pipeline(*system, context, shard);
  run();
  engine.inject({.call = storage::MemoryCall::read, .error = Error(storage::io_failed)});
  accept({uplink(id_1, key_1, address_1, 1)}, "counter");
  EXPECT_FALSE(stored("counter")) << "the network server's session starts again without it";
  EXPECT_EQ(released + failed, 0);
  EXPECT_TRUE(published.empty());
  accept({uplink(id_1, key_1, address_1, 2)}, "later");
  EXPECT_TRUE(stored("later"));
  EXPECT_EQ(published.size(), 1U);
}

TEST_F(Uplinks, OfADeviceWhoseRowIsDamagedAreDroppedAndToldSo) {
  storage::WriteBatch batch;
  batch.put(storage::Family::device, storage::device_key({shard, uid}), Bytes{9});
  ASSERT_TRUE(engine.write(batch, storage::Durability::sync));
  accept({uplink(id_1, key_1, address_1, 1)}, "counter");
  EXPECT_TRUE(stored("counter")) << "the device's frames go on";
  EXPECT_EQ(released, 1);
  EXPECT_TRUE(published.empty());
  EXPECT_TRUE(happened("as.up.data.drop"));
}

}  // namespace
}  // namespace ff::application_server
