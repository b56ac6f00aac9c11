// What an operator sees of shards, devices and addresses, in virtual time.
#include "protocol/join/join_accept.hpp"
#include "test/actors/network_server/fixture.hpp"

namespace ff::network_server {
namespace {

class InspectTest : public NetworkServerFixture {
 protected:
  template <class T, class Message>
  Result<T> ask(const ShardActor& shard, Message message) {
    std::optional<Result<T>> answer;
    message.reply = [&answer](Result<T> result) { answer = std::move(result); };
    caf::anon_send(shard, std::move(message));
    run();
    if (!answer) throw std::runtime_error("no answer");
    return *std::move(answer);
  }
  DeviceSnapshot device(const DeviceUid& who = uid) {
    return ask<DeviceSnapshot>(context->inspectable.of(who), InspectDevice{who, {}}).value();
  }
  AddressSnapshot at(DevAddr dev_addr) {
    return ask<AddressSnapshot>(context->inspectable.of(dev_addr), InspectAddress{dev_addr, {}})
        .value();
  }
  template <class Key>
  ShardSnapshot shard(const Key& of) {
    return ask<ShardSnapshot>(context->inspectable.of(of), InspectShard{}).value();
  }
  /// A frame on `dev_addr` whose MIC `mic_key` makes.
  void foreign(DevAddr dev_addr, std::uint32_t f_cnt, const Aes128Key& mic_key) {
    phy::DataFrame frame;
    frame.m_type = phy::MType::unconfirmed_up;
    frame.dev_addr = dev_addr;
    frame.f_port = FPort{1};
    frame.frm_payload = {1};
    receive(phy::seal_frame(frame, {mic_key, mic_key, mic_key},
                            {.mac_version = MacVersion::v1_0_3, .f_cnt = FCnt32{f_cnt}})
                .value(),
            context->shards.of(dev_addr));
  }
  std::vector<UplinkVerdict> verdicts(const DeviceSnapshot& of) const {
    std::vector<UplinkVerdict> out;
    for (const auto& decision : of.decisions)
      if (const auto* judged = std::get_if<UplinkJudged>(&decision.value))
        out.push_back(judged->verdict);
    return out;
  }

