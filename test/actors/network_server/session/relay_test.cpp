// Relays, as their sessions decide.
#include <gtest/gtest.h>

#include "actors/network_server/session/downlink_frame.hpp"
#include "test/actors/network_server/session/relay_rig.hpp"

namespace ff::network_server {
namespace {

using namespace test;  // The rigs and what they are made of.
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Relay, WhatItCarriesIsTakenIn) {
  RelayRig rig;
  const auto outcome = rig.carry(RelayRig::forwarded(some_frame()));
  const auto taken = all<TakeIn>(outcome);
  ASSERT_EQ(taken.size(), 1U);
  const auto& frame = *taken[0].frame;
  EXPECT_EQ(frame.phy_payload, some_frame());
  EXPECT_EQ(frame.settings.frequency, Frequency::hz(868'300'000));
  EXPECT_EQ(frame.settings.data_rate, (DataRate{LoraDataRate{9, 125'000, CodingRate::cr4_5}}));
  EXPECT_TRUE(relay::is_relayed(frame));
  const auto token = relay::decode_uplink_token(frame.rx_metadata[0].uplink_token).value();
  EXPECT_EQ(token.relay.uid, relay_uid);
  EXPECT_EQ(token.session_key_id, (SessionKeyId{1, 2}));
  EXPECT_EQ(token.f_cnt, FCnt32{5});
  EXPECT_LT(frame.rx_metadata[0].received_at, rig.now() - relay::forward_delay);
  EXPECT_TRUE(published(outcome, "ns.up.relay.process"));
  ASSERT_EQ(outcome.ups.size(), 1U);
  const auto& up = std::get<ApplicationUplink>(outcome.ups[0].up);
  EXPECT_EQ(up.f_port, relay::forward_port);
  EXPECT_TRUE(up.frm_payload.empty());
}

TEST(Relay, WhatItRepeatsIsTakenInOnce) {
  RelayRig rig;
  rig.device.mac_state->current.adr_nb_trans = rig.device.mac_state->desired.adr_nb_trans = 2;
  const auto payload = RelayRig::forwarded(some_frame());
  EXPECT_EQ(all<TakeIn>(rig.carry(payload)).size(), 1U);
  rig.passed += std::chrono::seconds{3};  // It listens in both windows first.
  const auto again = rig.carry(payload);
  EXPECT_TRUE(published(again, "ns.up.data.process"));
  EXPECT_TRUE(all<TakeIn>(again).empty());
}

TEST(Relay, WhatCanNotBeTakenInIsDropped) {
  struct Row {
    const char* name;
    Bytes payload;
    const ErrorDef* error;
    bool is_relay = true;
    RxMetadata metadata = from_gateway();
  };
  auto no_rate = RelayRig::forwarded(some_frame());
  no_rate[0] |= 0xf;
  const Row rows[] = {
      {"no relay", RelayRig::forwarded(some_frame()), &relay_not_serving, false},
      {"behind a relay itself", RelayRig::forwarded(some_frame()), &relay_not_serving, true,
       from_relay({app, DeviceId("relay-2")})},
      {"a downlink", RelayRig::forwarded(some_frame(phy::MType::unconfirmed_down)), &relay_m_type},
      {"unknown data rate", no_rate, &data_rate_not_found},
      {"too short", {1, 2, 3}, nullptr},
      {"no frame", RelayRig::forwarded({0x40, 1}), nullptr},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    RelayRig rig;
    if (!row.is_relay) {
      rig.device.mac_state->current.relay.reset();
      rig.device.mac_state->desired.relay.reset();
    }
    const auto outcome = rig.carry(row.payload, 5, phy::MType::unconfirmed_up, row.metadata);
    EXPECT_TRUE(all<TakeIn>(outcome).empty());
    const auto error = event_error(outcome, "ns.up.relay.drop");
    ASSERT_TRUE(error);
    EXPECT_TRUE(row.error == nullptr || error->is(*row.error)) << error->to_string();
    EXPECT_TRUE(published(outcome, "ns.up.data.process")) << "the relay's own frame counts";
  }
}

TEST(Relay, AFrameOfItsOwnThroughItselfIsDropped) {
  RelayRig rig;
  const auto outcome = rig.carry({}, 6, phy::MType::unconfirmed_up, from_relay(relay_uid));
  EXPECT_TRUE(published(outcome, "ns.up.data.drop"));
  EXPECT_EQ(std::get<UplinkJudged>(rig.session().decisions().back().value).verdict,
            UplinkVerdict::relayed_by_itself);
  EXPECT_EQ(rig.session().device()->session->last_f_cnt_up, FCnt32{0});
}

TEST(Relay, SendsTheFrameInItsOwnWindow) {
  RelayRig rig;
  rig.carry(RelayRig::forwarded(some_frame()));
  rig.passed = milliseconds{400};
  const auto outcome = rig.ask(RelayRig::downlink());
  const auto sent = all<SendTransmission>(outcome);
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_TRUE(outcome.must_sync);
  const auto frame = phy::decode_data_frame(sent[0].frame->phy_payload).value();
  EXPECT_EQ(frame.f_port, relay::forward_port);
  auto payload = to_owned(frame.frm_payload);
  phy::crypt_frm_payload(key, {phy::Direction::down, address, FCnt32{1}}, payload);
  EXPECT_EQ(payload, RelayRig::downlink().phy_payload);
  const auto& device = *rig.session().device();
  EXPECT_EQ(device.session->last_n_f_cnt_down, FCnt32{1});
  EXPECT_EQ(device.mac_state->pending_relay_downlink, payload);
  EXPECT_EQ(sent[0].frame->request.priority, TxPriority::highest) << "as MAC commands";

  const auto accepted = rig.handle(
      DownlinkScheduled{sent[0].attempt, ScheduledDownlink{GatewayId("heard"), 1, seconds{4}}});
  const auto* answer = told<DownlinkScheduled>(accepted, served_uid);
  ASSERT_NE(answer, nullptr);
  EXPECT_EQ(answer->attempt, 3U);
  ASSERT_TRUE(answer->outcome);
  EXPECT_EQ(answer->outcome->delay, seconds{18} - milliseconds{400});
  EXPECT_TRUE(rig.session().device()->mac_state->pending_relay_downlink.empty());

  const auto reported = rig.handle(
      TransmissionAcknowledged{{relay_uid, TxResult::success, sent[0].frame->correlation_ids}});
  const auto* report = told<TransmissionAcknowledged>(reported, served_uid);
  ASSERT_NE(report, nullptr);
  EXPECT_EQ(report->acknowledgment.correlation_ids, RelayRig::downlink().correlation_ids);
}

TEST(Relay, CountsItsFramesOnPortsApartFrom11On) {
  mac::Session session{.last_n_f_cnt_down = FCnt32{40}, .last_a_f_cnt_down = FCnt32{8}};
  EXPECT_EQ(spend_port_counter(session, true), FCnt32{9});
  EXPECT_EQ(session.last_a_f_cnt_down, FCnt32{9});
  EXPECT_EQ(spend_port_counter(session, false), FCnt32{41});
  EXPECT_EQ(session.last_n_f_cnt_down, FCnt32{41});
}

TEST(Relay, GatewaysThatRefuseAreToldToTheDevice) {
  constexpr ErrorDef busy{"pkg/gatewayserver", "conflict", Code::already_exists, "busy"};
  RelayRig rig;
  rig.carry(RelayRig::forwarded(some_frame()));
  const auto sent = all<SendTransmission>(rig.ask(RelayRig::downlink()));
  const auto refused = rig.handle(DownlinkScheduled{sent.at(0).attempt, fail(busy)});
  const auto* answer = told<DownlinkScheduled>(refused, served_uid);
  ASSERT_NE(answer, nullptr);
  ASSERT_FALSE(answer->outcome);
  EXPECT_TRUE(answer->outcome.error().is(relay_schedule));
  EXPECT_TRUE(answer->outcome.error().cause()->is(busy));
  EXPECT_TRUE(rig.session().device()->mac_state->pending_relay_downlink.empty());
}

TEST(Relay, RefusesWhatItCanNotSend) {
  struct Row {
    const ErrorDef* cause;
    std::function<Outcome(RelayRig&)> ask;
  };
  const auto carried = [](RelayRig& rig) { rig.carry(RelayRig::forwarded(some_frame())); };
  const Row rows[] = {
      {&relay_recent_uplinks, [](RelayRig& rig) { return rig.ask(RelayRig::downlink()); }},
      {&relay_full_f_cnt,
       [&](RelayRig& rig) {
         carried(rig);
         return rig.ask(RelayRig::downlink(4));
       }},
      {&relay_session_key_id,
       [&](RelayRig& rig) {
         carried(rig);
         auto downlink = RelayRig::downlink();
         downlink.token.session_key_id = {7};
         return rig.ask(downlink);
       }},
      {&relay_session,
       [&](RelayRig& rig) {
         rig.device.session.reset();
         return rig.ask(RelayRig::downlink());
       }},
      {&relay_not_serving,
       [&](RelayRig& rig) {
         rig.device.mac_state->current.relay.reset();
         rig.device.mac_state->desired.relay.reset();
         carried(rig);
         return rig.ask(RelayRig::downlink());
       }},
      {&relay_rx_windows_available,
       [&](RelayRig& rig) {
         carried(rig);
         rig.passed = seconds{3};
         return rig.ask(RelayRig::downlink());
       }},
      {&relay_rx_windows_available,
       [&](RelayRig& rig) {
         carried(rig);
         rig.ask(RelayRig::downlink());
         return rig.ask(RelayRig::downlink());
       }},
      {&relay_rx_windows_available,
       [&](RelayRig& rig) {
         carried(rig);
         auto downlink = RelayRig::downlink();
         downlink.phy_payload.resize(240);
         return rig.ask(downlink);
       }},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(&row - rows);
    RelayRig rig;
    const auto outcome = row.ask(rig);
    EXPECT_TRUE(all<SendTransmission>(outcome).empty());
    const auto* answer = told<DownlinkScheduled>(outcome, served_uid);
    ASSERT_NE(answer, nullptr);
    ASSERT_FALSE(answer->outcome);
    EXPECT_TRUE(answer->outcome.error().is(relay_schedule));
    EXPECT_TRUE(answer->outcome.error().cause()->is(*row.cause))
        << answer->outcome.error().cause()->to_string();
  }
}

TEST(Relay, ADeviceThatDoesNotExistSendsNothing) {
  RelayRig rig;
  rig.state = std::make_unique<SessionState>(
      Surroundings{rig.config, RelayRig::plans(), *storage::ShardCount::make(4)}, relay_uid,
      nullptr);
  const auto outcome = rig.ask(RelayRig::downlink());
  const auto* answer = told<DownlinkScheduled>(outcome, served_uid);
  ASSERT_NE(answer, nullptr);
  EXPECT_TRUE(answer->outcome.error().cause()->is(device_not_found));
}

TEST(Relay, CommandsThatDoNotFitInFOptsWait) {
  RelayRig rig;
  auto wanted = mac::ServingRelay{.default_channel_index = std::uint8_t{0}};
  wanted.uplink_forwarding_rules.push_back({{}, 0, served_uid.device_id, {1}, wor});
  rig.device.mac_state->desired.relay = wanted;
  rig.carry(RelayRig::forwarded(some_frame()));
  const auto sent = all<SendTransmission>(rig.ask(RelayRig::downlink()));
  ASSERT_EQ(sent.size(), 1U);
  const auto frame = phy::decode_data_frame(sent[0].frame->phy_payload).value();
  EXPECT_EQ(frame.f_port, relay::forward_port);
  EXPECT_TRUE(frame.f_opts.empty());
  EXPECT_TRUE(frame.f_ctrl.f_pending);
}

TEST(Relay, WaitsForTheAnswerToWhatItHasCarried) {
  const auto wake_after = [](RelayRig& rig, const Outcome& outcome) {
    const auto wishes = all<WakeAt>(outcome);
    return wishes.empty() ? Duration{-1} : *wishes.back().at - MonoTime{rig.passed};
  };
  RelayRig rig;  // one second until RX1
  EXPECT_EQ(
      wake_after(rig, rig.carry(RelayRig::forwarded(some_frame()), 5, phy::MType::confirmed_up)),
      milliseconds{500});
  RelayRig plain;
  EXPECT_EQ(wake_after(plain, plain.carry(Bytes{1}, 5, phy::MType::confirmed_up)), milliseconds{20})
      << "nothing was carried";
  RelayRig slow;
  slow.device.mac_state->current.rx1_delay = seconds{5};
  EXPECT_EQ(
      wake_after(slow, slow.carry(RelayRig::forwarded(some_frame()), 5, phy::MType::confirmed_up)),
      milliseconds{800});
}

TEST(Relay, LearnsTheSessionsOfItsDevices) {
  RelayRig rig;
  mac::ServingRelay relay{.default_channel_index = std::uint8_t{0}};
  relay.uplink_forwarding_rules = {{{}, 77, served_uid.device_id, {1}, {}},
                                   {{}, 5, DeviceId("dev-2"), {}, {}}};
  rig.device.mac_settings.desired_relay = rig.device.mac_state->desired.relay = relay;
  const auto rules = [&] {
    return mac::serving(rig.session().device()->mac_state->desired.relay)->uplink_forwarding_rules;
  };
  EXPECT_FALSE(rig.handle(ServedSession{served_uid.device_id, {1}, wor}).records.empty());
  EXPECT_EQ(rules()[0].wor, wor);
  EXPECT_EQ(rules()[0].last_w_f_cnt, 77U) << "the session the rule was made for";
  const mac::WorSession next{DevAddr{0x26000002}, wor.root_wor_s_key};
  rig.handle(ServedSession{served_uid.device_id, {2}, next});
  EXPECT_EQ(rules()[0].session_key_id, SessionKeyId{2});
  EXPECT_EQ(rules()[0].last_w_f_cnt, 0U) << "another session counts anew";
  EXPECT_EQ(rules()[0].wor, next);
  EXPECT_EQ(rules()[1].last_w_f_cnt, 5U);
  EXPECT_EQ(mac::serving(rig.session().device()->mac_settings.desired_relay)
                ->uplink_forwarding_rules[0]
                .wor,
            next);
  EXPECT_TRUE(rig.handle(ServedSession{served_uid.device_id, {2}, next}).records.empty());
  EXPECT_TRUE(rig.handle(ServedSession{DeviceId("dev-3"), {2}, next}).records.empty());
}

TEST(Relay, AsksForTheSessionsOfNewRules) {
  RelayRig rig;
  ChangeDevice change{.change = [](const Device* current) -> Result<Device> {
                        auto device = *current;
                        mac::ServingRelay relay;
                        relay.uplink_forwarding_rules = {{{}, 0, served_uid.device_id, {}, {}}};
                        device.mac_settings.desired_relay = relay;
                        return device;
                      },
                      .reply = [](const auto&) {}};
  const auto outcome = rig.handle(change);
  const auto* question = told<ServedSessionWanted>(outcome, served_uid);
  ASSERT_NE(question, nullptr);
  EXPECT_EQ(question->relay, relay_uid.device_id);
}

}  // namespace
}  // namespace ff::network_server
