#include "protocol/mac/command/link_adr.hpp"

#include <gtest/gtest.h>

#include "protocol/mac/refusal.hpp"
#include "test/protocol/mac/fixture.hpp"
#include "test/protocol/mac/golden.hpp"

namespace ff::mac {
namespace {

namespace json = boost::json;
using ff::test::integer;
using ff::test::text;
using test::Commands;
using test::Device;
using test::dr;
using test::Names;
using test::power;

constexpr LinkADRAns accept{true, true, true};

std::vector<Channel> us_channels(bool all) {
  MacState state = test::us_device().state();
  return all ? state.current.channels : state.desired.channels;
}

std::vector<Channel> channel_set(const json::value& value) {
  if (value.is_null()) return {};
  if (value.is_array()) {
    std::vector<Channel> channels(value.as_array().size());
    for (auto& channel : channels) channel.enabled = true;
    return channels;
  }
  const std::string name = text(value);
  if (name == "US915_CURRENT") return us_channels(true);
  if (name == "US915_FSB2") return us_channels(false);
  const MacState eu = Device{}.state();
  return name == "EU868_CURRENT" ? eu.current.channels : eu.desired.channels;
}

void set(MacParameters& parameters, const json::value& value) {
  parameters.adr_data_rate_index = dr(static_cast<int>(integer(value.at("data_rate"))));
  parameters.adr_tx_power_index = power(static_cast<int>(integer(value.at("tx_power"))));
  parameters.adr_nb_trans = static_cast<std::uint8_t>(integer(value.at("nb_trans")));
}

Device device_of(const json::object& input) {
  Device device = text(input.at("band")) == "US_902_928" ? test::us_device() : Device{};
  const std::string version = text(input.at("mac_version"));
  device.version = version == "MAC_V1_1"     ? MacVersion::v1_1
                   : version == "MAC_V1_0_1" ? MacVersion::v1_0_1
                                             : MacVersion::v1_0_3;
  const std::string phy = text(input.at("phy_version"));
  const auto revision = phy == "RP001_V1_1_REV_B" ? PhyVersion::rp001_v1_1_rev_b
                        : phy == "TS001_V1_0_1"   ? PhyVersion::ts001_v1_0_1
                                                  : PhyVersion::rp001_v1_0_3_rev_a;
  device.region = region::find(text(input.at("band")), revision);
  return device;
}

Commands expected_commands(const json::value& list) {
  Commands commands;
  for (const auto& entry : list.as_array()) {
    int tx_power = static_cast<int>(integer(entry.at("tx_power")));
    // Row 009: the reference sends the reserved index 15 to a 1.0.3 device; the band's quietest
    // is 14.
    if (tx_power == 15 && integer(entry.at("data_rate")) != 15) tx_power = 14;
    commands.push_back(
        LinkADRReq{power(tx_power), dr(static_cast<int>(integer(entry.at("data_rate")))),
                   static_cast<std::uint16_t>(std::stoul(text(entry.at("mask")), nullptr, 16)),
                   static_cast<std::uint8_t>(integer(entry.at("nb_trans"))),
                   static_cast<std::uint8_t>(integer(entry.at("cntl")))});
  }
  return commands;
}

TEST(LinkAdrVectors, RequestsAreThoseOfTheReference) {
  int seen = 0;
  for (const auto& vector : ff::test::vectors("link_adr_req.json", "link_adr_req")) {
    SCOPED_TRACE(text(vector.at("id")));
    const auto& input = vector.at("input").as_object();
    const Device device = device_of(input);
    MacState state = device.state();
    state.current.channels = channel_set(input.at("current_channels"));
    state.desired.channels = channel_set(input.at("desired_channels"));
    set(state.current, input.at("current"));
    set(state.desired, input.at("desired"));
    for (const char* key : {"rejected_data_rates", "rejected_tx_powers"}) {
      if (!input.contains(key)) continue;
      for (const auto& index : input.at(key).as_array()) {
        const int i = static_cast<int>(integer(index));
        if (std::string_view(key) == "rejected_data_rates")
          state.rejected.adr_data_rate_indexes.push_back(dr(i));
        else
          state.rejected.adr_tx_power_indexes.push_back(power(i));
      }
    }
    const DeviceProfile profile = device.profile();
    const auto requests = link_adr_requests(state, {profile, FCnt32{1}, {}});
    ++seen;
    if (vector.at("expected").as_object().contains("error")) {
      ASSERT_FALSE(requests);
      EXPECT_TRUE(requests.error().is(corrupted_mac_state));
      continue;
    }
    ASSERT_TRUE(requests);
    EXPECT_EQ(*requests, expected_commands(vector.at("expected").at("commands")));
  }
  EXPECT_EQ(seen, 9);
}

MacState wants_adr(const Device& device, int data_rate, int tx_power) {
  MacState state = device.settled();
  state.desired.adr_data_rate_index = dr(data_rate);
  state.desired.adr_tx_power_index = power(tx_power);
  return state;
}

TEST(LinkAdr, AcceptedRequestMakesCurrentEqualDesired) {
  for (const MacVersion version : {MacVersion::v1_0, MacVersion::v1_0_2, MacVersion::v1_0_3,
                                   MacVersion::v1_0_4, MacVersion::v1_1}) {
    for (const bool us : {false, true}) {
      Device device = us ? test::us_device() : Device{};
      device.version = version;
      MacState state = device.settled();
      state.current.channels = device.state().current.channels;
      if (!us)
        state.current.channels = state.desired.channels, state.current.channels[6].enabled = false;
      state.desired.adr_data_rate_index = dr(3);
      state.desired.adr_tx_power_index = power(2);
      state.desired.adr_nb_trans = 2;
      const auto down = test::downlink(device, state);
      const auto requests = test::sent(device, down);
      ASSERT_FALSE(requests.empty());
      const std::size_t answers = at_least(version, MacVersion::v1_1) ? 1 : requests.size();
      const auto step = test::uplink(device, down.next, Commands(answers, accept));
      EXPECT_EQ(step.next.current, step.next.desired) << static_cast<int>(version) << us;
      EXPECT_EQ(step.next.last_adr_change_f_cnt_up, FCnt32{10});
      EXPECT_TRUE(step.next.pending_requests.empty());
      EXPECT_TRUE(test::sent(device, test::downlink(device, step.next)).empty());
    }
  }
}

TEST(LinkAdr, From104OnUnchangedValuesAreSentAsKeep) {
  Device device;
  device.version = MacVersion::v1_0_4;
  const auto requests = test::sent(device, test::downlink(device, wants_adr(device, 3, 0)));
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0], Command(LinkADRReq{power(15), dr(3), 0xff, 1, 0}));
}