  const Aes128Key wrong_key = Aes128Key::from(Bytes(16, 0x66));
};

TEST_F(InspectTest, ShowsALiveSessionAndWhatItDecided) {
  create_device();
  uplink(1, phy::MType::confirmed_up);
  advance(milliseconds{250});
  const auto shown = device();
  EXPECT_EQ(shown.phase, SessionPhase::active);
  EXPECT_EQ(shown.session->last_f_cnt_up, FCnt32{1});
  EXPECT_EQ(verdicts(shown), std::vector<UplinkVerdict>{UplinkVerdict::accepted});
  advance(seconds{1});
  const auto later = device();
  EXPECT_TRUE(
      std::any_of(later.decisions.begin(), later.decisions.end(), [](const Decision& decision) {
        const auto* accepted = std::get_if<DownlinkAccepted>(&decision.value);
        return accepted != nullptr && accepted->scheduled->gateway_id == GatewayId("gw-1");
      }));
}

TEST_F(InspectTest, AnswersWhileTheStoreDoesNot) {
  create_device();
  std::vector<actors::Commit> held;
  const auto committer = deps.committer.get();
  const auto stuck =
      system->spawn([&held](actors::Committer::pointer) -> actors::Committer::behavior_type {
        return {[&held](const actors::Commit& commit) { held.push_back(commit); },
                [](const actors::InspectCommitter&) {}, [](const actors::CommitterFlush&) {},
                [](const actors::CommitterSync&) {}};
      });
  deps.committer.set(stuck);
  uplink(1);
  advance(milliseconds{250});
  EXPECT_FALSE(held.empty());
  EXPECT_EQ(verdicts(device()), std::vector<UplinkVerdict>{UplinkVerdict::accepted});
  deps.committer.set(committer);
  for (auto& commit : held) caf::anon_send(committer, std::move(commit));
  held.clear();
  caf::anon_send_exit(stuck, caf::exit_reason::user_shutdown);
  run();
}

TEST_F(InspectTest, AnEndedSessionIsShownFromItsRecordAndRemembersItsDecisions) {
  create_device();
  uplink(1);
  advance(seconds{130});  // nor a report
  const auto idle = device();
  EXPECT_EQ(idle.phase, SessionPhase::idle);
  EXPECT_EQ(idle.session->last_f_cnt_up, FCnt32{1});
  EXPECT_EQ(verdicts(idle), std::vector<UplinkVerdict>{UplinkVerdict::accepted});
  EXPECT_EQ(shard(uid).sessions, 0U);
  EXPECT_EQ(shard(uid).kept_decisions, 1U);

  uplink(2);
  advance(milliseconds{250});
  const auto again = device();
  EXPECT_EQ(again.phase, SessionPhase::active);
  EXPECT_EQ(verdicts(again),
            (std::vector<UplinkVerdict>{UplinkVerdict::accepted, UplinkVerdict::accepted}));
  EXPECT_EQ(shard(uid).kept_decisions, 0U);
}

TEST_F(InspectTest, ADeviceThatDoesNotExistStartsNoSession) {
  const DeviceUid nobody{ApplicationId("test-app"), DeviceId("nobody")};
  const auto shown = device(nobody);
  EXPECT_FALSE(shown.exists);
  EXPECT_EQ(shown.ids.uid, nobody);
  EXPECT_EQ(shard(nobody).sessions, 0U);
}

TEST_F(InspectTest, AFrameOnAnUnknownAddressIsFound) {
  constexpr DevAddr unknown{0x26012345};
  EXPECT_FALSE(at(unknown).refused);
  foreign(unknown, 7, key);
  advance(seconds{2});
  foreign(unknown, 8, key);
  const auto shown = at(unknown);
  ASSERT_TRUE(shown.refused);
  EXPECT_EQ(shown.refused->times, 2U);
  EXPECT_EQ(shown.refused->f_cnt, FCnt16{8});
  EXPECT_EQ(shown.refused->sessions, 0U);
  EXPECT_LT(shown.refused->first_at, shown.refused->frame->received_at);
  EXPECT_EQ(shown.diagnosis->mismatch, Mismatch::address_unknown);
}

TEST_F(InspectTest, AForgedFrameIsAMicMismatchOfSoManySessions) {
  create_device();
  foreign(address, 7, wrong_key);
  const auto shown = at(address);
  ASSERT_EQ(shown.sessions.size(), 1U);
  EXPECT_EQ(shown.sessions[0].device, uid);
  ASSERT_TRUE(shown.refused);
  EXPECT_EQ(shown.refused->sessions, 1U);
  EXPECT_EQ(shown.diagnosis->mismatch, Mismatch::mic_mismatch);
  EXPECT_EQ(shown.diagnosis->tried, 1U);
  EXPECT_EQ(shown.refused->frame->rx_metadata[0].gateway.gateway_id, GatewayId("gw-1"));
}

TEST_F(InspectTest, AReplayedFrameIsACounterThatWasUsed) {
  create_device();
  for (std::uint32_t f_cnt : {1U, 70'001U}) {
    if (f_cnt > 60'000U) {
      // Past the turn of the 16 bits on air.
      for (std::uint32_t step : {16'000U, 32'000U, 48'000U, 64'000U}) {
        uplink(step);
        advance(seconds{2});
      }
    }
    uplink(f_cnt);
    advance(seconds{2});
  }
  foreign(address, 69'000, key);
  auto shown = at(address);
  ASSERT_TRUE(shown.diagnosis);
  EXPECT_EQ(shown.diagnosis->mismatch, Mismatch::counter_used);
  EXPECT_EQ(shown.diagnosis->f_cnt, FCnt32{69'000});
  EXPECT_EQ(shown.diagnosis->last_f_cnt, FCnt32{70'001});
  EXPECT_EQ(*shown.diagnosis->device, uid);
  // A device that was reset starts from zero.
  foreign(address, 3, key);
  shown = at(address);
  EXPECT_EQ(shown.diagnosis->mismatch, Mismatch::counter_used);
  EXPECT_EQ(shown.diagnosis->f_cnt, FCnt32{3});
}

TEST_F(InspectTest, AFrameThatCameBeforeItsDeviceWouldMatchNow) {
  foreign(address, 7, key);
  create_device();
  const auto shown = at(address);
  EXPECT_EQ(shown.refused->sessions, 0U);
  EXPECT_EQ(shown.diagnosis->mismatch, Mismatch::matches_now);
  EXPECT_EQ(*shown.diagnosis->device, uid);
  // Asking has changed nothing: the frame's counter is still good.
  EXPECT_EQ(shown.sessions[0].last_f_cnt_up, FCnt32{0});
}

TEST_F(InspectTest, AShardSaysWhatItHoldsAndWhoseJoinsItDoesNotKnow) {
  constexpr JoinEui join_eui{0x70b3d57ed0000000};
  constexpr DevEui dev_eui{0x0004a30b001c0530};
  create_device();
  uplink(1);
  for (std::uint16_t nonce : {std::uint16_t{1}, std::uint16_t{2}}) {
    receive(join::seal_join_request({join_eui, dev_eui, DevNonce{nonce}}, key),
            context->shards.of(dev_eui), "gw-7");
  }
  const auto of_address = shard(address);
  EXPECT_EQ(of_address.addresses, 1U);
  EXPECT_GE(of_address.windows, 1U);
  EXPECT_EQ(of_address.open_windows, 1U);
  EXPECT_EQ(shard(uid).sessions, 1U);
  const auto of_euis = shard(dev_eui);
  ASSERT_EQ(of_euis.refused_joins.size(), 1U);
  EXPECT_EQ(of_euis.refused_joins[0].dev_eui, dev_eui);
  EXPECT_EQ(of_euis.refused_joins[0].times, 2U);
  EXPECT_EQ(of_euis.refused_joins[0].gateway, GatewayId("gw-7"));
}

TEST_F(InspectTest, AJoinServerShardSaysWhatItHolds) {
  const auto joins_shard = context->join_servers.count();
  EXPECT_EQ(joins_shard.value(), 4U);
  std::optional<join_server::JoinShardSnapshot> shown;
  caf::anon_send(inspectable_joins.at(storage::Shard{0}),
                 join_server::InspectJoinShard{[&](const auto& answer) { shown = *answer; }});
  run();
  ASSERT_TRUE(shown);
  EXPECT_TRUE(shown->open);
  EXPECT_EQ(shown->devices, 0U);
  EXPECT_EQ(shown->waiting, 0U);
}

}  // namespace
}  // namespace ff::network_server
