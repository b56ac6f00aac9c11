// Frames between networks: what is forwarded, served, limited and counted.
#include "actors/interop/interface.hpp"
#include "actors/join_server/errors.hpp"
#include "actors/roaming/convert.hpp"
#include "actors/roaming/ledger.hpp"
#include "protocol/roaming/uplink_token.hpp"
#include "test/actors/roaming/roaming_fixture.hpp"

namespace ff::roaming {
namespace {

using namespace test;
using net::http_client::ClientAnswer;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Roaming = RoamingFixture;

TEST_F(Roaming, AForeignUplinkIsForwardedOnceWithAllItsGateways) {
  start();
  hear(data_uplink(1));
  ASSERT_EQ(http.requests.size(), 1U);
  EXPECT_EQ(http.requests[0].url, "https://ns.example.com:443/bi");
  EXPECT_EQ(http.asked().header.sender_id, "000042");
  EXPECT_EQ(http.asked().header.receiver_id, "000013");
  const auto asked = http.asked_body<bi::PrStartReq>();
  EXPECT_EQ(asked.phy_payload, data_uplink(1));
  EXPECT_EQ(asked.ul.dev_addr, dev_addr);
  EXPECT_EQ(asked.ul.gateways.size(), 2U);
  http.answer_with(bi::PrStartAns{});
  run();
  EXPECT_EQ(counted("forwarded", "up", "carried"), 1);
  ASSERT_EQ(records().size(), 1U);
  EXPECT_EQ(records()[0].tally.frames, 1U);
  EXPECT_EQ(records()[0].tally.bytes, data_uplink(1).size());
  EXPECT_GT(records()[0].tally.airtime, milliseconds{30});
  Ledger durable({partner});
  ASSERT_TRUE(durable.load(engine, clock->now().utc));
  EXPECT_EQ(durable.records(), records());
}

/// Stored by an actor that has ended since.
actors::Commit predecessors_frame(const config::RoamingPartner& partner, Role role, UtcTime now) {
  actors::Commit out;
  Ledger({partner}).rate({theirs, role, Way::up}, {10, milliseconds{1}}, now, out.records);
  return out;
}

TEST_F(Roaming, WhatItsPredecessorWasWritingCounts) {
  caf::anon_send(deps.committer.get(),
                 predecessors_frame(partner, Role::forwarded, clock->now().utc));
  start();
  hear(data_uplink(1));
  http.answer_with(bi::PrStartAns{});
  run();
  ASSERT_EQ(records().size(), 1U);
  EXPECT_EQ(records()[0].tally.frames, 2U);
  EXPECT_EQ(records()[0].tally.bytes, 10 + data_uplink(1).size());
}

TEST_F(Roaming, WhatComesBeforeItsRecordsAreReadWaits) {
  partner.accept.limits.uplinks_per_day = 1;
  caf::anon_send(deps.committer.get(),
                 predecessors_frame(partner, Role::accepted, clock->now().utc));
  spawn();
  const auto answer = asks(bi::PrStartReq{data_uplink(1), ul()});
  EXPECT_EQ(code_of(answer), bi::ResultCode::deferred) << "its day's only frame was before";
  EXPECT_TRUE(shard_got->empty());
}

TEST_F(Roaming, APartnersDownlinkLeavesByTheGatewaysThatHeard) {
  start();
  const auto token = forwarded_token();
  auto answer = asks(bi::XmitDataReq{data_downlink(), {}, dl(token)});
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0]->request.paths[0].gateway.gateway_id, GatewayId("other")) << "the better one";
  EXPECT_EQ(code_of(answer), bi::ResultCode::success);
  EXPECT_EQ(std::get<bi::XmitDataAns>(**answer).dl_freq_1, Frequency::hz(868'100'000));
  gateways_say = fail(unknown_token);
  answer = asks(bi::XmitDataReq{data_downlink(), {}, dl(token)});
  EXPECT_EQ(code_of(answer), bi::ResultCode::xmit_failed);
  answer = asks(bi::XmitDataReq{data_downlink(), {}, dl({1, 2, 3})});
  EXPECT_EQ(code_of(answer), bi::ResultCode::xmit_failed) << "a token that is not ours";
  gateways_say = ScheduledDownlink{GatewayId("one"), 1, seconds{1}};
  answer = asks(bi::XmitDataReq{Bytes(17, 0x20), {}, dl(token)});
  EXPECT_EQ(code_of(answer), bi::ResultCode::xmit_failed) << "nobody has joined";
  EXPECT_EQ(sent.size(), 2U);
  EXPECT_EQ(counted("forwarded", "down", "malformed"), 2);
  EXPECT_EQ(counted("forwarded", "down", "carried"), 1);
  EXPECT_EQ(records().size(), 2U);
}

