// A gateway's memory with a value in every member.
#pragma once

#include "actors/gateway_server/connection/gateway_memory.hpp"

namespace ff::test {

inline gateway_server::GatewayMemory full_memory() {
  using std::chrono::seconds;
  const auto at = [](int second) { return UtcTime{seconds{1'700'000'000 + second}}; };
  gateway_server::GatewayMemory memory;
  auto& stats = memory.stats;
  stats.connected_at = at(1);
  stats.protocol = gateway_server::Protocol::basic_station;
  stats.remote_address = "198.51.100.7:40123";
  stats.last_status_received_at = at(3);
  stats.last_status = GatewayStatus{.time = at(2),
                                    .boot_time = at(-1000),
                                    .versions = {{"firmware", "2.0.6"}, {"model", "linux"}},
                                    .antenna_locations = {{50.1, 8.6, 112, 5, LocationSource::gps}},
                                    .ip = {"198.51.100.7"},
                                    .metrics = {{"rxok", 5}}};
  stats.last_uplink_received_at = at(4);
  stats.uplink_count = 5;
  stats.last_downlink_received_at = at(6);
  stats.downlink_count = 7;
  stats.last_tx_acknowledgment_received_at = at(8);
  stats.tx_acknowledgment_count = 9;
  stats.round_trip_times = schedule::RoundTripStats{seconds{1}, seconds{3}, seconds{2}, 4};
  stats.sub_bands = {
      {{Frequency::hz(868'000'000), Frequency::hz(868'600'000), 0.01}, 0.005},
      {{Frequency::hz(869'400'000), Frequency::hz(869'650'000), 0.1}, 0},
  };
  memory.emissions = {{at(5), std::chrono::milliseconds{1500}, Frequency::hz(868'100'000)},
                      {at(6), std::chrono::milliseconds{50}, Frequency::hz(869'525'000)}};
  memory.stored_at = at(10);
  memory.counter = gateway_server::CounterSample{4'000'000'000, at(4)};
  return memory;
}

}  // namespace ff::test