TEST(LinkAdr, KeepIsNotApplied) {
  Device device;
  device.version = MacVersion::v1_0_4;
  MacState state = wants_adr(device, 3, 0);
  const auto down = test::downlink(device, state);
  const auto step = test::uplink(device, down.next, {accept});
  EXPECT_EQ(step.next.current.adr_tx_power_index, power(0));
  EXPECT_EQ(step.next.current.adr_data_rate_index, dr(3));
}

struct RejectRow {
  const char* name;
  LinkADRAns answer;
  std::vector<DataRateIndex> rates;
  std::vector<TxPowerIndex> powers;
};

TEST(LinkAdr, RejectChangesNothingAndIsRemembered) {
  const RejectRow rows[] = {
      {"mask", {false, true, true}, {}, {}},
      {"data rate", {true, false, true}, {dr(3)}, {}},
      {"power", {true, true, false}, {}, {power(2)}},
      {"all", {false, false, false}, {dr(3)}, {power(2)}},
  };
  for (const RejectRow& row : rows) {
    SCOPED_TRACE(row.name);
    const Device device;
    const MacState state = wants_adr(device, 3, 2);
    const auto down = test::downlink(device, state);
    const auto step = test::uplink(device, down.next, {row.answer});
    EXPECT_EQ(step.next.current, state.current);
    EXPECT_EQ(step.next.rejected.adr_data_rate_indexes, row.rates);
    EXPECT_EQ(step.next.rejected.adr_tx_power_indexes, row.powers);
    ASSERT_EQ(step.next.rejected.requests.size(), 1U);
    EXPECT_EQ(step.next.rejected.requests[0].count, 1);
    EXPECT_EQ(test::names(step.events), (Names{"ns.mac.link_adr.answer.reject"}));
  }
}