TEST_F(Roaming, AJoinThatNobodyKnowsIsForwardedByItsJoinEui) {
  partner.forward.join_euis = {{join_eui, 36}};
  start();
  hear(join_request());
  EXPECT_TRUE(http.requests.empty()) << "somebody here may know it";
  tell(HeardUplink{frame_of(join_request(), heard_by("one", 5))});
  advance(seconds{2});
  const auto frame = frame_of(join_request(), heard_by("one", 5));
  tell(HeardUplink{frame});
  tell(UnknownJoin{frame});
  advance(milliseconds{250});
  ASSERT_EQ(http.requests.size(), 1U);
  EXPECT_EQ(http.asked_body<bi::PrStartReq>().ul.dev_eui, dev_eui);
  bi::PrStartAns accept;
  accept.phy_payload = Bytes(17, 0x20);
  accept.dl = dl({});
  accept.dl->rx_delay_1 = 5;
  http.answer_with(accept);
  run();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0]->request.rx1_delay, seconds{5});
  EXPECT_EQ(sent[0]->phy_payload, Bytes(17, 0x20));
}

TEST_F(Roaming, AJoinOfAnotherJoinEuiGoesToTheHomeThatItsJoinServerNames) {
  start();
  hear_unknown(join_request());
  ASSERT_EQ(questions->size(), 1U);
  EXPECT_EQ(questions->back().join_eui, join_eui);
  EXPECT_EQ(questions->back().dev_eui, dev_eui);
  EXPECT_TRUE(http.requests.empty());
  questions->back().reply(theirs);
  run();
  ASSERT_EQ(http.requests.size(), 1U);
  EXPECT_EQ(http.asked_body<bi::PrStartReq>().phy_payload, join_request());
  http.answer_with(bi::PrStartAns{});
  hear_unknown(join_request(2));
  EXPECT_EQ(questions->size(), 2U);
}

TEST_F(Roaming, AJoinServerThatNamesNoPartnerIsNotAskedAgainForAMinute) {
  start();
  const ErrorDef unknown{"pkg/interop", "unknown_dev_eui", Code::not_found, "no"};
  const std::vector<Result<NetId>> answers{fail(unknown), NetId{0x77}};
  std::uint16_t nonce = 0;
  for (const auto& answer : answers) {
    questions->clear();
    hear_unknown(join_request(++nonce));
    ASSERT_EQ(questions->size(), 1U);
    questions->back().reply(answer);
    run();
    hear_unknown(join_request(++nonce));
    EXPECT_EQ(questions->size(), 1U);
    hear_unknown(join_request(++nonce, DevEui{7}));
    EXPECT_EQ(questions->size(), 2U) << "another device";
    advance(seconds{60});
    hear_unknown(join_request(++nonce));
    EXPECT_EQ(questions->size(), 3U);
    advance(seconds{60});
  }
  EXPECT_TRUE(http.requests.empty());
}

TEST_F(Roaming, AJoinServerThatIsSilentHasSaidNothingOfADevice) {
  start();
  const ErrorDef silent{"pkg/interop", "paused", Code::unavailable, "no"};
  for (std::uint16_t nonce = 1; nonce <= 2; ++nonce) {
    hear_unknown(join_request(nonce));
    ASSERT_EQ(questions->size(), nonce);
    questions->back().reply(fail(silent));
    run();
  }
}

TEST_F(Roaming, OurOwnJoinServerIsAskedFirstWhoseDeviceJoins) {
  has_own_join_server = true;
  start();
  hear_unknown(join_request(1));
  ASSERT_EQ(own_questions->size(), 1U);
  EXPECT_EQ(own_questions->back().join_eui, join_eui);
  EXPECT_EQ(own_questions->back().dev_eui, dev_eui);
  own_questions->back().reply(join_server::HomeNetwork{theirs, {}, {}});
  run();
  EXPECT_TRUE(questions->empty());
  ASSERT_EQ(http.requests.size(), 1U);
  EXPECT_EQ(http.asked_body<bi::PrStartReq>().phy_payload, join_request(1));
  http.answer_with(bi::PrStartAns{});

  hear_unknown(join_request(2, DevEui{7}));
  own_questions->back().reply(fail(join_server::device_not_found));
  run();
  ASSERT_EQ(questions->size(), 1U) << "others may know it";
  EXPECT_EQ(questions->back().dev_eui, DevEui{7});
  questions->back().reply(theirs);
  run();
  EXPECT_EQ(http.requests.size(), 2U);

  hear_unknown(join_request(3, DevEui{8}));
  own_questions->back().reply(fail(join_server::no_net_id));
  run();
  EXPECT_EQ(questions->size(), 1U) << "it is ours to say";
  hear_unknown(join_request(4, DevEui{8}));
  EXPECT_EQ(own_questions->size(), 3U) << "and has been said";
}

