// Which gateways hear a device, how well, and what gets lost on air. Not collisions between
// devices: a load generator wants every frame to arrive that it did not lose on purpose.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "protocol/base/random.hpp"
#include "protocol/types/radio.hpp"

namespace ff::sim {

inline constexpr std::size_t copies_max = 32;

struct RadioOptions {
  std::size_t gateways = 1;
  std::size_t copies = 1;  // gateways that hear a device; at most copies_max and `gateways`
  double loss = 0;         // of each copy and each downlink, 0 to 1
  /// What gateways listen on; empty: everything.
  std::vector<Frequency> frequencies;
};

struct HeardCopy {
  std::size_t gateway = 0;
  int rssi_dbm = 0;
  float snr_db = 0;
};

class Radio {
 public:
  explicit Radio(RadioOptions options);

  /// The copies of an uplink of `device` that are received, best first; valid until the next call.
  std::span<const HeardCopy> uplink(std::size_t device, Frequency frequency, Random& random);
  /// Whether a downlink reaches the device.
  bool downlink_arrives(Random& random);

 private:
  bool loses(Random& random);

  RadioOptions options_;
  std::uint64_t loss_threshold_ = 0;
  std::array<HeardCopy, copies_max> heard_;
};

}  // namespace ff::sim