TEST(LinkAdr, ARefusedMaskIsAskedThreeTimesAndNoMore) {
  const Device device;
  MacState state = device.settled();
  state.current.channels[5].enabled = false;
  for (int round = 0; round < 3; ++round) {
    const auto down = test::downlink(device, state);
    ASSERT_EQ(test::sent(device, down).size(), 1U) << round;
    state = test::uplink(device, down.next, {LinkADRAns{false, true, true}}).next;
  }
  EXPECT_TRUE(test::sent(device, test::downlink(device, state)).empty());
  const DeviceProfile profile = device.profile();
  EXPECT_FALSE(needs_downlink(
      [&] {
        MacState s = state;
        s.recent_mac_command_identifiers.clear();
        return s;
      }(),
      {profile, FCnt32{10}, test::at(std::chrono::seconds{100})}));
  // Another wish is another request.
  state.desired.channels[4].enabled = false;
  EXPECT_EQ(test::sent(device, test::downlink(device, state)).size(), 1U);
}

TEST(LinkAdr, DataRateAndPowerGoOnWithoutARefusedMask) {
  const Device device;
  MacState state = device.settled();
  state.current.channels[5].enabled = false;
  std::vector<Cid> given_up;
  for (int round = 0; round < refusals_max; ++round) {
    // The data rate that is wanted changes from uplink to uplink; the mask is the same request.
    state.desired.adr_data_rate_index = dr(1 + round);
    const auto down = test::downlink(device, state);
    ASSERT_EQ(test::sent(device, down),
              (Commands{LinkADRReq{power(0), dr(1 + round), 0xff, 1, 0}}));
    const auto step = test::uplink(device, down.next, {LinkADRAns{false, true, true}});
    given_up = step.given_up;
    state = step.next;
  }
  EXPECT_EQ(given_up, std::vector{Cid::link_adr});
  for (const int rate : {4, 5}) {
    state.desired.adr_data_rate_index = dr(rate);
    const auto down = test::downlink(device, state);
    ASSERT_EQ(test::sent(device, down), (Commands{LinkADRReq{power(0), dr(rate), 0xdf, 1, 0}}));
    const auto step = test::uplink(device, down.next, {accept});
    EXPECT_EQ(step.next.current.adr_data_rate_index, dr(rate));
    EXPECT_FALSE(step.next.current.channels[5].enabled);
    state = step.next;
    EXPECT_TRUE(test::sent(device, test::downlink(device, state)).empty())
        << "what was accepted does not ask for the mask again";
  }
  state.desired.channels[6].enabled = false;
  EXPECT_EQ(test::sent(device, test::downlink(device, state)),
            (Commands{LinkADRReq{power(0), dr(5), 0xbf, 1, 0}}))
      << "another mask is another wish";
}

TEST(LinkAdr, ADeviceThatRefusesEveryMaskIsLeftInPeace) {
  const Device device;
  MacState state = wants_adr(device, 3, 0);
  for (int round = 0; round < refusals_max; ++round) {
    const auto down = test::downlink(device, state);
    ASSERT_EQ(test::sent(device, down).size(), 1U) << round;
    state = test::uplink(device, down.next, {LinkADRAns{false, true, true}}).next;
  }
  state.desired.adr_data_rate_index = dr(2);
  EXPECT_TRUE(test::sent(device, test::downlink(device, state)).empty());
}

TEST(LinkAdr, AnAcceptedMaskForgetsItsRefusals) {
  const Device device;
  MacState state = device.settled();
  state.current.channels[5].enabled = false;
  auto down = test::downlink(device, state);
  state = test::uplink(device, down.next, {LinkADRAns{false, true, true}}).next;
  EXPECT_EQ(state.rejected.requests.size(), 1U);
  down = test::downlink(device, state);
  state = test::uplink(device, down.next, {accept}).next;
  EXPECT_TRUE(state.rejected.requests.empty());
  EXPECT_EQ(state.current, state.desired);
}

