// Rows of the matrix beside the usual life of a device: sessions renewed by rejoin-requests of
// every type, and devices that only a relay hears.
#include "test/sim/matrix/matrix_table.hpp"

namespace ff::test::matrix {
namespace {

using std::chrono::minutes;

/// One plan of each way of telling channels, dwell time and RX2.
constexpr Place places[] = {
    {"AS_923", "AS_923"},
    {"AU_915_928_FSB_2", "AU_915_928_FSB_2"},
    {"CN_470_510_20_A_FSB_1", "CN_470_510_20_A_FSB_1"},
    {"CN_470_510_26_A_FSB_2", "CN_470_510_26_A_FSB_2"},
    {"EU_863_870_TTN", "EU_863_870_TTN"},
    {"IN_865_867", "IN_865_867"},
    {"KR_920_923_TTN", "KR_920_923_TTN"},
    {"US_902_928_FSB_2", "US_902_928_FSB_2"},
};

std::string name_of(const testing::TestParamInfo<Place>& info) {
  return info.param.name;
}

class MatrixRejoin : public testing::TestWithParam<Place> {};

/// Sessions change under way, and no uplink is lost or counted twice.
TEST_P(MatrixRejoin, SessionsAreRenewedInEveryClassByEveryType) {
  const auto& place = GetParam();
  constexpr std::pair<phy::RejoinType, const char*> types[] = {
      {phy::RejoinType::restore, "rejoin 0"},
      {phy::RejoinType::full_context, "rejoin 1"},
      {phy::RejoinType::rekey, "rejoin 2"}};
  for (const auto& [type, note] : types) {
    SCOPED_TRACE(note);
    auto options = options_for(place);
    options.scenario.rejoin_interval = 5;
    options.scenario.rejoin_type = type;
    for (const auto device_class : {DeviceClass::a, DeviceClass::c})
      options.devices.push_back(range_of(place, options.devices.size(), MacVersion::v1_1,
                                         device_class, sim::Activation::otaa));
    Simulation simulation(options);
    simulation.run(simulated_time());
    std::size_t index = 0;
    for (const auto& range : options.devices) {
      const auto row = row_of(simulation, index, range.count);
      print_row(place, range, row, note);
      EXPECT_EQ(row.joined, range.count) << refusals(simulation, range.id_prefix);
      EXPECT_EQ(row.delivered, row.sent) << refusals(simulation, range.id_prefix);
      index += range.count;
    }
    write_log(simulation);
    const auto report = simulation.report();
    EXPECT_GT(report.joins.rejoin_requests, index) << to_json(report);
    // An answer that the air loses is not repeated; the session before goes on.
    EXPECT_GE(report.joins.rejoined, report.joins.rejoin_requests * 8 / 10) << to_json(report);
    expect_lawful(simulation);
  }
}

INSTANTIATE_TEST_SUITE_P(Plans, MatrixRejoin, testing::ValuesIn(places), name_of);

class MatrixRelay : public testing::TestWithParam<Place> {};

/// The relay is told of its devices' sessions by MAC commands; what they send before is lost, as is
/// what meets the relay while it sends itself.
TEST_P(MatrixRelay, ServesDevicesOfEveryVersionThatHasRelays) {
  const auto& place = GetParam();
  auto options = options_for(place);
  options.relay = true;
  options.scenario.radio.loss = 0;
  options.scenario.device.keeps_duty_cycle = false;
  options.scenario.confirmed_ratio = 0;
  options.scenario.jitter = 0.3;
  options.scenario.push_delay = Duration{0};
  const auto add = [&](MacVersion version, sim::Activation activation) {
    options.devices.push_back(
        range_of(place, options.devices.size(), version, DeviceClass::a, activation));
  };
  add(MacVersion::v1_0_4, sim::Activation::abp);  // the relay and its neighbour
  for (const auto version : {MacVersion::v1_0_3, MacVersion::v1_0_4, MacVersion::v1_1}) {
    for (const auto activation : {sim::Activation::otaa, sim::Activation::abp})
      add(version, activation);
  }
  Simulation simulation(options);
  simulation.run(simulated_time());
  std::size_t index = 0;
  for (const auto& range : options.devices) {
    const auto row = row_of(simulation, index, range.count);
    print_row(place, range, row, index == 0 ? "relay" : "relayed");
    EXPECT_EQ(row.joined, range.count) << refusals(simulation, range.id_prefix);
    EXPECT_EQ(row.delivered, row.sent) << refusals(simulation, range.id_prefix);
    EXPECT_GT(row.sent, 0U) << range.id_prefix;
    index += range.count;
  }
  write_log(simulation);
  const auto report = simulation.report();
  EXPECT_GT(report.relayed, index) << to_json(report);
  EXPECT_GT(report.downlinks.receptions[static_cast<std::size_t>(sim::Reception::relay)], 0U)
      << to_json(report);
  expect_lawful(simulation);
}

INSTANTIATE_TEST_SUITE_P(Plans, MatrixRelay, testing::ValuesIn(places), name_of);

}  // namespace
}  // namespace ff::test::matrix
