#include "actors/network_server/shard/deduplicator.hpp"

#include <gtest/gtest.h>

namespace ff::network_server {
namespace {

using std::chrono::milliseconds;

MonoTime at(milliseconds since_start) {
  return MonoTime{std::chrono::seconds{10} + since_start};
}

std::shared_ptr<const UplinkFrame> copy(Bytes payload, const std::string& gateway,
                                        Frequency frequency = Frequency::hz(868'100'000)) {
  UplinkFrame frame;
  frame.phy_payload = std::move(payload);
  frame.settings.frequency = frequency;
  frame.settings.data_rate = LoraDataRate{7, 125'000, CodingRate::cr4_5};
  frame.rx_metadata.emplace_back();
  frame.rx_metadata.back().gateway.gateway_id = GatewayId(gateway);
  return std::make_shared<const UplinkFrame>(std::move(frame));
}

TEST(Deduplicator, CollectsCopiesUntilTheWindowCloses) {
  Deduplicator windows({});
  EXPECT_EQ(windows.add(copy({1, 2}, "gw-1"), at(milliseconds{0})).outcome, CopyOutcome::first);
  EXPECT_EQ(windows.add(copy({1, 2}, "gw-2"), at(milliseconds{100})).outcome,
            CopyOutcome::collected);
  EXPECT_TRUE(windows.close(at(milliseconds{199})).empty());
  auto closed = windows.close(at(milliseconds{200}));
  ASSERT_EQ(closed.size(), 1U);
  ASSERT_EQ(closed[0].rx_metadata.size(), 2U);
  EXPECT_EQ(closed[0].rx_metadata[1].gateway.gateway_id.text(), "gw-2");
}

TEST(Deduplicator, WhatARelayHeardIsAnotherRound) {
  const auto relayed = [](const char* relay) {
    auto frame = *copy({1}, "relay");
    frame.rx_metadata[0].relay = RelayMetadata{DeviceId(relay), 0};
    return std::make_shared<const UplinkFrame>(std::move(frame));
  };
  Deduplicator windows({});
  EXPECT_EQ(windows.add(copy({1}, "gw-1"), at(milliseconds{0})).outcome, CopyOutcome::first);
  EXPECT_EQ(windows.add(relayed("relay-1"), at(milliseconds{100})).outcome, CopyOutcome::first);
  EXPECT_EQ(windows.add(relayed("relay-2"), at(milliseconds{150})).outcome, CopyOutcome::collected)
      << "relays are one round";
  EXPECT_EQ(windows.add(copy({1}, "gw-2"), at(milliseconds{150})).outcome, CopyOutcome::collected);
  EXPECT_EQ(windows.close(at(milliseconds{300})).size(), 2U);
}

TEST(Deduplicator, KnowsLateCopiesUntilItHasCooledDown) {
  Deduplicator windows({});
  windows.add(copy({1}, "gw-1"), at(milliseconds{0}));
  windows.close(at(milliseconds{200}));
  EXPECT_EQ(windows.add(copy({1}, "gw-2"), at(milliseconds{900})).outcome, CopyOutcome::late);
  windows.close(at(milliseconds{1200}));
  EXPECT_TRUE(windows.empty());
  EXPECT_EQ(windows.add(copy({1}, "gw-2"), at(milliseconds{1201})).outcome, CopyOutcome::first);
}

TEST(Deduplicator, TakesAnotherChannelForAnotherFrame) {
  Deduplicator windows({});
  windows.add(copy({1}, "gw-1"), at(milliseconds{0}));
  EXPECT_EQ(windows.add(copy({1}, "gw-1", Frequency::hz(868'300'000)), at(milliseconds{1})).outcome,
            CopyOutcome::first);
}

TEST(Deduplicator, KeepsTheNewestMetadataOfACrowd) {
  Deduplicator windows({});
  for (int i = 0; i < 80; ++i)
    windows.add(copy({1}, "gw-" + std::to_string(i)), at(milliseconds{1}));
  auto closed = windows.close(at(milliseconds{300}));
  ASSERT_EQ(closed.size(), 1U);
  ASSERT_EQ(closed[0].rx_metadata.size(), 50U);
  EXPECT_EQ(closed[0].rx_metadata.back().gateway.gateway_id.text(), "gw-79");
}

TEST(Deduplicator, RefusesNewFramesAboveItsBound) {
  Deduplicator windows({.windows_max = 2});
  windows.add(copy({1}, "gw-1"), at(milliseconds{0}));
  windows.add(copy({2}, "gw-1"), at(milliseconds{0}));
  EXPECT_EQ(windows.add(copy({3}, "gw-1"), at(milliseconds{0})).outcome, CopyOutcome::refused);
  EXPECT_EQ(windows.add(copy({2}, "gw-2"), at(milliseconds{0})).outcome, CopyOutcome::collected);
}

}  // namespace
}  // namespace ff::network_server