TEST(LinkAdr, OldDevicesAreSteppedBackToAPairTheyDidNotRefuse) {
  struct Row {
    const char* name;
    std::vector<DataRateIndex> rates;
    std::vector<TxPowerIndex> powers;
    std::optional<LinkADRReq> expected;
  };
  const Row rows[] = {
      {"nothing refused", {}, {}, LinkADRReq{power(3), dr(5), 0xff, 1, 0}},
      {"power up", {}, {power(3)}, LinkADRReq{power(2), dr(5), 0xff, 1, 0}},
      {"rate down, quietest", {dr(5)}, {}, LinkADRReq{power(7), dr(4), 0xff, 1, 0}},
      {"all powers above",
       {},
       {power(0), power(1), power(2), power(3)},
       LinkADRReq{power(7), dr(4), 0xff, 1, 0}},
      {"everything", {dr(0), dr(1), dr(2), dr(3), dr(4), dr(5)}, {}, std::nullopt},
  };
  const Device device;
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    MacState state = wants_adr(device, 5, 3);
    state.rejected.adr_data_rate_indexes = row.rates;
    state.rejected.adr_tx_power_indexes = row.powers;
    const auto requests = test::sent(device, test::downlink(device, state));
    ASSERT_EQ(requests.size(), row.expected ? 1U : 0U);
    if (row.expected) {
      EXPECT_EQ(requests[0], Command(*row.expected));
    }
  }
}

TEST(LinkAdr, ARefusedPairIsNotRepeatedFrom104On) {
  Device device;
  device.version = MacVersion::v1_0_4;
  MacState state = wants_adr(device, 3, 2);
  state.rejected.adr_data_rate_indexes = {dr(3)};
  auto requests = test::sent(device, test::downlink(device, state));
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0], Command(LinkADRReq{power(2), dr(15), 0xff, 1, 0}));
  state.rejected.adr_tx_power_indexes = {power(2)};
  EXPECT_TRUE(test::sent(device, test::downlink(device, state)).empty());
}

MacState with_pending(const Device& device, std::size_t count) {
  MacState state = device.settled();
  for (std::size_t i = 0; i < count; ++i) {
    const bool last = i + 1 == count;
    state.pending_requests.push_back(LinkADRReq{power(1), dr(2),
                                                static_cast<std::uint16_t>(last ? 0xff00 : 2), 1,
                                                static_cast<std::uint8_t>(last ? 0 : 7)});
  }
  return state;
}

struct AnswerRow {
  const char* name;
  MacVersion version;
  Commands answers;
  Names events;
  std::size_t pending_before;
};

TEST(LinkAdr, VersionsDifferInHowABlockIsAnswered) {
  constexpr LinkADRAns refuse{true, false, true};
  const Names accepted{"ns.mac.link_adr.answer.accept"};
  const AnswerRow rows[] = {
      {"1.0.1 answers each",
       MacVersion::v1_0_1,
       {accept, accept},
       {"ns.mac.link_adr.answer.accept", "ns.mac.link_adr.answer.accept"},
       2},
      {"1.0.1 answers one of two",
       MacVersion::v1_0_1,
       {accept},
       {"ns.mac.link_adr.answer.accept", "ns.mac.command.unanswered"},
       2},
      {"1.0.2 answers each alike", MacVersion::v1_0_2, {accept, accept}, accepted, 2},
      {"1.0.3 answers differ",
       MacVersion::v1_0_3,
       {accept, refuse},
       {"ns.mac.command.process.fail", "ns.mac.command.unanswered"},
       2},
      {"1.0.4 answers once", MacVersion::v1_0_4, {accept}, accepted, 2},
      {"1.1 answers once", MacVersion::v1_1, {accept}, accepted, 2},
      {"1.1 answers twice",
       MacVersion::v1_1,
       {accept, accept},
       {"ns.mac.link_adr.answer.accept", "ns.mac.command.process.fail"},
       2},
      {"never asked", MacVersion::v1_0_3, {accept}, {"ns.mac.command.process.fail"}, 0},
  };
  for (const AnswerRow& row : rows) {
    SCOPED_TRACE(row.name);
    Device device = test::us_device();
    device.version = row.version;
    const auto step = test::uplink(device, with_pending(device, row.pending_before), row.answers);
    EXPECT_EQ(test::names(step.events), row.events);
    EXPECT_TRUE(step.next.pending_requests.empty());
  }
}

