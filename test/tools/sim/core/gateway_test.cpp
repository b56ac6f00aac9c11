#include "tools/sim/core/gateway.hpp"

#include <gtest/gtest.h>

namespace ff::sim {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr MonoTime now{seconds{5000}};

class GatewayQueue : public testing::Test {
 protected:
  TxRequest request(Duration ahead) const {
    TxRequest request;
    request.tmst = gateway_.counter(now + ahead);
    request.frequency = Frequency::hz(868'100'000);
    request.data_rate = LoraDataRate{7, 125'000};
    request.phy_payload = Bytes(20, 0x60);
    return request;
  }
  TxError ask(Duration ahead) {
    auto wanted = request(ahead);
    return gateway_.schedule(wanted, now).error;
  }
  // The counter wraps within these tests.
  SimGateway gateway_{GatewayEui{1}, UINT32_MAX - 5'000'500'000U % UINT32_MAX};
};

TEST_F(GatewayQueue, sends_at_the_counter_s_reading) {
  auto wanted = request(seconds{1});
  const auto decision = gateway_.schedule(wanted, now);
  ASSERT_EQ(decision.error, TxError::none);
  EXPECT_EQ(decision.emission->start, now + seconds{1});
  EXPECT_EQ(decision.emission->phy_payload.size(), 20U);
  EXPECT_EQ(decision.lead, seconds{1});
}

TEST_F(GatewayQueue, refuses_what_comes_too_late_or_too_early) {
  struct Row {
    Duration ahead;
    TxError expected;
  };
  const Row rows[] = {
      {-milliseconds{1}, TxError::too_late},
      {Duration{0}, TxError::too_late},
      {transmit_lead - microseconds{1}, TxError::too_late},
      {transmit_lead, TxError::none},
      {seconds{15}, TxError::none},
      {seconds{513}, TxError::too_early},
  };
  for (const auto& row : rows) EXPECT_EQ(ask(row.ahead), row.expected) << row.ahead.count();
}

TEST_F(GatewayQueue, refuses_what_overlaps) {
  EXPECT_EQ(ask(seconds{1}), TxError::none);
  EXPECT_EQ(ask(seconds{1}), TxError::collision_packet);
  EXPECT_EQ(ask(seconds{1} + milliseconds{30}), TxError::collision_packet);
  EXPECT_EQ(ask(seconds{1} - milliseconds{30}), TxError::collision_packet);
  EXPECT_EQ(ask(seconds{1} + milliseconds{80}), TxError::none);
}

TEST_F(GatewayQueue, forgets_what_was_sent) {
  EXPECT_EQ(ask(seconds{1}), TxError::none);
  auto wanted = request(seconds{2});
  EXPECT_EQ(gateway_.schedule(wanted, now + seconds{1} + milliseconds{500}).error, TxError::none);
}

TEST_F(GatewayQueue, has_no_gps) {
  TxRequest wanted = request(seconds{1});
  wanted.tmst.reset();
  wanted.gps_ms = 1;
  EXPECT_EQ(gateway_.schedule(wanted, now).error, TxError::gps_unlocked);
}

TEST(GatewayClock, drifts_and_is_asked_in_its_own_time) {
  for (const std::int32_t ppb : {20'000, -20'000}) {
    SimGateway gateway(GatewayEui{1}, 0, ppb);
    const auto at = MonoTime{std::chrono::hours{1}};
    const auto gained = static_cast<std::int32_t>(gateway.counter(at) - 3'600'000'000U);
    EXPECT_EQ(gained, ppb * 36 / 10);  // 72 ms an hour
    TxRequest request;
    request.tmst = gateway.counter(at) + 5'000'000;
    request.frequency = Frequency::hz(868'100'000);
    request.data_rate = LoraDataRate{7, 125'000};
    request.phy_payload = Bytes(20, 0x60);
    const auto decision = gateway.schedule(request, at);
    ASSERT_EQ(decision.error, TxError::none);
    // Five seconds of a counter that is fast are over before five of ours.
    EXPECT_EQ(decision.emission->start - at, seconds{5} - microseconds{ppb / 200});
    const auto shown = gateway.counter(decision.emission->start);
    EXPECT_LE(std::abs(static_cast<std::int32_t>(shown - *request.tmst)), 1);
  }
}

TEST(GatewayClock, starts_at_zero_after_a_power_cut_and_forgets_its_queue) {
  SimGateway gateway(GatewayEui{1}, 77);
  TxRequest request;
  request.tmst = gateway.counter(now) + 1'000'000;
  request.frequency = Frequency::hz(868'100'000);
  request.data_rate = LoraDataRate{7, 125'000};
  request.phy_payload = Bytes(20, 0x60);
  ASSERT_EQ(gateway.schedule(request, now).error, TxError::none);
  gateway.downlink_path_open = true;
  gateway.restart(now);
  EXPECT_FALSE(gateway.is_up(now + boot_time - microseconds{1}));
  EXPECT_TRUE(gateway.is_up(now + boot_time));
  EXPECT_FALSE(gateway.downlink_path_open);
  EXPECT_EQ(gateway.restarts(), 1U);
  EXPECT_EQ(gateway.counter(now + seconds{20}), 20'000'000U);
}

}  // namespace
}  // namespace ff::sim