TEST_F(Roaming, OurOwnJoinServerIsEnough) {
  has_own_join_server = true;
  has_client = false;
  start();
  hear_unknown(join_request(1));
  ASSERT_EQ(own_questions->size(), 1U);
  own_questions->back().reply(join_server::HomeNetwork{theirs, {}, {}});
  run();
  EXPECT_EQ(http.requests.size(), 1U);
  hear_unknown(join_request(2, DevEui{7}));
  own_questions->back().reply(fail(join_server::device_not_found));
  run();
  hear_unknown(join_request(3, DevEui{7}));
  EXPECT_EQ(own_questions->size(), 2U) << "not again for a minute";
}

TEST_F(Roaming, ARejoinWithAJoinEuiGoesTheWayOfAJoin) {
  partner.forward.join_euis = {{join_eui, 36}};
  start();
  const auto rejoin = rejoin_request(phy::RejoinType::full_context);
  hear(rejoin);
  EXPECT_TRUE(http.requests.empty()) << "somebody here may know it";
  advance(seconds{2});
  const auto frame = frame_of(rejoin, heard_by("one", 5));
  tell(HeardUplink{frame});
  tell(UnknownJoin{frame});
  advance(milliseconds{250});
  ASSERT_EQ(http.requests.size(), 1U);
  EXPECT_EQ(http.asked_body<bi::PrStartReq>().ul.dev_eui, dev_eui);
}

TEST_F(Roaming, ARejoinWithANetIdGoesToThatNetwork) {
  start();
  for (const auto type : {phy::RejoinType::restore, phy::RejoinType::rekey}) {
    hear(rejoin_request(type));
    EXPECT_EQ(http.asked_body<bi::PrStartReq>().phy_payload, rejoin_request(type));
    EXPECT_EQ(http.asked_body<bi::PrStartReq>().ul.dev_eui, dev_eui);
    http.answer_with(bi::PrStartAns{});
    run();
  }
  hear(rejoin_request(phy::RejoinType::restore, NetId{0x99}));
  EXPECT_EQ(http.requests.size(), 2U) << "nobody's";
}

TEST_F(Roaming, APartnersRejoinIsAnsweredWithItsJoinAccept) {
  start();
  const auto answer = asks(bi::PrStartReq{rejoin_request(phy::RejoinType::restore, ours), ul()});
  ASSERT_EQ(shard_got->size(), 1U);
  judge(known());
  EXPECT_FALSE(*answer) << "the join server is being asked";
  transmit(Bytes(33, 0x20));
  ASSERT_EQ(code_of(answer), bi::ResultCode::success);
  EXPECT_EQ(std::get<bi::PrStartAns>(**answer).phy_payload, Bytes(33, 0x20));
}

TEST_F(Roaming, APartnerThatFailsIsLeftAlone) {
  start();
  for (std::uint32_t i = 1; i <= 2; ++i) {
    hear(data_uplink(i));
    http.answer(ClientAnswer{200, "nonsense", true});
    run();
  }
  hear(data_uplink(3));
  EXPECT_EQ(http.requests.size(), 2U);
  EXPECT_EQ(counted("forwarded", "up", "unavailable"), 2);
  EXPECT_EQ(counted("forwarded", "up", "paused"), 1);
  EXPECT_TRUE(records().empty());
}

TEST_F(Roaming, ASuccessorDoesNotTakeItsPredecessorsNumbers) {
  const auto numbers = [this] {
    start();
    hear(data_uplink(1));
    const auto transaction = http.asked().header.transaction_id;
    http.answer_with(bi::PrStartAns{});
    asks(bi::PrStartReq{data_uplink(2), ul()});
    judge(known());
    const auto token = decode_uplink_token(shard_got->back().frame->rx_metadata.at(0).uplink_token);
    return std::pair{transaction, token->exchange};
  };
  const auto before = numbers();
  deps.make_random();  // each actor has its own: the fixture's are made one by one
  caf::anon_send_exit(roamer, caf::exit_reason::kill);
  run();
  const auto after = numbers();
  EXPECT_NE(before.first, after.first);
  EXPECT_NE(before.second, after.second);
}

