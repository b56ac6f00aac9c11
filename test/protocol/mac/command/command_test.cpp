#include "protocol/mac/command/command.hpp"

#include <gtest/gtest.h>

#include <set>

#include "protocol/mac/command/codec.hpp"

namespace ff::mac {
namespace {

TEST(CommandTable, KnowsTheLengthsOfTheSpecification) {
  struct Row {
    Cid cid;
    int up;  // -1: no such direction
    int down;
  };
  const Row rows[] = {
      {Cid::reset, 1, 1},
      {Cid::link_check, 0, 2},
      {Cid::link_adr, 1, 4},
      {Cid::duty_cycle, 0, 1},
      {Cid::rx_param_setup, 1, 4},
      {Cid::dev_status, 2, 0},
      {Cid::new_channel, 1, 5},
      {Cid::rx_timing_setup, 0, 1},
      {Cid::tx_param_setup, 0, 1},
      {Cid::dl_channel, 1, 4},
      {Cid::rekey, 1, 1},
      {Cid::adr_param_setup, 0, 1},
      {Cid::device_time, 0, 5},
      {Cid::force_rejoin, -1, 2},
      {Cid::rejoin_param_setup, 1, 1},
      {Cid::ping_slot_info, 1, 0},
      {Cid::ping_slot_channel, 1, 4},
      {Cid::beacon_timing, 0, 3},
      {Cid::beacon_freq, 1, 3},
      {Cid::device_mode, 1, 1},
      {Cid::relay_conf, 1, 5},
      {Cid::relay_end_device_conf, 1, 6},
      {Cid::relay_filter_list, 1, 2},
      {Cid::relay_update_uplink_list, 0, 26},
      {Cid::relay_ctrl_uplink_list, 5, 1},
      {Cid::relay_configure_fwd_limit, 0, 5},
      {Cid::relay_notify_new_end_device, 6, -1},
  };
  EXPECT_EQ(std::size(rows), command_table().size());
  for (const Row& row : rows) {
    for (const auto side : {Direction::uplink, Direction::downlink}) {
      const int length = side == Direction::uplink ? row.up : row.down;
      SCOPED_TRACE(static_cast<int>(row.cid));
      Bytes bytes(1 + static_cast<std::size_t>(std::max(length, 0)));
      bytes[0] = static_cast<std::uint8_t>(row.cid);
      const Decoded decoded = decode(bytes, side);
      EXPECT_EQ(decoded.stop, length < 0 ? DecodeStop::unknown : DecodeStop::end);
      if (length > 0) {
        bytes.pop_back();
        EXPECT_EQ(decode(bytes, side).stop, DecodeStop::truncated);
      }
      if (length >= 0) {
        EXPECT_EQ(cid_of(decoded.commands.at(0)), row.cid);
      }
    }
  }
}

TEST(CommandTable, FindsEveryRowAndNothingElse) {
  std::set<std::string_view> names;
  int found = 0;
  for (int cid = 0; cid < 256; ++cid) {
    const CommandInfo* info = command_info(static_cast<Cid>(cid));
    if (info == nullptr) continue;
    ++found;
    EXPECT_EQ(static_cast<int>(info->cid), cid);
    EXPECT_TRUE(names.insert(info->name).second) << info->name;
  }
  EXPECT_EQ(found, 27);
}

TEST(CommandTable, VersionsFollowTheSpecifications) {
  struct Row {
    Cid cid;
    MacVersion version;
    bool defined;
  };
  const Row rows[] = {
      {Cid::link_adr, MacVersion::v1_0, true},
      {Cid::tx_param_setup, MacVersion::v1_0_1, false},
      {Cid::tx_param_setup, MacVersion::v1_0_2, true},
      {Cid::dl_channel, MacVersion::v1_0_1, false},
      {Cid::dl_channel, MacVersion::v1_0_4, true},
      {Cid::device_time, MacVersion::v1_0_2, false},
      {Cid::device_time, MacVersion::v1_0_3, true},
      {Cid::adr_param_setup, MacVersion::v1_0_4, false},
      {Cid::adr_param_setup, MacVersion::v1_1, true},
      {Cid::beacon_timing, MacVersion::v1_0_3, true},
      {Cid::beacon_timing, MacVersion::v1_0_4, false},
      {Cid::beacon_timing, MacVersion::v1_1, true},
      {Cid::reset, MacVersion::v1_0_4, false},
      {Cid::link_adr, MacVersion::unknown, false},
      {static_cast<Cid>(0x7f), MacVersion::v1_1, false},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(is_defined(row.cid, row.version), row.defined)
        << static_cast<int>(row.cid) << " " << static_cast<int>(row.version);
  }
}

TEST(CommandTable, FourAnswersAreSticky) {
  std::set<Cid> sticky;
  for (const CommandInfo& info : command_table()) {
    if (info.sticky_answer) sticky.insert(info.cid);
  }
  EXPECT_EQ(sticky, (std::set<Cid>{Cid::rx_param_setup, Cid::rx_timing_setup, Cid::tx_param_setup,
                                   Cid::dl_channel}));
}

TEST(Command, PrintsItsFieldsButNoKeys) {
  EXPECT_EQ(to_string(LinkADRReq{TxPowerIndex{2}, DataRateIndex{5}, 516, 1, 1}),
            "LinkADRReq{tx_power_index=2, data_rate_index=5, channel_mask=516, nb_trans=1, "
            "channel_mask_control=1}");
  EXPECT_EQ(to_string(DevStatusReq{}), "DevStatusReq");
  EXPECT_EQ(to_string(RXTimingSetupReq{std::chrono::seconds{5}}), "RXTimingSetupReq{delay=5}");
  EXPECT_EQ(to_string(DlChannelAns{true, false}),
            "DlChannelAns{channel_frequency_ok=true, uplink_frequency_exists=false}");
  EXPECT_EQ(to_string(BeaconFreqReq{Frequency::hz(869'525'000)}),
            "BeaconFreqReq{frequency=869525000}");
  EXPECT_EQ(to_string(DeviceModeInd{DeviceClass::c}), "DeviceModeInd{class=2}");
  EXPECT_EQ(to_string(FilterListReq{2, 1, 3, {0xab, 0xcd}}),
            "FilterListReq{length=2, action=1, index=3, eui=abcd}");
  EXPECT_EQ(to_string(UpdateUplinkListReq{.dev_addr = DevAddr{0x01020304}}),
            "UpdateUplinkListReq{index=0, reload_rate=0, bucket_size=0, dev_addr=01020304, "
            "w_fcnt=0, root_wor_s_key=<key>}");
}

TEST(EirpTable, TakesTheRowThatDoesNotExceedTheLimit) {
  struct Row {
    float dbm;
    std::uint8_t index;
  };
  for (const Row& row : {Row{0, 0}, Row{8, 0}, Row{9.9F, 0}, Row{10, 1}, Row{14, 4}, Row{16.15F, 5},
                         Row{30, 13}, Row{36, 15}, Row{99, 15}}) {
    EXPECT_EQ(eirp_index(row.dbm), EirpIndex{row.index}) << row.dbm;
  }
}

TEST(PingPeriod, DoublesWithTheExponent) {
  for (std::uint8_t n = 0; n < 8; ++n) {
    EXPECT_EQ(ping_period(PingSlotPeriodicity{n}), std::chrono::seconds{1 << n});
  }
}

}  // namespace
}  // namespace ff::mac
