// Frames of networks that are not ours: well formed, and of keys nobody here knows.
#pragma once

#include "protocol/base/bytes.hpp"
#include "protocol/base/random.hpp"

namespace ff::sim {

/// A data uplink of a random address, or now and then a join-request of random EUIs.
Bytes foreign_frame(Random& random);

}  // namespace ff::sim
