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

}  // namespace
}  // namespace ff::sim
