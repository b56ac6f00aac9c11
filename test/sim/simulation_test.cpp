// The whole stack in virtual time: what is delivered, what is repeated, and that a seed fixes every
// byte.
#include "test/sim/simulation.hpp"

#include <gtest/gtest.h>

namespace ff::test {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

SimulationOptions mixed(std::uint64_t seed) {
  SimulationOptions options;
  options.scenario.seed = seed;
  options.scenario.radio.gateways = 3;
  options.scenario.radio.copies = 2;
  options.scenario.period = seconds{60};
  options.scenario.confirmed_ratio = 0.2;
  options.scenario.push_downlinks = true;
  options.devices.push_back({.seed = seed, .count = 5, .id_prefix = "abp"});
  options.devices.push_back({.seed = seed,
                             .count = 5,
                             .id_prefix = "otaa",
                             .activation = sim::Activation::otaa,
                             .first_dev_eui = DevEui{0xFEFF'F000'0001'0001},
                             .first_dev_addr = DevAddr{0x0100'1000}});
  options.devices.push_back({.seed = seed,
                             .count = 5,
                             .id_prefix = "otaa11",
                             .activation = sim::Activation::otaa,
                             .mac_version = MacVersion::v1_1,
                             .phy_version = PhyVersion::rp001_v1_1_rev_b,
                             .first_dev_eui = DevEui{0xFEFF'F000'0002'0001},
                             .first_dev_addr = DevAddr{0x0100'2000}});
  return options;
}

TEST(Simulation, DeliversEveryUplinkOfAnHourOnceAndAnswersInTime) {
  Simulation simulation(mixed(1));
  simulation.run(minutes{60});
  const auto report = simulation.report();
  EXPECT_EQ(report.joins.joined, 10U) << to_json(report);
  EXPECT_GE(report.uplinks.sent, 15U * 50) << to_json(report);
  EXPECT_GE(report.delivered_share(), 0.999) << to_json(report);
  EXPECT_EQ(report.uplinks.duplicated, 0U) << to_json(report);
  EXPECT_EQ(report.violation_total(), 0U) << to_json(report);
  EXPECT_GT(report.downlinks_in_time(), 15U) << to_json(report);
  EXPECT_EQ(simulation.undelivered(), std::vector<std::string>{});
}

/// Those that have not answered a change of RX2 by then get theirs with their next uplink.
TEST(Simulation, ReachesDevicesOfClassCBetweenTheirUplinks) {
  SimulationOptions options;
  options.scenario.radio.gateways = 3;
  options.scenario.radio.copies = 2;
  options.scenario.period = minutes{5};
  options.scenario.push_downlinks = true;
  options.scenario.push_delay = seconds{30};
  options.devices.push_back({.count = 10, .id_prefix = "abp", .device_class = DeviceClass::c});
  options.devices.push_back({.count = 10,
                             .id_prefix = "otaa",
                             .activation = sim::Activation::otaa,
                             .device_class = DeviceClass::c,
                             .first_dev_eui = DevEui{0xFEFF'F000'0001'0001},
                             .first_dev_addr = DevAddr{0x0100'1000}});
  Simulation simulation(options);
  simulation.run(minutes{15});
  const auto report = simulation.report();
  const auto count = [&](sim::Reception reception) {
    return report.downlinks.receptions[static_cast<std::size_t>(reception)];
  };
  EXPECT_EQ(report.downlinks.pushed, 20U) << to_json(report);
  EXPECT_EQ(report.downlinks.received, 20U) << to_json(report);
  EXPECT_EQ(report.downlinks.repeated, 0U) << to_json(report);
  EXPECT_GE(count(sim::Reception::class_c), 10U) << to_json(report);
  EXPECT_EQ(count(sim::Reception::wrong_data_rate), 0U) << to_json(report);
  EXPECT_EQ(report.violation_total(), 0U) << to_json(report);
}

/// The relay is told of its devices' sessions by MAC commands, of new ones after each join. What
/// they send before that is lost; then everything goes both ways.
TEST(Simulation, ServesDevicesThatOnlyARelayHears) {
  SimulationOptions options;
  options.relay = true;
  options.scenario.radio.gateways = 2;
  options.scenario.period = minutes{2};
  options.scenario.jitter = 0.3;
  options.scenario.push_downlinks = true;
  options.scenario.duration = minutes{118};
  options.devices.push_back({.count = 3,
                             .id_prefix = "abp",
                             .mac_version = MacVersion::v1_0_4,
                             .phy_version = PhyVersion::rp002_v1_0_3});
  options.devices.push_back({.count = 2,
                             .id_prefix = "otaa",
                             .activation = sim::Activation::otaa,
                             .mac_version = MacVersion::v1_0_4,
                             .phy_version = PhyVersion::rp002_v1_0_3,
                             .first_dev_eui = DevEui{0xFEFF'F000'0001'0001},
                             .first_dev_addr = DevAddr{0x0100'1000}});
  Simulation simulation(options);
  simulation.run(minutes{120});
  const auto report = simulation.report();
  const auto relayed = report.downlinks.receptions[static_cast<std::size_t>(sim::Reception::relay)];
  EXPECT_EQ(report.joins.joined, 2U) << to_json(report);
  EXPECT_GT(report.relayed, 150U) << to_json(report);
  EXPECT_GE(relayed, 6U) << to_json(report);
  EXPECT_EQ(report.uplinks.duplicated, 0U) << to_json(report);
  EXPECT_EQ(report.violation_total(), 0U) << to_json(report);
  for (std::size_t i = 1; i < simulation.world().device_count(); ++i) {
    const auto result = simulation.world().result_of(i);
    EXPECT_TRUE(result.joined) << i;
    EXPECT_GT(result.uplinks.delivered, 30U) << i << to_json(report);
    EXPECT_TRUE(result.got_downlink) << i << to_json(report);
  }
}

/// Sessions change under way, and no uplink is lost or counted twice.
TEST(Simulation, RenewsSessionsByRejoinRequests) {
  for (const auto type :
       {phy::RejoinType::restore, phy::RejoinType::full_context, phy::RejoinType::rekey}) {
    SCOPED_TRACE(static_cast<int>(type));
    SimulationOptions options;
    options.scenario.radio.gateways = 2;
    options.scenario.period = seconds{60};
    options.scenario.duration = minutes{59};
    options.scenario.rejoin_interval = 5;
    options.scenario.rejoin_type = type;
    options.devices.push_back({.count = 10,
                               .id_prefix = "otaa11",
                               .activation = sim::Activation::otaa,
                               .mac_version = MacVersion::v1_1,
                               .phy_version = PhyVersion::rp001_v1_1_rev_b});
    Simulation simulation(options);
    simulation.run(minutes{60});
    const auto report = simulation.report();
    EXPECT_EQ(report.joins.joined, 10U) << to_json(report);
    EXPECT_GE(report.joins.rejoin_requests, 100U) << to_json(report);
    EXPECT_GE(report.joins.rejoined, report.joins.rejoin_requests * 9 / 10) << to_json(report);
    EXPECT_GE(report.delivered_share(), 0.999) << to_json(report);
    EXPECT_EQ(report.uplinks.duplicated, 0U) << to_json(report);
    EXPECT_EQ(report.violation_total(), 0U) << to_json(report);
  }
}

TEST(Simulation, IsTheSameByteForByteForTheSameSeed) {
  Simulation first(mixed(7));
  Simulation second(mixed(7));
  first.run(minutes{60});
  second.run(minutes{60});
  ASSERT_EQ(first.log().size(), second.log().size());
  EXPECT_EQ(first.log(), second.log());
  Simulation other(mixed(8));
  other.run(minutes{10});
  EXPECT_NE(first.log(), other.log());
}

SimulationOptions lossy(std::uint64_t seed) {
  auto options = mixed(seed);
  options.scenario.period = seconds{10};
  options.scenario.confirmed_ratio = 0.7;
  options.network = {.drop_permille = 20,
                     .duplicate_permille = 20,
                     .delay_min = {},
                     .delay_max = std::chrono::milliseconds{80}};
  return options;
}

/// Devices notice a downlink counter or a nonce that is used again.
void expect_nothing_repeated(const Simulation& simulation) {
  const auto report = simulation.report();
  EXPECT_EQ(report.violation_total(), 0U) << to_json(report);
  EXPECT_GT(report.uplinks.delivered, 100U) << to_json(report);
  // One try per transmission of a device: a refused downlink must not spend counter after counter.
  EXPECT_LT(report.downlinks.requested, 2 * (report.uplinks.sent + report.repetitions))
      << to_json(report);
  EXPECT_GT(report.downlinks_in_time(), 20U) << to_json(report);
  // The application has a session that outlives its connections.
  EXPECT_EQ(simulation.undelivered(), std::vector<std::string>{});
}

/// Counters that drift apart from time and wrap twenty times, lines with jitter.
TEST(Simulation, MeetsEveryWindowOfADayOfDriftingClocks) {
  auto options = mixed(21);
  options.step = std::chrono::milliseconds{20};
  options.scenario.gateway_drift_ppm = 10;
  options.scenario.line.delay_max = std::chrono::milliseconds{80};
  options.scenario.period = minutes{4};
  options.scenario.confirmed_ratio = 0.5;
  options.scenario.duration = std::chrono::hours{24} - minutes{1};
  Simulation simulation(options);
  simulation.run(std::chrono::hours{24});
  const auto report = simulation.report();
  const auto answers = [&](sim::TxError error) {
    return report.downlinks.answers[static_cast<std::size_t>(error)];
  };
  EXPECT_EQ(report.joins.joined, 10U) << to_json(report);
  EXPECT_EQ(report.delivered_share(), 1) << to_json(report);
  EXPECT_EQ(report.uplinks.duplicated, 0U) << to_json(report);
  EXPECT_EQ(report.violation_total(), 0U) << to_json(report);
  // Every request came before its deadline, none overlapped another, and all met their windows.
  EXPECT_GT(report.downlinks.requested, 2000U) << to_json(report);
  EXPECT_EQ(answers(sim::TxError::none), report.downlinks.requested) << to_json(report);
  EXPECT_EQ(report.downlinks_in_time(), report.downlinks.requested) << to_json(report);
}

/// Gateways start again with their counters at zero; datagrams are lost, doubled and overtake.
TEST(Simulation, ForgivesGatewaysThatRestartOnBadLines) {
  auto options = mixed(22);
  options.scenario.gateway_drift_ppm = 10;
  options.scenario.gateway_restart_interval = minutes{10};
  options.scenario.line = {
      .loss = 0.02, .duplicates = 0.05, .delay_max = std::chrono::milliseconds{60}};
  options.scenario.confirmed_ratio = 0.5;
  options.scenario.duration = minutes{119};
  Simulation simulation(options);
  simulation.run(minutes{120});
  const auto report = simulation.report();
  EXPECT_GE(report.gateway_restarts, 20U) << to_json(report);
  EXPECT_EQ(report.joins.joined, 10U) << to_json(report);
  EXPECT_GE(report.delivered_share(), 0.99) << to_json(report);
  EXPECT_EQ(report.uplinks.duplicated, 0U) << to_json(report);
  EXPECT_EQ(report.violation_total(), 0U) << to_json(report);
  const auto count = [&](sim::Reception reception) {
    return report.downlinks.receptions[static_cast<std::size_t>(reception)];
  };
  EXPECT_EQ(count(sim::Reception::wrong_time), 0U) << to_json(report);
  EXPECT_GT(report.downlinks_in_time(), 300U) << to_json(report);
  const auto& air = simulation.air();
  EXPECT_EQ(air.broken_total(), 0U) << (air.examples().empty() ? "" : air.examples().front());
}

// Crashes at random moments of a lossy network.
TEST(Simulation, RepeatsNoCounterAndNoNonceOverFiftyCrashes) {
  for (std::uint64_t seed : {11U, 12U}) {
    SCOPED_TRACE(seed);
    Simulation simulation(lossy(seed));
    auto random = make_seeded_random(seed);
    for (int crash = 0; crash < 25; ++crash) {
      simulation.run(std::chrono::milliseconds{random->below(30'000)});
      simulation.crash();
      ASSERT_EQ(simulation.lost(), std::vector<std::string>{});
    }
    simulation.run(seconds{60});
    expect_nothing_repeated(simulation);
  }
}

// The same on RocksDB, whose disk loses power in the middle of some operation: a write, a sync, a
// flush, a new log.
TEST(Simulation, RepeatsNothingOverFiftyPowerLossesOfARealStore) {
  auto options = lossy(13);
  options.real_store = true;
  Simulation simulation(options);
  auto random = make_seeded_random(13);
  for (int crash = 0; crash < 50; ++crash) {
    simulation.cut_power_after(random->below(400));
    simulation.run(std::chrono::milliseconds{random->below(30'000)});
    simulation.crash();
    ASSERT_EQ(simulation.lost(), std::vector<std::string>{});
  }
  simulation.run(seconds{60});
  expect_nothing_repeated(simulation);
}

// A disk that is full, that can not write or can not sync, and works again afterwards: what could
// not be written is never taken for durable, whatever the disk says of later calls. Only the log's
// files: what RocksDB's own threads write to tables fails when they come to it, and is tried again.
TEST(Simulation, RepeatsNothingWhenTheDiskRefusesAndThenWorksAgain) {
  const DiskFault faults[] = {{.call = DiskCall::append, .error = DiskError::no_space},
                              {.call = DiskCall::append, .error = DiskError::io},
                              {.call = DiskCall::sync, .error = DiskError::io}};
  auto options = lossy(14);
  options.real_store = true;
  Simulation simulation(options);
  auto random = make_seeded_random(14);
  for (int round = 0; round < 30; ++round) {
    SCOPED_TRACE(round);
    auto fault = faults[round % 3];
    fault.suffix = ".log";
    fault.after = random->below(20);
    fault.times = 1 + random->below(3);
    const auto struck = simulation.disk_faults();
    simulation.fail_disk(fault);
    simulation.run(seconds{20} + std::chrono::milliseconds{random->below(10'000)});
    ASSERT_GT(simulation.disk_faults(), struck);
    EXPECT_EQ(simulation.ended_with(), ExitCode::io_error);
    simulation.crash();
    ASSERT_EQ(simulation.lost(), std::vector<std::string>{});
  }
  simulation.run(seconds{60});
  expect_nothing_repeated(simulation);
}

/// Power is lost around a join; then somebody sends the join-request again that he has recorded.
TEST(Simulation, AcceptsNoRecordedJoinRequestAfterPowerLosses) {
  std::size_t accepted = 0;
  std::size_t replayed = 0;
  std::size_t refused = 0;  // for its DevNonce, and for nothing else
  for (std::uint64_t seed = 31; seed < 43; ++seed) {
    SCOPED_TRACE(seed);
    SimulationOptions options;
    options.scenario.seed = seed;
    options.scenario.period = minutes{10};
    options.scenario.duration = minutes{30};
    options.devices.push_back(
        {.count = 1,
         .id_prefix = "otaa",
         .activation = sim::Activation::otaa,
         .mac_version = seed % 2 == 0 ? MacVersion::v1_0_3 : MacVersion::v1_0_4,
         .phy_version = PhyVersion::rp002_v1_0_3});
    options.real_store = true;
    Simulation simulation(options);
    auto random = make_seeded_random(seed);
    while (simulation.join_accepts() == 0) {
      simulation.cut_power_after(random->below(300));
      simulation.run(std::chrono::milliseconds{random->below(8'000)});
      simulation.crash();
    }
    accepted += simulation.join_accepts();
    for (int crash = 0; crash < 4; ++crash) {
      const auto requests = simulation.join_requests();
      const auto accepts = simulation.join_accepts();
      simulation.run(seconds{1});
      simulation.replay_join_request();
      simulation.run(seconds{8});
      if (simulation.join_requests() != requests) break;  // The device had to join once more.
      ++replayed;
      EXPECT_EQ(simulation.join_accepts(), accepts);
      simulation.cut_power_after(random->below(300));
      simulation.run(seconds{1});
      simulation.crash();
    }
    refused += static_cast<std::size_t>(
        std::ranges::count_if(simulation.log(), [](const std::string& line) {
          return line.find("js.join.reject") != std::string::npos &&
                 line.find("dev_nonce") != std::string::npos;
        }));
  }
  EXPECT_GE(accepted, 12U);
  EXPECT_GE(replayed, 20U);
  EXPECT_GE(refused, replayed);
}

/// A new one would not know who waits for what.
TEST(Simulation, WantsToEndWhenItsTickerHasEnded) {
  Simulation simulation(lossy(15));
  EXPECT_FALSE(simulation.ended_with());
  simulation.fail_ticker();
  EXPECT_EQ(simulation.ended_with(), ExitCode::internal);
}

}  // namespace
}  // namespace ff::test
