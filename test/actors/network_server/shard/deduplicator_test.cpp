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

struct Windows : Deduplicator {
  explicit Windows(DeduplicationLimits limits = {})
      : Deduplicator(limits, *make_seeded_random(1)) {}
};

TEST(Deduplicator, CollectsCopiesUntilTheWindowCloses) {
  Windows windows;
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
  Windows windows;
  EXPECT_EQ(windows.add(copy({1}, "gw-1"), at(milliseconds{0})).outcome, CopyOutcome::first);
  EXPECT_EQ(windows.add(relayed("relay-1"), at(milliseconds{100})).outcome, CopyOutcome::first);
  EXPECT_EQ(windows.add(relayed("relay-2"), at(milliseconds{150})).outcome, CopyOutcome::collected)
      << "relays are one round";
  EXPECT_EQ(windows.add(copy({1}, "gw-2"), at(milliseconds{150})).outcome, CopyOutcome::collected);
  EXPECT_EQ(windows.close(at(milliseconds{300})).size(), 2U);
}

TEST(Deduplicator, KnowsLateCopiesUntilItHasCooledDown) {
  Windows windows;
  windows.add(copy({1}, "gw-1"), at(milliseconds{0}));
  windows.close(at(milliseconds{200}));
  EXPECT_EQ(windows.add(copy({1}, "gw-2"), at(milliseconds{900})).outcome, CopyOutcome::late);
  windows.close(at(milliseconds{1200}));
  EXPECT_TRUE(windows.empty());
  EXPECT_EQ(windows.add(copy({1}, "gw-2"), at(milliseconds{1201})).outcome, CopyOutcome::first);
}

/// As its gateway's connection has it: the frame took so long from there to here.
std::shared_ptr<const UplinkFrame> kept_for(milliseconds age, const std::string& gateway) {
  auto frame = *copy({1}, gateway);
  frame.received_at = UtcTime{std::chrono::seconds{1'700'000'000}};
  frame.rx_metadata[0].received_at = frame.received_at - age;
  return std::make_shared<const UplinkFrame>(std::move(frame));
}

TEST(Deduplicator, TakesARepetitionWithinTheWindowForAnotherFrame) {
  Windows windows;
  const auto outcome = [&](const std::shared_ptr<const UplinkFrame>& frame, milliseconds when) {
    return windows.add(frame, at(when)).outcome;
  };
  // Only a slow gateway has heard the first transmission.
  EXPECT_EQ(outcome(kept_for(milliseconds{1700}, "slow"), milliseconds{1700}), CopyOutcome::first);
  EXPECT_EQ(outcome(kept_for(milliseconds{50}, "quick"), milliseconds{2150}), CopyOutcome::first);
  EXPECT_EQ(windows.close(at(milliseconds{1900})).size(), 1U);
  EXPECT_EQ(outcome(kept_for(milliseconds{2160}, "slower"), milliseconds{2160}), CopyOutcome::late)
      << "of the first";
  EXPECT_EQ(outcome(kept_for(milliseconds{90}, "third"), milliseconds{2190}),
            CopyOutcome::collected)
      << "of the second";
  const auto closed = windows.close(at(milliseconds{2400}));
  ASSERT_EQ(closed.size(), 1U);
  EXPECT_EQ(closed[0].rx_metadata.size(), 2U);
}

TEST(Deduplicator, KnowsCopiesOfTheSecondTransmissionWhenTheFirstIsForgotten) {
  Windows windows;
  const auto outcome = [&](const std::shared_ptr<const UplinkFrame>& frame, milliseconds when) {
    windows.close(at(when));
    return windows.add(frame, at(when)).outcome;
  };
  EXPECT_EQ(outcome(kept_for(milliseconds{1700}, "slow"), milliseconds{1700}), CopyOutcome::first);
  EXPECT_EQ(outcome(kept_for(milliseconds{50}, "quick"), milliseconds{2850}), CopyOutcome::first);
  EXPECT_EQ(outcome(kept_for(milliseconds{110}, "third"), milliseconds{2910}),
            CopyOutcome::collected);
  EXPECT_EQ(outcome(kept_for(milliseconds{900}, "late"), milliseconds{3700}), CopyOutcome::late);
  EXPECT_EQ(windows.size(), 1U);
}

TEST(Deduplicator, TakesAnotherChannelForAnotherFrame) {
  Windows windows;
  windows.add(copy({1}, "gw-1"), at(milliseconds{0}));
  EXPECT_EQ(windows.add(copy({1}, "gw-1", Frequency::hz(868'300'000)), at(milliseconds{1})).outcome,
            CopyOutcome::first);
}

TEST(Deduplicator, KeepsTheNewestMetadataOfACrowd) {
  Windows windows;
  for (int i = 0; i < 80; ++i)
    windows.add(copy({1}, "gw-" + std::to_string(i)), at(milliseconds{1}));
  auto closed = windows.close(at(milliseconds{300}));
  ASSERT_EQ(closed.size(), 1U);
  ASSERT_EQ(closed[0].rx_metadata.size(), 50U);
  EXPECT_EQ(closed[0].rx_metadata.back().gateway.gateway_id.text(), "gw-79");
}

TEST(Deduplicator, ManyFramesOfOneKindAreManyFrames) {
  Windows windows;
  for (std::uint8_t i = 0; i < 255; ++i) {
    EXPECT_EQ(windows.add(copy({i}, "gw-1"), at(milliseconds{0})).outcome, CopyOutcome::first);
    EXPECT_EQ(windows.add(copy({i}, "gw-2"), at(milliseconds{0})).outcome, CopyOutcome::collected);
  }
  EXPECT_EQ(windows.close(at(milliseconds{200})).size(), 255U);
}

TEST(Deduplicator, RefusesNewFramesAboveItsBound) {
  Windows windows({.windows_max = 2});
  windows.add(copy({1}, "gw-1"), at(milliseconds{0}));
  windows.add(copy({2}, "gw-1"), at(milliseconds{0}));
  EXPECT_EQ(windows.add(copy({3}, "gw-1"), at(milliseconds{0})).outcome, CopyOutcome::refused);
  EXPECT_EQ(windows.add(copy({2}, "gw-2"), at(milliseconds{0})).outcome, CopyOutcome::collected);
}

}  // namespace
}  // namespace ff::network_server
