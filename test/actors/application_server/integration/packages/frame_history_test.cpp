#include "actors/application_server/integration/packages/frame_history.hpp"

#include <gtest/gtest.h>

#include <map>

#include "actors/application_server/integration/packages/settings.hpp"

namespace ff::application_server::packages {
namespace {

using std::chrono::minutes;

const DeviceId device("dev-1");

ReceivedUplink heard(std::uint32_t f_cnt) {
  ReceivedUplink out;
  out.f_cnt = f_cnt;
  out.received_at = UtcTime{} + minutes{f_cnt};
  out.receptions = {{.gateway_id = "gtw-" + std::to_string(f_cnt)}};
  return out;
}

/// The counters of the frames that a query with the uplink looks at.
std::string window(const FrameHistory& history, std::uint32_t f_cnt, std::size_t count = 99,
                   Duration age = {}, const DeviceId& of = device) {
  std::string out;
  for (const auto& frame : history.recent(of, count, age, heard(f_cnt)))
    out += frame.at(0).gateway_id.substr(4) + " ";
  return out;
}

FrameHistory with(const std::vector<std::uint32_t>& counters) {
  FrameHistory history(10);
  for (const auto f_cnt : counters) history.add(device, heard(f_cnt));
  return history;
}

TEST(FrameHistory, AWindowIsTheNewestFramesInTheOrderOfTime) {
  const auto history = with({1, 2, 3, 4, 5});
  EXPECT_EQ(window(history, 5), "1 2 3 4 5 ");
  EXPECT_EQ(window(history, 5, 2), "4 5 ");
  EXPECT_EQ(window(history, 5, 9, minutes{2}), "3 4 5 ");
  EXPECT_EQ(window(history, 5, 9, {}, DeviceId("dev-2")), "");
}

TEST(FrameHistory, AFrameThatComesOnceMoreIsAskedAboutAsBefore) {
  auto history = with({1, 2, 3, 4});
  history.add(device, heard(2));
  EXPECT_EQ(window(history, 2), "1 2 ");
  EXPECT_EQ(window(history, 4), "1 2 3 4 ");
}

TEST(FrameHistory, OnlySoManyFramesAreRemembered) {
  FrameHistory history(10);
  for (std::uint32_t i = 1; i <= 40; ++i) history.add(device, heard(i));
  EXPECT_EQ(history.recent(device, 99, {}, heard(40)).size(), window_max);
  // One that was pushed out is none of the last, even if it comes once more.
  history.add(device, heard(7));
  EXPECT_EQ(window(history, 7), "");
  EXPECT_EQ(window(history, 40, 2), "39 40 ");
}

TEST(FrameHistory, OnlySoManyDevicesAreRememberedThoseHeardLast) {
  FrameHistory history(2);
  for (const auto* one : {"a", "b", "c", "b"}) history.add(DeviceId(one), heard(1));
  EXPECT_EQ(history.devices(), 2U);
  EXPECT_EQ(window(history, 1, 9, {}, DeviceId("a")), "");
  EXPECT_EQ(window(history, 1, 9, {}, DeviceId("b")), "1 ");
}

/// What a store has after the changes, as text.
using Rows = std::map<DeviceId, SeenFrames>;
void apply(FrameHistory& history, Rows& rows) {
  for (auto& [device_id, frames] : history.take_changed()) {
    if (frames.empty()) {
      rows.erase(device_id);
    } else {
      rows[device_id] = std::move(frames);
    }
  }
}
FrameHistory restored(const Rows& rows, std::size_t devices_max = 10) {
  FrameHistory history(devices_max);
  history.restore({rows.begin(), rows.end()});
  return history;
}

TEST(FrameHistory, WhatWasWrittenIsRestored) {
  Rows rows;
  auto history = with({1, 2, 3});
  apply(history, rows);
  EXPECT_TRUE(history.take_changed().empty());
  auto next = restored(rows);
  EXPECT_TRUE(next.take_changed().empty());
  EXPECT_EQ(window(next, 3), "1 2 3 ");
  next.add(device, heard(3));
  EXPECT_TRUE(next.take_changed().empty());
  next.add(device, heard(4));
  apply(next, rows);
  EXPECT_EQ(rows[device].size(), 4U);
}

TEST(FrameHistory, RowsOfDevicesWithoutRoomAreErased) {
  Rows rows;
  FrameHistory history(10);
  for (std::uint32_t i = 1; i <= 3; ++i)
    history.add(DeviceId("dev-" + std::to_string(4 - i)), heard(i));
  apply(history, rows);
  ASSERT_EQ(rows.size(), 3U);
  auto next = restored(rows, 2);
  apply(next, rows);
  EXPECT_EQ(rows.size(), 2U);
  EXPECT_FALSE(rows.contains(DeviceId("dev-3")));  // heard first
  // And in the order in which they were heard.
  next.add(DeviceId("dev-9"), heard(9));
  apply(next, rows);
  EXPECT_FALSE(rows.contains(DeviceId("dev-2")));
}

TEST(FrameHistory, ADeviceThatIsForgottenLeavesNothing) {
  Rows rows;
  auto history = with({1, 2});
  apply(history, rows);
  history.forget(device);
  apply(history, rows);
  EXPECT_TRUE(rows.empty());
  EXPECT_EQ(history.devices(), 0U);
  history.forget(DeviceId("never-heard"));
  EXPECT_EQ(history.take_changed().size(), 1U);
}

}  // namespace
}  // namespace ff::application_server::packages
