// Applications' downlinks on their way to the network server. [spec application-server §7.3]
#include "actors/network_server/session/errors.hpp"
#include "test/actors/application_server/pipeline/rig.hpp"

namespace ff::application_server {
namespace {

class Downlinks : public Rig {
 protected:
  static constexpr ErrorDef f_cnt_too_low{"pkg/networkserver", "f_cnt_too_low",
                                          Code::invalid_argument, "too low"};
  Error too_low(const Bytes& id, DevAddr address, std::uint32_t min) const {
    return Error(f_cnt_too_low, {{"dev_addr", to_string(address)},
                                 {"session_key_id", base64_encode(id)},
                                 {"min_f_cnt_down", min},
                                 {"f_cnt", 1},
                                 {"min_f_cnt", min}});
  }
};

TEST_F(Downlinks, AreNumberedEncryptedAndDurableBeforeTheyLeave) {
  create(session(id_1, key_1, address_1));
  push({item(15), item(16)});
  ASSERT_EQ(to_session.size(), 1U);
  EXPECT_EQ(device().session->last_a_f_cnt_down, FCnt32{2});
  const auto& sent = last_push().downlinks;
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_EQ(sent[1].f_cnt, FCnt32{2});
  EXPECT_EQ(sent[1].session_key_id, id_1);
  EXPECT_EQ(sent[1].frm_payload, crypted(key_1, address_1, 2, phy::Direction::down, {7, 8}));
  EXPECT_FALSE(answer);
  EXPECT_TRUE(published.empty());
  network_answers({});
  ASSERT_TRUE(answer);
  EXPECT_TRUE(*answer);
  ASSERT_EQ(published.size(), 2U);
  EXPECT_NE(
      text(0).find(
          R"("downlink_queued":{"f_port":15,"frm_payload":"Bwg=","correlation_ids":["as:downlink:)"),
      std::string::npos)
      << text(0);
}

TEST_F(Downlinks, GoToBothSessionsAndAreToldOnce) {
  create(session(id_1, key_1, address_1), session(id_2, key_2, address_2));
  push({item()});
  ASSERT_EQ(last_push().downlinks.size(), 2U);
  EXPECT_EQ(last_push().downlinks[0].session_key_id, id_1);
  EXPECT_EQ(last_push().downlinks[1].session_key_id, id_2);
  network_answers({});
  EXPECT_EQ(published.size(), 1U);
}

TEST_F(Downlinks, WithACounterTooLowAreNumberedAgain) {
  create(session(id_1, key_1, address_1));
  push({item()});
  network_answers(fail(too_low(id_1, address_1, 30)));
  ASSERT_EQ(to_session.size(), 2U);
  EXPECT_EQ(last_push().downlinks[0].f_cnt, FCnt32{30});
  EXPECT_EQ(last_push().downlinks[0].frm_payload,
            crypted(key_1, address_1, 30, phy::Direction::down, {7, 8}));
  network_answers({});
  EXPECT_TRUE(answer && *answer);
}

TEST_F(Downlinks, ForASessionThatOnlyTheNetworkServerKnowsGetItsKey) {
  create(session(id_1, key_1, address_1));
  push({item()});
  network_answers(fail(too_low(id_3, address_2, 4)));
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked[0].session_key_id, id_3);
  asked[0].reply(KeyEnvelope{key_2, {}, {}});
  run();
  ASSERT_EQ(to_session.size(), 2U);
  EXPECT_EQ(last_push().downlinks[0].frm_payload,
            crypted(key_2, address_2, 4, phy::Direction::down, {7, 8}));
}

TEST_F(Downlinks, AreTriedFiftyTimesAtMost) {
  create(session(id_1, key_1, address_1));
  push({item()});
  for (int i = 0; i < 60 && !answer; ++i) network_answers(fail(too_low(id_1, address_1, 2)));
  EXPECT_EQ(to_session.size(), 50U);
  ASSERT_TRUE(answer);
  EXPECT_FALSE(*answer);
  ASSERT_EQ(published.size(), 1U);
  EXPECT_NE(text(0).find(R"("name":"f_cnt_too_low")"), std::string::npos);
  EXPECT_EQ(device().session->last_a_f_cnt_down, FCnt32{1});
}

/// A device that misses 16,384 counters hears nothing any more.
TEST_F(Downlinks, ThatAreRefusedSpendNoCounters) {
  create(session(id_1, key_1, address_1), session(id_2, key_2, address_2));
  for (int i = 0; i < 3; ++i) {
    push({item(), item()});
    network_answers(fail(network_server::downlink_queue_capacity));
    EXPECT_EQ(answer->error().name(), "downlink_queue_capacity");
  }
  EXPECT_EQ(device().session->last_a_f_cnt_down, FCnt32{0});
  EXPECT_EQ(device().pending_session->last_a_f_cnt_down, FCnt32{0});
  push({item()});
  for (const auto& sent : last_push().downlinks) EXPECT_EQ(sent.f_cnt, FCnt32{1});
  network_answers({});
  push({item()});
  for (const auto& sent : last_push().downlinks) EXPECT_EQ(sent.f_cnt, FCnt32{2});
}

TEST_F(Downlinks, MoreThanAnyQueueHoldsAreRefusedBeforeAnythingIsMadeOfThem) {
  create(session(id_1, key_1, address_1));
  push(std::vector<ApplicationDownlink>(20'001, item()));
  EXPECT_EQ(answer->error().name(), "downlink_queue_capacity");
  EXPECT_TRUE(to_session.empty());
  EXPECT_TRUE(published.empty());
  EXPECT_FALSE(happened("as.down.data.receive"));
}

TEST_F(Downlinks, ThatWaitHaveABound) {
  create(session(id_1, key_1, address_1));
  push({item()});
  for (int i = 0; i < 4; ++i) {
    push(std::vector<ApplicationDownlink>(10'000, item()));
    EXPECT_FALSE(answer) << i;
  }
  push({item()});
  EXPECT_EQ(answer->error().name(), "buffer_full");
}

TEST_F(Downlinks, ThatCanNotBeQueuedAreRefusedWithTheReferencesErrors) {
  push({item()});
  EXPECT_EQ(answer->error().name(), "device_not_found");
  create(std::nullopt);
  push({}, true);
  EXPECT_EQ(answer->error().name(), "no_device_session");
  create(session(id_1, key_1, address_1));
  push({{.f_port = FPort{1}}});
  EXPECT_EQ(answer->error().name(), "no_payload");
  EXPECT_TRUE(published.empty());
  push({{.frm_payload = {1}}});
  EXPECT_EQ(answer->error().name(), "no_f_port");
  EXPECT_EQ(published.size(), 1U) << "the items were received: they have failed";
  auto eager = item();
  eager.confirmed = true;
  eager.confirmed_retry = ConfirmedRetry{0, 33};
  push({eager});
  EXPECT_EQ(answer->error().name(), "downlink_max_retries_invalid");
  EXPECT_TRUE(to_session.empty());
}

TEST_F(Downlinks, WithoutAnAnswerFailAfterTheTimeOutAndDoNotHoldUpUplinks) {
  create(session(id_1, key_1, address_1));
  push({item()});
  accept({uplink(id_1, key_1, address_1)});
  EXPECT_EQ(released, 1);
  advance(std::chrono::seconds{11});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->error().code(), Code::deadline_exceeded);
  push({item()});
  EXPECT_EQ(last_push().downlinks[0].f_cnt, FCnt32{2})
      << "a counter that may have been used is not used again";
}

TEST_F(Downlinks, OfOneDeviceArePushedOneAfterTheOther) {
  create(session(id_1, key_1, address_1));
  push({item()});
  push({item(16)});
  EXPECT_EQ(to_session.size(), 1U);
  network_answers({});
  ASSERT_EQ(to_session.size(), 2U);
  EXPECT_EQ(last_push().downlinks[0].f_port, FPort{16});
}

TEST_F(Downlinks, AreListedInPlainText) {
  create(session(id_1, key_1, address_1));
  std::vector<ApplicationDownlink> list;
  caf::anon_send(pipeline, ListQueuedDownlinks{uid, [&](auto result) { list = *result; }});
  run();
  auto queued = item();
  queued.session_key_id = id_1;
  queued.f_cnt = FCnt32{3};
  queued.frm_payload = crypted(key_1, address_1, 3, phy::Direction::down, {7, 8});
  std::get<network_server::ListDownlinks>(*to_session.back().event).reply(std::vector{queued});
  run();
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].frm_payload, (Bytes{7, 8}));
}

TEST_F(Downlinks, NothingIsPushedWhenTheCounterCouldNotBeStored) {
  create(session(id_1, key_1, address_1));
  engine.inject({.error = Error(storage::io_failed)});
  push({item()});
  EXPECT_TRUE(to_session.empty());
}

TEST_F(Downlinks, TheRegistryGetsAndDeletes) {
  create(session(id_1, key_1, address_1));
  std::shared_ptr<const AppDevice> got;
  caf::anon_send(pipeline, GetAppDevice{uid, [&](auto result) { got = *result; }});
  run();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->session->dev_addr, address_1);
  caf::anon_send(pipeline, DeleteAppDevice{uid, [&](Status status) { answer = status; }});
  run();
  EXPECT_TRUE(answer && *answer);
  EXPECT_EQ(device(), AppDevice{});
}

}  // namespace
}  // namespace ff::application_server
