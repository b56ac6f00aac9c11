// The rows of the matrix and what is asked of every run: shared by its tests.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "test/sim/simulation.hpp"

namespace ff::test::matrix {

/// What a run is of. The plan is a standard one, or one of its own (`text`).
struct Place {
  const char* name;
  const char* plan;
  const char* text = nullptr;
  /// Of all devices; unknown: what devices of each version usually have, or the band's latest.
  PhyVersion phy_version = PhyVersion::unknown;
  mac::adr::Algorithm adr = mac::adr::reference_adr;
  /// Devices choose LR-FHSS for themselves, where a channel carries it.
  bool lr_fhss = false;
};

inline void PrintTo(const Place& place, std::ostream* out) {
  *out << place.name;
}

/// Each row of the table is two devices.
inline constexpr std::uint32_t devices_per_cell = 2;

/// FF_MATRIX_HOURS, 2 if it is not set.
std::chrono::hours simulated_time();
/// The revision that devices of this version have at `place`.
PhyVersion phy_version_of(const Place& place, const region::FrequencyPlan& plan,
                          MacVersion version);
/// The plan of `place` among the standard ones and its own.
region::FrequencyPlan plan_of(const Place& place);
/// Eight gateways of which two hear a device, on the plan's channels, with loss and GPS; devices
/// keep their band's duty cycle. No devices yet.
SimulationOptions options_for(const Place& place);
/// One row's devices, numbered so that no two rows share an address.
sim::DeviceRange range_of(const Place& place, std::size_t row, MacVersion version,
                          DeviceClass device_class, sim::Activation activation);

/// What came of one row.
struct Row {
  unsigned joined = 0;
  unsigned received = 0;
  std::uint64_t sent = 0;
  std::uint64_t delivered = 0;
};
/// Of the devices from `first` on.
Row row_of(const Simulation& simulation, std::size_t first, std::size_t count);
/// Prints it; `note` says what is special about it.
void print_row(const Place& place, const sim::DeviceRange& range, const Row& row,
               const std::string& note = "");

/// Why frames of these devices were dropped or failed: the first lines of the log that say so.
std::string refusals(const Simulation& simulation, const std::string& id_prefix);
/// To the file that FF_MATRIX_LOG names: all events and messages.
void write_log(const Simulation& simulation);
/// No counter repeated, nothing delivered twice, no illegal channel, power, dwell or duty cycle;
/// each downlink hits a window of its device to the microsecond, and each confirmed uplink is
/// acknowledged, but for what the air has lost.
void expect_lawful(const Simulation& simulation);
/// Every downlink was on air when and how its device listened. Not for devices behind relays, which
/// listen to those.
void expect_windows_met(const sim::Report& report);

}  // namespace ff::test::matrix
