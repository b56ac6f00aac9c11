// Valid packets of any type from a seeded generator. For tests and benchmarks only.
#pragma once

#include "net/mqtt/codec/packet.hpp"
#include "protocol/base/random.hpp"

namespace ff::mqtt {

/// A packet that `version` can carry without losing a field: decode(encode(p)) == p.
Packet random_packet(Random& random, Version version);

}  // namespace ff::mqtt
