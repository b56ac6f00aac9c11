#include "protocol/mac/adr/two_way.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>

#include "protocol/mac/adr/adr.hpp"
#include "protocol/mac/adr/demodulation.hpp"
#include "protocol/mac/adr/steps.hpp"
#include "test/protocol/mac/fixture.hpp"

namespace ff::mac::adr {
namespace {

using mac::test::Device;
using mac::test::dr;
using mac::test::power;

/// What raising to SF7, SF8 … needs at the default margin, 15 dB above the floor.
constexpr float needed_at_dr5 = 7.5F;

/// Newest first: `count` uplinks at `data_rate`, of `every` counters one heard.
std::vector<RecentUplink> uplinks(std::size_t count, int data_rate, std::optional<float> snr_db,
                                  std::uint32_t every = 1) {
  std::vector<RecentUplink> list(count);
  for (std::size_t i = 0; i < count; ++i) {
    list[i].f_cnt = FCnt32{static_cast<std::uint32_t>(1000 + (count - i) * every)};
    list[i].data_rate_index = dr(data_rate);
    list[i].max_snr_db = snr_db;
    list[i].adr = true;
  }
  return list;
}

struct Parameters {
  int data_rate;
  int tx_power;
  int nb_trans;
  bool operator==(const Parameters&) const = default;
};
void PrintTo(const Parameters& p, std::ostream* out) {
  *out << "DR" << p.data_rate << " power " << p.tx_power << " transmissions " << p.nb_trans;
}
Parameters of(const Decision& d) {
  return {d.data_rate_index.value(), d.tx_power_index.value(), d.nb_trans};
}

/// EU868 as RP002-1.0.2 has it, with channel 8 for LR-FHSS.
Device lr_fhss_device(int max_data_rate = 11) {
  Device device;
  device.region = region::find("EU_863_870", PhyVersion::rp002_v1_0_2);
  device.version = MacVersion::v1_0_4;
  device.plan.uplink_channels.push_back(
      {Frequency::hz(867'000'000), dr(8), dr(max_data_rate), 0, {}});
  return device;
}

struct Case {
  Device device;
  AdrDynamic settings;
  MacState state;
  std::vector<RecentUplink> history;
  std::vector<RecentUplink> before;  // older uplinks that do not belong to the current parameters

