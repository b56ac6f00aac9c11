// Lifetimes on both sides, and the keys that come with them: what they spare, and how they end.
#include "test/actors/roaming/roaming_fixture.hpp"

namespace ff::roaming {
namespace {

using namespace test;
using net::http_client::ClientAnswer;
using std::chrono::milliseconds;
using std::chrono::seconds;
using RoamingLifetime = RoamingFixture;

TEST_F(RoamingLifetime, ALifetimeSparesTheQuestionUntilItIsStopped) {
  start();
  hear(data_uplink(1));
  bi::PrStartAns stateful;
  stateful.lifetime = 600;
  stateful.nwk_s_key = bi::Key{"", to_owned(key().bytes())};
  stateful.f_cnt_up = 1;
  http.answer_with(stateful);
  run();
  hear(data_uplink(2));
  ASSERT_EQ(http.requests.size(), 2U);
  EXPECT_EQ(http.asked_body<bi::XmitDataReq>().ul->f_cnt_up, 2U);
  http.answer_with(bi::XmitDataAns{});
  run();
  hear(data_uplink(3, Aes128Key::from(Bytes(16, 1))));
  EXPECT_EQ(http.asked().header.type, bi::MessageType::pr_start_req) << "another device";
  http.answer_with(bi::PrStartAns{});
  run();
  EXPECT_EQ(code_of(asks(bi::PrStopReq{{}, dev_addr, {}})), bi::ResultCode::success);
  hear(data_uplink(4));
  EXPECT_EQ(http.asked().header.type, bi::MessageType::pr_start_req);
}

TEST_F(RoamingLifetime, EndsWithARefusalThatSaysThatTheDeviceIsNotKnownAndWithNoOther) {
  start();
  std::uint32_t f_cnt = 0;
  const auto begin = [&] {
    hear(data_uplink(++f_cnt));
    ASSERT_EQ(http.asked().header.type, bi::MessageType::pr_start_req);
    bi::PrStartAns stateful;
    stateful.lifetime = 600;
    stateful.nwk_s_key = bi::Key{"", to_owned(key().bytes())};
    stateful.f_cnt_up = f_cnt;
    http.answer_with(stateful);
    run();
  };
  begin();
  using enum bi::ResultCode;
  for (const auto code : {other, xmit_failed, frame_replayed, dev_roaming_disallowed,
                          unknown_dev_addr, unknown_dev_eui, mic_failed}) {
    hear(data_uplink(++f_cnt));
    ASSERT_EQ(http.asked().header.type, bi::MessageType::xmit_data_req) << static_cast<int>(code);
    http.answer_with(bi::XmitDataAns{{code, ""}, {}, {}});
    run();
    if (code == unknown_dev_addr || code == unknown_dev_eui || code == mic_failed) begin();
  }
  // Of another device with the address.
  hear(data_uplink(++f_cnt, Aes128Key::from(Bytes(16, 1))));
  bi::PrStartAns refused;
  refused.result.code = unknown_dev_addr;
  http.answer_with(refused);
  hear(data_uplink(++f_cnt));
  EXPECT_EQ(http.asked().header.type, bi::MessageType::xmit_data_req);
}

TEST_F(RoamingLifetime, AStopWithALifetimeSparesTheDevicesNextQuestions) {
  start();
  hear(data_uplink(1));
  bi::PrStartAns stateful;
  stateful.lifetime = 600;
  stateful.nwk_s_key = bi::Key{"", to_owned(key().bytes())};
  http.answer_with(stateful);
  run();
  EXPECT_EQ(code_of(asks(bi::PrStopReq{{}, dev_addr, 30})), bi::ResultCode::success);
  hear(data_uplink(2));
  EXPECT_EQ(http.requests.size(), 1U);
  EXPECT_EQ(counted("forwarded", "up", "deferred"), 1);
  advance(seconds{30});
  hear(data_uplink(3));
  EXPECT_EQ(http.requests.size(), 2U);
}

TEST_F(RoamingLifetime, AStopOfADeviceThatDoesNotRoamIsRefusedAndDefersNothing) {
  start();
  EXPECT_EQ(code_of(asks(bi::PrStopReq{{}, dev_addr, 600})), bi::ResultCode::unknown_dev_addr);
  EXPECT_EQ(code_of(asks(bi::PrStopReq{dev_eui, {}, 600})), bi::ResultCode::unknown_dev_eui);
  hear(data_uplink(1));
  EXPECT_EQ(http.requests.size(), 1U);
  EXPECT_EQ(counted("forwarded", "up", "deferred"), 0);
}

TEST_F(RoamingLifetime, ADeferredDeviceIsNotAskedAboutForAWhile) {
  start();
  hear(data_uplink(1));
  bi::PrStartAns later;
  later.result.code = bi::ResultCode::deferred;
  later.lifetime = 30;
  http.answer_with(later);
  run();
  hear(data_uplink(2));
  EXPECT_EQ(http.requests.size(), 1U);
  EXPECT_EQ(counted("forwarded", "up", "deferred"), 2);
  advance(seconds{30});
  hear(data_uplink(3));
  EXPECT_EQ(http.requests.size(), 2U);
}

TEST_F(RoamingLifetime, AnAgreementWithALifetimeGivesTheKey) {
  partner.accept.lifetime = seconds{600};
  start();
  const auto answer = asks(bi::PrStartReq{data_uplink(1), ul()});
  judge(known());
  const auto& start_answer = std::get<bi::PrStartAns>(**answer);
  EXPECT_EQ(start_answer.lifetime, 600U);
  ASSERT_TRUE(start_answer.nwk_s_key);
  EXPECT_EQ(start_answer.nwk_s_key->aes_key, to_owned(key().bytes()));
  EXPECT_EQ(start_answer.f_cnt_up, 1U);
  const auto later = asks(bi::XmitDataReq{data_uplink(2), ul(), {}});
  judge(known());
  EXPECT_EQ(code_of(later), bi::ResultCode::success);
}

TEST_F(RoamingLifetime, ADeviceOf11GivesItsForwardingKeyToThoseWhoHaveAWordForIt) {
  partner.accept.lifetime = seconds{600};
  start();
  auto owner = known();
  owner.mac_version = MacVersion::v1_1;
  const auto answered = [&](bi::Version version) {
    const auto slot = asks(bi::PrStartReq{data_uplink_1_1(1), ul()}, theirs, version);
    judge(owner);
    return std::get<bi::PrStartAns>(**slot);
  };
  const auto new_words = answered(bi::Version::v1_1);
  EXPECT_FALSE(new_words.nwk_s_key);
  ASSERT_TRUE(new_words.f_nwk_s_int_key);
  EXPECT_EQ(new_words.f_nwk_s_int_key->aes_key, to_owned(key().bytes()));
  const auto old_words = answered(bi::Version::v1_0);
  EXPECT_EQ(old_words.result.code, bi::ResultCode::success);
  EXPECT_EQ(old_words.lifetime, 0U) << "it asks for each frame";
  EXPECT_FALSE(old_words.nwk_s_key || old_words.f_nwk_s_int_key);
}

TEST_F(RoamingLifetime, AKeyForAPartnerIsWrappedUnderTheAgreementsLabel) {
  partner.accept.lifetime = seconds{600};
  partner.accept.kek_label = "partner13";
  start();
  const auto answered = [&](std::uint32_t f_cnt) {
    const auto slot = asks(bi::PrStartReq{data_uplink(f_cnt), ul()});
    judge(known());
    return std::get<bi::PrStartAns>(**slot);
  };
  const auto without = answered(1);
  EXPECT_EQ(without.lifetime, 0U) << "never in clear for want of a KEK";
  EXPECT_FALSE(without.nwk_s_key);
  ASSERT_TRUE(vault->add({{"partner13", Bytes(16, 3)}}));
  const auto with = answered(2);
  ASSERT_TRUE(with.nwk_s_key);
  EXPECT_EQ(with.nwk_s_key->kek_label, "partner13");
  EXPECT_NE(with.nwk_s_key->aes_key, to_owned(key().bytes()));
  const KeyEnvelope envelope{
      .key = {}, .kek_label = with.nwk_s_key->kek_label, .encrypted_key = with.nwk_s_key->aes_key};
  EXPECT_EQ(vault->current()->unwrap(envelope).value(), key());
}

TEST_F(RoamingLifetime, AWrappedKeyOf11StartsALifetimeIfItsKekIsHere) {
  partner.access.protocol = config::InteropProtocol::bi_1_1;
  partner.access.sender_ns_id = "EC656EFFFE000001";
  start();
  const key_vault::KeyVault theirs_vault(key_vault::Keks{{"shared", Bytes(16, 3)}});
  const auto wrapped = theirs_vault.wrap(key(), "shared").value();
  const auto heard_and_answered = [&](std::uint32_t f_cnt) {
    hear(data_uplink_1_1(f_cnt));
    EXPECT_EQ(http.asked().header.sender_ns_id, "EC656EFFFE000001");
    const auto type = http.asked().header.type;
    bi::PrStartAns stateful;
    stateful.lifetime = 600;
    stateful.f_nwk_s_int_key = bi::Key{wrapped.kek_label, wrapped.encrypted_key};
    if (type == bi::MessageType::pr_start_req) {
      http.answer_with(stateful);
    } else {
      http.answer_with(bi::XmitDataAns{});
    }
    run();
    return type;
  };
  heard_and_answered(1);
  EXPECT_EQ(heard_and_answered(2), bi::MessageType::pr_start_req) << "its key can not be read";
  ASSERT_TRUE(vault->add({{"shared", Bytes(16, 3)}}));
  heard_and_answered(3);
  EXPECT_EQ(heard_and_answered(4), bi::MessageType::xmit_data_req);
}

class RoamingStops : public RoamingLifetime {
 protected:
  /// A device has a lifetime at the partner.
  void SetUp() override {
    RoamingLifetime::SetUp();
    partner.accept.lifetime = seconds{600};
    start();
    asks(bi::PrStartReq{data_uplink(1), ul()});
    judge(known());
  }
  double stops(const std::string& result) {
    return metrics
        .counter("farfield_roaming_stops_total", "", {{"partner", "000013"}, {"result", result}})
        .Value();
  }
};

TEST_F(RoamingStops, ALifetimeEndsWithItsSession) {
  EXPECT_TRUE(http.requests.empty());
  tell(SessionOver{{ApplicationId("app"), DeviceId("other")}});
  EXPECT_TRUE(http.requests.empty()) << "another device";
  tell(SessionOver{known().device, dev_eui});
  ASSERT_EQ(http.requests.size(), 1U);
  EXPECT_EQ(http.asked().header.receiver_id, "000013");
  const auto asked = http.asked_body<bi::PrStopReq>();
  EXPECT_EQ(asked.dev_addr, dev_addr);
  EXPECT_EQ(asked.dev_eui, dev_eui);
  EXPECT_FALSE(asked.lifetime) << "it may ask again at once";
  http.answer_with(bi::OtherAns{});
  run();
  EXPECT_EQ(stops("taken"), 1);
  tell(SessionOver{known().device});
  EXPECT_EQ(http.requests.size(), 1U) << "once";
  EXPECT_EQ(counted("accepted", "up", "carried"), 1) << "it is no frame";
}

TEST_F(RoamingStops, WhatThePartnerSaysToItIsCounted) {
  const auto stop_with = [this](const std::function<void()>& answer) {
    asks(bi::PrStartReq{data_uplink(2), ul()});
    judge(known());
    tell(SessionOver{known().device});
    answer();
    run();
  };
  stop_with([this] { http.answer_with(bi::OtherAns{{bi::ResultCode::unknown_dev_addr, ""}}); });
  EXPECT_EQ(stops("taken"), 1) << "it has forgotten it itself";
  stop_with([this] { http.answer_with(bi::OtherAns{{bi::ResultCode::malformed, ""}}); });
  EXPECT_EQ(stops("refused"), 1);
  stop_with([this] { http.answer(ClientAnswer{500, "", true}); });
  EXPECT_EQ(stops("unavailable"), 1);
  stop_with([this] { http.answer(ClientAnswer{500, "", true}); });
  stop_with([] {});
  EXPECT_EQ(stops("unavailable"), 3) << "it is left alone";
}

TEST_F(RoamingStops, ALifetimeThatIsOverIsNotStopped) {
  advance(seconds{600});
  tell(SessionOver{known().device});
  EXPECT_TRUE(http.requests.empty());
}

TEST_F(RoamingStops, ADeviceWithANewAddressIsStoppedWithTheOldOne) {
  auto other = data_uplink(2);
  other[1] ^= 1;  // the address, of which the shard says what the test wants
  asks(bi::PrStartReq{other, ul()});
  judge(known());
  ASSERT_EQ(http.requests.size(), 1U);
  EXPECT_EQ(http.asked_body<bi::PrStopReq>().dev_addr, dev_addr);
}

TEST_F(RoamingStops, APartnerThatSendsFramesOfAnUnknownDeviceIsTold) {
  const ErrorDef unknown{"pkg/networkserver", "device_not_found", Code::not_found, "no"};
  auto answer = asks(bi::XmitDataReq{data_uplink(2), ul(), {}});
  judge(fail(unknown));
  EXPECT_EQ(code_of(answer), bi::ResultCode::unknown_dev_addr);
  ASSERT_EQ(http.requests.size(), 1U);
  EXPECT_EQ(http.asked_body<bi::PrStopReq>().dev_addr, dev_addr);
  answer = asks(bi::PrStartReq{data_uplink(3), ul()});
  judge(fail(unknown));
  EXPECT_EQ(http.requests.size(), 1U) << "it asks, so it has no lifetime";
  answer = asks(bi::XmitDataReq{data_uplink(4), ul(), {}});
  advance(seconds{3});
  EXPECT_EQ(http.requests.size(), 1U) << "the shard is silent, which says nothing of the device";
}

TEST_F(RoamingLifetime, WithoutALifetimeNothingIsStopped) {
  start();
  asks(bi::PrStartReq{data_uplink(1), ul()});
  judge(known());
  tell(SessionOver{known().device});
  EXPECT_TRUE(http.requests.empty());
}

}  // namespace
}  // namespace ff::roaming
