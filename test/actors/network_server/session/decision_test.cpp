#include "actors/network_server/session/decision.hpp"

#include <gtest/gtest.h>

#include <set>

namespace ff::network_server {
namespace {

const UtcTime start{std::chrono::seconds{1'700'000'000}};
UtcTime at(int seconds) {
  return start + std::chrono::seconds{seconds};
}
UplinkJudged accepted(std::uint32_t f_cnt) {
  return {.f_cnt = FCnt32{f_cnt}, .error = {}};
}
std::vector<std::uint32_t> counters(const Decisions& decisions) {
  std::vector<std::uint32_t> out;
  for (const auto& decision : decisions)
    out.push_back(std::get<UplinkJudged>(decision.value).f_cnt.value());
  return out;
}

TEST(DecisionLog, KeepsTheLastInOrder) {
  DecisionLog log;
  for (std::uint32_t i = 1; i <= 20; ++i) log.note(at(static_cast<int>(i)), accepted(i));
  const auto kept = log.list();
  ASSERT_EQ(kept.size(), DecisionLog::size_max);
  std::vector<std::uint32_t> expected;
  for (std::uint32_t i = 5; i <= 20; ++i) expected.push_back(i);
  EXPECT_EQ(counters(kept), expected);
  EXPECT_EQ(kept.back().at, at(20));
}

TEST(DecisionLog, CountsTheSameInARow) {
  DecisionLog log;
  for (int i = 0; i < 3; ++i) log.note(at(i), DownlinkNotSent{NoDownlink::nothing_to_send});
  log.note(at(3), DownlinkNotSent{NoDownlink::too_late});
  log.note(at(4), DownlinkNotSent{NoDownlink::nothing_to_send});
  const auto kept = log.list();
  ASSERT_EQ(kept.size(), 3U);
  EXPECT_EQ(kept[0].times, 3U);
  EXPECT_EQ(kept[0].at, at(2));
  EXPECT_EQ(kept[1].times, 1U);
}

TEST(DecisionLog, GoesOnAfterWhatWasKept) {
  DecisionLog before;
  for (std::uint32_t i = 1; i <= 17; ++i) before.note(at(0), accepted(i));
  DecisionLog log(before.list());
  log.note(at(1), accepted(18));
  log.note(at(1), accepted(18));
  const auto kept = log.list();
  EXPECT_EQ(counters(kept).front(), 3U);
  EXPECT_EQ(counters(kept).back(), 18U);
  EXPECT_EQ(kept.back().times, 2U);
  EXPECT_EQ(kept.size(), DecisionLog::size_max);
}

TEST(DecisionNames, AreDistinct) {
  std::set<std::string_view> verdicts;
  std::set<std::string_view> reasons;
  for (std::size_t i = 0; i < uplink_verdict_count; ++i)
    verdicts.insert(to_string(static_cast<UplinkVerdict>(i)));
  for (std::size_t i = 0; i < no_downlink_count; ++i)
    reasons.insert(to_string(static_cast<NoDownlink>(i)));
  EXPECT_EQ(verdicts.size(), uplink_verdict_count);
  EXPECT_EQ(reasons.size(), no_downlink_count);
  EXPECT_EQ(to_string(UplinkVerdict::mic_mismatch), "mic_mismatch");
  EXPECT_EQ(to_string(NoDownlink::join_server_silent), "join_server_silent");
  EXPECT_EQ(to_string(NoDownlink::gateways_busy), "gateways_busy");
}

}  // namespace
}  // namespace ff::network_server
