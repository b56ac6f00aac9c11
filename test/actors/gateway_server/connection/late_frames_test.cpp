#include "actors/gateway_server/connection/late_frames.hpp"

#include <gtest/gtest.h>

namespace ff::gateway_server {
namespace {

using namespace std::chrono_literals;

const UtcTime noon{Duration{1'700'000'000s}};

/// A gateway whose counter was `counter_at_noon` at noon, when the last sample was taken.
struct Judge {
  explicit Judge(std::uint32_t counter_at_noon = 3'000'000'000) : start(counter_at_noon) {
    clock.sync(start, noon);
  }
  /// A frame heard at `heard` that arrives at `now`, both after noon.
  LateFrames::Verdict judge(Duration heard, Duration now, std::optional<Duration> gps = {},
                            std::optional<Duration> gateway_time = {}) {
    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(heard).count();
    const auto at = [](std::optional<Duration> time) {
      return time ? std::optional(noon + *time) : std::nullopt;
    };
    return frames.judge(clock, {start + static_cast<std::uint32_t>(us), at(gps), at(gateway_time)},
                        noon + now);
  }
  std::uint32_t start;
  schedule::RolloverClock clock;
  LateFrames frames;
};

struct Case {
  const char* name;
  Duration heard;
  Duration now;
  bool may_sync;
  bool is_late;
};

TEST(LateFrames, AreThoseWhoseCounterIsBehind) {
  const Case cases[] = {
      {"at once", 60s, 60s + 50ms, true, false},
      {"slow network", 60s, 61s + 900ms, true, false},
      {"delayed, windows may be open", 60s, 66s, false, false},
      {"too late for any window", 60s, 77s, false, true},
      {"before the last sample", -20s, 10s, false, true},
      {"half an hour", 60s, 31min, false, true},
      {"the gateway is ahead", 63s, 60s, true, false},
      {"silent for hours", 3h, 3h + 100ms, true, false},
  };
  for (const auto& row : cases) {
    Judge judge;
    const auto verdict = judge.judge(row.heard, row.now);
    EXPECT_EQ(verdict.may_sync(), row.may_sync) << row.name;
    EXPECT_EQ(verdict.is_late(), row.is_late) << row.name;
  }
  Judge judge;
  EXPECT_EQ(judge.judge(60s, 77s).age, 17s);
}

TEST(LateFrames, AreNotThoseOfARestartedGateway) {
  Judge judge;
  schedule::RolloverClock& clock = judge.clock;
  // Ten minutes after the last sample the counter has run for eight: it was started in between.
  const auto counter = static_cast<std::uint32_t>(480'000'000);
  EXPECT_TRUE(judge.frames.judge(clock, {counter}, noon + 10min).may_sync());
  // For twelve: it was not.
  judge.start = 700'000'000;
  clock = {};
  clock.sync(judge.start, noon);
  EXPECT_FALSE(judge.judge(20s, 10min).may_sync());
}

TEST(LateFrames, AreSeenAcrossTheCountersWrap) {
  Judge judge(0xffffffff - 10'000'000);
  EXPECT_TRUE(judge.judge(20s, 20s).may_sync());
  EXPECT_TRUE(judge.judge(5s, 40s).is_late());
}

TEST(LateFrames, AreJudgedByGpsWhereThereIsOne) {
  Judge judge;
  EXPECT_TRUE(judge.judge(-5min, 60s, 60s).may_sync());
  EXPECT_TRUE(judge.judge(60s, 60s, 20s).is_late());
  schedule::RolloverClock unsynced;
  EXPECT_TRUE(LateFrames().judge(unsynced, {1, noon - 1h}, noon).is_late());
  EXPECT_TRUE(LateFrames().judge(unsynced, {1}, noon).may_sync());
}

TEST(LateFrames, AreJudgedByTheGatewaysOwnTimeWhereItsCounterTellsNothing) {
  struct Row {
    const char* name;
    std::optional<Duration> heard;  // before noon, by the gateway's time
    bool is_late;
  };
  const Row rows[] = {
      {"no time", {}, false},        {"now", 0s, false},
      {"not too old", 16s, false},   {"too old", 17s, true},
      {"half a day", 12h, true},     {"its time was never set", 25h, false},
      {"in the future", -1h, false},
  };
  const schedule::RolloverClock unsynced;
  for (const auto& row : rows) {
    std::optional<UtcTime> time;
    if (row.heard) time = noon - *row.heard;
    EXPECT_EQ(LateFrames().judge(unsynced, {1, {}, time}, noon).is_late(), row.is_late) << row.name;
  }
  // A counter that runs on is a better witness.
  Judge judge;
  EXPECT_TRUE(
      judge.frames.judge(judge.clock, {judge.start + 60'000'000, {}, noon}, noon + 60s).may_sync());
}

/// A counter is the same after 71 min 35 s, and after half of that it is nearer to the next round.
TEST(LateFrames, AreJudgedByBothClocksWhereTheCounterKnowsNoPeriods) {
  struct Row {
    const char* name;
    Duration heard;
    Duration now;
    Duration gateway_time;  // what the gateway says of `heard`
    Duration age;
  };
  constexpr Duration period = schedule::RolloverClock::counter_period;
  const Row rows[] = {
      {"younger than half a period", 20min, 45min, 20min, 25min},
      {"older", 5min, 45min, 5min, 40min},
      {"older, by a clock that is a little wrong", 5min, 45min, 5min + 20s, 39min + 40s},
      {"one period", 1min - period, 1min, 1min - period, period},
      {"more than two periods", -75s - 2 * period, 0s, -75s - 2 * period, 75s + 2 * period},
      {"at once, by a clock of another zone", 1min, 1min, 1min - 2h, 0s},
      {"late, by a clock of another zone", 20s, 1min, 20s - 2h, 40s},
      {"at once, by a clock that was never set", 1min, 1min, -1000h, 0s},
  };
  for (const auto& row : rows) {
    Judge judge;
    EXPECT_EQ(judge.judge(row.heard, row.now, {}, row.gateway_time).age, row.age) << row.name;
  }
}

/// Its counter says so of one frame; it is restarted later, or wraps, and then says nothing.
TEST(LateFrames, AreNotThoseOfAGatewayWhoseClockIsKnownToBeWrong) {
  Judge judge;
  EXPECT_EQ(judge.judge(60s, 60s, {}, 60s - 2h).age, 0s);
  judge.clock.sync(judge.start + 60'000'000, noon + 60s);
  judge.start = static_cast<std::uint32_t>(-60'000'000);
  EXPECT_EQ(judge.judge(70s, 100s, {}, 100s - 2h).age, 0s);
  EXPECT_EQ(judge.judge(70s, 100s, {}, 70s - 2h).age, 30s);
}

/// The server's clock was set forward, or the gateway's GPS does not know of leap seconds.
TEST(LateFrames, AreNotThoseOfAGatewayThatIsAlwaysBehind) {
  Judge judge;
  EXPECT_TRUE(judge.judge(60s, 80s).is_late());
  EXPECT_TRUE(judge.judge(65s, 85s + 100ms).is_late());
  EXPECT_TRUE(judge.judge(72s, 92s).may_sync());
}

TEST(LateFrames, AreThoseOfAFlushedBuffer) {
  Judge judge;
  // Ten minutes of frames arrive within three seconds, the newest last.
  for (int i = 0; i < 100; ++i) {
    const auto verdict = judge.judge(10s + i * 5s, 600s + i * 30ms);
    EXPECT_FALSE(verdict.may_sync()) << i;
    EXPECT_TRUE(verdict.is_late()) << i;
  }
  EXPECT_TRUE(judge.judge(604s, 604s).may_sync());
}

}  // namespace
}  // namespace ff::gateway_server