TEST_F(Roaming, OurLimitForForwardedUplinksHolds) {
  partner.forward.limits.uplinks_per_day = 1;
  start();
  hear(data_uplink(1));
  http.answer_with(bi::PrStartAns{});
  hear(data_uplink(2));
  EXPECT_EQ(http.requests.size(), 1U);
  EXPECT_EQ(counted("forwarded", "up", "limited"), 1);
  EXPECT_EQ(records().at(0).tally.refused, 1U);
  advance(seconds{10});
  Ledger durable({partner});
  ASSERT_TRUE(durable.load(engine, clock->now().utc));
  EXPECT_EQ(durable.records(), records());
}

TEST_F(Roaming, OurLimitForDownlinksByAPartnerHolds) {
  partner.accept.limits.downlinks_per_day = 1;
  start();
  asks(bi::PrStartReq{data_uplink(1), ul()});
  judge(known());
  transmit(data_downlink());
  ASSERT_EQ(http.requests.size(), 1U);
  http.answer_with(bi::XmitDataAns{{}, Frequency::hz(868'100'000), {}});
  run();
  const auto outcome = transmit(data_downlink());
  EXPECT_EQ(http.requests.size(), 1U);
  ASSERT_TRUE(*outcome);
  ASSERT_FALSE(**outcome);
  EXPECT_TRUE((*outcome)->error().is(limit_reached));
  EXPECT_EQ(counted("accepted", "down", "limited"), 1);
  EXPECT_EQ(counted("accepted", "down", "carried"), 1);
}

TEST_F(Roaming, OurLimitForAPartnersDownlinksHolds) {
  partner.forward.limits.downlinks_per_minute = 1;
  start();
  const auto token = forwarded_token();
  auto answer = asks(bi::XmitDataReq{data_downlink(), {}, dl(token)});
  EXPECT_EQ(code_of(answer), bi::ResultCode::success);
  answer = asks(bi::XmitDataReq{data_downlink(), {}, dl(token)});
  EXPECT_EQ(code_of(answer), bi::ResultCode::xmit_failed);
  EXPECT_EQ(std::get<bi::XmitDataAns>(**answer).result.description,
            Error(limit_reached, {{"net_id", "000013"}}).message());
  EXPECT_EQ(sent.size(), 1U);
  EXPECT_EQ(counted("forwarded", "down", "limited"), 1);
  EXPECT_EQ(counted("forwarded", "down", "carried"), 1);
}

TEST_F(Roaming, APartnersUplinkEntersTheShardAndIsAnsweredWithItsWord) {
  start();
  auto answer = asks(bi::PrStartReq{data_uplink(1), ul()});
  ASSERT_EQ(shard_got->size(), 1U);
  EXPECT_EQ(shard_got->back().frame->phy_payload, data_uplink(1));
  EXPECT_FALSE(*answer);
  judge(known());
  EXPECT_EQ(code_of(answer), bi::ResultCode::success);
  EXPECT_EQ(std::get<bi::PrStartAns>(**answer).lifetime, 0U);
  EXPECT_EQ(counted("accepted", "up", "carried"), 1);
  EXPECT_EQ(records().size(), 1U);

  answer = asks(bi::PrStartReq{data_uplink(2), ul()});
  judge(fail(ErrorDef{"pkg/networkserver", "device_not_found", Code::not_found, "no"}));
  EXPECT_EQ(code_of(answer), bi::ResultCode::unknown_dev_addr);
  answer = asks(bi::PrStartReq{data_uplink(3), ul()});
  advance(seconds{3});
  EXPECT_NE(code_of(answer), bi::ResultCode::success) << "the shard is silent";
}

