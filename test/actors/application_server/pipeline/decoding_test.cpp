// Payloads decoded on their way to applications. [spec application-server §4 step 6, §10]
#include "actors/application_server/formatters/errors.hpp"
#include "protocol/formatter/errors.hpp"
#include "test/actors/application_server/pipeline/rig.hpp"

namespace ff::application_server {
namespace {

using formatter::Answer;
using formatter::Ending;

class Decoding : public Rig {
 protected:
  void receive(std::uint32_t f_cnt) { accept({uplink(id_1, key_1, address_1, f_cnt)}); }
  static Answer data(const char* json) { return {.text = json}; }
  const Error* error_of(std::string_view name) {
    for (const auto& event : told)
      if (event.name == name) return std::get_if<Error>(&event.data);
    return nullptr;
  }
};

TEST_F(Decoding, TheNetworkServersCommitDoesNotWaitForTheScript) {
  create_with(javascript());
  receive(1);
  EXPECT_EQ(released, 1);
  EXPECT_TRUE(published.empty());
  EXPECT_EQ(held_rows_stored(), 1U);
  ASSERT_EQ(scripts.size(), 1U);
  EXPECT_EQ(*scripts[0].script.script, "up");
  EXPECT_EQ(scripts[0].input, (Bytes{1, 2, 3}));
  EXPECT_EQ(scripts[0].f_port, 2);
  script_answers(0, data(R"({"data":{"t":1},"warnings":["w"]})"));
  ASSERT_EQ(published.size(), 1U);
  EXPECT_NE(text(0).find(R"("decoded_payload":{"t":1},"decoded_payload_warnings":["w"])"),
            std::string::npos)
      << text(0);
  EXPECT_EQ(held_rows_stored(), 0U);
  EXPECT_TRUE(happened("as.up.data.decode.warning") && happened("as.up.data.forward"));
}

TEST_F(Decoding, MessagesOfADeviceKeepTheirOrderThoughScriptsAnswerInAnother) {
  create_with(javascript());
  receive(1);
  receive(2);
  receive(3);
  accept({{.ids = ids(), .up = LocationSolved{"x", {}}}});
  ASSERT_EQ(scripts.size(), 3U);
  script_answers(2, data(R"({"data":{"n":3}})"));
  script_answers(1, data(R"({"data":{"n":2}})"));
  EXPECT_TRUE(published.empty());
  EXPECT_EQ(held_rows_stored(), 4U);
  script_answers(0, data(R"({"data":{"n":1}})"));
  ASSERT_EQ(published.size(), 4U);
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_NE(text(i).find("{\"n\":" + std::to_string(i + 1) + "}"), std::string::npos) << text(i);
  EXPECT_EQ(published[3].message->kind, UpKind::location_solved);
  EXPECT_EQ(released, 4);
}

TEST_F(Decoding, AFailedScriptIsAnEventAndTheMessageGoesOn) {
  create_with(javascript());
  receive(1);
  script_answers(0, {.ending = Ending::threw, .text = "Error: no sensor at 1:1"});
  ASSERT_EQ(published.size(), 1U);
  EXPECT_EQ(text(0).find("decoded_payload"), std::string::npos);
  ASSERT_NE(error_of("as.up.data.decode.fail"), nullptr);
  EXPECT_TRUE(error_of("as.up.data.decode.fail")->is(formatter::script_failed));
}

TEST_F(Decoding, APoolThatIsFullIsAnEventAndTheMessageGoesOn) {
  create_with(javascript());
  receive(1);
  scripts[0].reply(fail(pool_full));
  run();
  EXPECT_EQ(published.size(), 1U);
  EXPECT_TRUE(error_of("as.up.data.decode.fail")->is(pool_full));
}

TEST_F(Decoding, APoolThatSaysNothingIsNotWaitedForForEver) {
  create_with(javascript());
  receive(1);
  advance(std::chrono::seconds{31});
  EXPECT_EQ(published.size(), 1U);
  EXPECT_TRUE(error_of("as.up.data.decode.fail")->is(script_unanswered));
}

TEST_F(Decoding, EachMeasurementIsAMessageBehindItsUplink) {
  create_with(javascript());
  receive(1);
  script_answers(
      0, {.text = R"({"data":{"t":1}})",
          .normalized = R"({"data":[{"air":{"temperature":1}},{"air":{"co2":2,"pressure":1}}]})"});
  ASSERT_EQ(published.size(), 3U);
  EXPECT_NE(text(0).find(R"("normalized_payload":[{"air":{"temperature":1}},{"air":{"co2":2}}])"),
            std::string::npos)
      << text(0);
  EXPECT_EQ(published[1].message->kind, UpKind::normalized);
  EXPECT_NE(text(1).find(R"("uplink_normalized":{"session_key_id")"), std::string::npos);
  EXPECT_NE(text(2).find(R"("normalized_payload":{"air":{"co2":2}})"), std::string::npos)
      << text(2);
  EXPECT_TRUE(happened("as.up.normalized.forward") && happened("as.up.data.normalize.warning"));
}

TEST_F(Decoding, AFailedNormalizerLeavesTheDecodedPayload) {
  create_with(javascript());
  receive(1);
  script_answers(0, {.text = R"({"data":{"t":1}})", .normalized = R"({"errors":["no"]})"});
  ASSERT_EQ(published.size(), 1U);
  EXPECT_NE(text(0).find(R"("decoded_payload":{"t":1})"), std::string::npos);
  EXPECT_TRUE(error_of("as.up.data.decode.fail")->is(formatter::output_errors));
}

TEST_F(Decoding, TheDevicesFormattersComeBeforeTheApplications) {
  set_defaults(javascript());
  create_with(std::nullopt);
  receive(1);
  EXPECT_EQ(scripts.size(), 1U) << "the application's";
  script_answers(0, data(R"({"data":{}})"));
  create_with(kind_only(0));
  receive(2);
  EXPECT_EQ(scripts.size(), 1U) << "none of the device's is none";
  EXPECT_EQ(published.size(), 2U);
}

TEST_F(Decoding, CayenneLppIsDecodedAtOnce) {
  create_with(kind_only(4));
  ApplicationUplink up{
      .session_key_id = id_1,
      .f_port = FPort{2},
      .f_cnt = FCnt32{1},
      .frm_payload = crypted(key_1, address_1, 1, phy::Direction::up, {3, 0x67, 1, 0x10})};
  accept({{.ids = ids(), .up = up}});
  ASSERT_EQ(published.size(), 1U);
  EXPECT_NE(text(0).find(R"("decoded_payload":{"temperature_3":27.2})"), std::string::npos)
      << text(0);
  EXPECT_TRUE(scripts.empty());
  receive(2);
  EXPECT_TRUE(error_of("as.up.data.decode.fail")->is(formatter::cayenne_output));
  EXPECT_EQ(published.size(), 2U);
}

TEST_F(Decoding, WhatIsNotConfiguredIsAnEvent) {
  create_with(kind_only(1));
  receive(1);
  EXPECT_TRUE(error_of("as.up.data.decode.fail")->is(formatter::no_version_identifiers));
  told.clear();
  create_with(kind_only(2));
  receive(2);
  EXPECT_TRUE(error_of("as.up.data.decode.fail")->is(formatter::formatter_not_configured));
  EXPECT_EQ(published.size(), 2U);
}

TEST_F(Decoding, WhatWasHeldIsDecodedAgainAfterACrashInItsOrder) {
  create_with(javascript());
  receive(1);
  receive(2);
  accept({{.ids = ids(), .up = LocationSolved{"x", {}}}});
  ASSERT_EQ(scripts.size(), 2U);
  caf::anon_send_exit(pipeline, caf::exit_reason::kill);
  run();
  pipeline = spawn_pipeline(*system, context, shard);
  run();
  ASSERT_EQ(scripts.size(), 4U) << "asked again";
  receive(3);
  ASSERT_EQ(scripts.size(), 5U);
  for (std::size_t i : {4U, 3U, 2U}) script_answers(i, data(R"({"data":{"ok":true}})"));
  ASSERT_EQ(published.size(), 4U);
  for (const std::size_t i : {0U, 1U, 3U}) {
    EXPECT_NE(text(i).find(R"("decoded_payload":{"ok":true})"), std::string::npos) << text(i);
  }
  EXPECT_NE(text(0).find(R"("f_cnt":1,)"), std::string::npos);
  EXPECT_NE(text(3).find(R"("f_cnt":3,)"), std::string::npos);
  EXPECT_EQ(published[2].message->kind, UpKind::location_solved);
  EXPECT_EQ(held_rows_stored(), 0U);
}

TEST_F(Decoding, HeldMessagesOfADeviceThatIsGoneGoUndecoded) {
  create_with(javascript());
  receive(1);
  caf::anon_send_exit(pipeline, caf::exit_reason::kill);
  run();
  storage::WriteBatch batch;
  batch.erase(storage::Family::device, storage::device_key({shard, uid}));
  ASSERT_TRUE(engine.write(batch, storage::Durability::sync));
  pipeline = spawn_pipeline(*system, context, shard);
  run();
  ASSERT_EQ(published.size(), 1U);
  EXPECT_EQ(held_rows_stored(), 0U);
}

class Encoding : public Decoding {
 protected:
  static ApplicationDownlink decoded(std::uint8_t port = 15) {
    return {.f_port = FPort{port}, .decoded_payload_json = R"({"led":true})"};
  }
};

TEST_F(Encoding, DecodedPayloadIsEncodedByTheScriptBeforeThePushLeaves) {
  create_with(javascript());
  push({decoded(0)});
  EXPECT_TRUE(to_session.empty());
  ASSERT_EQ(scripts.size(), 1U);
  EXPECT_EQ(scripts[0].function, formatter::Function::encode_downlink);
  EXPECT_EQ(as_text(scripts[0].input), R"({"led":true})");
  script_answers(0, data(R"({"bytes":[1],"fPort":9,"warnings":["w"]})"));
  ASSERT_EQ(to_session.size(), 1U);
  EXPECT_EQ(last_push().downlinks.at(0).f_port.value(), 9);
  EXPECT_EQ(last_push().downlinks.at(0).frm_payload,
            crypted(key_1, address_1, 1, phy::Direction::down, {1}));
  network_answers({});
  ASSERT_TRUE(answer && *answer);
  EXPECT_NE(text(0).find(R"("f_port":9,"frm_payload":"AQ==","decoded_payload":{"led":true})"),
            std::string::npos)
      << text(0);
  EXPECT_TRUE(happened("as.down.data.encode.warning"));
}

/// A long push leaves room in the pool to everybody else.
TEST_F(Encoding, ALongPushHasAFewScriptsAtATime) {
  create_with(javascript());
  push(std::vector<ApplicationDownlink>(40, decoded()));
  EXPECT_EQ(scripts.size(), 16U);
  for (std::size_t i = 0; i < 40; ++i) {
    EXPECT_TRUE(to_session.empty());
    ASSERT_LT(i, scripts.size());
    EXPECT_LE(scripts.size(), i + 16);
    script_answers(i, data(R"({"bytes":[1]})"));
  }
  ASSERT_EQ(to_session.size(), 1U);
  EXPECT_EQ(last_push().downlinks.size(), 40U);
}

TEST_F(Encoding, OnlyTheFirstItemsAreDecodedForThoseWhoWatch) {
  create_with(javascript());
  push(std::vector<ApplicationDownlink>(120, item()));
  for (std::size_t i = 0; i < scripts.size(); ++i) script_answers(i, data(R"({"data":{}})"));
  EXPECT_EQ(scripts.size(), 100U);
  ASSERT_EQ(to_session.size(), 1U);
  EXPECT_EQ(last_push().downlinks.size(), 120U);
}

TEST_F(Encoding, AFailureRefusesTheWholeRequest) {
  create_with(javascript());
  push({decoded(), item()});
  ASSERT_EQ(scripts.size(), 2U);
  EXPECT_EQ(scripts[1].function, formatter::Function::decode_downlink) << "for those who watch";
  script_answers(0, data(R"({"errors":["no such led"]})"));
  script_answers(1, data(R"({"data":{}})"));
  ASSERT_TRUE(answer && !*answer);
  EXPECT_TRUE(answer->error().is(formatter::output_errors));
  EXPECT_TRUE(happened("as.down.data.encode.fail"));
  EXPECT_TRUE(to_session.empty());
}

TEST_F(Encoding, ThatRawPayloadIsNotDecodedStopsNothing) {
  create_with(javascript());
  push({item()});
  script_answers(0, {.ending = Ending::timed_out});
  EXPECT_EQ(to_session.size(), 1U);
  EXPECT_TRUE(error_of("as.down.data.decode.fail")->is(formatter::script_timeout));
}

TEST_F(Encoding, PushesKeepTheirOrderAndUplinksDoNotWaitForThem) {
  create_with(javascript());
  push({decoded()});
  push({item(7)});
  receive(1);
  EXPECT_EQ(released, 1);
  ASSERT_EQ(scripts.size(), 3U);
  script_answers(1, data(R"({"data":{}})"));
  EXPECT_TRUE(to_session.empty()) << "the first is still with its script";
  script_answers(0, data(R"({"bytes":[1]})"));
  ASSERT_EQ(to_session.size(), 1U);
  EXPECT_EQ(last_push().downlinks.at(0).f_port.value(), 15);
  network_answers({});
  EXPECT_EQ(last_push().downlinks.at(0).f_port.value(), 7);
}

TEST_F(Encoding, CayenneLppAndNoneNeedNoScript) {
  create_with(kind_only(4));
  push({{.f_port = FPort{1}, .decoded_payload_json = R"({"value_1":4.35})"}});
  EXPECT_EQ(last_push().downlinks.at(0).frm_payload,
            crypted(key_1, address_1, 1, phy::Direction::down, {1, 1, 0xB2}));
  network_answers({});
  create_with(kind_only(0));
  push({decoded()});
  EXPECT_TRUE(last_push().downlinks.at(0).frm_payload.empty()) << "an empty payload, without error";
  EXPECT_TRUE(scripts.empty());
}

TEST_F(Encoding, QueuesAreShownDecoded) {
  create_with(javascript());
  std::optional<Result<std::vector<ApplicationDownlink>>> list;
  caf::anon_send(pipeline, ListQueuedDownlinks{uid, [&](auto result) { list = result; }});
  run();
  ApplicationDownlink queued{.session_key_id = id_1, .f_port = FPort{3}, .f_cnt = FCnt32{1}};
  queued.frm_payload = crypted(key_1, address_1, 1, phy::Direction::down, {5});
  std::get<network_server::ListDownlinks>(*to_session.back().event)
      .reply(std::vector{queued, queued});
  run();
  ASSERT_EQ(scripts.size(), 2U);
  EXPECT_FALSE(list);
  script_answers(1, data(R"({"data":{"n":2}})"));
  script_answers(0, {.ending = Ending::threw});
  ASSERT_TRUE(list && *list);
  EXPECT_EQ((*list)->at(0).frm_payload, Bytes{5});
  EXPECT_TRUE((*list)->at(0).decoded_payload_json.empty());
  EXPECT_EQ((*list)->at(1).decoded_payload_json, R"({"n":2})");
}

TEST_F(Encoding, SentDownlinksAreDecodedForApplications) {
  create_with(javascript());
  ApplicationDownlink sent{.session_key_id = id_1,
                           .f_port = FPort{3},
                           .f_cnt = FCnt32{1},
                           .frm_payload = crypted(key_1, address_1, 1, phy::Direction::down, {5})};
  accept({{.ids = ids(), .up = DownlinkSent{sent}}});
  ASSERT_EQ(scripts.size(), 1U);
  EXPECT_EQ(scripts[0].function, formatter::Function::decode_downlink);
  EXPECT_EQ(scripts[0].input, Bytes{5});
  script_answers(0, data(R"({"data":{"led":true}})"));
  ASSERT_EQ(published.size(), 1U);
  EXPECT_NE(text(0).find(R"("decoded_payload":{"led":true})"), std::string::npos) << text(0);
}

}  // namespace
}  // namespace ff::application_server
