// What those who watch are told of a device's messages. That each event carries what the
// reference's table of events says is checked after every test of the pipeline; see Rig.
#include "test/actors/application_server/pipeline/rig.hpp"

namespace ff::application_server {
namespace {

class PipelineEvents : public Rig {
 protected:
  const events::Event& event(std::string_view name) {
    const auto found = std::ranges::find(told, name, &events::Event::name);
    if (found == told.end()) throw std::runtime_error("no event " + std::string(name));
    return *found;
  }
  const ApplicationDownlink& downlink_of(std::string_view name) {
    const auto& up = std::get<std::shared_ptr<const ApplicationUp>>(event(name).data);
    return std::get<DownlinkQueued>(up->up).downlink;
  }
  ApplicationDownlink sealed(FCnt32 f_cnt) const {
    auto downlink = item();
    downlink.session_key_id = id_1;
    downlink.f_cnt = f_cnt;
    downlink.frm_payload = crypted(key_1, address_1, f_cnt.value(), phy::Direction::down, {7, 8});
    return downlink;
  }
};

TEST_F(PipelineEvents, OfADownlinkTellWhatCameAndWhatWasForwarded) {
  create(session(id_1, key_1, address_1));
  push({item(15)});
  EXPECT_EQ(downlink_of("as.down.data.receive").f_port, FPort{15});
  EXPECT_EQ(downlink_of("as.down.data.receive").frm_payload, (Bytes{7, 8}));
  network_answers({});
  EXPECT_EQ(downlink_of("as.down.data.forward").f_cnt, FCnt32{1});
  EXPECT_EQ(downlink_of("as.down.data.forward").session_key_id, id_1);
}

TEST_F(PipelineEvents, OfARecordTellWhatHasChanged) {
  create(session(id_1, key_1, address_1));
  EXPECT_TRUE(happened("as.end_device.create"));
  ChangeAppDevice change{uid, [](const AppDevice* old) { return *old; }, [](const auto&) {}};
  change.paths = {"formatters.up_formatter", "session"};
  change.cause = {{"rpc:1"},
                  std::make_shared<const events::Caller>(events::Caller{.token_id = "k"})};
  caf::anon_send(pipeline, change);
  run();
  EXPECT_EQ(std::get<events::FieldPaths>(event("as.end_device.update").data).paths, change.paths);
  EXPECT_EQ(event("as.end_device.update").correlation_ids, (CorrelationIds{"rpc:1"}));
  EXPECT_EQ(event("as.end_device.update").caller, change.cause.caller);
  caf::anon_send(pipeline, DeleteAppDevice{uid, [](const auto&) {}});
  run();
  EXPECT_EQ(std::get<DeviceIdentifiers>(event("as.end_device.delete").subject).uid, uid);
}

TEST_F(PipelineEvents, OfAJoin) {
  const ApplicationJoinAccept join{.session_key_id = id_2, .app_s_key = KeyEnvelope{key_2, {}, {}}};
  accept({{.ids = ids(address_2), .up = join}});
  EXPECT_TRUE(happened("as.up.join.receive"));
  EXPECT_TRUE(std::get<Error>(event("as.up.join.drop").data).is(device_not_found));
  create(session(id_1, key_1, address_1));
  accept({{.ids = ids(address_2), .up = join}});
  EXPECT_TRUE(happened("as.up.join.forward"));
}

TEST_F(PipelineEvents, OfWhatBecomesOfADownlink) {
  create(session(id_1, key_1, address_1));
  accept({{.ids = ids(), .up = DownlinkSent{sealed(FCnt32{1})}},
          {.ids = ids(), .up = DownlinkAcked{sealed(FCnt32{1})}},
          {.ids = ids(), .up = DownlinkNacked{sealed(FCnt32{1})}}});
  EXPECT_TRUE(happened("as.down.data.sent.forward"));
  EXPECT_TRUE(happened("as.down.data.ack.forward"));
  EXPECT_TRUE(happened("as.down.data.nack.forward"));
}

TEST_F(PipelineEvents, OfAQueueThatTheApplicationHasToSealAgain) {
  auto wrapped = session(id_1, key_1, address_1);
  wrapped.app_s_key = KeyEnvelope{{}, "customer", {1, 2}};
  context->link_settings.put(uid.application_id, make_link({{}, true}, uid.application_id));
  create(wrapped);
  accept({{.ids = ids(),
           .up = DownlinkQueueInvalidated{.downlinks = {sealed(FCnt32{1})},
                                          .last_f_cnt_down = FCnt32{5},
                                          .session_key_id = id_1}}});
  EXPECT_TRUE(happened("as.down.data.queue.invalidated.forward"));
}

TEST_F(PipelineEvents, OfAPayloadThatWasDecodedWithWarnings) {
  create_with(javascript());
  accept({{.ids = ids(), .up = DownlinkSent{sealed(FCnt32{1})}}});
  script_answers(0, {.text = R"({"data":{"led":1},"warnings":["w"]})"});
  EXPECT_TRUE(happened("as.down.data.decode.warning"));
  EXPECT_TRUE(happened("as.down.data.sent.forward"));
}

}  // namespace
}  // namespace ff::application_server