  explicit Case(Parameters has, std::vector<RecentUplink> list, Device made = {})
      : device(std::move(made)), state(device.settled()), history(std::move(list)) {
    state.current.adr_data_rate_index = dr(has.data_rate);
    state.current.adr_tx_power_index = power(has.tx_power);
    state.current.adr_nb_trans = static_cast<std::uint8_t>(has.nb_trans);
  }
  Decision decide() const {
    std::vector<RecentUplink> recent = history;
    recent.insert(recent.end(), before.begin(), before.end());
    return two_way_adr({recent, std::span(recent).first(history.size())},
                       limits_of(state, settings, *device.region));
  }
};

struct Row {
  const char* name;
  Parameters has;
  std::vector<RecentUplink> history;
  Reason reason;
  Parameters gets;
};

TEST(TwoWayAdr, DegradedLinksGetPowerThenTransmissionsThenALowerDataRate) {
  const float weak = needed_at_dr5 - 10.1F;
  const float edge = needed_at_dr5 - 10.0F;
  const float low = needed_at_dr5 - 2.6F;
  const Row rows[] = {
      {"weak: full power at once", {5, 3, 1}, uplinks(5, 5, weak), Reason::power_first, {5, 0, 1}},
      {"weak: then the rate that restores it",
       {5, 0, 1},
       uplinks(5, 5, weak),
       Reason::lowered,
       {2, 0, 1}},
      {"weak, without more transmissions",
       {5, 0, 2},
       uplinks(5, 5, weak),
       Reason::lowered,
       {2, 0, 2}},
      {"very weak: the lowest", {5, 0, 1}, uplinks(5, 5, -14), Reason::lowered, {0, 0, 1}},
      {"four uplinks are too few", {5, 0, 1}, uplinks(4, 5, weak), Reason::adapted, {5, 0, 1}},
      {"exactly at the threshold is not weak",
       {5, 0, 1},
       uplinks(5, 5, edge),
       Reason::adapted,
       {5, 0, 1}},
      {"weak at the lowest", {0, 0, 1}, uplinks(5, 0, -19), Reason::lowest, {0, 0, 1}},
      {"lossy: power", {5, 2, 1}, uplinks(10, 5, low, 2), Reason::power_first, {5, 0, 3}},
      {"lossy: all transmissions",
       {5, 0, 1},
       uplinks(10, 5, low, 2),
       Reason::transmissions_first,
       {5, 0, 3}},
      {"lossy: the next rate", {5, 0, 3}, uplinks(10, 5, low, 2), Reason::lowered, {4, 0, 3}},
      {"lossy at the lowest", {0, 0, 3}, uplinks(10, 0, -10, 2), Reason::lowest, {0, 0, 3}},
      {"nine uplinks are too few", {5, 0, 3}, uplinks(9, 5, low, 2), Reason::adapted, {5, 0, 3}},
      {"losses with margin are collisions",
       {5, 0, 3},
       uplinks(10, 5, needed_at_dr5 - 2.4F, 2),
       Reason::adapted,
       {5, 0, 3}},
      {"little is lost", {5, 0, 3}, uplinks(10, 5, low), Reason::adapted, {5, 0, 2}},
      {"good: as the reference", {0, 0, 1}, uplinks(5, 0, 10), Reason::adapted, {5, 0, 1}},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const Decision decision = Case(row.has, row.history).decide();
    EXPECT_EQ(decision.reason, row.reason) << to_string(decision.reason);
    EXPECT_EQ(of(decision), row.gets);
  }
}

TEST(TwoWayAdr, SaysWhatItWasDecidedOn) {
  auto history = uplinks(20, 5, 9);
  for (std::size_t i = 0; i < weak_uplinks; ++i)
    history[i].max_snr_db = -5.0F - static_cast<float>(i);
  const Decision decision = Case({5, 0, 1}, history).decide();
  EXPECT_EQ(decision.reason, Reason::lowered) << "the newest five count, not the best of twenty";
  EXPECT_EQ(decision.uplinks, weak_uplinks);
  EXPECT_FLOAT_EQ(decision.margin_db, -12.5F);
  EXPECT_FLOAT_EQ(decision.loss_rate, 0);
}

TEST(TwoWayAdr, ALinkThatIsNotDegradedIsTheReferences) {
  const Device device;
  std::mt19937 random(1);
  int compared = 0;
  for (int i = 0; i < 2000; ++i) {
    const int rate = static_cast<int>(random() % 6);
    const float needed = -5.0F - 2.5F * static_cast<float>(6 - rate) + 15;
    const float snr = needed - 2.5F + static_cast<float>(random() % 200) / 10;
    const Case made({rate, static_cast<int>(random() % 8), 1 + static_cast<int>(random() % 3)},
                    uplinks(1 + random() % 20, rate, snr, 1 + random() % 3));
    EXPECT_EQ(made.decide(), reference_adr({made.history, made.history},
                                           limits_of(made.state, made.settings, *device.region)));
    ++compared;
  }
  EXPECT_EQ(compared, 2000);
}

TEST(TwoWayAdr, StaysWithinBoundsMaskAndRefusals) {
  const auto very_weak = uplinks(5, 5, -14);
  {
    Case made({5, 0, 1}, very_weak);
    made.settings.min_data_rate_index = dr(3);
    EXPECT_EQ(of(made.decide()), (Parameters{3, 0, 1}));
    made.settings.min_data_rate_index = dr(5);
    EXPECT_EQ(made.decide().reason, Reason::lowest);
  }
  {
    Case made({5, 0, 1}, very_weak);
    for (Channel& channel : made.state.desired.channels) channel.min_data_rate_index = dr(2);
    EXPECT_EQ(of(made.decide()), (Parameters{2, 0, 1}));
  }
  {
    Case made({5, 0, 1}, very_weak);
    made.state.rejected.adr_data_rate_indexes = {dr(0), dr(1)};
    EXPECT_EQ(of(made.decide()), (Parameters{2, 0, 1}));
  }
  {
    Case made({5, 2, 1}, very_weak);
    made.state.rejected.adr_tx_power_indexes = {power(0)};
    EXPECT_EQ(of(made.decide()), (Parameters{5, 1, 1}));
    made.state.current.adr_tx_power_index = power(1);
    EXPECT_EQ(made.decide().reason, Reason::lowered);
  }
  {
    Case made({5, 0, 1}, uplinks(10, 5, needed_at_dr5 - 3, 2));
    made.settings.nb_trans.max = 1;
    EXPECT_EQ(of(made.decide()), (Parameters{4, 0, 1})) << "no more transmissions to be had";
    made.settings.nb_trans_overrides[4].min = 2;
    EXPECT_EQ(of(made.decide()), (Parameters{4, 0, 1}));
  }
  {
    Case made({5, 0, 1}, very_weak);
    made.settings.max_data_rate_index = dr(4);
    EXPECT_EQ(made.decide().reason, Reason::adapted) << "a rate that is not allowed is left first";
    EXPECT_EQ(of(made.decide()).data_rate, 4);
  }
}

TEST(TwoWayAdr, WithoutSnrNothingIsDecided) {
  const Decision decision = Case({5, 0, 1}, uplinks(10, 5, std::nullopt, 2)).decide();
  EXPECT_EQ(decision.reason, Reason::unknown_floor);
  EXPECT_EQ(of(decision), (Parameters{5, 0, 1}));
}

TEST(TwoWayAdr, NothingIsSpentAShortWhileAfterComingDown) {
  Case made({2, 1, 1}, uplinks(19, 2, 10));
  made.before = uplinks(1, 5, -5);
  Decision decision = made.decide();
  EXPECT_EQ(decision.reason, Reason::settling);
  EXPECT_EQ(of(decision), (Parameters{2, 1, 1}));
  made.before = uplinks(1, 1, -5);
  EXPECT_EQ(made.decide().reason, Reason::adapted) << "it came up";
  made.before = uplinks(1, 5, -5);
  made.before[0].is_data = false;
  EXPECT_EQ(made.decide().reason, Reason::adapted) << "a join-request says nothing";
  made.before = uplinks(1, 5, -5);
  made.history = uplinks(19, 2, 0);
  EXPECT_EQ(made.decide().reason, Reason::adapted) << "there is nothing to spend";
}

// --- LR-FHSS ---------------------------------------------------------------------------------

TEST(TwoWayAdr, LrFhssIsTheLastStepOfALossyLinkThatHasShownIt) {
  Case made({0, 0, 3}, uplinks(10, 0, -10, 2), lr_fhss_device());
  made.before = uplinks(1, 9, std::nullopt);
  EXPECT_EQ(made.decide().reason, Reason::lowered);
  EXPECT_EQ(of(made.decide()), (Parameters{8, 0, 3}));

  Case weak({0, 0, 3}, uplinks(5, 0, -19), lr_fhss_device());
  weak.before = made.before;
  EXPECT_EQ(weak.decide().reason, Reason::lowest) << "it reaches no further than SF12";
  made.history = uplinks(10, 0, -10);
  EXPECT_EQ(of(made.decide()).data_rate, 0) << "nothing is lost";
}

TEST(TwoWayAdr, LrFhssIsNeverChosenForADeviceThatMayNotKnowIt) {
  struct Denied {
    const char* name;
    std::function<void(Case&)> deny;
  };
  const Denied rows[] = {
      {"not shown", [](Case& c) { c.before.clear(); }},
      {"shown in a join-request's place", [](Case& c) { c.before[0].is_data = false; }},
      {"not in the device's mask", [](Case& c) { c.state.current.channels[8].enabled = false; }},
      {"not in the network's mask", [](Case& c) { c.state.desired.channels[8].enabled = false; }},
      {"no channel", [](Case& c) { c.state.current.channels.pop_back(); }},
      {"refused",
       [](Case& c) {
         c.state.rejected.adr_data_rate_indexes = {dr(8), dr(9), dr(10), dr(11)};
       }},
      {"beyond the maximum", [](Case& c) { c.settings.max_data_rate_index = dr(5); }},
      {"not in this revision of the band",
       [](Case& c) {
         c.device.region = region::find("EU_863_870", PhyVersion::rp001_v1_0_3_rev_a);
       }},
  };
  for (const Denied& row : rows) {
    SCOPED_TRACE(row.name);
    Case made({0, 0, 3}, uplinks(10, 0, -10, 2), lr_fhss_device());
    made.before = uplinks(1, 9, std::nullopt);
    ASSERT_EQ(of(made.decide()).data_rate, 8);
    row.deny(made);
    EXPECT_EQ(made.decide().reason, Reason::lowest);
    EXPECT_EQ(of(made.decide()).data_rate, 0);
  }
}

TEST(TwoWayAdr, LrFhssIsAdaptedByItsLosses) {
  const Row rows[] = {
      {"kept", {9, 0, 1}, uplinks(20, 9, std::nullopt), Reason::lr_fhss_kept, {9, 0, 1}},
      {"an SNR means nothing", {9, 3, 1}, uplinks(20, 9, 20), Reason::lr_fhss_kept, {9, 3, 1}},
      {"power first", {9, 3, 3}, uplinks(10, 9, std::nullopt, 2), Reason::power_first, {9, 0, 3}},
      {"transmissions",
       {9, 0, 1},
       uplinks(10, 9, std::nullopt, 2),
       Reason::transmissions_first,
       {9, 0, 3}},
      {"then the stronger code",
       {9, 0, 3},
       uplinks(10, 9, std::nullopt, 2),
       Reason::lowered,
       {8, 0, 3}},
      {"of the same width",
       {11, 0, 3},
       uplinks(10, 11, std::nullopt, 2),
       Reason::lowered,
       {10, 0, 3}},
      {"nothing is stronger",
       {8, 0, 3},
       uplinks(10, 8, std::nullopt, 2),
       Reason::lowest,
       {8, 0, 3}},
      {"and never up again",
       {8, 0, 1},
       uplinks(20, 8, std::nullopt),
       Reason::lr_fhss_kept,
       {8, 0, 1}},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const Decision decision = Case(row.has, row.history, lr_fhss_device()).decide();
    EXPECT_EQ(decision.reason, row.reason) << to_string(decision.reason);
    EXPECT_EQ(of(decision), row.gets);
  }
}

TEST(TwoWayAdr, TheStrongerCodeMayBeOfAnotherWidth) {
  Case made({11, 0, 3}, uplinks(10, 11, std::nullopt, 2), lr_fhss_device());
  made.state.rejected.adr_data_rate_indexes = {dr(10)};
  EXPECT_EQ(of(made.decide()), (Parameters{8, 0, 3}));
}

TEST(TwoWayAdr, BoundsTakeADeviceOffLrFhss) {
  Case made({9, 3, 1}, uplinks(3, 9, std::nullopt), lr_fhss_device());
  made.settings.max_data_rate_index = dr(4);
  EXPECT_EQ(of(made.decide()), (Parameters{0, 0, 1}));
  EXPECT_EQ(made.decide().reason, Reason::adapted);
  made.state.rejected.adr_data_rate_indexes = {dr(0), dr(1), dr(2), dr(3), dr(4)};
  EXPECT_EQ(made.decide().reason, Reason::no_allowed_data_rate);
  EXPECT_EQ(of(made.decide()), (Parameters{9, 3, 1}));
  made.settings.min_tx_power_index = power(12);
  EXPECT_EQ(made.decide().reason, Reason::no_allowed_tx_power);
}

TEST(ReachFloor, PutsLoraAndLrFhssOnOneScale) {
  EXPECT_EQ(reach_floor_db(LoraDataRate{12, 125'000}), -20.0F);
  EXPECT_EQ(reach_floor_db(LrFhssDataRate{137'000, CodingRate::cr1_3, 0}), -20.0F);
  EXPECT_EQ(reach_floor_db(LrFhssDataRate{336'000, CodingRate::cr2_3, 0}), -17.5F);
  EXPECT_FALSE(reach_floor_db(LrFhssDataRate{137'000, CodingRate::cr1_2, 0}));
  EXPECT_FALSE(reach_floor_db(FskDataRate{50'000}));
}

// --- Over time -------------------------------------------------------------------------------

/// A device on a path whose SNR at full power changes; it does what it is told.
class Path {
 public:
  explicit Path(Algorithm algorithm) : algorithm_(algorithm) {}

  /// One uplink at this SNR at full power; whether it was heard. What could not be demodulated is
  /// lost.
  bool send(float snr_at_full_power_db) {
    const auto& has = state_.current;
    const float snr =
        snr_at_full_power_db - tx_power_step(*device_.region, power(0), has.adr_tx_power_index);
    const float floor = *demodulation_floor_db(
        device_.region->data_rate(has.adr_data_rate_index, region::Direction::uplink)->data_rate);
    ++f_cnt_;
    if (snr < floor) return false;
    RecentUplink uplink;
    uplink.adr = true;
    uplink.f_cnt = FCnt32{f_cnt_};
    uplink.data_rate_index = has.adr_data_rate_index;
    uplink.max_snr_db = snr;
    state_ = record_uplink(std::move(state_), uplink, device_.profile(), algorithm_).next;
    const bool changes = state_.current != state_.desired;
    if (changes) {
      ++changes_;
      lowered_ += state_.desired.adr_data_rate_index < state_.current.adr_data_rate_index;
      state_.current = state_.desired;
      state_.last_adr_change_f_cnt_up = FCnt32{f_cnt_ + 1};
    }
    return true;
  }
  int data_rate() const { return state_.current.adr_data_rate_index.value(); }
  int changes() const { return changes_; }
  int lowered() const { return lowered_; }

 private:
  Device device_;
  MacState state_ = device_.settled();
  Algorithm algorithm_;
  std::uint32_t f_cnt_ = 0;
  int changes_ = 0;
  int lowered_ = 0;
};

TEST(TwoWayAdrOverTime, AFadingLinkIsFollowedDownAndUpAgain) {
  Path path(two_way_adr);
  Path reference(reference_adr);
  const auto fade = [](Path& on, float from, float to) {
    int heard = 0;
    for (int i = 0; i <= 300; ++i)
      heard += on.send(from + (to - from) * static_cast<float>(i) / 300);
    return heard;
  };
  EXPECT_EQ(fade(path, 20, 20), 301);
  EXPECT_EQ(fade(reference, 20, 20), 301);
  EXPECT_EQ(path.data_rate(), 5);
  EXPECT_EQ(fade(path, 20, -15), 301) << "nothing is lost";
  EXPECT_LT(fade(reference, 20, -15), 250) << "below the floor of SF7 all is";
  EXPECT_EQ(path.data_rate(), 0);
  EXPECT_EQ(fade(path, -15, 20), 301);
  EXPECT_EQ(path.data_rate(), 5);
}

TEST(TwoWayAdrOverTime, AnSnrThatVariesByTenDecibelsSettles) {
  for (int mean = -18; mean <= 20; ++mean) {
    Path path(two_way_adr);
    std::mt19937 random(static_cast<unsigned>(mean + 100));
    const auto vary = [&] {
      return static_cast<float>(mean) - 5 + static_cast<float>(random() % 1000) / 100;
    };
    for (int i = 0; i < 200; ++i) path.send(vary());
    const int before = path.lowered();
    const int rate = path.data_rate();
    for (int i = 0; i < 500; ++i) path.send(vary());
    EXPECT_EQ(path.lowered(), before) << mean;
    EXPECT_GE(path.data_rate(), rate) << mean;
  }
}

TEST(TwoWayAdrOverTime, HoweverTheSnrVariesDataRatesAreRaisedOncePerTwentyUplinksAtMost) {
  Path path(two_way_adr);
  std::mt19937 random(7);
  for (int i = 0; i < 2000; ++i) {
    const float block = (i / 13) % 2 == 0 ? 8.0F : -4.0F;  // as unkind as can be
    path.send(block + static_cast<float>(random() % 20) / 10);
  }
  EXPECT_LE(path.lowered(), 2000 / 20);
  EXPECT_GT(path.lowered(), 0);
}

TEST(TwoWayAdrOverTime, ARecordedHistoryGivesTheSameDecisionsAgain) {
  const Device device;
  std::mt19937 random(3);
  std::vector<RecentUplink> recorded;
  for (std::uint32_t i = 0; i < 300; ++i) {
    RecentUplink uplink = uplinks(1, static_cast<int>(random() % 3), -20)[0];
    uplink.f_cnt = FCnt32{2 * i + static_cast<std::uint32_t>(random() % 2)};
    uplink.max_snr_db = -20 + static_cast<float>(random() % 400) / 10;
    recorded.push_back(uplink);
  }
  for (const Algorithm algorithm : {reference_adr, two_way_adr}) {
    std::vector<Decision> decisions[2];
    for (auto& list : decisions) {
      MacState state = device.settled();
      for (const RecentUplink& uplink : recorded) {
        auto adapted = record_uplink(std::move(state), uplink, device.profile(), algorithm);
        state = std::move(adapted.next);
        list.push_back(adapted.decision);
      }
    }
    EXPECT_EQ(decisions[0], decisions[1]);
  }
}

}  // namespace
}  // namespace ff::mac::adr