TEST(LinkAdr, MulticastGroupsAreNeverAsked) {
  Device device;
  MacState state = wants_adr(device, 3, 2);
  device.multicast = true;
  EXPECT_TRUE(test::sent(device, test::downlink(device, state)).empty());
}

TEST(LinkAdr, AChannelTheDeviceRefusedIsLeftOutOfTheMask) {
  const Device device;
  MacState state = device.state();
  state.rejected.frequencies = {Frequency::hz(867'100'000)};
  const auto down = test::downlink(device, state);
  for (const Command& command : test::sent(device, down)) {
    if (const auto* request = std::get_if<LinkADRReq>(&command)) {
      EXPECT_EQ(request->channel_mask & 0x08, 0);
    }
    if (const auto* request = std::get_if<NewChannelReq>(&command)) {
      EXPECT_NE(request->channel_index, ChannelIndex{3});
    }
  }
}

/// The device has asked whether it is heard.
MacState asking(MacState state) {
  push_recent(state, RecentUplink{.adr = true, .adr_ack_req = true, .max_snr_db = {}});
  return state;
}

Commands told(const Device& device, const MacState& state) {
  return test::sent(device, test::downlink(device, state));
}

TEST(LinkAdrAfterAdrAckReq, TellsChannelsDataRateAndPowerAgain) {
  const Device device;
  auto state = device.settled();
  state.current.adr_data_rate_index = state.desired.adr_data_rate_index = dr(3);
  state.current.adr_tx_power_index = state.desired.adr_tx_power_index = power(4);
  EXPECT_EQ(told(device, state), Commands{}) << "nothing differs";
  EXPECT_EQ(told(device, asking(state)), Commands{(LinkADRReq{power(4), dr(3), 0x00ff, 1, 0})});
  push_recent(state, RecentUplink{.adr = false, .adr_ack_req = true, .max_snr_db = {}});
  EXPECT_EQ(told(device, state), Commands{}) << "a device that adapts by itself";
}

TEST(LinkAdrAfterAdrAckReq, SaysSoInNumbersToDevicesThatKnowHowToKeep) {
  Device device;
  device.version = MacVersion::v1_0_4;
  auto state = device.settled();
  state.current.adr_data_rate_index = state.desired.adr_data_rate_index = dr(3);
  EXPECT_EQ(told(device, asking(state)), Commands{(LinkADRReq{power(0), dr(3), 0x00ff, 1, 0})})
      << "15 would keep what it has gone back to";
}

TEST(LinkAdrAfterAdrAckReq, SwitchesOffWhatMayBeOnAgain) {
  const auto device = test::us_device();
  const auto requests = told(device, asking(device.settled()));
  auto channels = device.state().current.channels;  // all on, as after a back-off
  std::vector<bool> defined(channels.size(), true);
  std::vector<bool> on(channels.size(), true);
  for (const auto& request : requests) {
    const auto& mask = std::get<LinkADRReq>(request);
    ASSERT_TRUE(device.region->apply_channel_mask({mask.channel_mask_control, mask.channel_mask},
                                                  defined, on));
  }
  for (std::size_t i = 0; i < on.size(); ++i) EXPECT_EQ(on[i], (i >= 8 && i < 16) || i == 65) << i;
}

TEST(LinkAdrAfterAdrAckReq, IsOnceWithEachSuchUplink) {
  const Device device;
  auto state = asking(device.settled());
  auto step = test::downlink(device, state);
  auto answered = test::uplink(device, step.next, {accept});
  EXPECT_EQ(test::names(answered.events), Names{"ns.mac.link_adr.answer.accept"});
  push_recent(answered.next, RecentUplink{.adr = true, .max_snr_db = {}});
  EXPECT_EQ(told(device, answered.next), Commands{});
}

TEST(LinkAdrAfterAdrAckReq, IsGivenUpLikeAnyOther) {
  const Device device;
  auto state = asking(device.settled());
  for (int i = 0; i < refusals_max; ++i) {
    auto step = test::downlink(device, state);
    ASSERT_EQ(test::sent(device, step).size(), 1U) << i;
    state = asking(test::uplink(device, step.next, {LinkADRAns{false, true, true}}).next);
  }
  EXPECT_EQ(told(device, state), Commands{});
}

}  // namespace
}  // namespace ff::mac