TEST_F(Roaming, ADownlinkOfOursLeavesByThePartner) {
  start();
  asks(bi::PrStartReq{data_uplink(1), ul()});
  judge(known());
  auto outcome = transmit(data_downlink());
  const auto asked = http.asked_body<bi::XmitDataReq>();
  EXPECT_EQ(asked.phy_payload, data_downlink());
  EXPECT_EQ(asked.dl->fns_ul_token, (Bytes{3, 3}));
  ASSERT_EQ(asked.dl->gateways.size(), 1U);
  EXPECT_EQ(asked.dl->gateways[0].id, gateway().id);
  EXPECT_EQ(asked.dl->gateways[0].ul_token, gateway().ul_token);
  EXPECT_EQ(asked.dl->dev_addr, dev_addr);
  EXPECT_FALSE(*outcome);
  http.answer_with(bi::XmitDataAns{{}, Frequency::hz(868'100'000), {}});
  run();
  ASSERT_TRUE(*outcome && **outcome);
  EXPECT_EQ((**outcome)->window, 1);
  ASSERT_EQ(acknowledged.size(), 1U);
  EXPECT_EQ(acknowledged[0].device.device_id, DeviceId("dev"));

  outcome = transmit(data_downlink());
  http.answer_with(bi::XmitDataAns{{bi::ResultCode::xmit_failed, "busy"}, {}, {}});
  run();
  ASSERT_TRUE(*outcome);
  EXPECT_EQ((*outcome)->error().name(), "transmit_failed");
  EXPECT_EQ(counted("accepted", "down", "carried"), 1);
  EXPECT_EQ(counted("accepted", "down", "refused"), 1);
}

TEST_F(Roaming, AJoinAcceptIsTheAnswerToItsRequest) {
  start();
  const auto answer = asks(bi::PrStartReq{join_request(), ul()});
  judge(known());
  EXPECT_FALSE(*answer) << "the join server is being asked";
  const auto outcome = transmit(Bytes(17, 0x20));
  ASSERT_EQ(code_of(answer), bi::ResultCode::success);
  const auto& accept = std::get<bi::PrStartAns>(**answer);
  EXPECT_EQ(accept.phy_payload, Bytes(17, 0x20));
  EXPECT_EQ(accept.dl->dev_eui, dev_eui);
  EXPECT_EQ(accept.dl->gateways.size(), 1U);
  EXPECT_TRUE(*outcome && **outcome);
  EXPECT_TRUE(http.requests.empty());
}

TEST_F(Roaming, ARefusedJoinIsAnsweredWithItsReason) {
  start();
  const auto refused_with = [&](const Error& error) {
    const auto answer = asks(bi::PrStartReq{join_request(), ul()});
    judge(known());
    tell(ForwardedRefused{shard_got->back().frame->rx_metadata[0].uplink_token, error});
    return code_of(answer);
  };
  EXPECT_EQ(refused_with(bi::error_of({bi::ResultCode::mic_failed, ""})),
            bi::ResultCode::mic_failed);
  EXPECT_EQ(refused_with(Error(partner_unavailable)), bi::ResultCode::join_req_failed)
      << "the join server is silent";
  const auto answer = asks(bi::PrStartReq{join_request(), ul()});
  judge(known());
  advance(seconds{4});
  EXPECT_EQ(code_of(answer), bi::ResultCode::join_req_failed);
}

TEST_F(Roaming, AgreementsAreKept) {
  partner.accept.joins = false;
  partner.accept.dev_addr_prefixes = {{DevAddr{0x27000000}, 8}};
  start();
  EXPECT_EQ(code_of(asks(bi::PrStartReq{data_uplink(1), ul()}, NetId{0x99})),
            bi::ResultCode::no_roaming_agreement);
  EXPECT_EQ(code_of(asks(bi::PrStartReq{data_uplink(1), ul()})),
            bi::ResultCode::dev_roaming_disallowed);
  for (const auto& frame : {join_request(), rejoin_request(phy::RejoinType::rekey, ours)}) {
    EXPECT_EQ(code_of(asks(bi::PrStartReq{frame, ul()})), bi::ResultCode::roaming_act_disallowed);
  }
  EXPECT_EQ(code_of(asks(bi::PrStartReq{{1, 2}, ul()})), bi::ResultCode::malformed);
  EXPECT_TRUE(shard_got->empty());
}

TEST_F(Roaming, WithoutAcceptanceThereIsNoAgreement) {
  partner.accept.allowed = false;
  start();
  EXPECT_EQ(code_of(asks(bi::PrStartReq{data_uplink(1), ul()})),
            bi::ResultCode::no_roaming_agreement);
}

