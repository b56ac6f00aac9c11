// LoRaWAN 1.1: the address index has checked half of the MIC, the session checks the other. [spec
// network-server §3.6, §3.12]
#include "test/actors/network_server/session/rig.hpp"

namespace ff::network_server {
namespace {

using namespace test;  // The rig and what it is made of.

const Aes128Key guessed = Aes128Key::from(Bytes(16, 0x13));

struct HalfMicRig : SessionRig {
  HalfMicRig() : SessionRig({ApplicationId("app"), DeviceId("dev")}, MacVersion::v1_1) {
    want_nothing();
  }
  /// `s_nwk_s_int_key` makes the half that the index does not check.
  Outcome uplink(std::uint32_t f_cnt, const Aes128Key& s_nwk_s_int_key = key) {
    auto event = matched({}, f_cnt, {});
    phy::DataFrame frame;
    frame.dev_addr = address;
    auto received = *event.frame;
    received.phy_payload = phy::seal_frame(frame, {key, s_nwk_s_int_key, key},
                                           {.mac_version = mac_version,
                                            .f_cnt = FCnt32{f_cnt},
                                            .transmission = {.conf_f_cnt = 0,
                                                             .tx_dr = DataRateIndex{3},
                                                             .tx_ch = ChannelIndex{0}}})
                               .value();
    event.frame = std::make_shared<const UplinkFrame>(std::move(received));
    return handle(event);
  }
};

TEST(HalfMic, TheIndexCountsOnWhenTheOtherHalfIsRightToo) {
  HalfMicRig rig;
  const auto updates = all<UpdateIndex>(rig.uplink(7));
  ASSERT_EQ(updates.size(), 1U);
  EXPECT_EQ(updates[0].entry.dev_addr, address);
  ASSERT_TRUE(updates[0].entry.session);
  EXPECT_EQ(updates[0].entry.session->last_f_cnt_up, FCnt32{7});
  rig.passed += std::chrono::seconds{10};
  EXPECT_TRUE(all<UpdateIndex>(rig.uplink(7)).empty()) << "a repetition counts nothing";
}

TEST(HalfMic, AForgedFrameLeavesNoTrace) {
  HalfMicRig rig;
  rig.uplink(7);
  const auto outcome = rig.uplink(40'000, guessed);
  EXPECT_TRUE(all<UpdateIndex>(outcome).empty());
  EXPECT_TRUE(outcome.records.empty());
  EXPECT_EQ(rig.session().device()->session->last_f_cnt_up, FCnt32{7});
  EXPECT_EQ(std::get<UplinkJudged>(rig.session().decisions().back().value).verdict,
            UplinkVerdict::mic_mismatch);
}

}  // namespace
}  // namespace ff::network_server
