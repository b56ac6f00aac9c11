// Messages that no device has sent. [spec application-server §6]
#include "protocol/formatter/errors.hpp"
#include "test/actors/application_server/pipeline/rig.hpp"

namespace ff::application_server {
namespace {

class Simulation : public Rig {
 protected:
  ApplicationUp simulated(Bytes payload = {1, 2, 3}) const {
    ApplicationUplink uplink{.f_port = FPort{2}, .f_cnt = FCnt32{5}, .frm_payload = payload};
    uplink.received_at = given;
    return {.ids = ids(),
            .correlation_ids = {"as:up:X"},
            .received_at = given,
            .up = uplink,
            .simulated = true};
  }
  void simulate(std::variant<ApplicationUp, ReadyUp> up, events::Event event = {}) {
    answer.reset();
    caf::anon_send(pipeline, SimulateUp{uid, std::move(up), std::move(event),
                                        [this](Status status) { answer = status; }});
    run();
  }
  ReadyUp ready() const {
    return {uid.application_id,
            {.kind = UpKind::join,
             .device_id = uid.device_id,
             .received_at = given,
             .body = to_owned(as_bytes("{\"join_accept\":{}}"))}};
  }
  void skip(std::optional<bool> device, std::optional<bool> application) {
    ChangeAppDevice change{uid, {}, [](auto) {}};
    change.change = [=, this](const AppDevice*) {
      return AppDevice{.ids = ids(), .skip_payload_crypto_override = device};
    };
    caf::anon_send(pipeline, change);
    context->link_settings.put(uid.application_id,
                               make_link({{}, application}, uid.application_id));
    run();
  }
  const UtcTime given{std::chrono::seconds{978'307'200}};
};

TEST_F(Simulation, AnUplinkIsPublishedAsPlainTextAndChangesNothingOfTheDevice) {
  create(session(id_1, key_1, address_1), session(id_2, key_2, address_2));
  const auto before = device();
  simulate(simulated());
  ASSERT_TRUE(answer && *answer);
  ASSERT_EQ(published.size(), 1U);
  EXPECT_NE(text(0).find(R"("frm_payload":"AQID")"), std::string::npos) << text(0);
  EXPECT_NE(text(0).find(R"("simulated":true)"), std::string::npos);
  EXPECT_NE(text(0).find(R"("received_at":"2001-01-01T00:00:00Z")"), std::string::npos);
  EXPECT_GT(published[0].message->received_at, given);
  EXPECT_EQ(device(), before);
  EXPECT_TRUE(to_session.empty() && asked.empty());
  EXPECT_TRUE(happened("as.up.data.receive") && happened("as.up.data.forward"));
}

TEST_F(Simulation, NeedsNoSession) {
  create({});
  simulate(simulated());
  EXPECT_TRUE(*answer);
  EXPECT_EQ(published.size(), 1U);
  EXPECT_FALSE(device().activated_at);
}

TEST_F(Simulation, AnUplinkIsDecodedAndKeepsItsMarkWhileItIsHeld) {
  create_with(javascript());
  simulate(simulated());
  EXPECT_TRUE(*answer) << "answered when it is durable, not when it is decoded";
  ASSERT_EQ(scripts.size(), 1U);
  EXPECT_EQ(scripts[0].input, (Bytes{1, 2, 3}));
  EXPECT_EQ(scripts[0].received_at, given);
  script_answers(0, {.text = R"({"data":{"air":{"temperature":1},"lat":51.5,"lon":5}})",
                     .normalized = R"({"data":{"air":{"temperature":1}}})"});
  ASSERT_EQ(published.size(), 2U) << "no location of its own";
  EXPECT_NE(text(0).find(R"("simulated":true)"), std::string::npos) << text(0);
  EXPECT_NE(text(0).find(R"("received_at":"2001-01-01T00:00:00Z")"), std::string::npos);
  EXPECT_EQ(published[1].message->kind, UpKind::normalized);
  EXPECT_NE(text(1).find(R"("simulated":true)"), std::string::npos);
}

TEST_F(Simulation, OtherKindsGoOnAsTheyAreAlsoOfUnknownDevices) {
  simulate(ready(), {.name = "as.up.join.forward",
                     .subject = ids(),
                     .data = events::ProtobufData{"ttn.lorawan.v3.ApplicationUp", ""}});
  ASSERT_TRUE(*answer);
  ASSERT_EQ(published.size(), 1U);
  EXPECT_EQ(text(0), "{\"join_accept\":{}}");
  EXPECT_TRUE(happened("as.up.join.forward"));
}

TEST_F(Simulation, KeepsItsPlaceBehindWhatIsBeingDecoded) {
  create_with(javascript());
  accept({uplink(id_1, key_1, address_1, 1)});
  simulate(ready());
  EXPECT_TRUE(published.empty());
  EXPECT_EQ(held_rows_stored(), 2U);
  script_answers(0, {.text = R"({"data":{}})"});
  ASSERT_EQ(published.size(), 2U);
  EXPECT_EQ(published[1].message->kind, UpKind::join);
}

TEST_F(Simulation, IsRefusedWhereTooMuchWaitsForAScript) {
  create_with(javascript());
  for (int i = 0; i < 256; ++i) {
    simulate(simulated());
    ASSERT_FALSE(answer && !*answer) << i;
  }
  simulate(simulated());
  ASSERT_TRUE(answer && !*answer);
  EXPECT_EQ(answer->error().name(), "buffer_full");
}

TEST_F(Simulation, AnUplinkOfAnUnknownDeviceIsRefusedAndTold) {
  simulate(simulated());
  EXPECT_TRUE(answer->error().is(device_not_found));
  EXPECT_TRUE(published.empty());
  EXPECT_TRUE(happened("as.up.data.drop"));
}

TEST_F(Simulation, IsRefusedWhereTheApplicationDecrypts) {
  const struct {
    std::optional<bool> device, application;
    bool refused;
  } cases[] = {{{}, {}, false},      {true, {}, true},    {{}, true, true},
               {false, true, false}, {true, false, true}, {{}, false, false}};
  for (const auto& one : cases) {
    skip(one.device, one.application);
    simulate(simulated());
    EXPECT_EQ(!*answer, one.refused);
    if (one.refused) {
      EXPECT_TRUE(answer->error().is(payload_crypto_skipped));
    }
    simulate(ready());
    EXPECT_EQ(!*answer, one.refused);
  }
}

TEST_F(Simulation, WhatAPackageSaysIsForAllDevicesThatThereAre) {
  const auto say = [this] {
    answer.reset();
    SimulateUp message{uid, ready(), {}, [this](Status status) { answer = status; }};
    message.from_package = true;
    caf::anon_send(pipeline, std::move(message));
    run();
  };
  say();
  EXPECT_TRUE(answer->error().is(device_not_found));
  skip(true, {});
  say();
  EXPECT_TRUE(*answer);
  EXPECT_EQ(published.size(), 1U);
}

TEST_F(Simulation, ADeletedDeviceIsTold) {
  std::vector<DeviceUid> deleted;
  context->device_deleted = [&](const DeviceUid& device) { deleted.push_back(device); };
  create({});
  caf::anon_send(pipeline, DeleteAppDevice{uid, [](const Status&) {}});
  run();
  EXPECT_EQ(deleted, std::vector{uid});
}

TEST_F(Simulation, SaysWhereTheDeviceIsByTheRegistry) {
  create({});
  auto up = simulated();
  std::get<ApplicationUplink>(up.up).locations["user"] = {.latitude = 1};
  simulate(up);
  EXPECT_NE(text(0).find(R"("locations":{"user":{"latitude":1}})"), std::string::npos) << text(0);
  caf::anon_send(pipeline, DeviceLocated{uid, {{"user", {.latitude = 2, .longitude = 3}}}});
  simulate(up);
  EXPECT_NE(text(1).find(R"("locations":{"user":{"latitude":2,"longitude":3}})"), std::string::npos)
      << text(1);
}

}  // namespace
}  // namespace ff::application_server
