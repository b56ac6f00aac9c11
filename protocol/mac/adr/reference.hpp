// The reference's algorithm: spends what margin there is on data rate, then on power; never lowers
// a data rate. [spec network-server §9]
#pragma once

#include "protocol/mac/adr/algorithm.hpp"

namespace ff::mac::adr {

/// Gives the reference's results exactly (test/golden/lorawan/adr.json).
Decision reference_adr(const History& history, const Limits& limits);

}  // namespace ff::mac::adr