TEST_F(Roaming, APartnerBeyondItsLimitIsToldWhenToComeAgain) {
  partner.accept.limits.uplinks_per_minute = 1;
  start();
  asks(bi::PrStartReq{data_uplink(1), ul()});
  judge(known());
  const auto answer = asks(bi::PrStartReq{data_uplink(2), ul()});
  ASSERT_EQ(code_of(answer), bi::ResultCode::deferred);
  const auto lifetime = std::get<bi::PrStartAns>(**answer).lifetime;
  EXPECT_TRUE(lifetime && *lifetime >= 1 && *lifetime <= 60);
  EXPECT_EQ(counted("accepted", "up", "limited"), 1);
  EXPECT_EQ(shard_got->size(), 1U);
}

TEST_F(Roaming, OfAPartnersFramesThatWaitHalfAreJoinsAtMost) {
  requests_max = 4;
  start();
  std::vector<Slot> joins;
  for (std::uint16_t nonce = 1; nonce <= 3; ++nonce)
    joins.push_back(asks(bi::PrStartReq{join_request(nonce), ul()}));
  EXPECT_EQ(shard_got->size(), 2U);
  ASSERT_EQ(code_of(joins.back()), bi::ResultCode::deferred);
  EXPECT_EQ(std::get<bi::PrStartAns>(**joins.back()).lifetime, 1U);
  for (std::uint32_t f_cnt = 1; f_cnt <= 2; ++f_cnt) {
    EXPECT_FALSE(*asks(bi::PrStartReq{data_uplink(f_cnt), ul()}));
  }
  EXPECT_EQ(shard_got->size(), 4U);
  // None of these is a Deferred without a time, after which its devices would be left alone.
  auto answer = asks(bi::PrStartReq{data_uplink(3), ul()});
  EXPECT_EQ(code_of(answer), bi::ResultCode::other);
  EXPECT_EQ(std::get<bi::PrStartAns>(**answer).result.description,
            Error(too_many_waiting, {{"net_id", "000013"}}).message());
  answer = asks(bi::XmitDataReq{data_uplink(4), ul(), {}});
  EXPECT_EQ(code_of(answer), bi::ResultCode::xmit_failed);
  EXPECT_EQ(counted("accepted", "up", "paused"), 3);
  judge(known());
  EXPECT_FALSE(*asks(bi::PrStartReq{data_uplink(5), ul()})) << "there is room again";
}

TEST_F(Roaming, OfFramesUnderWayToAPartnerHalfAreJoinsAtMost) {
  requests_max = 4;
  partner.forward.join_euis = {{join_eui, 36}};
  start();
  for (std::uint16_t nonce = 1; nonce <= 3; ++nonce) hear_unknown(join_request(nonce));
  EXPECT_EQ(http.requests.size(), 2U);
  for (std::uint32_t f_cnt = 1; f_cnt <= 3; ++f_cnt) hear(data_uplink(f_cnt));
  EXPECT_EQ(http.requests.size(), 4U);
  EXPECT_EQ(counted("forwarded", "up", "paused"), 2);
  http.answer_with(bi::PrStartAns{});
  run();
  hear_unknown(join_request(4));
  EXPECT_EQ(http.requests.size(), 4U) << "that was data";
  hear(data_uplink(4));
  EXPECT_EQ(http.requests.size(), 5U);
}

TEST(Diversion, IsByAddressAndForJoins) {
  config::RoamingPartner partner;
  partner.net_id = theirs;
  partner.forward.dev_addr_prefixes = {prefix_of(theirs)};
  const auto data = frame_of(data_uplink(1), heard_by("one", 5));
  const auto join = frame_of(join_request(), heard_by("one", 5));
  EXPECT_EQ(diversion_of(*data, {partner}), Diversion::none) << "nothing is forwarded";
  EXPECT_EQ(diversion_of(*join, {partner}), Diversion::none);
  partner.forward.allowed = true;
  EXPECT_EQ(diversion_of(*data, {partner}), Diversion::partner);
  EXPECT_EQ(diversion_of(*join, {partner}), Diversion::copy);
  const auto rejoin = [&](phy::RejoinType type, NetId home) {
    return diversion_of(*frame_of(rejoin_request(type, home), heard_by("one", 5)), {partner});
  };
  EXPECT_EQ(rejoin(phy::RejoinType::full_context, ours), Diversion::copy);
  EXPECT_EQ(rejoin(phy::RejoinType::restore, theirs), Diversion::partner);
  EXPECT_EQ(rejoin(phy::RejoinType::rekey, ours), Diversion::none);
  partner.forward.dev_addr_prefixes = {{DevAddr{0x10000000}, 7}};
  EXPECT_EQ(diversion_of(*data, {partner}), Diversion::none);
}

}  // namespace
}  // namespace ff::roaming
