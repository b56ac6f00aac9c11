#include "tools/sim/core/delivery.hpp"

#include <gtest/gtest.h>

#include "tools/sim/core/application_message.hpp"
#include "tools/sim/core/device_factory.hpp"
#include "tools/sim/core/histogram.hpp"

namespace ff::sim {
namespace {

using std::chrono::milliseconds;

constexpr MonoTime start{std::chrono::seconds{10}};

TEST(DeliveryTracker, tells_lost_repeated_altered_and_unknown_uplinks_apart) {
  DeliveryTracker tracker(2);
  tracker.restart(1, 100);
  const auto deliver = [&](std::uint32_t f_cnt, Duration after) {
    const auto payload = uplink_payload(1, f_cnt, 12);
    return tracker.delivered(1, f_cnt, payload.view(), start + after);
  };
  tracker.sent(1, 100, start, true);
  tracker.sent(1, 101, start, false);
  tracker.sent(1, 102, start, true);
  EXPECT_TRUE(deliver(100, milliseconds{250}));
  EXPECT_FALSE(deliver(100, milliseconds{260}));
  EXPECT_FALSE(deliver(99, milliseconds{1}));
  EXPECT_FALSE(deliver(103, milliseconds{1}));
  EXPECT_FALSE(tracker.delivered(1, 102, Bytes(12, 0), start));
  const auto& counts = tracker.counts();
  EXPECT_EQ(counts.sent, 2U);
  EXPECT_EQ(counts.unheard, 1U);
  EXPECT_EQ(counts.delivered, 1U);
  EXPECT_EQ(counts.duplicated, 1U);
  EXPECT_EQ(counts.unknown, 2U);
  EXPECT_EQ(counts.altered, 1U);
  EXPECT_EQ(tracker.latency().max(), milliseconds{250});
}

/// A relay's own uplinks have the counters that the frames it carries leave.
TEST(DeliveryTracker, expects_nothing_of_counters_that_were_left_out) {
  DeliveryTracker tracker(1);
  const auto deliver = [&](std::uint32_t f_cnt) {
    return tracker.delivered(0, f_cnt, uplink_payload(0, f_cnt, 12).view(), start);
  };
  tracker.sent(0, 0, start, true);
  tracker.sent(0, 3, start, true);
  tracker.sent(0, 4, start, true);
  EXPECT_TRUE(deliver(0));
  EXPECT_FALSE(deliver(1));
  EXPECT_TRUE(deliver(3));
  EXPECT_TRUE(deliver(4));
  EXPECT_EQ(tracker.counts().sent, 3U);
  EXPECT_EQ(tracker.counts().delivered, 3U);
  EXPECT_EQ(tracker.counts().unheard, 0U);
  EXPECT_EQ(tracker.counts().unknown, 1U);
  EXPECT_EQ(tracker.counts().duplicated, 0U);
}

TEST(DeliveryTracker, counts_a_repetition_as_the_same_uplink) {
  DeliveryTracker tracker(1);
  tracker.sent(0, 0, start, false);
  tracker.sent(0, 0, start + milliseconds{5}, true);
  tracker.sent(0, 0, start + milliseconds{9}, true);
  EXPECT_EQ(tracker.counts().sent, 1U);
  EXPECT_EQ(tracker.counts().unheard, 0U);
}

TEST(Histogram, gives_quantiles_within_two_percent) {
  Histogram histogram;
  EXPECT_EQ(histogram.quantile(0.5), Duration{0});
  for (int i = 1; i <= 10'000; ++i) histogram.record(std::chrono::microseconds{i * 10});
  for (const double fraction : {0.1, 0.5, 0.9, 0.99, 1.0}) {
    const auto exact = fraction * 100'000;
    const auto found = std::chrono::duration<double, std::micro>(histogram.quantile(fraction));
    EXPECT_GE(found.count(), exact * 0.999);
    EXPECT_LE(found.count(), exact * 1.02);
  }
  EXPECT_EQ(histogram.count(), 10'000U);
}

TEST(Histogram, bounds_what_it_is_given) {
  Histogram histogram;
  histogram.record(-milliseconds{5});
  histogram.record(std::chrono::hours{5});
  EXPECT_EQ(histogram.quantile(0.1), Duration{0});
  EXPECT_EQ(histogram.max(), std::chrono::hours{1});
}

TEST(ApplicationMessage, finds_counter_and_payload) {
  struct Row {
    const char* json;
    std::optional<std::uint32_t> f_cnt;
    Bytes payload;
  };
  const Row rows[] = {
      {R"({"end_device_ids":{},"uplink_message":{"f_port":2,"f_cnt":1841,"frm_payload":"AQID"}})",
       1841,
       {1, 2, 3}},
      {R"({"uplink_message":{"f_port":2, "frm_payload": "AQID"}})", 0, {1, 2, 3}},
      {R"({"uplink_message":{"f_cnt":7}})", 7, {}},
      {R"({"deviceInfo":{},"fCnt":9,"fPort":1,"data":"AQ=="})", 9, {1}},
      {R"({"join_accept":{"session_key_id":"AQ=="}})", std::nullopt, {}},
      {R"({"downlink_queued":{"f_cnt":3,"f_port":1}})", std::nullopt, {}},
      {"", std::nullopt, {}},
  };
  for (const auto& row : rows) {
    const auto uplink = find_uplink(row.json);
    ASSERT_EQ(uplink.has_value(), row.f_cnt.has_value()) << row.json;
    if (!uplink) continue;
    EXPECT_EQ(uplink->f_cnt, *row.f_cnt);
    EXPECT_EQ(uplink->payload, row.payload);
  }
}

TEST(TopicTemplate, makes_and_reads_topics) {
  const TopicTemplate topic("v3/{application_id}/devices/{device_id}/up", "app1");
  EXPECT_EQ(topic.topic("dev1"), "v3/app1/devices/dev1/up");
  EXPECT_EQ(topic.filter(), "v3/app1/devices/+/up");
  EXPECT_EQ(topic.device_id("v3/app1/devices/dev1/up"), "dev1");
  EXPECT_FALSE(topic.device_id("v3/app2/devices/dev1/up"));
  EXPECT_FALSE(topic.device_id("v3/app1/devices/up"));
}

TEST(DeviceFactory, makes_the_same_devices_from_a_seed_whatever_their_number) {
  DeviceRange range{.count = 3};
  const auto few = write_device_csv(make_devices(range));
  range.count = 10;
  const auto many = write_device_csv(make_devices(range));
  EXPECT_TRUE(many.starts_with(few));
  range.seed = 2;
  EXPECT_NE(write_device_csv(make_devices(range)), many);
}

TEST(DeviceFactory, reads_the_csv_it_writes) {
  for (const auto version : {MacVersion::v1_0_3, MacVersion::v1_1}) {
    const auto devices = make_devices({.count = 3,
                                       .activation = Activation::otaa,
                                       .mac_version = version,
                                       .phy_version = usual_phy_version(version)});
    const auto text = write_device_csv(devices);
    const auto read = read_device_csv(text);
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_EQ(write_device_csv(*read), text);
  }
}

TEST(DeviceFactory, names_line_and_column_of_a_bad_file) {
  struct Row {
    const char* text;
    const char* reason;
  };
  const Row rows[] = {
      {"device_id,dev_eui\nabc,12\n", "line 2: dev_eui"},
      {"device_id,frequency_plan_id\r\nabc,EU_868_1\r\ndef\r\n", "line 3: wrong number of cells"},
      {"device_id\nBad Id\n", "line 2: device_id"},
      {"device_id,app_key\nabc,00\n", "line 2: app_key"},
      {"device_id,activation\nabc,join\n", "line 2: activation"},
      {"device_id,lorawan_version\nabc,2.0\n", "line 2: lorawan_version"},
      {"device_id,dev_eui\nabc,0102030405060708\n", "line 2: no device_id or frequency_plan_id"},
  };
  for (const auto& row : rows) {
    const auto read = read_device_csv(row.text);
    ASSERT_FALSE(read) << row.text;
    EXPECT_NE(read.error().message().find(row.reason), std::string::npos) << read.error().message();
  }
}

}  // namespace
}  // namespace ff::sim
