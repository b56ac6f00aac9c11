#include "tools/sim/core/device_mac.hpp"

#include <gtest/gtest.h>

namespace ff::sim {
namespace {

using std::chrono::seconds;

class DeviceMac : public testing::Test {
 protected:
  std::vector<mac::Command> carry_out(const std::vector<mac::Command>& commands) {
    return sim::carry_out(commands, {*region_, version_, 200, -3.5F}, parameters_);
  }
  void use(const char* band, MacVersion version) {
    version_ = version;
    const bool v1_1 = version == MacVersion::v1_1;
    region_ =
        region::find(band, v1_1 ? PhyVersion::rp001_v1_1_rev_b : PhyVersion::rp001_v1_0_3_rev_a);
    parameters_ = boot_parameters(*region_, {});
  }
  void SetUp() override { use("EU_863_870", MacVersion::v1_0_3); }

  MacVersion version_ = MacVersion::v1_0_3;
  const region::Region* region_ = nullptr;
  MacParameters parameters_;
};

mac::LinkADRReq link_adr(std::uint8_t data_rate, std::uint8_t power, std::uint16_t mask,
                         std::uint8_t control = 0) {
  return {.tx_power_index = TxPowerIndex{power},
          .data_rate_index = DataRateIndex{data_rate},
          .channel_mask = mask,
          .nb_trans = 1,
          .channel_mask_control = control};
}

TEST_F(DeviceMac, applies_link_adr_wholly_or_not_at_all) {
  struct Row {
    mac::LinkADRReq request;
    mac::LinkADRAns answer;
  };
  const Row rows[] = {
      {link_adr(5, 1, 0x0007), {true, true, true}},
      {link_adr(5, 1, 0x000f), {false, true, true}},   // channel 3 does not exist
      {link_adr(5, 1, 0x0000), {false, false, true}},  // no channel is left
      {link_adr(9, 1, 0x0007), {true, false, true}},
      {link_adr(7, 1, 0x0007), {true, false, true}},  // FSK is on none of the channels
      {link_adr(5, 12, 0x0007), {true, true, false}},
      {link_adr(15, 15, 0x0001), {true, true, true}},
  };
  for (const auto& row : rows) {
    SetUp();
    const auto before = parameters_.channels;
    const auto answers = carry_out({row.request});
    ASSERT_EQ(answers.size(), 1U);
    EXPECT_EQ(answers.front(), mac::Command{row.answer})
        << mac::to_string(answers.front()) << " to " << mac::to_string(row.request);
    const auto& answer = row.answer;
    if (answer.channel_mask_ack && answer.data_rate_ack && answer.tx_power_ack) continue;
    EXPECT_EQ(parameters_.channels, before);
    EXPECT_EQ(parameters_.data_rate, region_->boot_data_rate);
  }
}

TEST_F(DeviceMac, answers_each_request_of_a_block_before_1_1_and_the_block_in_1_1) {
  struct Row {
    MacVersion version;
    std::size_t answers;
  };
  for (const auto& row : {Row{MacVersion::v1_0_3, 2}, Row{MacVersion::v1_1, 1}}) {
    use("US_902_928", row.version);
    // All 125 kHz channels off, then the second sub-band on.
    const auto answers = carry_out({link_adr(3, 5, 0x0002, 7), link_adr(3, 5, 0xff00, 0)});
    ASSERT_EQ(answers.size(), row.answers);
    for (const auto& answer : answers) {
      EXPECT_EQ(answer, (mac::Command{mac::LinkADRAns{true, true, true}}));
    }
    for (std::size_t i = 0; i < parameters_.channels.size(); ++i) {
      EXPECT_EQ(parameters_.channels[i].enabled, (i >= 8 && i < 16) || i == 65) << i;
    }
  }
}

TEST_F(DeviceMac, answers_every_other_command) {
  struct Row {
    mac::Command request;
    mac::Command answer;
  };
  const auto good = Frequency::hz(867'100'000);
  const auto bad = Frequency::hz(915'000'000);
  const Row rows[] = {
      {mac::DutyCycleReq{mac::DutyCycleExponent{4}}, mac::DutyCycleAns{}},
      {mac::DevStatusReq{}, mac::DevStatusAns{200, -3}},
      {mac::RXParamSetupReq{DataRateIndex{3}, DataRateOffset{1}, good},
       mac::RXParamSetupAns{true, true, true}},
      {mac::RXParamSetupReq{DataRateIndex{14}, DataRateOffset{7}, bad},
       mac::RXParamSetupAns{false, false, false}},
      {mac::NewChannelReq{ChannelIndex{3}, good, DataRateIndex{0}, DataRateIndex{5}},
       mac::NewChannelAns{true, true}},
      {mac::NewChannelReq{ChannelIndex{0}, good, DataRateIndex{0}, DataRateIndex{5}},
       mac::NewChannelAns{false, true}},
      {mac::NewChannelReq{ChannelIndex{4}, bad, DataRateIndex{5}, DataRateIndex{0}},
       mac::NewChannelAns{false, false}},
      {mac::RXTimingSetupReq{seconds{5}}, mac::RXTimingSetupAns{}},
      {mac::DlChannelReq{ChannelIndex{1}, good}, mac::DlChannelAns{true, true}},
      {mac::DlChannelReq{ChannelIndex{9}, bad}, mac::DlChannelAns{false, false}},
      {mac::ADRParamSetupReq{mac::AdrAckExponent{4}, mac::AdrAckExponent{5}},
       mac::ADRParamSetupAns{}},
      {mac::RejoinParamSetupReq{}, mac::RejoinParamSetupAns{false}},
  };
  for (const auto& row : rows) {
    SetUp();
    const auto answers = carry_out({row.request});
    ASSERT_EQ(answers.size(), 1U) << mac::to_string(row.request);
    EXPECT_EQ(answers.front(), row.answer) << mac::to_string(answers.front());
  }
}

TEST_F(DeviceMac, says_nothing_to_what_asks_nothing_or_does_not_exist_in_the_region) {
  use("EU_863_870", MacVersion::v1_0_3);
  EXPECT_TRUE(carry_out({mac::LinkCheckAns{10, 2}, mac::DeviceTimeAns{}}).empty());
  EXPECT_TRUE(carry_out({mac::TXParamSetupReq{}}).empty());
  use("US_902_928", MacVersion::v1_0_3);
  EXPECT_TRUE(carry_out({mac::NewChannelReq{}, mac::DlChannelReq{}}).empty());
}

TEST_F(DeviceMac, keeps_what_the_commands_set) {
  const auto down = Frequency::hz(867'300'000);
  carry_out({mac::RXParamSetupReq{DataRateIndex{3}, DataRateOffset{2}, down},
             mac::RXTimingSetupReq{seconds{0}}, mac::DlChannelReq{ChannelIndex{0}, down},
             mac::ADRParamSetupReq{mac::AdrAckExponent{4}, mac::AdrAckExponent{3}}});
  EXPECT_EQ(parameters_.rx2_data_rate, DataRateIndex{3});
  EXPECT_EQ(parameters_.rx1_dr_offset, DataRateOffset{2});
  EXPECT_EQ(parameters_.rx2_frequency, down);
  EXPECT_EQ(parameters_.rx1_delay, seconds{1}) << "0 means one second";
  EXPECT_EQ(parameters_.channels[0].downlink_frequency, down);
  EXPECT_EQ(parameters_.adr_ack_limit, mac::AdrAckExponent{3});
  EXPECT_EQ(parameters_.adr_ack_delay, mac::AdrAckExponent{4});
}

TEST_F(DeviceMac, takes_SF6_and_SF5_where_its_revision_and_its_channels_have_them) {
  const auto frequency = Frequency::hz(867'100'000);
  const auto coded = [&](std::uint8_t min) {
    return mac::NewChannelReq{ChannelIndex{3}, frequency, DataRateIndex{min}, DataRateIndex{0}};
  };
  const std::vector<mac::Command> refused{mac::NewChannelAns{true, false}};
  const std::vector<mac::Command> accepted{mac::NewChannelAns{true, true}};
  EXPECT_EQ(carry_out({coded(1)}), refused) << "before RP002-1.0.5 it is no range";
  region_ = region::find("EU_863_870", PhyVersion::rp002_v1_0_5);
  parameters_ = boot_parameters(*region_, {});
  EXPECT_EQ(carry_out({coded(7)}), refused) << "no code";
  const auto data_rate_ack = [&](std::uint8_t data_rate, std::uint16_t mask) {
    return std::get<mac::LinkADRAns>(carry_out({link_adr(data_rate, 0, mask)}).at(0)).data_rate_ack;
  };
  EXPECT_FALSE(data_rate_ack(13, 0b0111)) << "default channels do not carry it";
  ASSERT_EQ(carry_out({coded(3)}), accepted);
  EXPECT_FALSE(data_rate_ack(1, 0b1000)) << "below the channel's range";
  EXPECT_TRUE(data_rate_ack(2, 0b1000));
  EXPECT_TRUE(data_rate_ack(5, 0b1000));
  EXPECT_FALSE(data_rate_ack(6, 0b1000)) << "SF7 at 250 kHz lies between the indexes only";
  EXPECT_TRUE(data_rate_ack(12, 0b1000));
  EXPECT_TRUE(data_rate_ack(13, 0b1111));
  EXPECT_EQ(parameters_.data_rate, DataRateIndex{13});
  EXPECT_EQ(choose_channel(parameters_, 0), ChannelIndex{3});
}

TEST_F(DeviceMac, has_SF6_and_SF5_on_the_channels_of_a_fixed_region) {
  region_ = region::find("US_902_928", PhyVersion::rp002_v1_0_5);
  parameters_ = boot_parameters(*region_, {});
  parameters_.data_rate = DataRateIndex{8};
  EXPECT_LT(choose_channel(parameters_, 1000)->value(), 64);
  parameters_.data_rate = DataRateIndex{4};
  EXPECT_GE(choose_channel(parameters_, 1000)->value(), 64);
  const UplinkSlot slot{ChannelIndex{8}, DataRateIndex{8}, MonoTime{}};
  EXPECT_EQ(windows_after(*region_, parameters_, slot, seconds{1}).rx1->data_rate,
            DataRate(LoraDataRate{6, 500'000, CodingRate::cr4_5}));
}

/// One spreading factor after the other; the indexes between are of other modulations.
TEST_F(DeviceMac, falls_back_from_SF5_to_SF6_to_SF7) {
  region_ = region::find("EU_863_870", PhyVersion::rp002_v1_0_5);
  parameters_ = boot_parameters(*region_, {});
  parameters_.data_rate = DataRateIndex{13};
  parameters_.adr_ack_limit = mac::AdrAckExponent{0};
  parameters_.adr_ack_delay = mac::AdrAckExponent{0};
  AdrBackOff back_off;
  std::vector<int> rates;
  for (int i = 0; i < 12; ++i) {
    back_off.uplink(*region_, parameters_);
    if (rates.empty() || rates.back() != parameters_.data_rate.value())
      rates.push_back(parameters_.data_rate.value());
  }
  EXPECT_EQ(rates, (std::vector{13, 12, 5, 4, 3, 2, 1, 0}));
}

TEST_F(DeviceMac, starts_on_the_plan_s_channels_of_a_fixed_region) {
  const auto& region = *region::find("US_902_928", PhyVersion::rp001_v1_0_3_rev_a);
  const auto usable = Frequency::hz(903'900'000);
  const auto parameters = boot_parameters(region, std::span(&usable, 1));
  EXPECT_EQ(choose_channel(parameters, 12345), ChannelIndex{8});
  EXPECT_EQ(choose_channel(parameters, 0), ChannelIndex{8});
}

}  // namespace
}  // namespace ff::sim
