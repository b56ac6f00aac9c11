// What clients are shown of a device without settings, for every plan and revision there is.
#include "protocol/mac/default_settings.hpp"

#include <gtest/gtest.h>

#include "protocol/mac/initial.hpp"
#include "protocol/mac/settings_check.hpp"

namespace ff::mac {
namespace {

using std::chrono::seconds;

const region::FrequencyPlans& plans() {
  static const auto all = region::FrequencyPlans::standard();
  return all;
}

template <class Check>
void for_each_plan(Check check) {
  for (const auto& plan : plans().all()) {
    for (const auto& region : region::revisions(plan.band_id)) {
      SCOPED_TRACE(plan.id + " " + std::to_string(static_cast<int>(region.phy_version)));
      check(plan, region);
    }
  }
}

MacSettings settings_of(const region::FrequencyPlan& plan, const region::Region& region,
                        const MacSettings& defaults = {}) {
  auto settings = default_settings(region, plan, defaults);
  EXPECT_TRUE(settings);
  return *settings;
}

TEST(DefaultSettings, SayEverythingThatHasAValue) {
  for_each_plan([](const auto& plan, const auto& region) {
    const auto settings = settings_of(plan, region);
    EXPECT_EQ(settings.rx1_delay, region.receive_delay1);
    EXPECT_EQ(settings.desired_rx1_delay, seconds{5});
    EXPECT_EQ(settings.rx2_frequency, region.rx2_frequency);
    EXPECT_EQ(settings.rx2_data_rate_index, region.rx2_data_rate);
    EXPECT_EQ(settings.desired_rx2_data_rate_index,
              plan.default_rx2_data_rate.value_or(region.rx2_data_rate));
    EXPECT_EQ(settings.factory_preset_frequencies.size(), region.default_uplink_channels.size());
    EXPECT_TRUE(settings.max_duty_cycle && settings.desired_max_duty_cycle);
    EXPECT_TRUE(settings.ping_slot_data_rate_index && settings.ping_slot_frequency);
    EXPECT_TRUE(settings.beacon_frequency && settings.desired_beacon_frequency);
    EXPECT_TRUE(settings.desired_adr_ack_limit_exponent && settings.desired_adr_ack_delay_exponent);
    EXPECT_LE(settings.desired_max_eirp_dbm.value_or(100), region.default_max_eirp_dbm);
    EXPECT_EQ(settings.class_b_timeout, default_class_b_timeout);
    EXPECT_EQ(settings.class_c_timeout, default_class_c_timeout);
    EXPECT_EQ(settings.status_count_periodicity, default_status_count_periodicity);
    EXPECT_EQ(settings.supports_32_bit_f_cnt, true);
    EXPECT_EQ(settings.resets_f_cnt, false);
    EXPECT_EQ(settings.schedule_downlinks, true);
  });
}

/// They could be a device's own.
TEST(DefaultSettings, ContradictNothingAndFitTheBand) {
  for_each_plan([](const auto& plan, const auto& region) {
    const auto settings = settings_of(plan, region);
    EXPECT_EQ(contradiction(settings), std::nullopt);
    EXPECT_EQ(misfit(settings, {region, plan, false}), std::nullopt);
  });
}

/// As the defaults of a network they lead to themselves.
TEST(DefaultSettings, AreAFixedPoint) {
  for_each_plan([](const auto& plan, const auto& region) {
    const auto once = settings_of(plan, region);
    EXPECT_EQ(settings_of(plan, region, once), once);
  });
}

TEST(DefaultSettings, AreThoseOfTheNetworkWhereItHasSome) {
  const auto& plan = *plans().find("EU_863_870_TTN");
  const auto& region = *region::find_latest(plan.band_id);
  MacSettings network;
  network.rx1_delay = seconds{2};
  network.desired_rx1_delay = seconds{3};
  network.class_b_timeout = seconds{7};
  network.class_c_timeout = seconds{8};
  network.class_b_c_downlink_interval = seconds{9};
  network.status_time_periodicity = seconds{10};
  network.status_count_periodicity = 11;
  network.supports_32_bit_f_cnt = false;
  network.resets_f_cnt = true;
  network.schedule_downlinks = false;
  network.adr_margin_db = 12.0F;
  network.ping_slot_periodicity = PingSlotPeriodicity{3};
  network.desired_max_duty_cycle = DutyCycleExponent{4};
  const auto settings = settings_of(plan, region, network);
  EXPECT_EQ(settings.rx1_delay, network.rx1_delay);
  EXPECT_EQ(settings.desired_rx1_delay, network.desired_rx1_delay);
  EXPECT_EQ(settings.class_b_timeout, network.class_b_timeout);
  EXPECT_EQ(settings.class_c_timeout, network.class_c_timeout);
  EXPECT_EQ(settings.class_b_c_downlink_interval, network.class_b_c_downlink_interval);
  EXPECT_EQ(settings.status_time_periodicity, network.status_time_periodicity);
  EXPECT_EQ(settings.status_count_periodicity, 11U);
  EXPECT_EQ(settings.supports_32_bit_f_cnt, false);
  EXPECT_EQ(settings.resets_f_cnt, true);
  EXPECT_EQ(settings.schedule_downlinks, false);
  EXPECT_EQ(settings.adr_margin_db, 12.0F);
  EXPECT_EQ(settings.ping_slot_periodicity, PingSlotPeriodicity{3});
  EXPECT_EQ(settings.desired_max_duty_cycle, DutyCycleExponent{4});
}

TEST(DefaultSettings, SayDwellTimesWhereTheyAreKnown) {
  for_each_plan([](const auto& plan, const auto& region) {
    // Nobody has said what the device has.
    const auto settings = settings_of(plan, region);
    EXPECT_EQ(settings.uplink_dwell_time, std::nullopt);
    EXPECT_EQ(settings.downlink_dwell_time, std::nullopt);
    if (!region.has_tx_param_setup) return;
    MacSettings network;
    network.uplink_dwell_time = true;
    network.downlink_dwell_time = false;
    EXPECT_EQ(settings_of(plan, region, network).uplink_dwell_time, true);
    EXPECT_EQ(settings_of(plan, region, network).downlink_dwell_time, false);
  });
}

}  // namespace
}  // namespace ff::mac
