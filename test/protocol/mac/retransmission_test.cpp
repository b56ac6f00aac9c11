#include "protocol/mac/retransmission.hpp"

#include <gtest/gtest.h>

namespace ff::mac {
namespace {

RecentUplink frame(std::uint32_t f_cnt, std::uint64_t hash, bool confirmed = false) {
  RecentUplink uplink;
  uplink.f_cnt = FCnt32{f_cnt};
  uplink.payload_hash = hash;
  uplink.confirmed = confirmed;
  return uplink;
}

struct Row {
  const char* name;
  MacVersion version;
  std::uint8_t nb_trans;
  int earlier;  // identical frames already received
  bool confirmed;
  RepetitionVerdict expected;
};

TEST(Retransmission, CountsAgainstWhatTheDeviceMayDo) {
  const Row rows[] = {
      {"first", MacVersion::v1_0_3, 1, 0, false, {Repetition::original, 1, 1}},
      {"second of one", MacVersion::v1_0_3, 1, 1, false, {Repetition::too_often, 2, 1}},
      {"second of two", MacVersion::v1_0_3, 2, 1, false, {Repetition::repeated, 2, 2}},
      {"third of three", MacVersion::v1_0_4, 3, 2, false, {Repetition::repeated, 3, 3}},
      {"NbTrans 0 means 1", MacVersion::v1_0_4, 0, 1, false, {Repetition::too_often, 2, 1}},
      {"confirmed before 1.0.4", MacVersion::v1_0_3, 1, 14, true, {Repetition::repeated, 15, 15}},
      {"confirmed before 1.0.4, once more",
       MacVersion::v1_0_3,
       1,
       15,
       true,
       {Repetition::too_often, 16, 15}},
      {"confirmed 1.0.4 follows NbTrans",
       MacVersion::v1_0_4,
       2,
       2,
       true,
       {Repetition::too_often, 3, 2}},
      {"confirmed 1.1 follows NbTrans", MacVersion::v1_1, 3, 2, true, {Repetition::repeated, 3, 3}},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    MacState state;
    state.lorawan_version = row.version;
    state.current.adr_nb_trans = row.nb_trans;
    push_recent(state, frame(6, 1));
    for (int i = 0; i < row.earlier; ++i) push_recent(state, frame(7, 42, row.confirmed));
    EXPECT_EQ(judge_repetition(state, frame(7, 42, row.confirmed)), row.expected);
  }
}

TEST(Retransmission, OtherPayloadWithTheSameCounterIsNoRepetition) {
  MacState state;
  state.lorawan_version = MacVersion::v1_0_3;
  state.current.adr_nb_trans = 3;
  push_recent(state, frame(7, 42));
  EXPECT_EQ(judge_repetition(state, frame(7, 43)).repetition, Repetition::other_payload);
  EXPECT_EQ(judge_repetition(state, frame(7, 42, true)).repetition, Repetition::other_payload);
  EXPECT_EQ(judge_repetition(state, frame(8, 42)).repetition, Repetition::original);
}

TEST(Retransmission, OnlyTheNewestRunCounts) {
  MacState state;
  state.current.adr_nb_trans = 3;
  push_recent(state, frame(7, 42));
  push_recent(state, frame(8, 1));
  push_recent(state, frame(7, 42));  // after a counter reset
  EXPECT_EQ(judge_repetition(state, frame(7, 42)).transmission, 2U);
}

TEST(Retransmission, AJoinRequestIsNeverRepeatedByAnUplink) {
  MacState state;
  RecentUplink join = frame(0, 42);
  join.is_data = false;
  push_recent(state, join);
  EXPECT_EQ(judge_repetition(state, frame(0, 42)).repetition, Repetition::original);
}

TEST(Retransmission, TheLimitOfConfirmedFramesIsConfigurable) {
  MacState state;
  state.lorawan_version = MacVersion::v1_0_2;
  for (int i = 0; i < 5; ++i) push_recent(state, frame(7, 42, true));
  EXPECT_EQ(judge_repetition(state, frame(7, 42, true), 5).repetition, Repetition::too_often);
  EXPECT_EQ(judge_repetition(state, frame(7, 42, true), 6).repetition, Repetition::repeated);
}

TEST(RecentFrames, AreBoundedNewestFirst) {
  MacState state;
  for (std::uint32_t i = 0; i < 30; ++i) {
    push_recent(state, frame(i, i));
    RecentDownlink downlink;
    downlink.f_cnt = FCnt32{i};
    downlink.correlation_ids = {"ns:downlink:" + std::to_string(i)};
    push_recent(state, downlink);
  }
  ASSERT_EQ(state.recent_uplinks.size(), recent_uplinks_max);
  EXPECT_EQ(state.recent_uplinks.front().f_cnt, FCnt32{29});
  EXPECT_EQ(state.recent_uplinks.back().f_cnt, FCnt32{10});
  ASSERT_EQ(state.recent_downlinks.size(), recent_downlinks_max);
  EXPECT_EQ(state.recent_downlinks.front().correlation_ids.size(), 1U);
  EXPECT_TRUE(state.recent_downlinks[1].correlation_ids.empty());
}

TEST(StickyAnswer, AsksForADownlink) {
  MacState state;
  EXPECT_FALSE(has_sticky_answer(state));
  state.recent_mac_command_identifiers = {Cid::link_adr, Cid::dev_status};
  EXPECT_FALSE(has_sticky_answer(state));
  state.recent_mac_command_identifiers.push_back(Cid::rx_timing_setup);
  EXPECT_TRUE(has_sticky_answer(state));
}

}  // namespace
}  // namespace ff::mac
